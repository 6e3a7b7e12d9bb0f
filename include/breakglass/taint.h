/* SPDX-License-Identifier: BSD-2-Clause */
/* What the host knows of its own taint without reading its events: kept beside
 * the head of the event store, told to everybody on the host in run/tainted. It
 * only ever rises; the events are the truth. Reaches core, token.h. */
#ifndef BREAKGLASS_TAINT_H
#define BREAKGLASS_TAINT_H

#include "breakglass/token.h"

#define BG_TAINT_SESSIONS_MAX 4 /* the latest; more are only in the grants */

struct bg_taint_session {
  uint8_t token_id[BG_TOKEN_ID_SIZE];
  char subject[BG_NAME_SIZE];
  char login[BG_NAME_SIZE];
  char reason[BG_REASON_SIZE];
  char service[33];
  char source[65];
  int64_t deadline;
};

struct bg_taint {
  enum bg_level level;    /* BG_LEVEL_NONE: pristine, and all else is empty */
  int64_t since;          /* first taint, Unix seconds */
  int64_t by;             /* replaced by then: `latest`, but never later than `aged_by` */
  int64_t first;          /* first taint by anything but its age; 0: none */
  int64_t latest;         /* replaced by then for anything but its age; 0: none */
  int64_t aged_by;        /* replaced by then for its age; 0: it has not lived long enough */
  char who[BG_NAME_SIZE]; /* of the latest event: subject, or who tainted by hand */
  char why[BG_REASON_SIZE];
  struct bg_taint_session sessions[BG_TAINT_SESSIONS_MAX]; /* accepted and not closed */
  size_t session_count;
};

/* Adds a session, in the place of the oldest if there are too many. */
void bg_taint_add_session(struct bg_taint *taint, const struct bg_taint_session *session);
void bg_taint_remove_session(struct bg_taint *taint,
                             const uint8_t token_id[static BG_TOKEN_ID_SIZE]);
/* Raises *taint to another one's level, earlier since and later by. */
void bg_taint_raise(struct bg_taint *taint, enum bg_level level, int64_t since, int64_t by);
/* The same for its age, whose `by` is the end whatever else there is: it gives nothing that was to
 * be over earlier more time, and nothing gives it more. */
void bg_taint_age(struct bg_taint *taint, enum bg_level level, int64_t since, int64_t by);
/* Raises *taint by all that another one says of level and times; that one may be pristine. */
void bg_taint_add(struct bg_taint *taint, const struct bg_taint *other);

/* The host's, for root; BG_ERR_NOT_FOUND if there is no head (yet). */
BG_MUST_USE enum bg_error bg_taint_read(struct bg_taint *ret_taint);
/* Raises the host's to what was found in its events; all of it if the host knew of none. */
BG_MUST_USE enum bg_error bg_taint_restore(const struct bg_taint *found);

#endif
