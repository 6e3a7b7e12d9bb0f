/* SPDX-License-Identifier: BSD-2-Clause */
/* Checkpoints: what is read, whose signature counts, and that each byte does. */
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "breakglass/note.h"
#include "test_token.h"

#define NAME "breakglass.example"
#define HASH "RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o="
#define TEXT NAME "/ledger\n3\n" HASH "\n"
#define DASH "\xe2\x80\x94 "
#define NOW 1000

static struct bg_trusted_signers signers;

static void trust(const char *lines) {
  bg_trusted_signers_free(&signers);
  assert_int_equal(bg_trusted_signers_parse(bg_bytes_of(lines), NULL, NULL, &signers), BG_OK);
}

static const char *line_of(const char *name, const char *role, enum test_person person) {
  static char line[512];
  (void)snprintf(line, sizeof line, "%s namespaces=\"breakglass-%s\" %s\n", name, role,
                 test_key_line(person));
  return line;
}

static int trust_the_issuer(void **state) {
  (void)state;
  trust(line_of(NAME, "issuer", TEST_ISSUER));
  return 0;
}

static int trust_nobody(void **state) {
  (void)state;
  bg_trusted_signers_free(&signers);
  return 0;
}

/* The line of a signature over the text, in static storage. */
static const char *signature(const char *text, const char *name, enum test_person person) {
  static char line[256];
  struct bg_ssh_key key;
  uint8_t secret[64];
  uint8_t bytes[BG_NOTE_KEY_ID_SIZE + 64];
  char base64[128];
  test_key_of(person, &key, secret);
  bg_note_key_id(name, &key, bytes);
  (void)crypto_sign_detached(bytes + BG_NOTE_KEY_ID_SIZE, NULL, (const uint8_t *)text, strlen(text),
                             secret);
  (void)sodium_bin2base64(base64, sizeof base64, bytes, sizeof bytes,
                          sodium_base64_VARIANT_ORIGINAL);
  (void)snprintf(line, sizeof line, DASH "%s %s\n", name, base64);
  return line;
}

static const char *note_of(const char *text) {
  static char note[BG_NOTE_MAX + 64];
  (void)snprintf(note, sizeof note, "%s\n%s", text, signature(text, NAME, TEST_ISSUER));
  return note;
}

static enum bg_error read_it(const char *note, struct bg_checkpoint *ret_checkpoint) {
  return bg_checkpoint_read(bg_bytes_of(note), &signers, NOW, ret_checkpoint);
}

static void assert_read(const char *note, enum bg_error expected) {
  struct bg_checkpoint checkpoint;
  if (read_it(note, &checkpoint) != expected) {
    fail_msg("%s not after %s", bg_strerror(expected), note);
  }
}

static void a_good_one_says_how_far_the_ledger_reaches(void **state) {
  (void)state;
  struct bg_checkpoint checkpoint;
  uint8_t hash[BG_SHA256_SIZE];
  (void)crypto_hash_sha256(hash, (const uint8_t *)"{}", 2);
  assert_int_equal(read_it(note_of(TEXT), &checkpoint), BG_OK);
  assert_string_equal(checkpoint.issuer, NAME);
  assert_int_equal(checkpoint.number, 3);
  assert_memory_equal(checkpoint.hash, hash, sizeof hash);
  assert_read(note_of(NAME "/ledger\n9223372036854775807\n" HASH "\n"), BG_OK);
  assert_read(note_of(NAME "/ledger\n0\n" HASH "\n"), BG_OK);
}

/* SHA-256 of name, LF, 0x01 and key (C2SP signed-note), here of bytes that are written out. */
static void the_key_id_is_that_of_the_specification(void **state) {
  (void)state;
  struct bg_ssh_key key = {.type = BG_SSH_ED25519};
  uint8_t id[BG_NOTE_KEY_ID_SIZE];
  uint8_t hash[crypto_hash_sha256_BYTES];
  uint8_t bytes[] = "example.com/foo\n\x01................................";
  memset(key.point, '.', sizeof key.point);
  bg_note_key_id("example.com/foo", &key, id);
  (void)crypto_hash_sha256(hash, bytes, sizeof bytes - 1);
  assert_memory_equal(id, hash, sizeof id);
}

