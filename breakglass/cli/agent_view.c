/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "agent_view.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "breakglass/event_store.h"
#include "breakglass/host_clock.h"
#include "breakglass/json_read.h"
#include "breakglass/paths.h"
#include "paragraph.h"

#define STATE_MAX ((size_t)256 * 1024)
#define DURATION_SIZE 32
#define NAME_COLUMNS 7
#define LINE_SIZE 4096

/* It holds its lock as long as it lives, and no longer. */
static bool is_running(const char *lock) {
  int fd = open(lock, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  bool running = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  if (fd >= 0) {
    (void)close(fd);
  }
  return running;
}

static json_t *read_state(void) {
  struct bg_file file = {0};
  json_t *state = NULL;
  if (bg_file_read(bg_paths()->agent_state, bg_paths()->owner, STATE_MAX, &file) == BG_OK) {
    state = json_read(bg_bytes(file.data, file.len));
  }
  bg_file_free(&file);
  if (state != NULL && !json_is_clean(state)) {
    json_decref(state);
    state = NULL;
  }
  return state != NULL ? state
                       : json_pack("{s:n, s:n, s:n, s:[], s:n}", "started", "problem", "lifetime",
                                   "sinks", "revocations");
}

/* The number of events behind what it says to have; all of them if that can be no number. */
static json_int_t behind(const json_t *sink, int64_t last) {
  const json_int_t delivered = json_integer_value(json_object_get(sink, "delivered"));
  return delivered < 0 ? last : delivered < last ? last - delivered : 0;
}

static void add_pending(json_t *sinks) {
  uint8_t hash[BG_EVENT_HASH_SIZE];
  int64_t last = 0;
  size_t i = 0;
  json_t *sink = NULL;
  if (bg_event_store_head(&last, hash) != BG_OK) {
    last = 0;
  }
  json_array_foreach(sinks, i, sink) {
    (void)json_object_set_new(sink, "pending", json_integer(behind(sink, last)));
  }
}

json_t *agent_view_read(void) {
  json_t *agent = read_state();
  (void)json_object_set_new(agent, "running", json_boolean(is_running(bg_paths()->agent_lock)));
  (void)json_object_set_new(agent, "warden", json_boolean(is_running(bg_paths()->warden_lock)));
  add_pending(json_object_get(agent, "sinks"));
  return agent;
}

static bool runs(const json_t *agent) {
  return json_is_true(json_object_get(agent, "running"));
}

const json_t *agent_view_fetching(const json_t *agent) {
  return runs(agent) ? json_object_get(agent, "revocations") : NULL;
}

static const char *or_unknown(const char *text) {
  return text != NULL ? text : "unknown";
}

static void print_sink(const json_t *sink) {
  char text[LINE_SIZE] = "";
  struct bg_buf buf = {.data = (uint8_t *)text, .cap = sizeof text - 1};
  const char *error = json_text_of(sink, "error");
  const long long pending = json_integer_value(json_object_get(sink, "pending"));
  bg_buf_printf(&buf, "%s: ", or_unknown(json_text_of(sink, "sink")));
  if (pending == 0) {
    bg_buf_put_text(&buf, "all delivered");
  } else {
    bg_buf_printf(&buf, "%lld wait%s", pending, pending == 1 ? "s" : "");
  }
  if (error != NULL) {
    bg_buf_printf(&buf, ", failing since %s: %s", or_unknown(json_text_of(sink, "failing_since")),
                  error);
  }
  print_paragraph(stdout, NAME_COLUMNS, "", text);
}

static void print_age(const json_t *lifetime) {
  const int64_t born = json_time_of(lifetime, "born");
  const char *polite = json_text_of(lifetime, "polite");
  const char *forced = json_text_of(lifetime, "forced");
  char age[DURATION_SIZE];
  if (born <= 0) {
    return;
  }
  bg_format_duration(bg_clock_now() - born, sizeof age, age);
  if (polite == NULL || forced == NULL) {
    printf("age:      %s\n", age);
  } else if (json_text_of(lifetime, "level") != NULL) {
    printf("age:      %s: old enough to be replaced, by %s in any case\n", age, forced);
  } else {
    printf("age:      %s; to be replaced from %s on, by %s in any case\n", age, polite, forced);
  }
}

void agent_view_print(const json_t *agent) {
  const char *started = json_text_of(agent, "started");
  const char *problem = json_text_of(agent, "problem");
  size_t i = 0;
  const json_t *sink = NULL;
  if (!runs(agent)) {
    puts("agent:    does not run: nobody is told of events (breakglass-agent.service)");
    return;
  }
  printf("agent:    runs since %s%s%s\n", started != NULL ? started : "just now",
         problem != NULL ? "; the store cannot be settled: " : "", problem != NULL ? problem : "");
  print_age(json_object_get(agent, "lifetime"));
  json_array_foreach(json_object_get(agent, "sinks"), i, sink) {
    print_sink(sink);
  }
}
