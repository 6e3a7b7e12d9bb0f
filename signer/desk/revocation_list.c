/* SPDX-License-Identifier: BSD-2-Clause */
/* What is in force here is what the ledger has, whether or not it could be signed; the signed list
 * of it is made by the writer when something was revoked and once an hour, and answered to anybody.
 */
#include <config.h>

#include "revocation_list.h"

#include "revocation_rows.h"
#include "routes.h"

#include <stdlib.h>
#include <string.h>

#include "breakglass/host_clock.h"
#include "breakglass/json_read.h"

#define RENEW_EACH 3600 /* seconds */
#define LOOK_EACH 60    /* other services may revoke, too, and trusted signers change */
#define TRY_EACH 5      /* where that failed */

struct published {
  uint8_t *bytes; /* NULL: there is no list yet */
  struct bg_revocations list;
};

struct revoked {
  pthread_rwlock_t lock;      /* the writer alone writes, and reads without it */
  struct revocation_set *set; /* in force; NULL: nothing was read yet */
  bool is_known;              /* the set is all that was written down, as far as was looked */
  struct published published;
  bool current; /* __atomic: it says what the set does */
  int64_t look_at;
};

struct revoked *revoked_new(void) {
  struct revoked *revoked = calloc(1, sizeof *revoked);
  if (revoked != NULL) {
    (void)pthread_rwlock_init(&revoked->lock, NULL);
  }
  return revoked;
}

void revoked_free(struct revoked *revoked) {
  if (revoked != NULL) {
    free(revoked->set);
    free(revoked->published.bytes);
    (void)pthread_rwlock_destroy(&revoked->lock);
    free(revoked);
  }
}

static enum bg_error encode(const struct bg_revocations_content *content, uint8_t **ret_bytes,
                            struct bg_buf *payload) {
  uint8_t *bytes = malloc(BG_REVOCATIONS_MAX);
  if (bytes == NULL) {
    return BG_ERR_NOMEM;
  }
  *payload = (struct bg_buf){.data = bytes, .cap = BG_REVOCATIONS_MAX};
  enum bg_error err = bg_revocations_encode(content, payload);
  if (err != BG_OK) {
    free(bytes);
    return err;
  }
  *ret_bytes = bytes;
  return BG_OK;
}

/* What it says beyond number and times. */
static bool is_published(const struct desk *desk, const struct revocation_set *set) {
  const struct bg_revocations *list = &desk->revoked->published.list;
  const struct bg_revocations_content content =
      set_content(set, desk->settings.name, list->number, list->issued_at);
  uint8_t *bytes = NULL;
  struct bg_buf payload;
  if (desk->revoked->published.bytes == NULL || encode(&content, &bytes, &payload) != BG_OK) {
    return false;
  }
  bool same = bg_bytes_equal(bg_buf_view(&payload), list->payload);
  free(bytes);
  return same;
}

/* Keys that are revoked are trusted no more, in any role; issuers' are not an approver's to take
 * back. */
void revoked_mark_book(struct desk *desk) {
  struct bg_trusted_signers *signers = &desk->book.signers;
  (void)pthread_rwlock_rdlock(&desk->revoked->lock);
  const struct revocation_set *set = desk->revoked->set;
  for (size_t i = 0; set != NULL && i < signers->count; i++) {
    struct bg_trusted_key *key = &signers->keys[i];
    if (key->role != BG_ROLE_ISSUER && set_has_key(set, key->key.sha256)) {
      key->valid_before = INT64_MIN;
    }
  }
  (void)pthread_rwlock_unlock(&desk->revoked->lock);
}

static void take_into_force(struct desk *desk, struct revocation_set *set) {
  struct revoked *revoked = desk->revoked;
  (void)pthread_rwlock_wrlock(&revoked->lock);
  free(revoked->set);
  revoked->set = set;
  revoked->is_known = true;
  (void)pthread_rwlock_unlock(&revoked->lock);
  (void)pthread_rwlock_wrlock(&desk->book_lock);
  revoked_mark_book(desk);
  (void)pthread_rwlock_unlock(&desk->book_lock);
}

static void forget_force(struct revoked *revoked) {
  (void)pthread_rwlock_wrlock(&revoked->lock);
  revoked->is_known = false;
  (void)pthread_rwlock_unlock(&revoked->lock);
}

static void publish(struct revoked *revoked, const struct published *fresh) {
  (void)pthread_rwlock_wrlock(&revoked->lock);
  free(revoked->published.bytes);
  revoked->published = *fresh;
  (void)pthread_rwlock_unlock(&revoked->lock);
}

/* Signed by this service a moment ago: there is nobody to be asked whether that key is trusted. */
static enum bg_error read_own(const struct desk *desk, struct bg_buf *buf,
                              struct bg_revocations *ret_list) {
  struct bg_trusted_key own = {.role = BG_ROLE_ISSUER,
                               .valid_before = INT64_MAX,
                               .key = *bg_signing_key_public(desk->issuer)};
  const struct bg_trusted_signers signers = {.keys = &own, .count = 1};
  bg_text_fit(sizeof own.principal, own.principal, desk->settings.name);
  enum bg_error err = bg_revocations_parse(bg_buf_view(buf), ret_list);
  return err == BG_OK ? bg_revocations_verify(ret_list, &signers) : err;
}

/* A ledger that was begun anew gives no number twice: the time is higher than all that it gave. */
static int64_t next_number(const struct revocation_set *set, int64_t now) {
  return set->number < now ? now : set->number + 1;
}

