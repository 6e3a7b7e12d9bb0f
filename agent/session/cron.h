/* SPDX-License-Identifier: BSD-2-Clause */
/* Jobs that a session would leave behind: crontabs and at jobs. Reaches core. */
#ifndef BREAKGLASS_AGENT_CRON_H
#define BREAKGLASS_AGENT_CRON_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define CRON_JOBS_MAX 512 /* at jobs that one call removes */

#define CRON_SPANS 2

struct cron_span { /* Unix seconds, both included */
  int64_t first, last;
};

struct cron_search {
  const char *login;
  bool has_uid; /* without one no at jobs of the login are found, only root's */
  uid_t uid;
  struct cron_span spans[CRON_SPANS]; /* what was made or changed in either is removed */
  /* What was removed ("the crontab of ops"), or is not but should be; clean text. */
  void (*tell)(void *context, const char *what, bool removed);
  void *context;
};

/* Removes the crontabs of the login and of root, and the at jobs of both, if they were made or
 * changed then: by their ctime, which is the clock's and nobody's to set. Names are taken as they
 * stand in the spool's folders, and nothing is followed. Answers whether there may be more: call it
 * again. */
bool cron_clean(const struct cron_search *search);

#endif
