/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "sheet.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "breakglass/event_glance.h"
#include "breakglass/gate.h"
#include "cron.h"

#define ROUNDING 2       /* seconds: clocks are read in whole ones */
#define CLEANINGS_MAX 64 /* of CRON_JOBS_MAX: whoever makes more is not waited for */

/* -- the sheet ----------------------------------------------------------------------------------
 */

/* The policy may be read anew meanwhile. */
static bool copy_host(struct sheet *sheet, const struct bg_host *host) {
  const size_t size = host->group_count * BG_NAME_SIZE;
  sheet->id = strdup(host->id);
  sheet->groups = calloc(host->group_count > 0 ? host->group_count : 1, BG_NAME_SIZE);
  if (sheet->groups != NULL && size > 0) {
    memcpy(sheet->groups, host->groups, size);
  }
  sheet->host =
      (struct bg_host){sheet->id, (const char(*)[BG_NAME_SIZE])sheet->groups, host->group_count};
  return sheet->groups != NULL && sheet->id != NULL;
}

struct sheet *sheet_new(enum sheet_work work, const struct sessions_config *config, size_t count) {
  struct sheet *sheet = calloc(1, sizeof *sheet + count * sizeof sheet->entries[0]);
  if (sheet == NULL) {
    return NULL;
  }
  sheet->work = work;
  sheet->config = *config;
  sheet->config.host = &sheet->host;
  sheet->count = count;
  if (!copy_host(sheet, config->host)) {
    sheet_free(sheet);
    return NULL;
  }
  return sheet;
}

void sheet_free(struct sheet *sheet) {
  if (sheet != NULL) {
    free(sheet->id);
    free(sheet->groups);
    free(sheet);
  }
}

static void say(const struct sheet *sheet, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void say(const struct sheet *sheet, const char *format, ...) {
  char text[512];
  va_list arguments;
  va_start(arguments, format);
  (void)vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  if (sheet->config.log != NULL) {
    sheet->config.log(sheet->config.context, text);
  }
}

/* -- what would run later ------------------------------------------------------------------------
 */

struct cleaning {
  const struct sheet *sheet;
  const struct entry *entry;
};

static void on_job(void *context, const char *what, bool removed) {
  const struct cleaning *cleaning = context;
  say(cleaning->sheet, "%s: %s, made or changed meanwhile, %s", cleaning->entry->name, what,
      removed ? "is removed" : "cannot be removed");
}

/* Seconds since it was opened, whatever was done to the clock. */
static int64_t lasted(const struct bg_grant *grant) {
  const struct bg_session *session = &grant->session;
  const int64_t accepted = session->deadline_boottime - (session->deadline - session->accepted);
  const int64_t waited = grant->opened > session->accepted ? grant->opened - session->accepted : 0;
  const int64_t seconds = bg_clock_boottime() - accepted - waited;
  return seconds > 0 ? seconds : 0;
}

/* When it went on, as the clock was when it was opened, and as it is now: they differ if it was set
 * meanwhile. What lies between them, or before, is of other times. */
static void find_spans(const struct bg_grant *grant, struct cron_span ret_spans[CRON_SPANS]) {
  const int64_t now = bg_clock_now();
  const int64_t reckoned = now - lasted(grant);
  const bool was_set = llabs(reckoned - grant->opened) > ROUNDING;
  const struct cron_span then = {grant->opened, grant->opened + lasted(grant) + ROUNDING};
  ret_spans[0] = then;
  ret_spans[1] = was_set ? (struct cron_span){reckoned, now} : then;
}

static void clean(const struct sheet *sheet, struct entry *entry) {
  struct cleaning cleaning = {sheet, entry};
  struct cron_search search = {
      .login = entry->grant.session.login,
      .has_uid = entry->has_uid,
      .uid = entry->uid,
      .tell = on_job,
      .context = &cleaning,
  };
  find_spans(&entry->grant, search.spans);
  for (int i = 0; i < CLEANINGS_MAX && cron_clean(&search); i++) {
  }
}

/* -- what is to be said --------------------------------------------------------------------------
 */

static bool is_uncertain(const struct entry *entry) {
  return entry->by_nobody && !entry->by_us && !entry->is_recorded;
}

static bool on_event(void *context, const struct bg_stored_event *event) {
  struct sheet *sheet = context;
  struct bg_event_glance glance;
  if (!bg_event_glance(event->bytes, &glance) || glance.opened) {
    return true;
  }
  for (size_t i = 0; i < sheet->count; i++) {
    struct entry *entry = &sheet->entries[i];
    if (memcmp(entry->grant.session.token_id, glance.token_id, BG_TOKEN_ID_SIZE) == 0) {
      entry->is_recorded = true;
    }
  }
  return true;
}

/* Whoever closed a grant and was killed before it could say so has left no event: the store is
 * asked. */
static void ask_store(struct sheet *sheet) {
  bool any = false;
  for (size_t i = 0; i < sheet->count; i++) {
    any = any || is_uncertain(&sheet->entries[i]);
  }
  enum bg_error err = any ? bg_events_each(on_event, sheet) : BG_OK;
  if (err != BG_OK) {
    say(sheet, "the events cannot be read: %s", bg_strerror(err));
  }
  for (size_t i = 0; err == BG_OK && i < sheet->count; i++) {
    /* From here on nobody else's. */
    sheet->entries[i].by_us = sheet->entries[i].by_us || sheet->entries[i].by_nobody;
  }
}

static void record(const struct sheet *sheet, struct entry *entry) {
  if (entry->is_recorded || !entry->by_us) {
    return;
  }
  if (!entry->is_audited) { /* at once, whatever becomes of the event */
    bg_gate_audit_closed(&entry->grant);
    entry->is_audited = true;
  }
  enum bg_error err =
      bg_gate_record_end(&sheet->host, sheet->config.longest_tainted, &entry->grant, entry->ending);
  entry->is_recorded = err == BG_OK;
  if (err != BG_OK) {
    say(sheet, "%s: that it is closed cannot be recorded: %s", entry->name, bg_strerror(err));
  }
}

static void clean_all(struct sheet *sheet) {
  for (size_t i = 0; i < sheet->count; i++) {
    struct entry *entry = &sheet->entries[i];
    if (entry->grant.state == BG_GRANT_OPEN) {
      clean(sheet, entry);
    }
    entry->is_cleaned = true;
  }
}

static void record_all(struct sheet *sheet) {
  ask_store(sheet);
  for (size_t i = 0; i < sheet->count; i++) {
    record(sheet, &sheet->entries[i]);
  }
  if (sheet->closes_lost) {
    sheet->lost_error = sessions_close_lost(&sheet->config, &sheet->more_lost);
  }
}

void sheet_do(struct sheet *sheet) {
  if (sheet->work == SHEET_CLEANS) {
    clean_all(sheet);
  } else {
    record_all(sheet);
  }
}
