/* SPDX-License-Identifier: BSD-2-Clause */
/* What of the remote half is pure: progress lines, ssh's words, lines and free texts for a
 * terminal, the agent's message. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "agent_add.h"
#include "lines.h"
#include "paragraph.h"
#include "progress.h"
#include "ssh_words.h"

static void check_progress(const char *needs, int64_t now, const char *expected) {
  char text[PROGRESS_SIZE];
  struct request_view view = {.waits_for = json_loads(needs, 0, NULL), .approve_by = 10000};
  progress_line(&view, now, text);
  assert_string_equal(text, expected);
  json_decref(view.waits_for);
}

static void test_progress(void **state) {
  (void)state;
  check_progress("[{\"group\":\"sre\",\"count\":2,\"have\":1,\"people\":[\"bob\"]},"
                 "{\"group\":\"security\",\"count\":1,\"have\":0,\"people\":[]}]",
                 10000 - 751, "waiting for sre (1 of 2: bob) and security (0 of 1) · 12:31 left");
  check_progress("[{\"group\":\"a\",\"count\":2,\"have\":2,\"people\":[\"b\",\"c\"]},"
                 "{\"group\":\"d\",\"count\":1,\"have\":0,\"people\":[]},"
                 "{\"group\":\"e\",\"count\":1,\"have\":0,\"people\":[]}]",
                 10000 - 3601,
                 "waiting for a (2 of 2: b, c), d (0 of 1) and e (0 of 1) · 1:00:01 left");
  check_progress("[]", 20000, "waiting for approvals · 0:00 left");
}

static void test_progress_is_bounded(void **state) {
  (void)state;
  char name[BG_NAME_MAX * 20];
  char needs[sizeof name + 100];
  memset(name, 'x', sizeof name - 1);
  name[sizeof name - 1] = '\0';
  (void)snprintf(needs, sizeof needs, "[{\"group\":\"%s\",\"count\":2,\"have\":1,\"people\":[]}]",
                 name);
  check_progress(needs, 10000 - 60, "waiting for approvals · 1:00 left");
}

static void check_words(const char *const *words, const char *destination, const char *host,
                        const char *theirs, const char *asks) {
  char storage[16][64];
  char *argv[17] = {NULL};
  char joined[512] = "";
  char asked[512] = "";
  struct ssh_words split;
  int argc = 0;
  for (; words[argc] != NULL; argc++) {
    (void)snprintf(storage[argc], sizeof storage[argc], "%s", words[argc]);
    argv[argc] = storage[argc];
  }
  assert_int_equal(ssh_words_split(argc, argv, &split), BG_OK);
  for (int i = 0; i < split.their_count; i++) {
    (void)strcat(strcat(joined, split.theirs[i]), "|");
  }
  for (char **word = split.asks; *word != NULL; word++) {
    (void)strcat(strcat(asked, *word), "|");
  }
  assert_string_equal(split.destination, destination);
  assert_string_equal(split.host, host);
  assert_string_equal(joined, theirs);
  assert_string_equal(asked, asks);
  ssh_words_free(&split);
}

#define WORDS(...)                                                                                 \
  (const char *const[]) {                                                                          \
    __VA_ARGS__, NULL                                                                              \
  }

static void test_ssh_words(void **state) {
  (void)state;
  check_words(
      WORDS("ssh", "--reason", "x y", "-vp", "22", "-p22", "ops@web", "-l", "a", "ls", "-l"),
      "ops@web", "web", "-vp|22|-p22|ops@web|-l|a|ls|-l|", "-vp|22|-p22|-l|a|");
  check_words(WORDS("ssh", "--reason=x", "-J", "jump", "--", "a@b@web", "ls", "--reason"),
              "a@b@web", "web", "-J|jump|--|a@b@web|ls|--reason|", "-J|jump|");
  check_words(WORDS("ssh", "ssh://ops@[::1]:22"), "ops@::1", "::1", "ssh://ops@[::1]:22|", "");
  check_words(WORDS("ssh", "2001:db8::1"), "2001:db8::1", "2001:db8::1", "2001:db8::1|", "");
  check_words(WORDS("ssh", "--reason", "x"), "", "", "", "");
  check_words(WORDS("ssh", "-p"), "", "", "-p|", "-p|");
}

static void test_scp_words(void **state) {
  (void)state;
  check_words(WORDS("scp", "-l", "100", "-o", "Port=1", "a", "./b:c", "ops@web:d"), "ops@web",
              "web", "-l|100|-o|Port=1|a|./b:c|ops@web:d|", "-o|Port=1|");
  check_words(WORDS("scp", "[::1]:a", "b"), "::1", "::1", "[::1]:a|b|", "");
  check_words(WORDS("scp", "web:a", "web:b", "."), "web", "web", "web:a|web:b|.|", "");
  check_words(WORDS("sftp", "-P", "22", "ops@web"), "ops@web", "web", "-P|22|ops@web|", "");
  check_words(WORDS("sftp", "sftp://ops@web:22/a"), "ops@web", "web", "sftp://ops@web:22/a|", "");
}

static void check_clean(const char *text, const char *expected) {
  uint8_t bytes[64];
  size_t len = strlen(text);
  memcpy(bytes, text, len + 1);
  lines_clean(len, bytes);
  assert_string_equal((const char *)bytes, expected);
}

static void test_lines(void **state) {
  (void)state;
  check_clean("good ·\nbad\033[2J ·\ngood ·\n", "good ·\nbad?[2J ??\ngood ·\n");
  check_clean("\r\n", "?\n");
  assert_int_equal(lines_count(bg_bytes_of("a\nb\nc")), 2);
}

static void put_certificate(const uint8_t *point, char *line) {
  uint8_t storage[256];
  char base64[512];
  struct bg_buf blob = BG_BUF(storage);
  bg_ssh_put_string(&blob, bg_bytes_of("ssh-ed25519-cert-v01@openssh.com"));
  bg_ssh_put_string(&blob, bg_bytes_of("nonce"));
  bg_ssh_put_string(&blob, bg_bytes(point, 32));
  (void)sodium_bin2base64(base64, sizeof base64, blob.data, blob.len,
                          sodium_base64_VARIANT_ORIGINAL);
  (void)sprintf(line, "ssh-ed25519-cert-v01@openssh.com %s", base64);
}

static void test_agent_message(void **state) {
  (void)state;
  uint8_t storage[AGENT_ADD_MAX];
  struct bg_buf buf = BG_BUF(storage);
  char line[1024];
  struct holder holder;
  struct holder other;
  assert_int_equal(holder_make(&holder), BG_OK);
  assert_int_equal(holder_make(&other), BG_OK);
  put_certificate(other.public.point, line);
  assert_int_equal(agent_add_message(&holder, line, 60, &buf), BG_ERR_SYNTAX);
  assert_int_equal(agent_add_message(&holder, "ssh-ed25519 AAAA", 60, &buf), BG_ERR_SYNTAX);
  assert_int_equal(buf.len, 0);
  put_certificate(holder.public.point, line);
  assert_int_equal(agent_add_message(&holder, line, 60, &buf), BG_OK);
  assert_int_equal(storage[0], 25);
  assert_memory_equal(storage + buf.len - 5, "\001\000\000\000\074", 5);
  holder_free(&holder);
  holder_free(&other);
}

static void check_paragraph(const char *text, const char *expected) {
  char printed[2048] = "";
  FILE *out = fmemopen(printed, sizeof printed, "w");
  print_paragraph(out, 60, "because", text);
  assert_int_equal(fclose(out), 0);
  assert_string_equal(printed, expected);
}

#define NAME "  because                                                      "
#define BELOW "                                                                 "

/* 16 columns are left for a text here, 14 where it goes on. */
static void test_paragraph(void **state) {
  (void)state;
  check_paragraph("disk is full", NAME "disk is full\n");
  check_paragraph("", NAME "\n");
  check_paragraph("a word of its own", NAME "a word of its\n" BELOW "own\n");
  check_paragraph("aword            session    up to 5m",
                  NAME "aword           \n" BELOW "session    up\n" BELOW "to 5m\n");
  check_paragraph("0123456789012345678901", NAME "0123456789012345\n" BELOW "678901\n");
  check_paragraph("ééééééééé", NAME "éééééééé\n" BELOW "é\n"); /* may be two columns each */
  assert_int_equal(paragraph_fit("aéb", 3), 3);
  assert_int_equal(paragraph_fit("aéb", 2), 1);
  assert_int_equal(paragraph_fit("aéb", 0), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_progress),  cmocka_unit_test(test_progress_is_bounded),
      cmocka_unit_test(test_ssh_words), cmocka_unit_test(test_scp_words),
      cmocka_unit_test(test_lines),     cmocka_unit_test(test_agent_message),
      cmocka_unit_test(test_paragraph),
  };
  return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
