/* SPDX-License-Identifier: BSD-2-Clause */
/* A grant: a root-only file that exists while an accepted token opens a
 * session, run/grants/<token id>, deterministic CBOR. Reaches core, token, session.h. */
#ifndef BREAKGLASS_GRANT_H
#define BREAKGLASS_GRANT_H

#include "breakglass/session.h"

#define BG_GRANT_MAX 4096 /* bytes of a grant file */
#define BG_TOKEN_ID_HEX (2 * BG_TOKEN_ID_SIZE + 1)

enum bg_grant_state { BG_GRANT_ACCEPTED = 1, BG_GRANT_OPEN };

struct bg_grant {
  struct bg_session session;
  struct bg_process owner;
  enum bg_grant_state state;
  uint32_t audit_session; /* BG_NO_AUDIT_SESSION until open */
  int64_t opened;         /* Unix seconds; 0 until open */
};

/* Bytes to grant and back; any other byte string is BG_ERR_SYNTAX. */
BG_MUST_USE enum bg_error bg_grant_decode(struct bg_bytes bytes, struct bg_grant *ret_grant);
BG_MUST_USE enum bg_error bg_grant_encode(const struct bg_grant *grant, struct bg_buf *buf);

/* The new grant of an accepted token. BG_ERR_EXISTS if its id has one; that it has
 * none twice is the spent store's part. */
BG_MUST_USE enum bg_error bg_grant_create(const struct bg_grant *grant);
/* The grant of this token id (32 hex digits). BG_ERR_NOT_FOUND if none or closed;
 * BG_ERR_SYNTAX for a bad id. */
BG_MUST_USE enum bg_error bg_grant_load(const char *token_id_hex, struct bg_grant *ret_grant);
/* ACCEPTED -> OPEN: binds the audit session id to this grant alone for this boot
 * (run/sessions/<id>, created exclusively). BG_ERR_EXISTS if the id was bound
 * before, BG_ERR_RANGE if it is unset or the grant is open. Updates *grant. */
BG_MUST_USE enum bg_error bg_grant_open(struct bg_grant *grant, uint32_t audit_session,
                                        const char *tty, int64_t now);
/* The open grant of an audit session id. BG_ERR_NOT_FOUND. */
BG_MUST_USE enum bg_error bg_grant_of_session(uint32_t audit_session, struct bg_grant *ret_grant);
/* Renames it to ".closed". BG_ERR_NOT_FOUND if somebody else did: whoever gets
 * BG_OK writes the closed event. */
BG_MUST_USE enum bg_error bg_grant_close(const char *token_id_hex);

/* Renames one that was closed to ".ended": nothing of its session is left, and its closed event is
 * recorded. BG_ERR_NOT_FOUND if it is not closed, or was ended before. */
BG_MUST_USE enum bg_error bg_grant_end(const char *token_id_hex);
/* Whether its audit session is bound to it, closed or not: false if it was never opened. */
bool bg_grant_is_bound(const struct bg_grant *grant);

/* Calls on_grant for every grant that is not closed; it returns false to stop.
 * Files that cannot be read are reported as NULL. BG_ERR_IO. */
BG_MUST_USE enum bg_error bg_grants_each(bool (*on_grant)(void *context, const struct bg_grant *),
                                         void *context);
/* The same for every grant that is closed, and not ended. */
BG_MUST_USE enum bg_error bg_grants_closed_each(bool (*on_grant)(void *context,
                                                                 const struct bg_grant *),
                                                void *context);

#endif
