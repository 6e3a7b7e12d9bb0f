/* SPDX-License-Identifier: BSD-2-Clause */
/* bg_verify() against tests/vectors/tokens.json, which is written from the
 * specification by a generator that shares no code with us. */
#include <config.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "breakglass/verify.h"

#define VECTORS SRCDIR "/tests/vectors/"
#define LEAST_REFUSED 80

struct vector {
  struct bg_token_policy policy;
  struct bg_trusted_signers signers;
  char groups[BG_GROUPS_MAX][BG_NAME_SIZE];
  uint8_t challenge[1][BG_NONCE_SIZE];
  struct bg_ssh_key holder;
  struct bg_verify_request request;
};

static const char *text_of(const json_t *json, const char *name) {
  return json_string_value(json_object_get(json, name));
}

static int64_t number_of(const json_t *json, const char *name, int64_t otherwise) {
  const json_t *value = json_object_get(json, name);
  return json_is_integer(value) ? json_integer_value(value) : otherwise;
}

/* "issuer:1+approver:2 | approver:3" */
static void read_signatures(const char *text, struct bg_token_policy *policy) {
  char copy[256];
  (void)snprintf(copy, sizeof copy, "%s", text);
  policy->quorum_count = 0;
  char *save = NULL;
  for (char *part = strtok_r(copy, "|", &save); part != NULL; part = strtok_r(NULL, "|", &save)) {
    struct bg_quorum *quorum = &policy->quorums[policy->quorum_count++];
    const char *issuer = strstr(part, "issuer:");
    const char *approver = strstr(part, "approver:");
    quorum->issuers = issuer != NULL ? (unsigned)strtoul(issuer + 7, NULL, 10) : 0;
    quorum->approvers = approver != NULL ? (unsigned)strtoul(approver + 9, NULL, 10) : 0;
  }
}

static bool is_or(const json_t *policy, const char *name, const char *word, bool otherwise) {
  const char *text = text_of(policy, name);
  return text != NULL ? strcmp(text, word) == 0 : otherwise;
}

static bool boolean_or(const json_t *policy, const char *name, bool otherwise) {
  const json_t *value = json_object_get(policy, name);
  return value != NULL ? json_is_true(value) : otherwise;
}

static void read_policy(const json_t *json, struct bg_token_policy *policy) {
  const char *signatures = text_of(json, "signatures");
  read_signatures(signatures != NULL ? signatures : "issuer:1+approver:1 | approver:3", policy);
  policy->holder_key_required = is_or(json, "holder_key", "required", true);
  policy->hardware_approvers = is_or(json, "approver_keys", "sk", false);
  policy->group_audience = boolean_or(json, "group_audience", false);
  policy->challenge = boolean_or(json, "challenge", true);
  policy->longest_window = number_of(json, "longest_window", 7200);
  policy->clock_skew = number_of(json, "clock_skew", 30);
}

static void read_scopes(const json_t *json, struct vector *vector) {
  size_t i = 0;
  json_t *group = NULL;
  json_array_foreach(json_object_get(json, "groups"), i, group) {
    assert_true(i < BG_GROUPS_MAX);
    (void)snprintf(vector->groups[i], BG_NAME_SIZE, "%s", json_string_value(group));
  }
  vector->request.groups = (const char(*)[BG_NAME_SIZE])vector->groups;
  vector->request.group_count = i;
}

static void read_key_and_challenge(const json_t *json, struct vector *vector) {
  const char *holder = text_of(json, "holder");
  const char *challenge = text_of(json, "challenge");
  if (holder != NULL) {
    assert_int_equal(bg_ssh_key_from_line(bg_bytes_of(holder), &vector->holder), BG_OK);
    vector->request.holder = &vector->holder;
  }
  if (challenge != NULL) {
    assert_int_equal(bg_parse_hex(bg_bytes_of(challenge), BG_NONCE_SIZE, vector->challenge[0]),
                     BG_OK);
    vector->request.challenges = (const uint8_t(*)[BG_NONCE_SIZE])vector->challenge;
    vector->request.challenge_count = 1;
  }
}

static void read_signers(const char *name, struct bg_trusted_signers *signers) {
  static char text[BG_TRUSTED_FILE_MAX];
  char path[1024];
  (void)snprintf(path, sizeof path, VECTORS "trusted/%s", name);
  FILE *file = fopen(path, "rb");
  assert_non_null(file);
  size_t len = fread(text, 1, sizeof text, file);
  (void)fclose(file);
  assert_int_equal(bg_trusted_signers_parse(bg_bytes(text, len), NULL, NULL, signers), BG_OK);
}

