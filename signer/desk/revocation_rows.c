/* SPDX-License-Identifier: BSD-2-Clause */
/* Revocations as rows of the ledger: kind and value, both text. A token or a holder: its kind, and
 * HEX:KID, where KID is of the key that has revoked it; an approver's key: approver:HEX, and
 * KID:SIGNATURE. Read in order, keys come first. */
#include <config.h>

#include "revocation_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIST "list"
#define LIST_NUMBER "number"
#define SIGNATURE_PREFIX REVOKES_APPROVER ":"
#define KID_HEX ((size_t)2 * BG_KID_SIZE)
#define KID_SIZE (KID_HEX + 1)
#define HEX_SIZE (2 * BG_SHA256_SIZE + 1)

/* Encoded, with heads; of a key two signatures with their protected headers. */
_Static_assert(REVOKED_TOKENS_MAX *(1 + BG_TOKEN_ID_SIZE) +
                       REVOKED_HOLDERS_MAX * (2 + BG_SHA256_SIZE) + BG_REVOKED_KEYS_MAX * 240 +
                       1024 <=
                   BG_REVOCATIONS_MAX,
               "a list takes as much as its rows may be");

static void kid_of(const struct bg_ssh_key *key, char ret_text[static KID_SIZE]) {
  bg_hex(bg_bytes(key->sha256, BG_KID_SIZE), ret_text);
}

enum bg_error row_put_value(struct ledger *ledger, const char *kind, const char *hex,
                            const struct bg_ssh_key *by, int64_t until) {
  char kid[KID_SIZE];
  char value[HEX_SIZE + KID_SIZE];
  kid_of(by, kid);
  (void)snprintf(value, sizeof value, "%s:%s", hex, kid);
  return ledger_revoke(ledger, kind, value, until);
}

struct search {
  const char *kind, *kid;
  bool found;
};

static bool is_posted(void *context, const char *kind, const char *value, int64_t until) {
  (void)until;
  struct search *search = context;
  search->found = strcmp(kind, search->kind) == 0 && strncmp(value, search->kid, KID_HEX) == 0;
  return !search->found;
}

/* The signature of a hardware key is another one each time. */
enum bg_error row_put_signature(struct ledger *ledger, const uint8_t sha256[static BG_SHA256_SIZE],
                                const struct bg_ssh_key *by, struct bg_bytes signature) {
  char hex[HEX_SIZE];
  char kid[KID_SIZE];
  char base64[96] = ""; /* of 69 bytes */
  char kind[sizeof SIGNATURE_PREFIX + HEX_SIZE];
  char value[KID_SIZE + sizeof base64];
  struct bg_buf buf = BG_BUF(base64);
  bg_hex(bg_bytes(sha256, BG_SHA256_SIZE), hex);
  kid_of(by, kid);
  bg_put_base64(&buf, signature, BG_BASE64URL);
  (void)snprintf(kind, sizeof kind, SIGNATURE_PREFIX "%s", hex);
  (void)snprintf(value, sizeof value, "%s:%s", kid, base64);
  struct search search = {.kind = kind, .kid = kid};
  enum bg_error err = ledger_revoked(ledger, ROW_FOREVER, is_posted, &search);
  if (err != BG_OK) {
    return err;
  }
  return search.found ? BG_ERR_EXISTS : ledger_revoke(ledger, kind, value, ROW_FOREVER);
}

enum bg_error row_put_number(struct ledger *ledger, int64_t number) {
  return ledger_revoke(ledger, LIST, LIST_NUMBER, number);
}

/* Two approvers of one key, the first two people of all who have signed. */
struct postings {
  char kind[LEDGER_NAME_SIZE];
  struct bg_revoked_key key;
  struct key_storage storage;
  const char *people[BG_REVOKERS];
  size_t count;
};

struct reading {
  struct revocation_set *set;
  const struct bg_trusted_signers *signers;
  const uint8_t *author; /* kid; NULL: nobody is asked about */
  int64_t now;
  struct postings postings;
  enum bg_error err;
};

/* The key's signatures point into storage of its own. */
static void keep_key(struct revocation_set *set, const struct postings *postings) {
  struct bg_revoked_key *key = &set->keys[set->key_count];
  struct key_storage *storage = &set->storage[set->key_count];
  *key = postings->key;
  *storage = postings->storage;
  for (size_t i = 0; i < BG_REVOKERS; i++) {
    key->signatures[i].protected.data = storage->protected[i];
    key->signatures[i].value.data = storage->value[i];
  }
  set->key_count++;
}

static void finish_postings(struct reading *reading) {
  struct revocation_set *set = reading->set;
  if (reading->postings.count == BG_REVOKERS) {
    set->keys_full = set->key_count == BG_REVOKED_KEYS_MAX;
    if (!set->keys_full) {
      keep_key(set, &reading->postings);
    }
  }
  reading->postings = (struct postings){.count = 0};
}

static enum bg_error read_signature(struct postings *postings, const char *value,
                                    struct bg_ssh_key *key, struct bg_signature *ret_signature) {
  struct bg_buf bytes = BG_BUF(postings->storage.value[postings->count]);
  struct bg_buf protected = BG_BUF(postings->storage.protected[postings->count]);
  if (bg_parse_base64(bg_bytes_of(value), BG_BASE64URL, &bytes) != BG_OK) {
    return BG_ERR_IO;
  }
  key->type = bytes.len == BG_SIGNATURE_MAX ? BG_SSH_SK_ED25519 : BG_SSH_ED25519;
  enum bg_error err = bg_token_protected(key, &protected);
  *ret_signature = (struct bg_signature){
      .protected = bg_buf_view(&protected), .value = bg_buf_view(&bytes), .type = key->type};
  memcpy(ret_signature->kid, key->sha256, BG_KID_SIZE);
  return err;
}

