/* SPDX-License-Identifier: BSD-2-Clause */
/* A sink over the network is a program of its own, so that its libraries are not in this process:
 * it gets events on its standard input, a line each, and answers each with a line. */
#include <config.h>

#include "sink.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "breakglass/host_clock.h"
#include "breakglass/program.h"

#define ANSWER_MS 15000       /* for the next answer; the worker's own limit is shorter */
#define CONFIGURATION_WRONG 2 /* its exit code */
#define END_MS 2000           /* for its end, once its input has ended */
#define ANSWERS_SIZE 1024

struct worker {
  const char *program;        /* absolute */
  pid_t child;                /* 0: none runs */
  int input, output;          /* its standard input and output */
  char answers[ANSWERS_SIZE]; /* what has come and is no whole line yet */
  size_t answers_len;
};

static void close_pipes(struct worker *worker) {
  (void)close(worker->input);
  (void)close(worker->output);
  worker->child = 0;
  worker->answers_len = 0;
}

/* Its whole group, whatever it does. */
static int end(struct worker *worker) {
  int status = 0;
  (void)kill(-worker->child, SIGKILL);
  (void)waitpid(worker->child, &status, 0);
  close_pipes(worker);
  return status;
}

static void close_both(const int pipe[2]) {
  for (int i = 0; i < 2; i++) {
    if (pipe[i] >= 0) {
      (void)close(pipe[i]);
    }
  }
}

/* With two pipes of its own; ret_reason says why not. */
static bool start(struct worker *worker, const char *argument, char *ret_reason) {
  const char *const words[BG_PROGRAM_WORDS] = {argument};
  int in[2] = {-1, -1};
  int out[2] = {-1, -1};
  int code = pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0 ? 0 : errno;
  if (code == 0) {
    code = bg_program_spawn(worker->program, words, in[0], out[1], &worker->child);
  }
  if (code != 0) {
    close_both(in);
    close_both(out);
    worker->child = 0;
    (void)snprintf(ret_reason, SINK_REASON_SIZE, "%s does not start: %s", worker->program,
                   strerrordesc_np(code));
    return false;
  }
  (void)close(in[0]);
  (void)close(out[1]);
  worker->input = in[1];
  worker->output = out[0];
  worker->answers_len = 0;
  (void)fcntl(worker->input, F_SETFL, O_NONBLOCK);
  return true;
}

/* Events on their way through the worker. */
struct exchange {
  const struct sink *sink;
  struct worker *worker;
  const struct event_view *views;
  size_t count;
  size_t before;  /* others that were handed over with them are taken already */
  size_t sending; /* the one that is being written */
  size_t sent;    /* bytes of it */
  size_t taken;
  int64_t due; /* bg_clock_ms(): for the next answer */
  bool deaf;   /* it reads no more */
  bool none;   /* the one behind those taken is no event, it says */
  bool over;   /* it says no more, for the reason: */
  char *reason;
};

static void finish(struct exchange *exchange, const char *reason) {
  exchange->over = true;
  (void)snprintf(exchange->reason, SINK_REASON_SIZE, "%s", reason);
}

static void send_some(struct exchange *exchange) {
  while (exchange->sending < exchange->count) {
    const struct bg_bytes line = exchange->views[exchange->sending].line;
    ssize_t written =
        write(exchange->worker->input, line.data + exchange->sent, line.len - exchange->sent);
    if (written < 0) {
      if (errno != EAGAIN && errno != EINTR) {
        exchange->deaf = true; /* what it says is still read */
      }
      return;
    }
    exchange->sent += (size_t)written;
    if (exchange->sent == line.len) {
      exchange->sending++;
      exchange->sent = 0;
    }
  }
}

static bool is_printable(const char *text) {
  for (; *text != '\0'; text++) {
    if (*text < ' ' || *text > '~') {
      return false;
    }
  }
  return true;
}

/* "ok", "none", or "failed" and why; to nothing that it has not been sent. */
static void take_answer(struct exchange *exchange, const char *answer, size_t len) {
  static const char failed[] = "failed ";
  const bool is_line = strlen(answer) == len && is_printable(answer);
  if (is_line && strcmp(answer, "ok") == 0 && exchange->taken < exchange->sending) {
    exchange->taken++;
    exchange->due = bg_clock_ms() + ANSWER_MS;
    exchange->over = exchange->taken == exchange->count;
  } else if (is_line && strcmp(answer, "none") == 0 && exchange->taken < exchange->sending) {
    exchange->none = true;
    finish(exchange, "not an event");
  } else if (is_line && strncmp(answer, failed, sizeof failed - 1) == 0) {
    finish(exchange, answer + sizeof failed - 1);
  } else {
    finish(exchange, "its worker answers nonsense");
  }
}

static void take_lines(struct exchange *exchange) {
  struct worker *worker = exchange->worker;
  char *begin = worker->answers;
  char *rest = begin + worker->answers_len;
  for (char *line_end;
       !exchange->over && (line_end = memchr(begin, '\n', (size_t)(rest - begin))) != NULL;
       begin = line_end + 1) {
    *line_end = '\0';
    take_answer(exchange, begin, (size_t)(line_end - begin));
  }
  worker->answers_len = (size_t)(rest - begin);
  memmove(worker->answers, begin, worker->answers_len);
}

static void tell_taken(const struct exchange *exchange) {
  const struct sink *sink = exchange->sink;
  if (sink->on_taken != NULL) {
    sink->on_taken(sink->on_taken_context, exchange->before + exchange->taken);
  }
}

