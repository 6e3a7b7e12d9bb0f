/* SPDX-License-Identifier: BSD-2-Clause */
/* Revocations as rows of the ledger: kind and value, both text. */
#include <config.h>

#include "revocation_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIST "list"
#define LIST_NUMBER "number"
#define SIGNATURE_PREFIX REVOKES_APPROVER ":" /* and the revoked key's hash */
#define KID_HEX ((size_t)2 * BG_KID_SIZE)
#define POSTINGS_MAX 8 /* of one key that are looked at: two of them suffice */

void row_of_signature(const uint8_t sha256[static BG_SHA256_SIZE], const struct bg_ssh_key *key,
                      struct bg_bytes signature, struct revocation_row *ret_row) {
  char hash[2 * BG_SHA256_SIZE + 1];
  char kid[KID_HEX + 1];
  char storage[96]; /* base64 of 69 bytes */
  struct bg_buf base64 = BG_BUF(storage);
  bg_hex(bg_bytes(sha256, BG_SHA256_SIZE), hash);
  bg_hex(bg_bytes(key->sha256, BG_KID_SIZE), kid);
  bg_put_base64(&base64, signature, BG_BASE64URL);
  (void)snprintf(ret_row->kind, sizeof ret_row->kind, SIGNATURE_PREFIX "%s", hash);
  (void)snprintf(ret_row->value, sizeof ret_row->value, "%s:%s", kid, storage);
}

enum bg_error row_put_number(struct ledger *ledger, int64_t number) {
  return ledger_revoke(ledger, LIST, LIST_NUMBER, number);
}

/* What approvers have posted of one key. */
struct postings {
  char kind[LEDGER_NAME_SIZE];
  uint8_t sha256[BG_SHA256_SIZE];
  uint8_t protected[POSTINGS_MAX][32];
  uint8_t value[POSTINGS_MAX][BG_SIGNATURE_MAX];
  struct bg_signature signatures[POSTINGS_MAX];
  size_t count;
};

struct reading {
  struct revocation_set *set;
  const struct bg_trusted_signers *signers;
  int64_t now;
  struct postings postings;
  enum bg_error err;
};

static bool keep_key(struct reading *reading, size_t first, size_t second) {
  struct revocation_set *set = reading->set;
  const struct postings *postings = &reading->postings;
  const size_t chosen[BG_REVOKERS] = {first, second};
  struct bg_revoked_key key;
  memcpy(key.sha256, postings->sha256, sizeof key.sha256);
  for (size_t i = 0; i < BG_REVOKERS; i++) {
    key.signatures[i] = postings->signatures[chosen[i]];
  }
  if (!bg_revoked_key_is_proven(&key, reading->signers)) {
    return false;
  }
  if (set->key_count == BG_REVOKED_KEYS_MAX) {
    reading->err = BG_ERR_TOO_LARGE;
    return true;
  }
  struct key_storage *storage = &set->storage[set->key_count];
  for (size_t i = 0; i < BG_REVOKERS; i++) {
    struct bg_signature *signature = &key.signatures[i];
    memcpy(storage->protected[i], signature -> protected.data, signature->protected.len);
    memcpy(storage->value[i], signature->value.data, signature->value.len);
    signature->protected.data = storage->protected[i];
    signature->value.data = storage->value[i];
  }
  set->keys[set->key_count++] = key;
  return true;
}

/* Two approvers, other than the owner, are enough; any two. */
static void finish_postings(struct reading *reading) {
  struct postings *postings = &reading->postings;
  bool kept = false;
  for (size_t i = 0; !kept && i < postings->count; i++) {
    for (size_t j = i + 1; !kept && j < postings->count; j++) {
      kept = keep_key(reading, i, j);
    }
  }
  *postings = (struct postings){.count = 0};
}

