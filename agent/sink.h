/* SPDX-License-Identifier: BSD-2-Clause */
/* Where events are delivered to. Each implementation is one file; couriers know no more of it
 * than this. */
#ifndef AGENT_SINK_H
#define AGENT_SINK_H

#include "../breakglass/cli/event_view.h"

#define SINK_NAME_SIZE 300 /* of its cursor, and for people */
#define SINK_REASON_SIZE 256
#define SINK_WINDOW_MAX 64

struct sink {
  char name[SINK_NAME_SIZE];
  size_t window;    /* how many events it takes at once: 1 to SINK_WINDOW_MAX */
  bool takes_lines; /* it judges by itself whether one is an event: of its views only `line` is made
                     */
  size_t odd;       /* lines that deliver() has passed over, being no events: they count as taken;
                       who has seen that sets it back */
  /* How many of the events, from the first on, it has for good. Fewer than count: ret_reason says
   * why, for people. Takes bounded time; ends soon once `cancel` can be read. */
  size_t (*deliver)(struct sink *sink, const struct event_view *views, size_t count, int cancel,
                    char ret_reason[static SINK_REASON_SIZE]);
  /* Of who delivers, who may leave it NULL: how many of them it has for good by now, as soon as
   * that is known, before deliver() returns. */
  void (*on_taken)(void *context, size_t taken);
  void *on_taken_context;
  /* Whether it could be told now; sends nothing. NULL if it is a program that would be run. */
  bool (*check)(struct sink *sink, char ret_reason[static SINK_REASON_SIZE]);
  /* Nothing has come for a while; NULL if it keeps nothing that costs. */
  void (*rest)(struct sink *sink);
  void (*free)(struct sink *sink); /* NULL if it owns nothing; may wait for what it started */
  void *own;
};

/* The journal, in its native protocol. */
void sink_journal_open(struct sink *ret_sink);
/* A program of the folder of sinks, whose texts are copied. BG_ERR_TOO_LARGE, BG_ERR_NOMEM. */
struct bg_program;
BG_MUST_USE enum bg_error sink_exec_open(const struct bg_program *program, struct sink *ret_sink);
/* A program that stays while there are events: it reads them on its standard input, a line each,
 * and answers each, in order, with "ok", "none" (it is no event) or "failed REASON". name and
 * program are static texts; SIGPIPE is ignored. BG_ERR_NOMEM. */
BG_MUST_USE enum bg_error sink_worker_open(const char *name, const char *program,
                                           struct sink *ret_sink);
void sink_close(struct sink *sink); /* of one that was opened, or zeroed */

#endif
