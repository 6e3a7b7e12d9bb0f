/* SPDX-License-Identifier: BSD-2-Clause */
/* What remains to be done for a session of which nothing is left: its grant is closed, what would
 * run later is removed, and that it is closed is said, once, by whoever renamed the grant. What may
 * wait is a scribe's (scribe.h): one cleans, one records, and each session is with one at most. */
#include <config.h>

#include <string.h>

#include "breakglass/text.h"
#include "scribe.h"
#include "watched.h"

#define RETRY_MS 5000
#define LOST_RETRY_MS 60000 /* for events that cannot be read */
#define STUCK_MS 10000
#define SHEET_MAX 64 /* entries: the rest comes with the next one */

/* -- what comes back -----------------------------------------------------------------------------
 */

static struct watched *find(const struct sessions *sessions, const char *id) {
  struct watched *watched = sessions->first;
  while (watched != NULL && strcmp(watched->id, id) != 0) {
    watched = watched->next;
  }
  return watched;
}

static void take_lost(struct sessions *sessions, const struct sheet *sheet) {
  const enum bg_error err = sheet->lost_error;
  if (err != BG_OK && err != sessions->lost_problem) {
    sessions_say(sessions, "whether sessions went down with the host is not known: %s",
                 bg_strerror(err));
  }
  sessions->lost_problem = err;
  sessions->lost_at = err != BG_OK       ? sessions->now + LOST_RETRY_MS
                      : sheet->more_lost ? sessions->now
                                         : INT64_MAX;
}

static void take_entry(const struct sessions *sessions, const struct sheet *sheet,
                       const struct entry *entry) {
  struct watched *watched = find(sessions, entry->id);
  if (watched == NULL) {
    return;
  }
  const bool failed = sheet->work == SHEET_RECORDS && !entry->is_recorded;
  watched->is_away = false;
  watched->by_us = entry->by_us;
  watched->is_cleaned = entry->is_cleaned;
  watched->is_audited = entry->is_audited;
  watched->is_recorded = entry->is_recorded;
  watched->again = sessions->now + (failed ? RETRY_MS : 0);
}

/* Those that have waited for it are looked at again. */
static void take_results(struct sessions *sessions, struct sheet *sheet) {
  for (struct watched *watched = sessions->first; watched != NULL; watched = watched->next) {
    if (watched->phase == PHASE_CLOSING && watched->again == INT64_MAX && !watched->is_away) {
      watched->again = sessions->now;
    }
  }
  for (size_t i = 0; i < sheet->count; i++) {
    take_entry(sessions, sheet, &sheet->entries[i]);
  }
  if (sheet->closes_lost) {
    take_lost(sessions, sheet);
  }
  sheet_free(sheet);
}

static void end_scribe(struct sessions *sessions, enum sheet_work work) {
  struct sheet *sheet = scribe_end(sessions->scribes[work]);
  sessions->scribes[work] = NULL;
  take_results(sessions, sheet);
}

/* -- what goes out -------------------------------------------------------------------------------
 */

static bool is_due(const struct sessions *sessions, const struct watched *watched) {
  return watched->phase == PHASE_CLOSING && watched->again <= sessions->now;
}

static void close_grant(const struct sessions *sessions, struct watched *watched) {
  if (watched->is_closed) {
    return;
  }
  enum bg_error err = bg_grant_close(watched->id);
  watched->is_closed = err == BG_OK || err == BG_ERR_NOT_FOUND;
  watched->by_us = err == BG_OK;
  if (!watched->is_closed) {
    sessions_say(sessions, "%s: its grant cannot be closed: %s", watched_name(watched),
                 bg_strerror(err));
  }
}

/* Of one that was closed by an owner which could not say so. */
static enum bg_ending ending_of(const struct watched *watched) {
  const struct bg_grant *grant = &watched->grant;
  if (watched->ending != BG_ENDED_NOT) {
    return watched->ending;
  }
  return grant->state != BG_GRANT_OPEN                             ? BG_ENDED_UNUSED
         : grant->session.deadline_boottime <= bg_clock_boottime() ? BG_ENDED_DEADLINE
                                                                   : BG_ENDED_LOGOUT;
}

/* An owner that lives may be about to say it itself. */
static bool is_ours(const struct watched *watched) {
  return watched->is_closed && (watched->by_us || watched->owner_is_gone);
}

static bool wants(const struct watched *watched, enum sheet_work work) {
  return work == SHEET_CLEANS ? !watched->is_cleaned
                              : watched->is_cleaned && !watched->is_recorded && is_ours(watched);
}

