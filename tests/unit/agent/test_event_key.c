/* SPDX-License-Identifier: BSD-2-Clause */
/* The host's key: its file, who makes it, what it signs. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "breakglass/event_key.h"
#include "breakglass/text.h"
#include "test_paths.h"

#define FILE_NAME "/var/lib/breakglass/event_key"
/* RFC 8032, section 7.1, test 1: seed and public key. */
#define SECRET                                                                                     \
  "whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2DXWpgBgrEKt9VL/tPJZAc6DuFy89qmIyWvAhpo9wdRGg=="
#define PUBLIC "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

static int setup(void **state) {
  (void)state;
  (void)test_root_create();
  return 0;
}

static int teardown(void **state) {
  (void)state;
  test_root_remove();
  return 0;
}

static enum bg_error open_key(struct bg_event_key **ret_key) {
  return bg_event_key_open(bg_paths()->event_key, geteuid(), ret_key);
}

static void public_of_file(char ret_text[static BG_EVENT_KEY_PUBLIC_SIZE]) {
  struct bg_event_key *key = NULL;
  assert_int_equal(open_key(&key), BG_OK);
  bg_event_key_public(key, ret_text);
  bg_event_key_free(key);
}

static size_t read_file(size_t cap, char *ret_text) {
  FILE *file = fopen(bg_paths()->event_key, "r");
  assert_non_null(file);
  size_t len = fread(ret_text, 1, cap - 1, file);
  assert_int_equal(fclose(file), 0);
  ret_text[len] = '\0';
  return len;
}

static void it_is_made_once_and_stays(void **state) {
  char first[BG_EVENT_KEY_PUBLIC_SIZE], again[BG_EVENT_KEY_PUBLIC_SIZE], text[200];
  struct stat st;
  (void)state;
  public_of_file(first);
  public_of_file(again);
  assert_string_equal(first, again);
  assert_memory_equal(first, "whpk_", 5);
  assert_int_equal(strlen(first), 49);
  assert_int_equal(stat(bg_paths()->event_key, &st), 0);
  assert_int_equal(st.st_mode & 07777, 0600);
  assert_int_equal(read_file(sizeof text, text), 5 + 88 + 1);
  assert_memory_equal(text, "whsk_", 5);
  assert_int_equal(text[93], '\n');
}

static void it_signs_as_its_public_half_says(void **state) {
  static const char message[] = "msg_1.1767225600.{\"a\":1}\n";
  struct bg_event_key *key = NULL;
  char public[BG_EVENT_KEY_PUBLIC_SIZE], text[BG_EVENT_SIGNATURE_SIZE];
  uint8_t bytes[32], signature[64];
  struct bg_buf buf = BG_BUF(bytes), value = BG_BUF(signature);
  (void)state;
  test_root_write(FILE_NAME, SECRET);
  assert_int_equal(open_key(&key), BG_OK);
  bg_event_key_public(key, public);
  assert_string_equal(public, PUBLIC);
  assert_int_equal(bg_event_key_sign(key, "msg_1", 1767225600, bg_bytes_of("{\"a\":1}\n"), text),
                   BG_OK);
  assert_memory_equal(text, "v1a,", 4);
  assert_int_equal(bg_parse_base64(bg_bytes_of(text + 4), BG_BASE64, &value), BG_OK);
  assert_int_equal(bg_parse_base64(bg_bytes_of(public + 5), BG_BASE64, &buf), BG_OK);
  assert_int_equal(
      crypto_sign_verify_detached(signature, (const uint8_t *)message, sizeof message - 1, bytes),
      0);
  bg_event_key_free(key);
}

static void what_is_too_long_is_not_signed(void **state) {
  static uint8_t body[BG_EVENT_SIGNED_MAX];
  struct bg_event_key *key = NULL;
  char text[BG_EVENT_SIGNATURE_SIZE] = "untouched";
  (void)state;
  assert_int_equal(open_key(&key), BG_OK);
  assert_int_equal(bg_event_key_sign(key, "i", 1, bg_bytes(body, 8192), text), BG_OK);
  assert_int_equal(bg_event_key_sign(key, "i", 1, bg_bytes(body, sizeof body), text),
                   BG_ERR_TOO_LARGE);
  bg_event_key_free(key);
}

