/* SPDX-License-Identifier: BSD-2-Clause */
/* Ends sessions whose tokens were taken back. */
#include <config.h>

#include "watched.h"

static bool is_revoked(const struct watched *watched, const struct bg_revocations *list) {
  const struct bg_session *session = &watched->grant.session;
  return bg_revocations_has_token(list, session->token_id) ||
         (session->has_holder && bg_revocations_has_holder(list, session->holder));
}

/* The grant first: from here on it opens nothing, sudo inside of the session fails, and the closed
 * event is not its owner's. */
static bool take_back(const struct sessions *sessions, struct watched *watched) {
  bool goes_on = watched->phase == PHASE_WATCHED && !watched->is_closed;
  if (!goes_on) {
    return false;
  }
  watched_set_ending(watched, BG_ENDED_REVOKED);
  enum bg_error err = bg_grant_close(watched->id);
  watched->is_closed = err == BG_OK || err == BG_ERR_NOT_FOUND;
  watched->by_us = err == BG_OK;
  if (err == BG_ERR_NOT_FOUND) {
    return false; /* its owner was faster */
  }
  sessions_say(sessions, "%s: its token was taken back, it is ended", watched_name(watched));
  watched_tell(sessions, watched, "this session ends now: its token was taken back");
  watched_enter(sessions, watched,
                watched->grant.state == BG_GRANT_OPEN ? PHASE_OTHERS : PHASE_ALL);
  return true;
}

size_t sessions_revoke(struct sessions *sessions, const struct bg_revocations *list) {
  size_t ended = 0;
  sessions->now = sessions_now();
  sessions_follow(sessions);
  for (struct watched *watched = sessions->first; watched != NULL; watched = watched->next) {
    if (!is_revoked(watched, list)) {
      continue;
    }
    bool ends = take_back(sessions, watched);
    ended += ends;
    /* Also of one that an agent began to end so, which was killed before it could say so. */
    if (watched->is_closed) {
      watched_set_ending(watched, BG_ENDED_REVOKED);
    }
    if (watched->phase == PHASE_LEAVING) {
      watched_enter(sessions, watched, PHASE_OTHERS); /* no 30 seconds for its owner to go */
    }
  }
  return ended;
}
