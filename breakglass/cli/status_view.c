/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "status_view.h"

#include <stdio.h>
#include <string.h>

#include "agent_view.h"
#include "breakglass/json_read.h"
#include "breakglass/text.h"
#include "paragraph.h"
#include "revocations_view.h"

#define NAME_COLUMNS 7
#define DURATION_SIZE 32

static void print_finding(const json_t *finding) {
  const char *file = json_text_of(finding, "file");
  json_int_t line = json_integer_value(json_object_get(finding, "line"));
  printf("          %s: ", json_text_of(finding, "kind"));
  if (file != NULL && line > 0) {
    printf("%s:%lld: ", file, (long long)line);
  } else if (file != NULL) {
    printf("%s: ", file);
  }
  puts(json_text_of(finding, "text"));
}

static void print_sealed(const struct status_view *view) {
  static const char *const answers[] = {[SEALED_UNKNOWN] = "unknown",
                                        [SEALED_YES] = "yes",
                                        [SEALED_NO] = "NO, this host is NOT SEALED"};
  size_t i = 0;
  const json_t *finding = NULL;
  printf("sealed:   %s%s\n", answers[view->sealed], view->sealed_asked ? "" : " (ask as root)");
  json_array_foreach(view->findings, i, finding) {
    print_finding(finding);
  }
}

/* Whoever was root here may have written run/tainted anew. */
static const char *shown(const char *text) {
  return text != NULL && text[0] != '\0' ? text : "unknown";
}

static void print_taint(const struct bg_taint *taint) {
  char since[BG_TIME_TEXT_SIZE];
  char by[BG_TIME_TEXT_SIZE];
  char text[BG_NAME_SIZE + BG_REASON_SIZE + 16];
  if (taint->level == BG_LEVEL_NONE) {
    puts("tainted:  no");
    return;
  }
  bg_format_time(taint->since, since);
  bg_format_time(taint->by, by);
  printf("tainted:  YES, since %s; to be replaced (%s) by %s\n", since, bg_level_name(taint->level),
         by);
  (void)snprintf(text, sizeof text, "last by %s: %s", shown(taint->who), shown(taint->why));
  print_paragraph(stdout, NAME_COLUMNS, "", text);
}

static void print_session(const json_t *session) {
  char left[DURATION_SIZE];
  int64_t seconds = json_time_of(session, "deadline") - bg_clock_now();
  const char *source = json_text_of(session, "source");
  const char *state = json_text_of(session, "state");
  bool is_over = seconds <= 0 || (state != NULL && strcmp(state, "over") == 0);
  bg_format_duration(is_over ? 0 : seconds, sizeof left, left);
  printf("session:  %s as %s by %s from %s, until %s (%s%s)\n",
         shown(json_text_of(session, "subject")), shown(json_text_of(session, "login")),
         shown(json_text_of(session, "service")), source != NULL ? shown(source) : "the console",
         shown(json_text_of(session, "deadline")), is_over ? "over" : left, is_over ? "" : " left");
  print_paragraph(stdout, NAME_COLUMNS, "", shown(json_text_of(session, "reason")));
}

static void print_events(const struct status_view *view) {
  const struct taint_fold *fold = &view->fold;
  if (!view->has_events) {
    return;
  }
  printf("events:   %lld recorded, %lld of them not on disk yet\n", (long long)fold->count,
         (long long)fold->waiting);
  if (fold->dropped > 0) {
    printf("          %lld of them dropped, since they took too much of the disk\n",
           (long long)fold->dropped);
  }
  if (fold->chain_is_broken) {
    char text[CHAIN_TEXT_SIZE];
    taint_fold_chain_text(fold, text);
    printf("          %s\n", text);
  }
}

void status_print(const struct status_view *view) {
  size_t i = 0;
  const json_t *session = NULL;
  print_sealed(view);
  print_taint(&view->fold.taint);
  json_array_foreach(view->sessions, i, session) {
    print_session(session);
  }
  print_events(view);
  if (view->agent != NULL) {
    agent_view_print(view->agent);
  }
  if (view->revocations != NULL) {
    revocations_view_print(view->revocations, agent_view_fetching(view->agent));
  }
}

static json_t *time_or_null(bool given, int64_t time) {
  char text[BG_TIME_TEXT_SIZE];
  bg_format_time(time, text);
  return given ? json_string(text) : json_null();
}

static json_t *text_or_null(const char *text) {
  return text != NULL && text[0] != '\0' ? json_string(text) : json_null();
}

static json_t *events_object(const struct status_view *view) {
  const struct taint_fold *fold = &view->fold;
  if (!view->has_events) {
    return json_null();
  }
  return json_pack("{s:I, s:I, s:I, s:b, s:o}", "count", (json_int_t)fold->count, "waiting",
                   (json_int_t)fold->waiting, "dropped", (json_int_t)fold->dropped, "chain_intact",
                   !fold->chain_is_broken, "broken_at",
                   fold->chain_is_broken ? json_integer(fold->broken_at) : json_null());
}

void status_print_json(const struct status_view *view) {
  const struct bg_taint *taint = &view->fold.taint;
  bool tainted = taint->level != BG_LEVEL_NONE;
  json_t *sealed =
      view->sealed == SEALED_UNKNOWN ? json_null() : json_boolean(view->sealed == SEALED_YES);
  json_t *root = json_pack(
      "{s:o, s:O, s:b, s:o, s:o, s:o, s:o, s:o, s:O, s:o, s:O?, s:O?}", "sealed", sealed,
      "findings", view->findings, "tainted", tainted, "level",
      text_or_null(bg_level_name(taint->level)), "since", time_or_null(tainted, taint->since), "by",
      time_or_null(tainted, taint->by), "who", text_or_null(taint->who), "why",
      text_or_null(taint->why), "sessions", view->sessions, "events", events_object(view), "agent",
      view->agent, "revocations", view->revocations);
  (void)json_dumpf(root, stdout, JSON_INDENT(2));
  (void)putchar('\n');
  json_decref(root);
}