static enum bg_error sign(struct desk *desk, const struct revocation_set *set,
                          struct published *ret_published) {
  struct bg_buf buf = {.data = malloc(BG_REVOCATIONS_MAX), .cap = BG_REVOCATIONS_MAX};
  struct published published = {.bytes = buf.data};
  const int64_t now = bg_clock_now();
  const struct bg_revocations_content content =
      set_content(set, desk->settings.name, next_number(set, now), now);
  if (buf.data == NULL) {
    return BG_ERR_NOMEM;
  }
  enum bg_error err = bg_sign_revocations(desk->issuer, &content, &buf);
  if (err == BG_OK) {
    err = read_own(desk, &buf, &published.list);
  }
  if (err != BG_OK) {
    free(buf.data);
    return err;
  }
  *ret_published = published;
  return BG_OK;
}

/* The number is taken for good before the list is seen. BG_ERR_EXISTS if another service at this
 * ledger was faster. */
static enum bg_error take_number(struct ledger *ledger, int64_t number) {
  enum bg_error err = ledger_begin(ledger);
  if (err == BG_OK) {
    err = row_put_number(ledger, number);
  }
  if (err == BG_OK) {
    return ledger_commit(ledger);
  }
  ledger_rollback(ledger);
  return err;
}

static enum bg_error read_rows(struct desk *desk, struct ledger *ledger) {
  struct revocation_set *set = NULL;
  (void)pthread_rwlock_rdlock(&desk->book_lock);
  enum bg_error err = rows_read(ledger, &desk->book.signers, bg_clock_now(), NULL, &set);
  (void)pthread_rwlock_unlock(&desk->book_lock);
  if (err == BG_OK) {
    take_into_force(desk, set);
  }
  return err;
}

static enum bg_error renew_list(struct desk *desk, struct ledger *ledger) {
  struct revoked *revoked = desk->revoked;
  const int64_t age = bg_clock_now() - revoked->published.list.issued_at;
  struct published fresh;
  if (age >= 0 && age < RENEW_EACH && is_published(desk, revoked->set)) {
    return BG_OK;
  }
  enum bg_error err = sign(desk, revoked->set, &fresh);
  if (err != BG_OK) {
    return err;
  }
  err = take_number(ledger, fresh.list.number);
  if (err == BG_OK) {
    publish(revoked, &fresh);
  } else {
    free(fresh.bytes);
  }
  return err;
}

static enum bg_error renew(struct desk *desk, struct ledger *ledger, bool changed) {
  enum bg_error err = read_rows(desk, ledger);
  if (err == BG_OK) {
    return renew_list(desk, ledger);
  }
  if (changed) {
    forget_force(desk->revoked);
  }
  return err;
}

bool revoked_renew(struct desk *desk, struct ledger *ledger, bool changed) {
  struct revoked *revoked = desk->revoked;
  const int64_t now = bg_clock_boottime();
  if (!changed && now < revoked->look_at) {
    return revoked_is_current(desk);
  }
  enum bg_error err = renew(desk, ledger, changed);
  if (err == BG_ERR_EXISTS) {
    err = renew(desk, ledger, changed); /* once: with the number after that */
  }
  revoked->look_at = now + (err == BG_OK ? LOOK_EACH : TRY_EACH);
  __atomic_store_n(&revoked->current, err == BG_OK, __ATOMIC_RELAXED);
  if (err != BG_OK) {
    desk_log(desk, "the revocation list cannot be made: %s (%s)", bg_strerror(err),
             ledger_reason(ledger));
  }
  return err == BG_OK;
}

bool revoked_is_current(const struct desk *desk) {
  return __atomic_load_n(&desk->revoked->current, __ATOMIC_RELAXED);
}

static enum bg_error check(const struct desk *desk, const uint8_t *id, const uint8_t *holder) {
  const struct revoked *revoked = desk->revoked;
  enum bg_error err = BG_ERR_BUSY;
  (void)pthread_rwlock_rdlock(&desk->revoked->lock);
  if (revoked->is_known) {
    const bool has = (id != NULL && set_has_token(revoked->set, id)) ||
                     (holder != NULL && set_has_holder(revoked->set, holder));
    err = has ? BG_REFUSED_REVOKED : BG_OK;
  }
  (void)pthread_rwlock_unlock(&desk->revoked->lock);
  return err;
}

enum bg_error revoked_check_holder(const struct desk *desk,
                                   const uint8_t sha256[static BG_SHA256_SIZE]) {
  return check(desk, NULL, sha256);
}

enum bg_error revoked_check_claims(const struct desk *desk, const struct bg_claims *claims) {
  return check(desk, claims->id, claims->has_holder ? claims->holder : NULL);
}

enum bg_error revoked_check(const struct desk *desk, const struct record *record) {
  uint8_t id[BG_TOKEN_ID_SIZE];
  struct bg_ssh_key holder;
  const char *line = json_text_of(record->root, "holder"); /* NULL for a console */
  enum bg_error err = bg_parse_hex(bg_bytes_of(record->id), sizeof id, id);
  if (err == BG_OK && line != NULL) {
    err = bg_ssh_key_from_line(bg_bytes_of(line), &holder);
  }
  return err == BG_OK ? check(desk, id, line != NULL ? holder.sha256 : NULL) : BG_ERR_IO;
}

void get_revocations(struct http_exchange *exchange, void *context) {
  const struct desk *desk = context;
  (void)pthread_rwlock_rdlock(&desk->revoked->lock);
  const struct published *published = &desk->revoked->published;
  if (published->bytes != NULL) {
    http_answer(exchange, 200, "application/cbor", published->list.bytes);
  } else {
    http_problem(exchange, 503, "unavailable", "there is no revocation list yet");
  }
  (void)pthread_rwlock_unlock(&desk->revoked->lock);
}
