/* SPDX-License-Identifier: BSD-2-Clause */
/* breakglass events: what happened on this host, oldest first. */
#include <config.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "breakglass/paths.h"
#include "breakglass/text.h"
#include "cli.h"
#include "event_view.h"
#include "taint_fold.h"

#define NAME_PREFIX "breakglass."

static const char *or_unknown(const char *text) {
  return text != NULL ? text : "unknown";
}

/* Which session: of two that are open, the end says whose it was. */
static void print_session(const json_t *session) {
  const char *source = json_text_of(session, "source");
  const char *ended = json_text_of(session, "ended");
  printf("  [%s by %s%s%s, token %.8s%s%s]", or_unknown(json_text_of(session, "login")),
         or_unknown(json_text_of(session, "service")), source != NULL ? " from " : "",
         source != NULL ? source : "", or_unknown(json_text_of(session, "token_id")),
         ended != NULL ? ": " : "", ended != NULL ? ended : "");
}

static const char *short_name(const char *type) {
  const size_t len = strlen(NAME_PREFIX);
  return strncmp(type, NAME_PREFIX, len) == 0 ? type + len : type;
}

static void print_dropped(const struct event_view *view) {
  const char *token = json_text_of(view->session, "token_id");
  const char *ended = json_text_of(view->session, "ended");
  printf("dropped, since the events took too much of the disk");
  if (token != NULL) {
    printf("  [token %.8s: %s]", token, or_unknown(ended));
  }
  puts("");
}

static void print_whole(const struct bg_stored_event *event, const struct event_view *view) {
  printf("%-10s  %s: %s", view->level != BG_LEVEL_NONE ? bg_level_name(view->level) : "none",
         or_unknown(view->who), or_unknown(view->why));
  if (view->session != NULL) {
    print_session(view->session);
  }
  puts(event->place == BG_EVENT_ON_DISK ? "" : "  (not on disk yet)");
}

static void print_line(const struct bg_stored_event *event, const struct event_view *view) {
  char time[BG_TIME_TEXT_SIZE];
  if (view == NULL) {
    printf("%10lld  unreadable\n", (long long)event->number);
    return;
  }
  bg_format_time(view->time, time);
  printf("%10lld  %s  %-14s  ", (long long)view->number, time, short_name(view->type));
  if (event->place == BG_EVENT_DROPPED) {
    print_dropped(view);
  } else {
    print_whole(event, view);
  }
}

/* Each event is one line already, what is left of a dropped one too. What is none would break the
 * reader of all others. */
static void print_json(const struct bg_stored_event *event, const struct event_view *view) {
  if (view == NULL) {
    (void)cli_failure("event %lld cannot be read, and is left out", (long long)event->number);
    return;
  }
  (void)fwrite(view->line.data, 1, view->line.len, stdout);
}

static int check_chain(const struct taint_fold *fold) {
  char text[CHAIN_TEXT_SIZE];
  if (!fold->chain_is_broken) {
    return fold->unreadable == 0
               ? CLI_OK
               : cli_failure("%lld of the events cannot be read", (long long)fold->unreadable);
  }
  taint_fold_chain_text(fold, text);
  return cli_failure("%s", text);
}

static int list(bool json) {
  struct taint_fold fold = {0};
  enum bg_error err = taint_fold_events(json ? print_json : print_line, &fold);
  if (err == BG_OK && access(bg_paths()->events, F_OK) != 0) {
    err = BG_ERR_NOT_FOUND;
  }
  int status = err == BG_OK ? check_chain(&fold) : cli_host_failure(bg_paths()->events, err);
  taint_fold_free(&fold);
  return status;
}

/* The agent's business: on a host without it, or where it does not run. */
static int deliver(void) {
  char name[] = "breakglass-agent";
  char word[] = "deliver";
  char *const words[] = {name, word, NULL};
  (void)execv(AGENT_PROGRAM, words);
  return cli_failure("%s: %s", AGENT_PROGRAM, strerror(errno));
}

int cli_events(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "deliver") == 0) {
    return deliver();
  }
  if (argc == 2 && strcmp(argv[1], "--json") == 0) {
    return list(true);
  }
  if (argc > 1) {
    return cli_wrong_arguments();
  }
  return list(false);
}