static void every_text_but_a_checkpoints_is_refused(void **state) {
  (void)state;
  static const char *const texts[] = {
      "",
      "\n",
      NAME "/ledger\n3\n",
      NAME "/ledger\n3\n" HASH "\nmore\n",
      NAME "/ledgers\n3\n" HASH "\n",
      "/ledger\n3\n" HASH "\n",
      NAME "\n3\n" HASH "\n",
      "a b/ledger\n3\n" HASH "\n",
      "a+b/ledger\n3\n" HASH "\n",
      "a\x1b/ledger\n3\n" HASH "\n",
      "a\xff/ledger\n3\n" HASH "\n",
      NAME "/ledger\n03\n" HASH "\n",
      NAME "/ledger\n-1\n" HASH "\n",
      NAME "/ledger\n9223372036854775808\n" HASH "\n",
      NAME "/ledger\n\n" HASH "\n",
      NAME "/ledger\n3\n" HASH "=\n",
      NAME "/ledger\n3\nAAAA\n",
      NAME "/ledger\n3\nRBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4p=\n",
      NAME "/ledger\n3\nRBNvo1WzZ4oRRq0W9-hknpT7T8If536DEMBg9hyq_4o=\n",
      NAME "/ledger\r\n3\r\n" HASH "\r\n"};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    assert_read(note_of(texts[i]), BG_ERR_SYNTAX);
  }
}

static void every_form_but_a_notes_is_refused(void **state) {
  (void)state;
  static const char *const notes[] = {"",
                                      TEXT,
                                      TEXT "\n" DASH "\n",
                                      TEXT "\n" DASH NAME "\n",
                                      TEXT "\n" DASH " AAAAAAA=\n",
                                      TEXT "\n- " NAME " AAAAAAA=\n",
                                      TEXT "\n" DASH NAME " AAAAAA==\n",
                                      TEXT "\n" DASH NAME " AAAA\n",
                                      TEXT "\n" DASH NAME " AAAAAAA=",
                                      TEXT "\n" DASH NAME " AAAAAAA= \n",
                                      TEXT "\n" DASH NAME " AAAA\xc3\xa4"
                                           "AAA\n",
                                      TEXT "\n" DASH NAME " AAAAAAA=\ntrailing\n",
                                      TEXT "\n\n" DASH NAME " AAAAAAA=\n"};
  for (size_t i = 0; i < sizeof notes / sizeof notes[0]; i++) {
    assert_read(notes[i], BG_ERR_SYNTAX);
  }
  assert_read(TEXT "\n", BG_ERR_NOT_FOUND);
}

/* Nothing of a note can be changed, cut or lengthened without its becoming none. */
static void each_byte_counts(void **state) {
  (void)state;
  char note[2 * BG_NOTE_MAX];
  struct bg_checkpoint checkpoint;
  (void)snprintf(note, sizeof note, "%s", note_of(TEXT));
  const size_t len = strlen(note);
  for (size_t i = 0; i < len; i++) {
    note[i] ^= 1;
    assert_int_not_equal(read_it(note, &checkpoint), BG_OK);
    note[i] ^= 1;
    assert_int_not_equal(bg_checkpoint_read(bg_bytes(note, i), &signers, NOW, &checkpoint), BG_OK);
  }
  (void)snprintf(note, sizeof note, "%s\n", note_of(TEXT));
  assert_read(note, BG_ERR_SYNTAX);
  assert_int_equal(bg_checkpoint_read(bg_bytes(note, len), &signers, NOW, &checkpoint), BG_OK);
}

