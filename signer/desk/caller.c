/* SPDX-License-Identifier: BSD-2-Clause */
/* Who signed a call: docs/PROTOCOL.signer.md, section 1. A stranger is told the code and no more.
 */
#include <config.h>

#include "caller.h"
#include "seen.h"

#include <string.h>

#include "breakglass/host_clock.h"

#define ALL_ROLES (BG_ROLE_ISSUER | BG_ROLE_APPROVER | BG_ROLE_REQUESTER)

const char *caller_principal(const struct bg_trusted_signers *signers, const struct bg_ssh_key *key,
                             unsigned roles, unsigned *ret_roles) {
  const int64_t now = bg_clock_now();
  const char *principal = NULL;
  unsigned found = 0;
  for (size_t i = 0; i < signers->count; i++) {
    const struct bg_trusted_key *trusted = &signers->keys[i];
    if (trusted->valid_after <= now && now < trusted->valid_before &&
        memcmp(trusted->key.sha256, key->sha256, sizeof key->sha256) == 0) {
      found |= (unsigned)trusted->role;
      principal = trusted->principal;
    }
  }
  if (ret_roles != NULL) {
    *ret_roles = found;
  }
  return (found & roles) != 0 ? principal : NULL;
}

static bool refuse(struct desk *desk, struct http_exchange *exchange, const char *code) {
  DESK_COUNT(desk, unauthorised);
  http_problem(exchange, 401, code, NULL);
  return false;
}

static bool is_idempotency_key(struct bg_bytes key) {
  static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
  for (size_t i = 0; i < key.len; i++) {
    if (memchr(allowed, key.data[i], sizeof allowed - 1) == NULL) {
      return false;
    }
  }
  return key.len > 0 && key.len <= BG_IDEMPOTENCY_MAX;
}

static bool read_call(struct desk *desk, struct http_exchange *exchange, struct caller *caller) {
  struct bg_buf blob = BG_BUF(caller->blob);
  const char *header = http_header(exchange, "Authorization");
  const char *key = http_header(exchange, "Idempotency-Key");
  caller->call = (struct bg_call){.issuer = bg_bytes_of(desk->settings.name),
                                  .method = http_method(exchange),
                                  .target = http_target(exchange),
                                  .body = http_body(exchange),
                                  .idempotency_key = bg_bytes_of(key)};
  enum bg_error err = bg_call_parse_header(bg_bytes_of(header), &caller->call, &blob);
  caller->blob_len = blob.len;
  if (err != BG_OK) {
    return refuse(desk, exchange, err == BG_ERR_NOT_FOUND ? "unsigned" : "bad-signature");
  }
  if (key != NULL && !is_idempotency_key(caller->call.idempotency_key)) {
    http_problem(exchange, 400, "bad-request", "Idempotency-Key: 1 to 64 letters, digits, _ and -");
    return false;
  }
  return true;
}

static bool is_in_time(const struct bg_call *call) {
  const int64_t off = bg_clock_now() - call->time;
  return off <= BG_CALL_SKEW && off >= -BG_CALL_SKEW;
}

static bool is_known(struct desk *desk, unsigned roles, struct caller *caller) {
  (void)pthread_rwlock_rdlock(&desk->book_lock);
  const char *principal =
      caller_principal(&desk->book.signers, &caller->key, roles, &caller->roles);
  if (principal != NULL) {
    bg_text_fit(sizeof caller->name, caller->name, principal);
  }
  (void)pthread_rwlock_unlock(&desk->book_lock);
  return principal != NULL;
}

bool caller_identify(struct desk *desk, struct http_exchange *exchange, const char *namespace,
                     unsigned roles, struct caller *ret_caller) {
  if (!read_call(desk, exchange, ret_caller)) {
    return false;
  }
  const struct bg_bytes blob = bg_bytes(ret_caller->blob, ret_caller->blob_len);
  if (!is_in_time(&ret_caller->call)) {
    return refuse(desk, exchange, "wrong-time");
  }
  if (bg_call_verify(&ret_caller->call, namespace, blob, &ret_caller->key) != BG_OK) {
    return refuse(desk, exchange, "bad-signature");
  }
  /* Only who has a key learns whether it is trusted. */
  return is_known(desk, roles, ret_caller) || refuse(desk, exchange, "unknown-key");
}

bool caller_identify_reader(struct desk *desk, struct http_exchange *exchange,
                            struct caller *ret_caller) {
  if (!caller_identify(desk, exchange, BG_NAMESPACE_READ, ALL_ROLES, ret_caller)) {
    return false;
  }
  enum bg_error err = seen_add(desk->seen, ret_caller);
  if (err == BG_ERR_EXISTS) {
    return refuse(desk, exchange, "replayed");
  }
  if (err != BG_OK) {
    http_problem(exchange, 503, "unavailable", "too many calls at once: try again in a minute");
  }
  return err == BG_OK;
}
