/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "request_print.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "breakglass/text.h"
#include "paragraph.h"
#include "progress.h"

#define NAME_COLUMNS 12

void request_print_json(const struct request_view *view) {
  (void)json_dumpf(view->root, stdout, JSON_COMPACT);
  (void)puts("");
}

static char *line_of(const struct request_view *view) {
  char *line = NULL;
  size_t len = 0;
  FILE *out = open_memstream(&line, &len);
  if (out == NULL) {
    return NULL;
  }
  (void)fprintf(out, "%s  %-7s  %s as %s on ", view->id, view->state, view->subject, view->login);
  for (size_t i = 0; i < json_array_size(view->hosts); i++) {
    (void)fprintf(out, "%s%s", i == 0 ? "" : ",",
                  json_string_value(json_array_get(view->hosts, i)));
  }
  (void)fprintf(out, "  %s", view->reason);
  if (fclose(out) != 0) {
    free(line);
    return NULL;
  }
  return line;
}

/* One line of a terminal, too. */
bool request_print_line(const struct request_view *view) {
  char *line = line_of(view);
  if (line == NULL) {
    return false;
  }
  if (isatty(STDOUT_FILENO) == 1) {
    line[paragraph_fit(line, paragraph_columns(stdout))] = '\0';
  }
  (void)puts(line);
  free(line);
  return true;
}

static void print_text(const char *name, const char *value) {
  print_paragraph(stdout, NAME_COLUMNS, name, value);
}

static void print_time(const char *name, int64_t time) {
  char text[BG_TIME_TEXT_SIZE];
  bg_format_time(time, text);
  print_text(name, text);
}

static void print_seconds(const char *name, int64_t seconds) {
  char text[32];
  bg_format_duration(seconds, sizeof text, text);
  print_text(name, text);
}

static void print_approvals(const struct request_view *view) {
  for (size_t i = 0; i < json_array_size(view->approvals); i++) {
    const json_t *approval = json_array_get(view->approvals, i);
    char time[BG_TIME_TEXT_SIZE];
    char text[BG_NAME_SIZE + sizeof time + 2];
    bg_format_time(json_integer_value(json_object_get(approval, "at")), time);
    (void)snprintf(text, sizeof text, "%s, %s", json_text_of(approval, "by"), time);
    print_text(i == 0 ? "approved by" : "", text);
  }
}

static void print_state(const struct request_view *view, int64_t now) {
  char line[PROGRESS_SIZE];
  char denial[BG_NAME_SIZE + BG_REASON_SIZE + 16];
  if (strcmp(view->state, "waiting") == 0) {
    progress_line(view, now, line);
    print_text("state", line);
  } else if (view->denial != NULL) {
    (void)snprintf(denial, sizeof denial, "denied by %s: %s", json_text_of(view->denial, "by"),
                   json_text_of(view->denial, "reason"));
    print_text("state", denial);
  } else {
    print_text("state", view->state);
  }
}

void request_print(const struct request_view *view, int64_t now) {
  printf("request %s\n", view->id);
  print_state(view, now);
  print_text("for", view->subject);
  print_text("as login", view->login);
  for (size_t i = 0; i < json_array_size(view->hosts); i++) {
    print_text(i == 0 ? "on" : "", json_string_value(json_array_get(view->hosts, i)));
  }
  if (view->group != NULL) {
    print_text("group", view->group);
  }
  print_text("over", view->way);
  print_text("because", view->reason);
  print_seconds("window", view->window);
  print_seconds("session", view->longest);
  print_text("replacement", view->level != NULL ? view->level : "as the host's policy says");
  print_text("rule", view->rule);
  print_time("created", view->created);
  print_time("approve by", view->approve_by);
  print_time("expires", view->expires);
  print_approvals(view);
}
