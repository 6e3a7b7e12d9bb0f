/* SPDX-License-Identifier: BSD-2-Clause */
/* What remains to be said of a session of which nothing is left: that it is closed, once. Whoever
 * renamed the grant has to say it. One that did and was killed before it could has left no event;
 * so the store is asked. */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "breakglass/gate.h"
#include "cron.h"
#include "glance.h"
#include "watched.h"

#define RETRY_MS 5000
#define MORE_MS 10
#define STUCK_MS 10000
#define ROUNDING 2 /* seconds: clocks are read in whole ones */

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

/* An owner that lives may be about to say it itself. */
static bool is_uncertain(const struct sessions *sessions, const struct watched *watched) {
  return is_due(sessions, watched) && watched->is_closed && !watched->by_us &&
         !watched->is_recorded && watched->owner_is_gone;
}

static bool on_event(void *context, const struct bg_stored_event *event) {
  const struct sessions *sessions = context;
  struct glance glance;
  if (!glance_at(event->bytes, &glance) || glance.opened) {
    return true;
  }
  for (struct watched *watched = sessions->first; watched != NULL; watched = watched->next) {
    if (memcmp(watched->grant.session.token_id, glance.token_id, BG_TOKEN_ID_SIZE) == 0) {
      watched->is_recorded = true;
    }
  }
  return true;
}

/* False if it cannot be known. */
static bool ask_store(struct sessions *sessions) {
  bool any = false;
  for (struct watched *watched = sessions->first; watched != NULL; watched = watched->next) {
    any = any || is_uncertain(sessions, watched);
  }
  enum bg_error err = any ? bg_events_each(on_event, sessions) : BG_OK;
  if (err != BG_OK) {
    sessions_say(sessions, "the events cannot be read: %s", bg_strerror(err));
  }
  return err == BG_OK;
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

/* True if an event was written. */
static bool record(const struct sessions *sessions, struct watched *watched, bool store_is_known) {
  const struct sessions_config *config = sessions->config;
  bool ours = watched->by_us || (watched->owner_is_gone && store_is_known);
  if (watched->is_recorded || !watched->is_closed || !ours) {
    return false;
  }
  if (!watched->is_audited) { /* at once, whatever becomes of the event */
    bg_gate_audit_closed(&watched->grant);
    watched->is_audited = true;
  }
  enum bg_error err = bg_gate_record_end(config->host, config->longest_tainted, &watched->grant,
                                         ending_of(watched));
  watched->by_us = true; /* from here on nobody else's */
  watched->is_recorded = err == BG_OK;
  if (err != BG_OK) {
    sessions_say(sessions, "%s: that it is closed cannot be recorded: %s", watched_name(watched),
                 bg_strerror(err));
  }
  return watched->is_recorded;
}

struct cleaning {
  const struct sessions *sessions;
  const struct watched *watched;
};

static void on_job(void *context, const char *what, bool removed) {
  const struct cleaning *cleaning = context;
  sessions_say(cleaning->sessions, "%s: %s, made or changed meanwhile, %s",
               watched_name(cleaning->watched), what, removed ? "is removed" : "cannot be removed");
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

/* True if there may be more. */
static bool clean(const struct sessions *sessions, const struct watched *watched) {
  struct cleaning cleaning = {sessions, watched};
  struct cron_search search = {
      .login = watched->grant.session.login,
      .has_uid = watched->has_uid,
      .uid = watched->uid,
      .tell = on_job,
      .context = &cleaning,
  };
  if (watched->grant.state != BG_GRANT_OPEN) {
    return false;
  }
  find_spans(&watched->grant, search.spans);
  return cron_clean(&search);
}

static void finish(const struct sessions *sessions, struct watched *watched, bool more) {
  if (!watched->is_recorded || more) {
    watched->again = sessions->now + (more ? MORE_MS : RETRY_MS);
    return;
  }
  if (bg_grant_end(watched->id) == BG_ERR_IO) {
    watched->again = sessions->now + RETRY_MS; /* or the next agent begins with it anew */
    return;
  }
  watched_forget_marks(watched);
  watched_enter(sessions, watched, watched->left > 0 ? PHASE_STUCK : PHASE_OVER);
  watched->again = sessions->now + STUCK_MS;
}

void sessions_record(struct sessions *sessions) {
  for (struct watched *watched = sessions->first; watched != NULL; watched = watched->next) {
    if (is_due(sessions, watched)) {
      close_grant(sessions, watched);
    }
  }
  const bool store_is_known = ask_store(sessions);
  bool wrote = false;
  for (struct watched *watched = sessions->first; watched != NULL; watched = watched->next) {
    if (is_due(sessions, watched)) {
      wrote = record(sessions, watched, store_is_known) || wrote;
      finish(sessions, watched, clean(sessions, watched));
    }
  }
  if (wrote) {
    (void)!bg_event_store_provide(); /* the next login's, who waits no longer without it */
  }
}
