/* SPDX-License-Identifier: BSD-2-Clause */
/* Events of the host: composing them (CloudEvents 1.0, docs/PROTOCOL.events.md) and
 * the host's store of them, durable and hash-chained. Reaches core, session.h. */
#ifndef BREAKGLASS_EVENT_H
#define BREAKGLASS_EVENT_H

#include "breakglass/grant.h"
#include "breakglass/session.h"

#define BG_EVENT_MAX 8192     /* bytes of one event */
#define BG_EVENT_ID_SIZE 33   /* 32 hex digits and NUL */
#define BG_EVENT_HASH_SIZE 32 /* BLAKE2b-256 of the file's bytes */

enum bg_event_type {
  BG_EVENT_TAINT_OPENED,
  BG_EVENT_TAINT_CLOSED,
  BG_EVENT_TAINT_MANUAL,
  BG_EVENT_TAINT_LIFETIME, /* it has lived long enough */
  BG_EVENT_HOST_FRESH,     /* it is new: no taint, and never more than the first event of a host */
};
/* "breakglass.taint.opened", ... */
const char *bg_event_type_name(enum bg_event_type type);

enum bg_ending {
  BG_ENDED_NOT = 0,
  BG_ENDED_LOGOUT,
  BG_ENDED_DEADLINE,
  BG_ENDED_UNUSED,
  BG_ENDED_REVOKED, /* its token was taken back */
  BG_ENDED_KILLED,  /* the process that owned it was, and left processes behind */
  BG_ENDED_LOST,    /* the process that owned it is gone, and all of the session with it */
  BG_ENDED_REBOOT,  /* the host went down with it */
};

struct bg_host { /* who this host says it is */
  const char *id;
  const char (*groups)[BG_NAME_SIZE];
  size_t group_count;
};

/* Who tainted a host that has lived long enough, for people. */
#define BG_EVENT_AGE_ACTOR "its age"

struct bg_lifetime {
  int64_t born;   /* Unix seconds, this host's clock */
  int64_t age;    /* seconds */
  int64_t polite; /* to be replaced from then on, Unix seconds, this host's clock; 0: never */
  int64_t forced; /* and by then in any case; 0: never */
};

struct bg_event {
  enum bg_event_type type;
  const struct bg_host *host;
  int64_t time; /* Unix seconds */
  enum bg_level level;
  int64_t replace_by;               /* Unix seconds, this host's clock */
  int64_t longest_tainted;          /* seconds: replace.by is never later than the first taint
                                       and this; 0: no limit */
  const struct bg_session *session; /* opened and closed only */
  const struct bg_grant *grant;     /* closed only: opened, audit session, tty */
  enum bg_ending ending;
  const struct bg_lifetime *lifetime; /* fresh and lifetime only */
  const char *key;                    /* fresh: the host's public key for events; NULL: none */
  const char *reason;                 /* manual, lifetime: why */
  const char *actor;                  /* manual: login uid's name or number; else NULL */
};

enum bg_durability { BG_DURABLE, BG_VOLATILE };

/* Records an event: composes it, gives it a number and the hash of the event
 * before it under the store's lock (at most 2 s), first on run/, then on disk;
 * raises run/tainted and the head. ret_durability says where it is when this
 * returns: BG_VOLATILE if the disk or the lock could not be had, and the event
 * itself says so too. Errors only if it is recorded nowhere: BG_ERR_IO,
 * BG_ERR_TOO_LARGE. Events that waited on run/ are brought to disk before it.
 * A host that has an event or a taint is not fresh: BG_ERR_EXISTS; whether it has is known only
 * with the lock, BG_ERR_BUSY. */
BG_MUST_USE enum bg_error bg_event_record(const struct bg_event *event,
                                          enum bg_durability *ret_durability);
/* The same, and says its number; 0 if it has none yet, since the lock could not be had. */
BG_MUST_USE enum bg_error bg_event_record_numbered(const struct bg_event *event,
                                                   enum bg_durability *ret_durability,
                                                   int64_t *ret_number);

/* Before a token is consumed: whether run/ has room for an event; with on_disk
 * also whether the lock can be had and a file lies ready on the disk, or can be made,
 * which together make it durable. BG_ERR_IO, BG_ERR_BUSY. */
BG_MUST_USE enum bg_error bg_event_store_ready(bool on_disk);

/* Whether the disk proves this id unused in earlier boots: a store made in an
 * earlier boot, writable, whose last boot ended with nothing volatile and after the
 * token was issued (Unix seconds), without an event of this id. */
bool bg_event_store_proves_unused(void *unused, const uint8_t id[static BG_TOKEN_ID_SIZE],
                                  int64_t issued_at);

#endif