static void read_vector(const json_t *json, struct vector *vector) {
  memset(vector, 0, sizeof *vector);
  read_policy(json_object_get(json, "policy"), &vector->policy);
  read_signers(text_of(json, "trusted"), &vector->signers);
  read_scopes(json, vector);
  read_key_and_challenge(json, vector);
  vector->request.token = text_of(json, "token");
  vector->request.policy = &vector->policy;
  vector->request.signers = &vector->signers;
  vector->request.host_id = text_of(json, "host");
  vector->request.login = text_of(json, "login");
  vector->request.address = text_of(json, "address");
  vector->request.now = number_of(json, "at", 0);
  vector->request.epoch = number_of(json, "booted_at", 0);
  vector->request.mark = number_of(json, "mark", 0);
}

static bool agrees(const json_t *json, struct vector *vector) {
  const char *wanted = text_of(json, "code");
  struct bg_verdict verdict;
  read_vector(json, vector);
  enum bg_error err = bg_verify(&vector->request, &verdict);
  bg_trusted_signers_free(&vector->signers);
  const char *found = err == BG_OK ? "accepted" : bg_refusal_code(err);
  if (found == NULL || strcmp(found, wanted) != 0) {
    print_error("%s: %s, not %s (%s)\n", text_of(json, "name"), found != NULL ? found : "no code",
                wanted, text_of(json, "why"));
    return false;
  }
  /* The reason is told exactly from the moment that the signatures are known to be good. */
  assert_int_equal(verdict.trusted, err == BG_OK || err >= BG_REFUSED_SIGNATURES_MISSING);
  assert_int_equal(verdict.has_claims, err == BG_OK || err > BG_REFUSED_BAD_CLAIMS);
  return true;
}

static json_t *load(void) {
  json_error_t error;
  json_t *all = json_load_file(VECTORS "tokens.json", JSON_REJECT_DUPLICATES, &error);
  if (all == NULL) {
    fail_msg("tokens.json:%d: %s", error.line, error.text);
  }
  return all;
}

static void all_vectors_get_their_code(void **state) {
  (void)state;
  static struct vector vector;
  json_t *all = load();
  json_t *json = NULL;
  size_t i = 0;
  size_t wrong = 0;
  size_t refused = 0;
  json_array_foreach(json_object_get(all, "vectors"), i, json) {
    wrong += agrees(json, &vector) ? 0 : 1;
    refused += strcmp(text_of(json, "code"), "accepted") != 0 ? 1 : 0;
  }
  json_decref(all);
  assert_int_equal(wrong, 0);
  assert_true(refused >= LEAST_REFUSED);
}

/* What is accepted is the only encoding of what it says. */
static void accepted_vectors_encode_to_themselves(void **state) {
  (void)state;
  json_t *all = load();
  json_t *json = NULL;
  size_t i = 0;
  json_array_foreach(json_object_get(all, "vectors"), i, json) {
    struct bg_token token;
    struct bg_claims claims;
    uint8_t storage[BG_TOKEN_BYTES_MAX];
    struct bg_buf payload = BG_BUF(storage);
    char text[BG_TOKEN_TEXT_MAX + 1];
    if (strcmp(text_of(json, "code"), "accepted") != 0) {
      continue;
    }
    assert_int_equal(bg_token_decode(text_of(json, "token"), &token), BG_OK);
    assert_int_equal(bg_token_encode(token.payload, token.signatures, token.signature_count, text),
                     BG_OK);
    assert_string_equal(text, text_of(json, "token"));
    assert_int_equal(bg_claims_decode(token.payload, &claims), BG_OK);
    assert_int_equal(bg_claims_encode(&claims, &payload), BG_OK);
    /* An array of one audience is the one thing said in two ways. */
    if (payload.len == token.payload.len) {
      assert_memory_equal(payload.data, token.payload.data, payload.len);
    } else {
      assert_int_equal(claims.audience_count, 1);
      assert_int_equal(payload.len + 1, token.payload.len);
    }
  }
  json_decref(all);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(all_vectors_get_their_code),
      cmocka_unit_test(accepted_vectors_encode_to_themselves),
  };
  return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
