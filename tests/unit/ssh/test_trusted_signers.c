/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "breakglass/file.h"
#include "test_paths.h"
#include "trusted_rules.h"

#define VECTORS SRCDIR "/tests/vectors/"
#define ISSUER "namespaces=\"breakglass-issuer\" "
#define APPROVER "namespaces=\"breakglass-approver\" "
#define REQUESTER "namespaces=\"breakglass-requester\" "
#define KEY_A "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIG6LVLM9/95I0I9bVERqQ7p43oBzZ7tRgv+h8J8nBeTJ"
#define KEY_B "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

struct problems {
  unsigned count;
  struct bg_file_problem all[16];
};

static void collect(void *context, const struct bg_file_problem *problem) {
  struct problems *problems = context;
  if (problems->count < 16) {
    problems->all[problems->count] = *problem;
  }
  problems->count++;
  assert_true(strlen(problem->text) > 10 && strlen(problem->text) < sizeof problem->text - 1);
}

static enum bg_error parse_and_check(struct bg_bytes text, struct problems *problems) {
  struct bg_trusted_signers signers = {0};
  enum bg_error err = bg_trusted_signers_parse(text, collect, problems, &signers);
  if (err == BG_OK) {
    err = bg_trusted_signers_check(&signers, collect, problems);
  }
  assert_int_equal(err == BG_OK, problems->count == 0);
  bg_trusted_signers_free(&signers);
  return err;
}

static struct bg_bytes read_vector(const char *name, char **ret_data) {
  char path[1024];
  const size_t max = (size_t)2 * BG_TRUSTED_FILE_MAX;
  (void)snprintf(path, sizeof path, VECTORS "trusted/%s", name);
  FILE *file = fopen(path, "rb");
  *ret_data = malloc(max);
  if (file == NULL || *ret_data == NULL) {
    fail_msg("%s cannot be read", path);
    abort();
  }
  struct bg_bytes text = bg_bytes(*ret_data, fread(*ret_data, 1, max, file));
  (void)fclose(file);
  return text;
}

static void judge(const json_t *vector) {
  const char *name = json_string_value(json_object_get(vector, "file"));
  bool good = json_is_true(json_object_get(vector, "ok"));
  json_int_t line = json_integer_value(json_object_get(vector, "line"));
  char *data = NULL;
  struct problems problems = {0};
  struct bg_bytes text = read_vector(name, &data);
  if ((parse_and_check(text, &problems) == BG_OK) != good) {
    fail_msg("%s is %s", name, good ? "refused" : "accepted");
  }
  if (!good && problems.all[0].line != line) {
    fail_msg("%s: line %u is named, not %d", name, problems.all[0].line, (int)line);
  }
  free(data);
}

static void all_vectors(void **state) {
  (void)state;
  size_t i = 0;
  json_t *vector = NULL;
  json_t *vectors = json_load_file(VECTORS "trusted.json", JSON_REJECT_DUPLICATES, NULL);
  assert_true(json_array_size(vectors) > 150);
  json_array_foreach(vectors, i, vector) {
    judge(vector);
  }
  json_decref(vectors);
}

static void every_problem_is_told_with_its_line(void **state) {
  (void)state;
  static const char text[] = "# comment\n"
                             "Alice " APPROVER KEY_A "\n"
                             "bob " APPROVER KEY_A "\n"
                             "carol " APPROVER KEY_A "\n"
                             "\n"
                             "bob cert-authority " KEY_B "\n"
                             "dave " REQUESTER "ssh-rsa AAAA\n"
                             "bob " ISSUER KEY_B "\r\n";
  static const unsigned lines[] = {2, 4, 6, 7, 8};
  struct problems problems = {0};
  assert_int_equal(parse_and_check(bg_bytes_of(text), &problems), BG_ERR_SYNTAX);
  assert_int_equal(problems.count, 5);
  for (size_t i = 0; i < 5; i++) {
    assert_int_equal(problems.all[i].line, lines[i]);
  }
  assert_non_null(strstr(problems.all[1].text, "another principal (line 3)"));
}

static void weak_keys_are_reported_by_the_check_alone(void **state) {
  (void)state;
  static const char text[] = "alice " APPROVER KEY_A "\nbob " APPROVER KEY_B "\n";
  struct problems problems = {0};
  struct bg_trusted_signers signers = {0};
  assert_int_equal(bg_trusted_signers_parse(bg_bytes_of(text), NULL, NULL, &signers), BG_OK);
  assert_int_equal(bg_trusted_signers_check(&signers, collect, &problems), BG_ERR_KEY);
  assert_int_equal(problems.count, 1);
  assert_int_equal(problems.all[0].line, 2);
  assert_int_equal(bg_trusted_signers_check(&signers, NULL, NULL), BG_ERR_KEY);
  bg_trusted_signers_free(&signers);
  assert_null(signers.keys);
  bg_trusted_signers_free(NULL);
}