static enum bg_error add_posting(struct reading *reading, const char *value) {
  struct postings *postings = &reading->postings;
  struct bg_ssh_key key = {0};
  struct bg_signature signature;
  if (strlen(value) <= KID_HEX || value[KID_HEX] != ':' ||
      bg_parse_hex(bg_bytes(value, KID_HEX), BG_KID_SIZE, key.sha256) != BG_OK) {
    return BG_ERR_IO;
  }
  reading->set->keys_by_author +=
      reading->author != NULL && memcmp(reading->author, key.sha256, BG_KID_SIZE) == 0;
  if (postings->count == BG_REVOKERS) {
    return BG_OK;
  }
  enum bg_error err = read_signature(postings, value + KID_SIZE, &key, &signature);
  if (err != BG_OK) {
    return err;
  }
  const char *person = bg_revoker(&signature, postings->key.sha256, reading->signers);
  if (person != NULL && (postings->count == 0 || strcmp(person, postings->people[0]) != 0)) {
    postings->key.signatures[postings->count] = signature;
    postings->people[postings->count++] = person;
  }
  return BG_OK;
}

/* Rows of one key lie together. */
static enum bg_error take_posting(struct reading *reading, const char *kind, const char *value) {
  struct postings *postings = &reading->postings;
  if (strcmp(postings->kind, kind) != 0) {
    finish_postings(reading);
    bg_text_fit(sizeof postings->kind, postings->kind, kind);
    if (bg_parse_hex(bg_bytes_of(kind + strlen(SIGNATURE_PREFIX)), BG_SHA256_SIZE,
                     postings->key.sha256) != BG_OK) {
      return BG_ERR_IO;
    }
  }
  return add_posting(reading, value);
}

static bool is_revoked_author(const struct revocation_set *set, const uint8_t *kid) {
  for (size_t i = 0; i < set->key_count; i++) {
    if (memcmp(set->keys[i].sha256, kid, BG_KID_SIZE) == 0) {
      return true;
    }
  }
  return false;
}

/* Whoever has stolen a key takes back with it only until it is revoked itself. Rows of one value
 * lie together. */
static enum bg_error take_value(struct reading *reading, const char *text, size_t len,
                                uint8_t *first, size_t max, size_t *count, bool *full) {
  uint8_t value[BG_SHA256_SIZE];
  uint8_t kid[BG_KID_SIZE];
  if (strlen(text) != 2 * len + KID_SIZE || text[2 * len] != ':' ||
      bg_parse_hex(bg_bytes(text, 2 * len), len, value) != BG_OK ||
      bg_parse_hex(bg_bytes(text + 2 * len + 1, KID_HEX), sizeof kid, kid) != BG_OK) {
    return BG_ERR_IO;
  }
  reading->set->by_author +=
      reading->author != NULL && memcmp(reading->author, kid, sizeof kid) == 0;
  if (is_revoked_author(reading->set, kid) ||
      (*count > 0 && memcmp(first + len * (*count - 1), value, len) == 0)) {
    return BG_OK;
  }
  *full = *count == max;
  if (!*full) {
    memcpy(first + len * (*count)++, value, len);
  }
  return BG_OK;
}

static bool take_row(void *context, const char *kind, const char *value, int64_t until) {
  struct reading *reading = context;
  struct revocation_set *set = reading->set;
  if (strncmp(kind, SIGNATURE_PREFIX, strlen(SIGNATURE_PREFIX)) == 0) {
    reading->err = take_posting(reading, kind, value);
    return reading->err == BG_OK;
  }
  finish_postings(reading);
  if (strcmp(kind, LIST) == 0) {
    set->number = until;
  } else if (until < reading->now) {
    return true; /* over */
  } else if (strcmp(kind, REVOKES_TOKEN) == 0) {
    reading->err = take_value(reading, value, BG_TOKEN_ID_SIZE, set->tokens[0], REVOKED_TOKENS_MAX,
                              &set->token_count, &set->tokens_full);
  } else if (strcmp(kind, REVOKES_HOLDER) == 0) {
    reading->err = take_value(reading, value, BG_SHA256_SIZE, set->holders[0], REVOKED_HOLDERS_MAX,
                              &set->holder_count, &set->holders_full);
  } else {
    reading->err = BG_ERR_IO;
  }
  return reading->err == BG_OK;
}

enum bg_error rows_read(struct ledger *ledger, const struct bg_trusted_signers *signers,
                        int64_t now, const struct bg_ssh_key *author,
                        struct revocation_set **ret_set) {
  struct reading reading = {.set = calloc(1, sizeof *reading.set),
                            .signers = signers,
                            .author = author != NULL ? author->sha256 : NULL,
                            .now = now};
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

static int compare_ids(const void *a, const void *b) {
  return memcmp(a, b, BG_TOKEN_ID_SIZE);
}

static int compare_hashes(const void *a, const void *b) {
  return memcmp(a, b, BG_SHA256_SIZE);
}

bool set_has_token(const struct revocation_set *set, const uint8_t id[static BG_TOKEN_ID_SIZE]) {
  return bsearch(id, set->tokens, set->token_count, BG_TOKEN_ID_SIZE, compare_ids) != NULL;
}

bool set_has_holder(const struct revocation_set *set, const uint8_t sha256[static BG_SHA256_SIZE]) {
  return bsearch(sha256, set->holders, set->holder_count, BG_SHA256_SIZE, compare_hashes) != NULL;
}

bool set_has_key(const struct revocation_set *set, const uint8_t sha256[static BG_SHA256_SIZE]) {
  return bsearch(sha256, set->keys, set->key_count, sizeof set->keys[0], compare_hashes) != NULL;
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