static void receive_some(struct exchange *exchange) {
  struct worker *worker = exchange->worker;
  const size_t before = exchange->taken;
  const size_t room = sizeof worker->answers - worker->answers_len;
  ssize_t got = room > 0 ? read(worker->output, worker->answers + worker->answers_len, room) : -1;
  if (got > 0) {
    worker->answers_len += (size_t)got;
    take_lines(exchange);
    if (exchange->taken > before) {
      tell_taken(exchange);
    }
  } else if (room == 0) {
    finish(exchange, "its worker answers nonsense");
  } else if (got == 0) {
    finish(exchange, "its worker has ended");
  }
}

static void step(struct exchange *exchange, int cancel) {
  const bool sends = exchange->sending < exchange->count && !exchange->deaf;
  struct pollfd ready[] = {{.fd = exchange->worker->output, .events = POLLIN},
                           {.fd = cancel, .events = POLLIN},
                           {.fd = sends ? exchange->worker->input : -1, .events = POLLOUT}};
  const int64_t left = exchange->due - bg_clock_ms();
  int count = left > 0 ? poll(ready, 3, (int)left) : 0;
  if (count == 0) {
    finish(exchange, "its worker does not answer");
  } else if (count > 0 && ready[1].revents != 0) {
    finish(exchange, "it was not waited for");
  } else if (count > 0) {
    if (ready[2].revents != 0) {
      send_some(exchange);
    }
    if (ready[0].revents != 0) {
      receive_some(exchange);
    }
  }
}

/* Behind `before` of the views; *ret_none: the one behind those that it has is no event. */
static size_t hand_over(const struct sink *sink, const struct event_view *views, size_t count,
                        size_t before, int cancel, char *ret_reason, bool *ret_none) {
  struct exchange exchange = {.sink = sink,
                              .worker = sink->own,
                              .views = views + before,
                              .count = count - before,
                              .before = before,
                              .due = bg_clock_ms() + ANSWER_MS,
                              .reason = ret_reason};
  while (!exchange.over) {
    step(&exchange, cancel);
  }
  *ret_none = exchange.none;
  return before + exchange.taken;
}

/* One that was idle has nothing to say: its end, or nonsense. */
static void look_at_idle(struct worker *worker) {
  struct pollfd output = {.fd = worker->output, .events = POLLIN};
  if (worker->child != 0 && (worker->answers_len > 0 || poll(&output, 1, 0) > 0)) {
    (void)end(worker);
  }
}

/* Behind `taken` of them: how many it has then. True: a new worker gets the others. */
static bool attempt(struct sink *sink, const struct event_view *views, size_t count, size_t *taken,
                    int cancel, char *ret_reason) {
  struct worker *worker = sink->own;
  const size_t before = *taken;
  look_at_idle(worker);
  const bool was_idle = worker->child != 0;
  if (!was_idle && !start(worker, NULL, ret_reason)) {
    return false;
  }
  bool none = false;
  *taken = hand_over(sink, views, count, before, cancel, ret_reason, &none);
  if (*taken == count) {
    return false;
  }
  const int status = end(worker);
  if (none) { /* nor will it ever be one: it keeps nothing behind it */
    sink->odd++;
    ++*taken;
    return *taken < count;
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == CONFIGURATION_WRONG) {
    (void)snprintf(ret_reason, SINK_REASON_SIZE, "agent.conf is wrong: breakglass-agent check");
  }
  /* It may end by itself while it is idle, and do so just now. */
  return *taken == before && was_idle && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static size_t deliver(struct sink *sink, const struct event_view *views, size_t count, int cancel,
                      char ret_reason[static SINK_REASON_SIZE]) {
  size_t taken = 0;
  while (attempt(sink, views, count, &taken, cancel, ret_reason)) {
  }
  return taken;
}

static void rest(struct sink *sink) {
  struct worker *worker = sink->own;
  if (worker->child != 0) {
    struct pollfd output = {.fd = worker->output, .events = POLLIN};
    (void)close(worker->input);
    worker->input = -1;
    (void)poll(&output, 1, END_MS); /* its end */
    (void)end(worker);
  }
}

/* Its first line; all that it says, until its end, is waited for. */
static bool read_line(const struct worker *worker, char *ret_line) {
  struct pollfd output = {.fd = worker->output, .events = POLLIN};
  size_t len = 0;
  ssize_t got = 1;
  while (got > 0 && len < SINK_REASON_SIZE - 1 && poll(&output, 1, ANSWER_MS) > 0) {
    got = read(worker->output, ret_line + len, SINK_REASON_SIZE - 1 - len);
    len += got > 0 ? (size_t)got : 0;
  }
  ret_line[len] = '\0';
  ret_line[strcspn(ret_line, "\n")] = '\0';
  return got == 0 && ret_line[0] != '\0';
}

static bool check(struct sink *sink, char ret_reason[static SINK_REASON_SIZE]) {
  const struct worker *own = sink->own;
  struct worker worker = {.program = own->program};
  if (!start(&worker, "--check", ret_reason)) {
    return false;
  }
  const bool said = read_line(&worker, ret_reason);
  const int status = end(&worker);
  if (!said) {
    (void)snprintf(ret_reason, SINK_REASON_SIZE, "%s --check does not say", worker.program);
  }
  return said && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void free_own(struct sink *sink) {
  struct worker *worker = sink->own;
  if (worker->child != 0) {
    (void)end(worker);
  }
  free(worker);
}

enum bg_error sink_worker_open(const char *name, const char *program, struct sink *ret_sink) {
  struct worker *worker = calloc(1, sizeof *worker);
  if (worker == NULL) {
    return BG_ERR_NOMEM;
  }
  worker->program = program;
  *ret_sink = (struct sink){.window = SINK_WINDOW_MAX,
                            .takes_lines = true,
                            .deliver = deliver,
                            .check = check,
                            .rest = rest,
                            .free = free_own,
                            .own = worker};
  bg_text_fit(sizeof ret_sink->name, ret_sink->name, name);
  return BG_OK;
}