static void a_refused_file_changes_nothing(void **state) {
  (void)state;
  struct bg_trusted_key key = {0};
  struct bg_trusted_signers signers = {.keys = &key, .count = 7};
  assert_int_equal(bg_trusted_signers_parse(bg_bytes(NULL, 0), NULL, NULL, &signers),
                   BG_ERR_SYNTAX);
  assert_int_equal(bg_trusted_signers_parse(bg_bytes_of("x"), NULL, NULL, &signers), BG_ERR_SYNTAX);
  assert_true(signers.keys == &key && signers.count == 7);
}

static void keys_are_found_while_they_are_valid(void **state) {
  (void)state;
  static const char text[] =
      "alice@example.com namespaces=\"breakglass-requester\" " KEY_A "\n"
      "alice@example.com valid-after=\"20260101Z\",namespaces=\"breakglass-approver\",valid-before="
      "\"202601020304Z\" " KEY_A "\n";
  const int64_t after = 1767225600;
  const int64_t before = after + 86400 + INT64_C(3) * 3600 + INT64_C(4) * 60;
  struct bg_trusted_signers signers = {0};
  assert_int_equal(bg_trusted_signers_parse(bg_bytes_of(text), NULL, NULL, &signers), BG_OK);
  assert_int_equal(signers.count, 2);
  const struct bg_trusted_key *request = &signers.keys[0];
  const struct bg_trusted_key *approve = &signers.keys[1];
  const uint8_t *hash = approve->key.sha256;
  assert_true(request->valid_after == 0 && request->valid_before == INT64_MAX);
  assert_int_equal(request->role, BG_ROLE_REQUESTER);
  assert_int_equal(approve->role, BG_ROLE_APPROVER);
  assert_int_equal(approve->line, 2);
  assert_ptr_equal(bg_trusted_signers_find(&signers, hash, BG_SSH_ED25519, after), approve);
  assert_ptr_equal(bg_trusted_signers_find(&signers, hash, BG_SSH_ED25519, before - 1), approve);
  assert_null(bg_trusted_signers_find(&signers, hash, BG_SSH_ED25519, after - 1));
  assert_null(bg_trusted_signers_find(&signers, hash, BG_SSH_ED25519, before));
  assert_null(bg_trusted_signers_find(&signers, hash, BG_SSH_SK_ED25519, after));
  uint8_t other[BG_SHA256_SIZE];
  memcpy(other, hash, sizeof other);
  other[BG_KID_SIZE] ^= 1;
  assert_string_equal(bg_trusted_signers_principal(&signers, hash), "alice@example.com");
  assert_null(bg_trusted_signers_principal(&signers, other));
  other[0] ^= 1;
  assert_null(bg_trusted_signers_find(&signers, other, BG_SSH_ED25519, after));
  bg_trusted_signers_free(&signers);
}

/* No two real keys are known whose hashes begin alike. */
static void kids_are_unique(void **state) {
  (void)state;
  struct bg_trusted_key a = {.principal = "alice", .role = BG_ROLE_APPROVER};
  struct bg_trusted_key b = {.principal = "bob", .role = BG_ROLE_APPROVER};
  b.key.sha256[BG_KID_SIZE] = 1;
  assert_non_null(bg_trusted_conflict(&a, &b));
  b.key.sha256[BG_KID_SIZE - 1] = 1;
  assert_null(bg_trusted_conflict(&a, &b));
}

static void files_are_loaded_if_only_the_owner_writes(void **state) {
  (void)state;
  struct problems problems = {0};
  struct bg_trusted_signers signers = {0};
  (void)test_root_create();
  const char *path = bg_paths()->trusted_signers;
  uid_t owner = bg_paths()->owner;
  assert_int_equal(bg_trusted_signers_load(path, owner, collect, &problems, &signers),
                   BG_ERR_NOT_FOUND);
  test_root_write("/etc/breakglass/trusted_signers", "alice " APPROVER KEY_A "\n");
  assert_int_equal(bg_trusted_signers_load(path, owner, collect, &problems, &signers), BG_OK);
  assert_int_equal(signers.count, 1);
  bg_trusted_signers_free(&signers);
  assert_int_equal(chmod(path, 0664), 0);
  assert_int_equal(bg_trusted_signers_load(path, owner, collect, &problems, &signers),
                   BG_ERR_UNSAFE);
  assert_int_equal(problems.count, 0);
  test_root_write("/etc/breakglass/trusted_signers", "alice\n");
  assert_int_equal(bg_trusted_signers_load(path, owner, collect, &problems, &signers),
                   BG_ERR_SYNTAX);
  assert_int_equal(problems.count, 1);
  assert_int_equal(truncate(path, BG_TRUSTED_FILE_MAX + 1), 0);
  assert_int_equal(bg_trusted_signers_load(path, owner, collect, &problems, &signers),
                   BG_ERR_TOO_LARGE);
  test_root_remove();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(all_vectors),
      cmocka_unit_test(every_problem_is_told_with_its_line),
      cmocka_unit_test(weak_keys_are_reported_by_the_check_alone),
      cmocka_unit_test(a_refused_file_changes_nothing),
      cmocka_unit_test(keys_are_found_while_they_are_valid),
      cmocka_unit_test(kids_are_unique),
      cmocka_unit_test(files_are_loaded_if_only_the_owner_writes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