static void fill_in(struct entry *entry, struct watched *watched) {
  watched->is_away = true;
  memcpy(entry->id, watched->id, sizeof entry->id);
  bg_text_fit(sizeof entry->name, entry->name, watched_name(watched));
  entry->grant = watched->grant;
  entry->ending = ending_of(watched);
  entry->has_uid = watched->has_uid;
  entry->uid = watched->uid;
  entry->by_us = watched->by_us;
  entry->by_nobody = is_ours(watched);
  entry->is_cleaned = watched->is_cleaned;
  entry->is_audited = watched->is_audited;
  entry->is_recorded = watched->is_recorded;
}

static size_t count_work(const struct sessions *sessions, enum sheet_work work) {
  size_t count = 0;
  for (const struct watched *watched = sessions->first; watched != NULL; watched = watched->next) {
    count += is_due(sessions, watched) && wants(watched, work);
  }
  return count < SHEET_MAX ? count : SHEET_MAX;
}

/* NULL: nothing is to be done, or there is no memory for it. */
static struct sheet *next_sheet(struct sessions *sessions, enum sheet_work work) {
  const size_t count = count_work(sessions, work);
  const bool closes_lost = work == SHEET_RECORDS && sessions->lost_at <= sessions->now;
  size_t filled = 0;
  if (count == 0 && !closes_lost) {
    return NULL;
  }
  struct sheet *sheet = sheet_new(work, sessions->config, count);
  if (sheet == NULL) {
    sessions->lost_at = closes_lost ? sessions->now + LOST_RETRY_MS : sessions->lost_at;
    return NULL;
  }
  sheet->closes_lost = closes_lost;
  for (struct watched *watched = sessions->first; watched != NULL && filled < count;
       watched = watched->next) {
    if (is_due(sessions, watched) && wants(watched, work)) {
      fill_in(&sheet->entries[filled++], watched);
    }
  }
  return sheet;
}

/* A sheet that no thread is to be had for comes back as it is. */
static void hand_over(struct sessions *sessions, enum sheet_work work) {
  struct sheet *sheet = sessions->scribes[work] == NULL ? next_sheet(sessions, work) : NULL;
  if (sheet == NULL) {
    return;
  }
  if (!sessions->config->waits) {
    sessions->scribes[work] = scribe_start(sheet, sessions->epoll);
  }
  if (sessions->scribes[work] == NULL) {
    sheet->lost_error = BG_ERR_NOMEM;
    if (sessions->config->waits) {
      sheet_do(sheet);
    }
    take_results(sessions, sheet);
  }
}

/* Whether its turn comes when a scribe is done. */
static bool waits_for_scribe(const struct sessions *sessions, const struct watched *watched) {
  return watched->is_away ||
         (wants(watched, SHEET_CLEANS) && sessions->scribes[SHEET_CLEANS] != NULL) ||
         (wants(watched, SHEET_RECORDS) && sessions->scribes[SHEET_RECORDS] != NULL);
}

static void finish(const struct sessions *sessions, struct watched *watched) {
  if (waits_for_scribe(sessions, watched)) {
    watched->again = INT64_MAX;
    return;
  }
  watched->again = sessions->now + RETRY_MS;
  if (!watched->is_recorded || !watched->is_cleaned) {
    return;
  }
  if (watched->left > 0) {
    (void)!watched_mark(watched, MARK_STUCK); /* without it the next agent begins anew */
    watched_enter(sessions, watched, PHASE_STUCK);
    watched->again = sessions->now + STUCK_MS;
  } else if (bg_grant_end(watched->id) != BG_ERR_IO) {
    watched_forget_marks(watched);
    watched_enter(sessions, watched, PHASE_OVER);
  }
}

static void finish_all(const struct sessions *sessions) {
  for (struct watched *watched = sessions->first; watched != NULL; watched = watched->next) {
    if (is_due(sessions, watched)) {
      finish(sessions, watched);
    }
  }
}

void sessions_record(struct sessions *sessions) {
  for (enum sheet_work work = 0; work < SHEET_WORKS; work++) {
    if (sessions->scribes[work] != NULL && scribe_is_done(sessions->scribes[work])) {
      end_scribe(sessions, work);
    }
  }
  for (struct watched *watched = sessions->first; watched != NULL; watched = watched->next) {
    if (is_due(sessions, watched)) {
      close_grant(sessions, watched);
    }
  }
  hand_over(sessions, SHEET_CLEANS);
  hand_over(sessions, SHEET_RECORDS);
  finish_all(sessions);
}

void sessions_stop_recording(struct sessions *sessions) {
  for (enum sheet_work work = 0; work < SHEET_WORKS; work++) {
    if (sessions->scribes[work] != NULL) {
      end_scribe(sessions, work);
    }
  }
  finish_all(sessions);
}
