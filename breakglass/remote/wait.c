/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "wait.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"
#include "paragraph.h"
#include "progress.h"

#define OVERDUE 60 /* seconds after approve_by in which the service has to notice */

/* What the tick draws. */
struct waiting {
  const struct service *service;
  const struct request_view *view;
  bool is_terminal;
  char told[PROGRESS_SIZE]; /* plain lines: what stood in the last one */
};

/* On a terminal each second, otherwise where somebody else is waited for. */
static void draw(void *context) {
  struct waiting *waiting = context;
  char line[PROGRESS_SIZE];
  char whom[PROGRESS_SIZE];
  progress_line(waiting->view, service_now(waiting->service), line);
  if (waiting->is_terminal) {
    line[paragraph_fit(line, paragraph_columns(stderr))] = '\0';
    (void)fprintf(stderr, "\r\033[K%s", line);
  } else {
    progress_whom(waiting->view, whom);
    if (strcmp(whom, waiting->told) != 0) {
      (void)fprintf(stderr, "%s\n", line);
      bg_text_fit(sizeof waiting->told, waiting->told, whom);
    }
  }
  (void)fflush(stderr);
}

static void end_line(const struct waiting *waiting) {
  if (waiting->is_terminal) {
    (void)fputs("\r\033[K", stderr);
  }
}

/* A service that does not wait is not asked in a loop. */
static void pause_after(int64_t begun) {
  const struct timespec second = {.tv_sec = 1};
  if (time(NULL) - begun < 1) {
    (void)nanosleep(&second, NULL);
  }
}

static int poll_once(struct service *service, struct request_view *view) {
  struct request_view next = {0};
  int64_t begun = time(NULL);
  int result = request_view_fetch(service, view->id, true, &next);
  if (result == CLI_OK) {
    bool changed = !json_equal(next.root, view->root);
    request_view_free(view);
    *view = next;
    if (!changed) {
      pause_after(begun);
    }
  }
  return result;
}

int wait_outcome(const struct request_view *view) {
  if (strcmp(view->state, "denied") == 0 && view->denial != NULL) {
    (void)cli_failure("denied by %s: %s", json_text_of(view->denial, "by"),
                      json_text_of(view->denial, "reason"));
    return CLI_REFUSED;
  }
  if (strcmp(view->state, "issued") != 0) {
    (void)cli_failure("request %s is %s: ask again, and tell those who approve", view->id,
                      view->state);
    return CLI_REFUSED;
  }
  return CLI_OK;
}

int wait_until_issued(struct service *service, struct request_view *view) {
  struct waiting waiting = {
      .service = service, .view = view, .is_terminal = isatty(STDERR_FILENO) == 1};
  int result = CLI_OK;
  client_on_tick(service->client, draw, &waiting);
  while (result == CLI_OK && strcmp(view->state, "waiting") == 0) {
    draw(&waiting);
    if (service_now(service) > view->approve_by + OVERDUE) {
      end_line(&waiting);
      result = cli_failure("request %s still waits, though its time is over: tell those who run "
                           "the service",
                           view->id);
    } else {
      result = poll_once(service, view);
    }
  }
  client_on_tick(service->client, NULL, NULL);
  end_line(&waiting);
  return result == CLI_OK ? wait_outcome(view) : result;
}
