/* SPDX-License-Identifier: BSD-2-Clause */
/* The signed list: made by the writer when something was revoked and once an hour, answered to
 * anybody. What stands in it is in force here, too. */
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

struct published {
  uint8_t *bytes; /* NULL: there is no list yet */
  struct bg_revocations list;
};

struct revoked {
  pthread_rwlock_t lock;
  struct published published;
  int64_t look_at; /* the writer's own */
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
    free(revoked->published.bytes);
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
 * back. Under the book's lock for writing. */
static void mark_signers(struct bg_trusted_signers *signers, const struct bg_revocations *list) {
  for (size_t i = 0; i < signers->count; i++) {
    struct bg_trusted_key *key = &signers->keys[i];
    if (key->role != BG_ROLE_ISSUER && bg_revocations_has_key(list, signers, key->key.sha256)) {
      key->valid_before = INT64_MIN;
    }
  }
}

void revoked_mark_book(struct desk *desk) {
  (void)pthread_rwlock_rdlock(&desk->revoked->lock);
  if (desk->revoked->published.bytes != NULL) {
    mark_signers(&desk->book.signers, &desk->revoked->published.list);
  }
  (void)pthread_rwlock_unlock(&desk->revoked->lock);
}

static void publish(struct desk *desk, struct published *fresh) {
  struct revoked *revoked = desk->revoked;
  (void)pthread_rwlock_wrlock(&revoked->lock);
  free(revoked->published.bytes);
  revoked->published = *fresh;
  (void)pthread_rwlock_unlock(&revoked->lock);
  (void)pthread_rwlock_wrlock(&desk->book_lock);
  revoked_mark_book(desk);
  (void)pthread_rwlock_unlock(&desk->book_lock);
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
  return err == BG_OK ? bg_revocations_verify(ret_list, &signers, bg_clock_now()) : err;
}

static enum bg_error sign(struct desk *desk, const struct revocation_set *set,
                          struct published *ret_published) {
  struct bg_buf buf = {.data = malloc(BG_REVOCATIONS_MAX), .cap = BG_REVOCATIONS_MAX};
  struct published published = {.bytes = buf.data};
  const struct bg_revocations_content content =
      set_content(set, desk->settings.name, set->number + 1, bg_clock_now());
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

static enum bg_error renew(struct desk *desk, struct ledger *ledger) {
  struct revocation_set *set = NULL;
  struct published fresh;
  (void)pthread_rwlock_rdlock(&desk->book_lock);
  enum bg_error err = rows_read(ledger, &desk->book.signers, bg_clock_now(), &set);
  (void)pthread_rwlock_unlock(&desk->book_lock);
  if (err != BG_OK) {
    return err;
  }
  const int64_t age = bg_clock_now() - desk->revoked->published.list.issued_at;
  const bool is_young = age >= 0 && age < RENEW_EACH;
  if (!is_young || !is_published(desk, set)) {
    err = sign(desk, set, &fresh);
    if (err == BG_OK) {
      err = take_number(ledger, fresh.list.number);
      if (err == BG_OK) {
        publish(desk, &fresh);
      } else {
        free(fresh.bytes);
      }
    }
  }
  free(set);
  return err;
}

void revoked_renew(struct desk *desk, struct ledger *ledger, bool changed) {
  struct revoked *revoked = desk->revoked;
  const int64_t now = bg_clock_boottime();
  if (!changed && now < revoked->look_at) {
    return;
  }
  enum bg_error err = renew(desk, ledger);
  if (err == BG_ERR_EXISTS) {
    err = renew(desk, ledger); /* once: with the number after that */
  }
  revoked->look_at = now + LOOK_EACH;
  if (err != BG_OK) {
    desk_log(desk, "the revocation list cannot be made: %s (%s)", bg_strerror(err),
             ledger_reason(ledger));
  }
}

enum bg_error list_try(const struct desk *desk, struct ledger *ledger, const uint8_t *sha256,
                       bool *ret_has) {
  struct revocation_set *set = NULL;
  uint8_t *bytes = NULL;
  struct bg_buf payload;
  enum bg_error err = rows_read(ledger, &desk->book.signers, bg_clock_now(), &set);
  if (err != BG_OK) {
    return err;
  }
  const struct bg_revocations_content content =
      set_content(set, desk->settings.name, set->number + 1, bg_clock_now());
  err = encode(&content, &bytes, &payload);
  if (err == BG_OK) {
    /* With room for the message around it. */
    err = payload.len + 256 > BG_REVOCATIONS_MAX ? BG_ERR_TOO_LARGE : BG_OK;
    free(bytes);
  }
  if (ret_has != NULL) {
    *ret_has = set_has_key(set, sha256);
  }
  free(set);
  return err;
}

bool revoked_has_holder(const struct desk *desk, const uint8_t sha256[static BG_SHA256_SIZE]) {
  (void)pthread_rwlock_rdlock(&desk->revoked->lock);
  const struct published *published = &desk->revoked->published;
  bool has = published->bytes != NULL && bg_revocations_has_holder(&published->list, sha256);
  (void)pthread_rwlock_unlock(&desk->revoked->lock);
  return has;
}

static bool has_token(const struct desk *desk, const char *id) {
  uint8_t bytes[BG_TOKEN_ID_SIZE];
  if (bg_parse_hex(bg_bytes_of(id), sizeof bytes, bytes) != BG_OK) {
    return false;
  }
  (void)pthread_rwlock_rdlock(&desk->revoked->lock);
  const struct published *published = &desk->revoked->published;
  bool has = published->bytes != NULL && bg_revocations_has_token(&published->list, bytes);
  (void)pthread_rwlock_unlock(&desk->revoked->lock);
  return has;
}

bool revoked_has(const struct desk *desk, const struct record *record) {
  struct bg_ssh_key holder;
  const char *line = json_text_of(record->root, "holder");
  return has_token(desk, record->id) ||
         (line != NULL && bg_ssh_key_from_line(bg_bytes_of(line), &holder) == BG_OK &&
          revoked_has_holder(desk, holder.sha256));
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