static void a_signature_that_is_not_good_is_told_from_a_strangers(void **state) {
  (void)state;
  char note[2 * BG_NOTE_MAX];
  (void)snprintf(note, sizeof note, NAME "/ledger\n4\n" HASH "\n\n%s",
                 signature(TEXT, NAME, TEST_ISSUER));
  assert_read(note, BG_REFUSED_BAD_SIGNATURE);
  (void)snprintf(note, sizeof note, TEXT "\n%s", signature(TEXT, NAME, TEST_MALLORY));
  assert_read(note, BG_ERR_NOT_FOUND);
  (void)snprintf(note, sizeof note, TEXT "\n%s", signature(TEXT, "other.example", TEST_ISSUER));
  assert_read(note, BG_ERR_NOT_FOUND);
}

static void witnesses_may_sign_beside_the_issuer(void **state) {
  (void)state;
  char note[2 * BG_NOTE_MAX];
  (void)snprintf(note, sizeof note, TEXT "\n" DASH "witness.example AAAAAAAA\n%s",
                 signature(TEXT, NAME, TEST_ISSUER));
  assert_read(note, BG_OK);
  (void)strcat(note, signature("another\n", NAME, TEST_ISSUER));
  assert_read(note, BG_REFUSED_BAD_SIGNATURE);
}

static void many_signatures_are_refused(void **state) {
  (void)state;
  char note[BG_NOTE_MAX] = TEXT "\n";
  for (size_t i = 0; i < BG_NOTE_SIGNATURES_MAX - 1; i++) {
    (void)strcat(note, DASH "witness.example AAAAAAAA\n");
  }
  (void)strcat(note, signature(TEXT, NAME, TEST_ISSUER));
  assert_read(note, BG_OK);
  (void)strcat(note, DASH "witness.example AAAAAAAA\n");
  assert_read(note, BG_ERR_SYNTAX);
}

static void a_long_note_is_refused(void **state) {
  (void)state;
  static char note[2 * BG_NOTE_MAX];
  struct bg_checkpoint checkpoint;
  memset(note, 'a', sizeof note);
  assert_int_equal(bg_checkpoint_read(bg_bytes(note, sizeof note), &signers, NOW, &checkpoint),
                   BG_ERR_SYNTAX);
}

static void only_an_issuers_key_counts_and_only_for_its_own_service_and_time(void **state) {
  (void)state;
  char line[600];
  trust(line_of(NAME, "approver", TEST_ISSUER));
  assert_read(note_of(TEXT), BG_ERR_NOT_FOUND);
  trust(line_of("other.example", "issuer", TEST_ISSUER));
  assert_read(note_of(TEXT), BG_ERR_NOT_FOUND);
  (void)snprintf(line, sizeof line,
                 NAME " namespaces=\"breakglass-issuer\",valid-before=\"197001010001Z\" %s\n",
                 test_key_line(TEST_ISSUER));
  trust(line);
  assert_read(note_of(TEXT), BG_ERR_NOT_FOUND);
  (void)snprintf(line, sizeof line,
                 NAME " namespaces=\"breakglass-issuer\",valid-after=\"20200101Z\" %s\n",
                 test_key_line(TEST_ISSUER));
  trust(line);
  assert_read(note_of(TEXT), BG_ERR_NOT_FOUND);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, trust_the_issuer, trust_nobody)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_good_one_says_how_far_the_ledger_reaches),
      TEST(the_key_id_is_that_of_the_specification),
      TEST(every_text_but_a_checkpoints_is_refused),
      TEST(every_form_but_a_notes_is_refused),
      TEST(each_byte_counts),
      TEST(a_signature_that_is_not_good_is_told_from_a_strangers),
      TEST(witnesses_may_sign_beside_the_issuer),
      TEST(many_signatures_are_refused),
      TEST(a_long_note_is_refused),
      TEST(only_an_issuers_key_counts_and_only_for_its_own_service_and_time),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