static void a_damaged_one_is_refused_and_left(void **state) {
  static const char *const bad[] = {
      "", "\n", "whsk_", "whsk_AAAA", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n", SECRET "\n\n",
      SECRET " ",
      /* another's public half */
      "whsk_nWGxne/"
      "9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==",
      SECRET "0123456789", /* longer than any */
  };
  char text[200];
  struct bg_event_key *key = NULL;
  (void)state;
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    test_root_write(FILE_NAME, bad[i]);
    enum bg_error err = open_key(&key);
    if (err != BG_ERR_SYNTAX && err != BG_ERR_TOO_LARGE) {
      fail_msg("taken (%d): %s", err, bad[i]);
    }
    assert_int_equal(read_file(sizeof text, text), strlen(bad[i]));
    assert_null(key);
  }
  test_root_write(FILE_NAME, SECRET "\n");
  assert_int_equal(open_key(&key), BG_OK);
  bg_event_key_free(key);
}

static void one_that_others_may_read_is_none(void **state) {
  static const mode_t bad[] = {0640, 0604, 0644, 0620, 0602, 0666, 0610};
  struct bg_event_key *key = NULL;
  (void)state;
  test_root_write(FILE_NAME, SECRET);
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    assert_int_equal(chmod(bg_paths()->event_key, bad[i]), 0);
    assert_int_equal(open_key(&key), BG_ERR_UNSAFE);
  }
  assert_int_equal(unlink(bg_paths()->event_key), 0);
  assert_int_equal(symlink("/dev/null", bg_paths()->event_key), 0);
  assert_int_equal(open_key(&key), BG_ERR_UNSAFE);
  assert_null(key);
}

static void a_folder_that_others_can_write_gets_none(void **state) {
  char folder[1024];
  struct bg_event_key *key = NULL;
  (void)state;
  (void)snprintf(folder, sizeof folder, "%s/var/lib/breakglass", getenv("BREAKGLASS_TEST_ROOT"));
  assert_int_equal(chmod(folder, 0777), 0);
  assert_int_equal(open_key(&key), BG_ERR_UNSAFE);
  assert_int_not_equal(access(bg_paths()->event_key, F_OK), 0);
  assert_int_equal(chmod(folder, 0700), 0);
  assert_int_equal(bg_event_key_open("/nowhere/at/all", geteuid(), &key), BG_ERR_NOT_FOUND);
}

/* Beside the folders that every host has. */
static void assert_no_leftovers(void) {
  char folder[1024];
  (void)snprintf(folder, sizeof folder, "%s/var/lib/breakglass", getenv("BREAKGLASS_TEST_ROOT"));
  DIR *dir = opendir(folder);
  assert_non_null(dir);
  for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
    if (strncmp(entry->d_name, ".tmp", 4) == 0) {
      fail_msg("left behind: %s", entry->d_name);
    }
  }
  assert_int_equal(closedir(dir), 0);
}

#define MAKERS 16

/* All at once, as far as a pipe's end can start them so. */
static void make_in_child(int start, int report) {
  char byte, text[BG_EVENT_KEY_PUBLIC_SIZE] = "";
  struct bg_event_key *key = NULL;
  (void)!read(start, &byte, 1);
  if (open_key(&key) == BG_OK) {
    bg_event_key_public(key, text);
  }
  (void)!write(report, text, sizeof text);
  _exit(0);
}

static void of_many_who_make_it_all_have_the_same(void **state) {
  char first[BG_EVENT_KEY_PUBLIC_SIZE] = "", text[BG_EVENT_KEY_PUBLIC_SIZE] = "";
  int start[2], report[2];
  (void)state;
  (void)bg_paths();
  for (int round = 0; round < 10; round++) {
    assert_int_equal(pipe(start) | pipe(report), 0);
    for (int i = 0; i < MAKERS; i++) {
      pid_t child = fork();
      assert_true(child >= 0);
      if (child == 0) {
        (void)close(start[1]);
        make_in_child(start[0], report[1]);
      }
    }
    (void)close(start[0]);
    (void)close(start[1]); /* now */
    (void)close(report[1]);
    for (int i = 0; i < MAKERS; i++) {
      assert_int_equal(read(report[0], i == 0 ? first : text, sizeof text), sizeof text);
      assert_string_equal(i == 0 ? first : text, first);
      assert_memory_equal(first, "whpk_", 5);
    }
    (void)close(report[0]);
    while (wait(NULL) > 0) {
    }
    assert_int_equal(unlink(bg_paths()->event_key), 0);
  }
  assert_no_leftovers();
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
  const struct CMUnitTest tests[] = {
      TEST(it_is_made_once_and_stays),
      TEST(it_signs_as_its_public_half_says),
      TEST(what_is_too_long_is_not_signed),
      TEST(a_damaged_one_is_refused_and_left),
      TEST(one_that_others_may_read_is_none),
      TEST(a_folder_that_others_can_write_gets_none),
      TEST(of_many_who_make_it_all_have_the_same),
  };
  return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