static enum bg_error add_posting(struct postings *postings, const char *value) {
  const size_t index = postings->count;
  struct bg_ssh_key key = {0};
  struct bg_buf protected = BG_BUF(postings->protected[index]);
  struct bg_buf bytes = BG_BUF(postings->value[index]);
  if (strlen(value) <= KID_HEX || value[KID_HEX] != ':' ||
      bg_parse_hex(bg_bytes(value, KID_HEX), BG_KID_SIZE, key.sha256) != BG_OK ||
      bg_parse_base64(bg_bytes_of(value + KID_HEX + 1), BG_BASE64URL, &bytes) != BG_OK) {
    return BG_ERR_IO;
  }
  key.type = bytes.len == BG_SIGNATURE_MAX ? BG_SSH_SK_ED25519 : BG_SSH_ED25519;
  enum bg_error err = bg_token_protected(&key, &protected);
  postings->signatures[index] = (struct bg_signature){
      .protected = bg_buf_view(&protected), .value = bg_buf_view(&bytes), .type = key.type};
  memcpy(postings->signatures[index].kid, key.sha256, BG_KID_SIZE);
  postings->count++;
  return err;
}

/* Rows of one key lie together. */
static enum bg_error take_posting(struct reading *reading, const char *kind, const char *value) {
  struct postings *postings = &reading->postings;
  if (strcmp(postings->kind, kind) != 0) {
    finish_postings(reading);
    bg_text_fit(sizeof postings->kind, postings->kind, kind);
    if (bg_parse_hex(bg_bytes_of(kind + strlen(SIGNATURE_PREFIX)), BG_SHA256_SIZE,
                     postings->sha256) != BG_OK) {
      return BG_ERR_IO;
    }
  }
  return postings->count < POSTINGS_MAX ? add_posting(postings, value) : BG_OK;
}

static enum bg_error take_hex(const char *value, size_t len, uint8_t *first, size_t max,
                              size_t *count) {
  if (*count == max) {
    return BG_ERR_TOO_LARGE;
  }
  return bg_parse_hex(bg_bytes_of(value), len, first + len * (*count)++) == BG_OK ? BG_OK
                                                                                  : BG_ERR_IO;
}

static bool take_row(void *context, const char *kind, const char *value, int64_t until) {
  struct reading *reading = context;
  struct revocation_set *set = reading->set;
  if (strcmp(kind, LIST) == 0) {
    set->number = until;
  } else if (until < reading->now) {
    return true; /* over */
  } else if (strcmp(kind, REVOKES_TOKEN) == 0) {
    reading->err = take_hex(value, BG_TOKEN_ID_SIZE, set->tokens[0],
                            sizeof set->tokens / sizeof set->tokens[0], &set->token_count);
  } else if (strcmp(kind, REVOKES_HOLDER) == 0) {
    reading->err = take_hex(value, BG_SHA256_SIZE, set->holders[0],
                            sizeof set->holders / sizeof set->holders[0], &set->holder_count);
  } else if (strncmp(kind, SIGNATURE_PREFIX, strlen(SIGNATURE_PREFIX)) == 0) {
    reading->err = take_posting(reading, kind, value);
  } else {
    reading->err = BG_ERR_IO;
  }
  return reading->err == BG_OK;
}

enum bg_error rows_read(struct ledger *ledger, const struct bg_trusted_signers *signers,
                        int64_t now, struct revocation_set **ret_set) {
  struct reading reading = {.set = calloc(1, sizeof *reading.set), .signers = signers, .now = now};
  if (reading.set == NULL) {
    return BG_ERR_NOMEM;
  }
  enum bg_error err = ledger_revoked(ledger, 1, take_row, &reading); /* 1: the number, too */
  finish_postings(&reading);
  err = err == BG_OK ? reading.err : err;
  if (err != BG_OK) {
    free(reading.set);
    return err;
  }
  *ret_set = reading.set;
  return BG_OK;
}

bool set_has_key(const struct revocation_set *set, const uint8_t sha256[static BG_SHA256_SIZE]) {
  for (size_t i = 0; i < set->key_count; i++) {
    if (memcmp(set->keys[i].sha256, sha256, BG_SHA256_SIZE) == 0) {
      return true;
    }
  }
  return false;
}

struct bg_revocations_content set_content(const struct revocation_set *set, const char *issuer,
                                          int64_t number, int64_t issued_at) {
  return (struct bg_revocations_content){.issuer = issuer,
                                         .number = number,
                                         .issued_at = issued_at,
                                         .tokens = (const uint8_t(*)[BG_TOKEN_ID_SIZE])set->tokens,
                                         .token_count = set->token_count,
                                         .holders = (const uint8_t(*)[BG_SHA256_SIZE])set->holders,
                                         .holder_count = set->holder_count,
                                         .keys = set->keys,
                                         .key_count = set->key_count};
}
