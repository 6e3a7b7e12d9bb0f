/* SPDX-License-Identifier: BSD-2-Clause */
/* Every function of the ledger, over either store. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "ledger_test.h"

static test_new_store *new_store;
static struct ledger *ledger;
static const uint8_t key[32] = {1, 2, 3};

static int open_new(void **state) {
  (void)state;
  ledger = test_open(new_store());
  return 0;
}

static int close_it(void **state) {
  (void)state;
  ledger_close(ledger);
  return 0;
}

static void begin(void) {
  assert_int_equal(ledger_begin(ledger), BG_OK);
}

static void commit(void) {
  assert_int_equal(ledger_commit(ledger), BG_OK);
}

static enum bg_error append(const char *fields) {
  return ledger_append(ledger, 1767225600, "request", bg_bytes_of(fields));
}

/* The lines that a reader was told, each followed by LF. */
static struct {
  char text[4 * LEDGER_LINE_MAX];
  size_t count;
  int64_t numbers[600];
  size_t stop_after;
} lines;

static bool note_line(void *context, int64_t number, struct bg_bytes line) {
  (void)context;
  lines.numbers[lines.count++] = number;
  (void)snprintf(lines.text, sizeof lines.text, "%.*s", (int)line.len, (const char *)line.data);
  return lines.count != lines.stop_after;
}

static size_t read_lines(int64_t from, size_t limit) {
  lines.count = 0;
  assert_int_equal(ledger_entries(ledger, from, limit, note_line, NULL), BG_OK);
  return lines.count;
}

static void hash_text(const char *text, char ret_hex[static 65]) {
  uint8_t hash[32];
  (void)crypto_hash_sha256(hash, (const uint8_t *)text, strlen(text));
  bg_hex(bg_bytes(hash, sizeof hash), ret_hex);
}

#define FIRST                                                                                      \
  "{\"number\":1,\"previous\":\"0000000000000000000000000000000000000000000000000000000000000000"  \
  "\",\"time\":1767225600,\"kind\":\"request\",\"a\":\"b\"}"

static void entries_are_chained(void **state) {
  (void)state;
  char hex[65];
  char second[512];
  begin();
  assert_int_equal(append("\"a\":\"b\""), BG_OK);
  assert_int_equal(append("\"c\":2"), BG_OK);
  commit();
  assert_int_equal(read_lines(1, 1), 1);
  assert_string_equal(lines.text, FIRST);
  hash_text(FIRST, hex);
  (void)snprintf(
      second, sizeof second,
      "{\"number\":2,\"previous\":\"%s\",\"time\":1767225600,\"kind\":\"request\",\"c\":2}", hex);
  assert_int_equal(read_lines(2, 10), 1);
  assert_string_equal(lines.text, second);
  assert_int_equal(test_assert_chain(ledger), 2);
}

static void an_empty_ledger_has_a_head(void **state) {
  (void)state;
  static const uint8_t zeros[LEDGER_HASH_SIZE];
  uint8_t hash[LEDGER_HASH_SIZE];
  int64_t number = -1;
  assert_int_equal(ledger_head(ledger, &number, hash), BG_OK);
  assert_int_equal(number, 0);
  assert_memory_equal(hash, zeros, sizeof hash);
  assert_int_equal(read_lines(1, 10), 0);
}

static void the_head_is_the_last_line(void **state) {
  (void)state;
  uint8_t hash[LEDGER_HASH_SIZE];
  int64_t number = 0;
  char hex[65];
  char last[65];
  begin();
  assert_int_equal(append("\"a\":1"), BG_OK);
  assert_int_equal(ledger_head(ledger, &number, hash), BG_OK); /* before the commit already */
  assert_int_equal(number, 1);
  commit();
  assert_int_equal(ledger_head(ledger, &number, hash), BG_OK);
  assert_int_equal(number, 1);
  (void)read_lines(1, 1);
  hash_text(lines.text, hex);
  bg_hex(bg_bytes(hash, sizeof hash), last);
  assert_string_equal(hex, last);
}

/* More than a store is asked for at once. */
static void many_entries_are_read_in_order(void **state) {
  (void)state;
  begin();
  for (int i = 0; i < 520; i++) {
    assert_int_equal(append("\"a\":1"), BG_OK);
  }
  commit();
  assert_int_equal(read_lines(1, 600), 520);
  for (int i = 0; i < 520; i++) {
    assert_int_equal(lines.numbers[i], i + 1);
  }
  assert_int_equal(read_lines(300, 7), 7);
  assert_int_equal(lines.numbers[0], 300);
  assert_int_equal(read_lines(500, 300), 21);
  lines.stop_after = 300;
  assert_int_equal(read_lines(1, 600), 300);
  lines.stop_after = 0;
  assert_int_equal(test_assert_chain(ledger), 520);
}

static void an_entry_of_any_length_up_to_the_limit(void **state) {
  (void)state;
  static const char begins[] = {'"', 'a', '"', ':', '"'};
  static char fields[LEDGER_LINE_MAX + 1];
  size_t room = LEDGER_LINE_MAX - (strlen(FIRST) - strlen("\"a\":\"b\""));
  memset(fields, 'x', sizeof fields);
  memcpy(fields, begins, sizeof begins);
  begin();
  fields[room] = '"';
  assert_int_equal(ledger_append(ledger, 1767225600, "request", bg_bytes(fields, room + 1)),
                   BG_ERR_TOO_LARGE);
  fields[room] = 'x';
  fields[room - 1] = '"';
  assert_int_equal(ledger_append(ledger, 1767225600, "request", bg_bytes(fields, room)), BG_OK);
  commit();
  assert_int_equal(test_assert_chain(ledger), 1);
}

static void what_would_not_be_one_line_is_refused(void **state) {
  (void)state;
  begin();
  assert_int_equal(append("\"a\":\n1"), BG_ERR_SYNTAX);
  assert_int_equal(append(""), BG_ERR_SYNTAX);
  assert_int_equal(ledger_append(ledger, 1, "a\"b", bg_bytes_of("\"a\":1")), BG_ERR_SYNTAX);
  assert_int_equal(ledger_append(ledger, 1, "", bg_bytes_of("\"a\":1")), BG_ERR_SYNTAX);
  assert_int_equal(ledger_append(ledger, -1, "issue", bg_bytes_of("\"a\":1")), BG_ERR_RANGE);
  assert_int_equal(append("\"a\":1"), BG_OK); /* none of which spoils the transaction */
  commit();
  assert_int_equal(test_assert_chain(ledger), 1);
}

static struct ledger_request request(const char *id, int64_t created) {
  struct ledger_request made = {.state = LEDGER_WAITING,
                                .subject = "alice",
                                .created = created,
                                .approve_by = created + 100,
                                .expires = created + 1000,
                                .record = bg_bytes_of("{\"r\":1}")};
  bg_text_fit(sizeof made.id, made.id, id);
  return made;
}

static void put(const struct ledger_request *made) {
  assert_int_equal(ledger_request_put(ledger, made), BG_OK);
}

static struct {
  struct ledger_request last;
  char record[64];
  char answer[64];
  char ids[256]; /* with a space behind each */
  size_t count;
  size_t stop_after;
} found;

static bool note_request(void *context, const struct ledger_request *got) {
  (void)context;
  found.last = *got;
  assert_int_equal(bg_bytes_to_text(got->record, sizeof found.record, found.record), BG_OK);
  assert_int_equal(bg_bytes_to_text(got->answer, sizeof found.answer, found.answer), BG_OK);
  (void)strncat(found.ids, got->id, sizeof found.ids - strlen(found.ids) - 2);
  (void)strcat(found.ids, " ");
  found.count++;
  return found.count != found.stop_after;
}

static enum bg_error get(const char *id) {
  memset(&found, 0, sizeof found);
  return ledger_request_get(ledger, id, note_request, NULL);
}

static void a_request_comes_back_as_it_was_put(void **state) {
  (void)state;
  struct ledger_request made = request("00112233445566778899aabbccddeeff", 5000000000);
  begin();
  put(&made);
  assert_int_equal(get(made.id), BG_OK);
  commit();
  assert_int_equal(get(made.id), BG_OK);
  assert_int_equal(found.count, 1);
  assert_string_equal(found.last.id, made.id);
  assert_string_equal(found.last.subject, "alice");
  assert_int_equal(found.last.state, LEDGER_WAITING);
  assert_int_equal(found.last.created, 5000000000);
  assert_int_equal(found.last.approve_by, 5000000100);
  assert_int_equal(found.last.expires, 5000001000);
  assert_string_equal(found.record, "{\"r\":1}");
  assert_string_equal(found.answer, "");
  assert_int_equal(get("ffffffffffffffffffffffffffffffff"), BG_ERR_NOT_FOUND);
}

static void a_request_is_replaced(void **state) {
  (void)state;
  struct ledger_request made = request("a", 1);
  begin();
  put(&made);
  made.state = LEDGER_ISSUED;
  made.expires = 77;
  made.record = bg_bytes_of("{\"r\":2}");
  made.answer = bg_bytes_of("{\"t\":'; DROP TABLE ledger_requests; --}");
  put(&made);
  commit();
  assert_int_equal(get("a"), BG_OK);
  assert_int_equal(found.last.state, LEDGER_ISSUED);
  assert_int_equal(found.last.expires, 77);
  assert_string_equal(found.record, "{\"r\":2}");
  assert_string_equal(found.answer, "{\"t\":'; DROP TABLE ledger_requests; --}");
}

static const char *list(enum ledger_show show, const char *subject, const char *after,
                        size_t limit) {
  const struct ledger_filter filter = {
      .show = show, .subject = subject, .after = after, .now = 150, .limit = limit};
  size_t stop_after = found.stop_after;
  memset(&found, 0, sizeof found);
  found.stop_after = stop_after;
  assert_int_equal(ledger_requests(ledger, &filter, note_request, NULL), BG_OK);
  return found.ids;
}

/* At 150: w1 and i1 have passed their time, w2 and i2 are at its last second. */
static void put_one_of_each(void) {
  struct ledger_request w1 = request("w1", 1);
  struct ledger_request w2 = request("w2", 50);
  struct ledger_request i1 = request("i1", 2);
  struct ledger_request i2 = request("i2", 3);
  struct ledger_request d = request("d", 4);
  struct ledger_request bob = request("bob", 140);
  w1.approve_by = 149;
  w2.approve_by = 150;
  i1.state = i2.state = LEDGER_ISSUED;
  i1.expires = 149;
  i2.expires = 150;
  d.state = LEDGER_DENIED;
  bg_text_fit(sizeof bob.subject, bob.subject, "bob");
  begin();
  put(&w1);
  put(&w2);
  put(&i1);
  put(&i2);
  put(&d);
  put(&bob);
  commit();
}

static void requests_are_filtered(void **state) {
  (void)state;
  put_one_of_each();
  assert_string_equal(list(LEDGER_SHOW_ALL, NULL, NULL, 100), "bob d i2 i1 w2 w1 ");
  assert_string_equal(list(LEDGER_SHOW_WAITING, NULL, NULL, 100), "bob w2 ");
  assert_string_equal(list(LEDGER_SHOW_ISSUED, NULL, NULL, 100), "i2 ");
  assert_string_equal(list(LEDGER_SHOW_DENIED, NULL, NULL, 100), "d ");
  assert_string_equal(list(LEDGER_SHOW_EXPIRED, NULL, NULL, 100), "i1 w1 ");
  assert_string_equal(list(LEDGER_SHOW_ALL, "bob", NULL, 100), "bob ");
  assert_string_equal(list(LEDGER_SHOW_ALL, "alice", NULL, 100), "d i2 i1 w2 w1 ");
  assert_string_equal(list(LEDGER_SHOW_WAITING, "alice", NULL, 100), "w2 ");
  assert_string_equal(list(LEDGER_SHOW_ISSUED, "alice", NULL, 100), "i2 ");
  assert_string_equal(list(LEDGER_SHOW_DENIED, "alice", NULL, 100), "d ");
  assert_string_equal(list(LEDGER_SHOW_EXPIRED, "alice", NULL, 100), "i1 w1 ");
  assert_string_equal(list(LEDGER_SHOW_DENIED, "bob", NULL, 100), "");
}

static void requests_come_in_pages(void **state) {
  (void)state;
  put_one_of_each();
  assert_string_equal(list(LEDGER_SHOW_ALL, NULL, NULL, 2), "bob d ");
  assert_string_equal(list(LEDGER_SHOW_ALL, NULL, "d", 3), "i2 i1 w2 ");
  assert_string_equal(list(LEDGER_SHOW_ALL, NULL, "w2", 3), "w1 ");
  assert_string_equal(list(LEDGER_SHOW_ALL, NULL, "w1", 3), "");
  assert_string_equal(list(LEDGER_SHOW_EXPIRED, NULL, "i1", 3), "w1 ");
  assert_string_equal(list(LEDGER_SHOW_WAITING, "alice", "bob", SIZE_MAX), "w2 ");
  found.stop_after = 2;
  assert_string_equal(list(LEDGER_SHOW_ALL, NULL, NULL, 100), "bob d ");
  found.stop_after = 0;
  const struct ledger_filter nowhere = {.after = "nobody", .limit = 1};
  assert_int_equal(ledger_requests(ledger, &nowhere, note_request, NULL), BG_ERR_NOT_FOUND);
}

/* Whoever pages sees each request once, although it has changed meanwhile. */
static void a_replaced_request_keeps_its_place(void **state) {
  (void)state;
  put_one_of_each();
  struct ledger_request w1 = request("w1", 149);
  begin();
  put(&w1);
  commit();
  assert_string_equal(list(LEDGER_SHOW_ALL, NULL, NULL, 100), "bob d i2 i1 w2 w1 ");
}

static enum bg_error add_nonce(uint8_t first, int64_t time) {
  const uint8_t nonce[16] = {first};
  return ledger_nonce_add(ledger, key, nonce, time);
}

static void a_nonce_is_taken_once(void **state) {
  (void)state;
  static const uint8_t other_key[32] = {9};
  static const uint8_t nonce[16] = {1};
  begin();
  assert_int_equal(add_nonce(1, 10), BG_OK);
  assert_int_equal(add_nonce(1, 10), BG_ERR_EXISTS);
  assert_int_equal(add_nonce(1, 11), BG_OK); /* another call: the time is signed, too */
  assert_int_equal(add_nonce(2, 11), BG_OK);
  assert_int_equal(ledger_nonce_add(ledger, other_key, nonce, 10), BG_OK);
  commit();
  begin();
  assert_int_equal(add_nonce(1, 10), BG_ERR_EXISTS);
  commit(); /* which does not spoil it */
}

/* In the order asked, each by its own answer. */
static void questions_are_answered_together(void **state) {
  (void)state;
  enum { COUNT = 100 }; /* more than are sent without waiting */
  bool is_new[COUNT];
  begin();
  assert_int_equal(add_nonce(7, 10), BG_OK);
  for (int i = 0; i < COUNT; i++) {
    const uint8_t nonce[16] = {(uint8_t)(i / 2)};
    assert_int_equal(ledger_nonce_ask(ledger, key, nonce, 10, &is_new[i]), BG_OK);
  }
  assert_int_equal(ledger_settle(ledger), BG_OK);
  for (int i = 0; i < COUNT; i++) {
    assert_int_equal(is_new[i], i % 2 == 0 && i / 2 != 7);
  }
  commit();
  assert_int_equal(ledger_nonce_ask(ledger, key, key, 10, &is_new[0]), BG_ERR_RANGE);
  assert_int_equal(ledger_settle(ledger), BG_ERR_RANGE);
}

static struct ledger_reply last_reply;
static char last_body[64];

static void note_reply(void *context, const struct ledger_reply *reply) {
  ++*(int *)context;
  last_reply = *reply;
  assert_int_equal(bg_bytes_to_text(reply->body, sizeof last_body, last_body), BG_OK);
}

static enum bg_error get_reply(const char *caller, const char *reply_key) {
  int calls = 0;
  enum bg_error err = ledger_reply_get(ledger, caller, reply_key, note_reply, &calls);
  assert_int_equal(calls, err == BG_OK);
  return err;
}

static void a_reply_is_given_again(void **state) {
  (void)state;
  struct ledger_reply reply = {.caller = "alice",
                               .key = "K-1",
                               .time = 7,
                               .body_hash = {0, 1, 0xFF},
                               .status = 201,
                               .body = bg_bytes_of("{}")};
  begin();
  assert_int_equal(get_reply("alice", "K-1"), BG_ERR_NOT_FOUND);
  assert_int_equal(ledger_reply_put(ledger, &reply), BG_OK);
  commit();
  assert_int_equal(get_reply("alice", "K-1"), BG_OK);
  assert_string_equal(last_reply.caller, "alice");
  assert_string_equal(last_reply.key, "K-1");
  assert_int_equal(last_reply.time, 7);
  assert_int_equal(last_reply.status, 201);
  assert_memory_equal(last_reply.body_hash, reply.body_hash, sizeof reply.body_hash);
  assert_string_equal(last_body, "{}");
  assert_int_equal(get_reply("bob", "K-1"), BG_ERR_NOT_FOUND);
  assert_int_equal(get_reply("alice", "k-1"), BG_ERR_NOT_FOUND);
  reply.status = 409;
  begin();
  assert_int_equal(ledger_reply_put(ledger, &reply), BG_OK);
  commit();
  assert_int_equal(get_reply("alice", "K-1"), BG_OK);
  assert_int_equal(last_reply.status, 409);
}

static void a_reply_that_was_asked_for_comes_when_settled(void **state) {
  (void)state;
  int calls = 0;
  const struct ledger_reply reply = {
      .caller = "alice", .key = "K-1", .time = 7, .status = 201, .body = bg_bytes_of("{}")};
  struct ledger_reply_question known = {.on_reply = note_reply, .context = &calls};
  struct ledger_reply_question unknown = known;
  begin();
  assert_int_equal(ledger_reply_put(ledger, &reply), BG_OK);
  assert_int_equal(ledger_reply_ask(ledger, "bob", "K-1", &unknown), BG_OK);
  assert_int_equal(ledger_reply_ask(ledger, "alice", "K-1", &known), BG_OK);
  assert_int_equal(ledger_settle(ledger), BG_OK);
  assert_int_equal(calls, 1);
  assert_int_equal(known.err, BG_OK);
  assert_int_equal(unknown.err, BG_ERR_NOT_FOUND);
  assert_string_equal(last_body, "{}");
  commit();
}

static bool note_revocation(void *context, const char *kind, const char *value, int64_t until) {
  char *text = context;
  size_t len = strlen(text);
  (void)snprintf(text + len, 256 - len, "%s=%s@%lld ", kind, value, (long long)until);
  return strcmp(value, "stop") != 0;
}

static const char *revoked(int64_t at) {
  static char text[256];
  text[0] = '\0';
  assert_int_equal(ledger_revoked(ledger, at, note_revocation, text), BG_OK);
  return text;
}

static void revocations_stand_until_their_time(void **state) {
  (void)state;
  begin();
  assert_int_equal(ledger_revoke(ledger, "token", "b", 100), BG_OK);
  assert_int_equal(ledger_revoke(ledger, "holder", "z", 50), BG_OK);
  assert_int_equal(ledger_revoke(ledger, "token", "B", 70), BG_OK);
  assert_int_equal(ledger_revoke(ledger, "token", "b", 100), BG_ERR_EXISTS);
  assert_int_equal(ledger_revoke(ledger, "token", "b", 99), BG_ERR_EXISTS);
  commit();
  assert_string_equal(revoked(50), "holder=z@50 token=B@70 token=b@100 ");
  assert_string_equal(revoked(51), "token=B@70 token=b@100 ");
  begin();
  assert_int_equal(ledger_revoke(ledger, "token", "b", 101), BG_OK); /* longer than before */
  assert_int_equal(ledger_revoke(ledger, "approver", "stop", 101), BG_OK);
  commit();
  assert_string_equal(revoked(101), "approver=stop@101 ");
}

static void a_name_too_long_to_be_read_again_is_refused(void **state) {
  (void)state;
  char value[LEDGER_NAME_SIZE + 1];
  memset(value, 'v', sizeof value);
  value[LEDGER_NAME_SIZE] = '\0';
  begin();
  assert_int_equal(ledger_revoke(ledger, "token", value, 1), BG_ERR_TOO_LARGE);
  value[LEDGER_NAME_SIZE - 1] = '\0';
  assert_int_equal(ledger_revoke(ledger, "token", value, 1), BG_OK);
  commit();
}

static void put_cursor(const char *name, int64_t number) {
  begin();
  assert_int_equal(ledger_cursor_put(ledger, name, number), BG_OK);
  commit();
}

static void assert_cursor(const char *name, int64_t number) {
  int64_t stands = -1;
  assert_int_equal(ledger_cursor_get(ledger, name, &stands), BG_OK);
  assert_int_equal(stands, number);
}

static void a_cursor_never_moves_back(void **state) {
  int64_t number = 7;
  (void)state;
  assert_int_equal(ledger_cursor_get(ledger, "a", &number), BG_ERR_NOT_FOUND);
  assert_int_equal(number, 7);
  put_cursor("a", 0);
  assert_cursor("a", 0);
  put_cursor("b", 5);
  put_cursor("a", 12);
  put_cursor("a", 11);
  assert_cursor("a", 12);
  assert_cursor("b", 5);
  assert_int_equal(ledger_cursor_put(ledger, "a", 13), BG_ERR_RANGE); /* no transaction */
  begin();
  assert_int_equal(ledger_cursor_put(ledger, "a", -1), BG_ERR_RANGE);
  assert_int_equal(ledger_claim(ledger, "a"), BG_ERR_RANGE);
  ledger_rollback(ledger);
}

static void the_old_is_forgotten(void **state) {
  (void)state;
  struct ledger_reply reply = {.caller = "alice", .key = "old", .time = 10};
  begin();
  assert_int_equal(add_nonce(1, 10), BG_OK);
  assert_int_equal(add_nonce(2, 20), BG_OK);
  assert_int_equal(ledger_reply_put(ledger, &reply), BG_OK);
  bg_text_fit(sizeof reply.key, reply.key, "new");
  reply.time = 20;
  assert_int_equal(ledger_reply_put(ledger, &reply), BG_OK);
  assert_int_equal(ledger_forget(ledger, 20, 0), BG_OK);
  assert_int_equal(add_nonce(2, 20), BG_ERR_EXISTS);
  assert_int_equal(add_nonce(1, 10), BG_OK);
  assert_int_equal(get_reply("alice", "old"), BG_OK);
  assert_int_equal(ledger_forget(ledger, 0, 20), BG_OK);
  assert_int_equal(get_reply("alice", "old"), BG_ERR_NOT_FOUND);
  assert_int_equal(get_reply("alice", "new"), BG_OK);
  commit();
}

static void a_step_is_undone_alone(void **state) {
  (void)state;
  struct ledger_request made = request("undone", 1);
  begin();
  assert_int_equal(ledger_step_begin(ledger), BG_OK);
  assert_int_equal(append("\"a\":1"), BG_OK);
  assert_int_equal(ledger_step_keep(ledger), BG_OK);
  assert_int_equal(ledger_step_begin(ledger), BG_OK);
  assert_int_equal(append("\"undone\":1"), BG_OK);
  assert_int_equal(add_nonce(1, 1), BG_OK);
  put(&made);
  assert_int_equal(ledger_step_undo(ledger), BG_OK);
  assert_int_equal(ledger_step_begin(ledger), BG_OK);
  assert_int_equal(add_nonce(1, 1), BG_OK);
  assert_int_equal(append("\"b\":1"), BG_OK);
  assert_int_equal(ledger_step_keep(ledger), BG_OK);
  commit();
  assert_int_equal(test_assert_chain(ledger), 2);
  (void)read_lines(2, 1);
  assert_non_null(strstr(lines.text, "\"b\":1"));
  assert_int_equal(get("undone"), BG_ERR_NOT_FOUND);
}

static void a_transaction_is_undone(void **state) {
  (void)state;
  (void)test_append_one(ledger);
  begin();
  assert_int_equal(append("\"a\":1"), BG_OK);
  assert_int_equal(add_nonce(1, 1), BG_OK);
  ledger_rollback(ledger);
  assert_int_equal(test_assert_chain(ledger), 1);
  assert_int_equal(test_append_one(ledger), 2);
  begin();
  assert_int_equal(add_nonce(1, 1), BG_OK);
  commit();
  ledger_rollback(ledger); /* of nothing */
  assert_int_equal(test_assert_chain(ledger), 2);
}

static void what_is_out_of_order_is_refused(void **state) {
  (void)state;
  struct ledger_request made = request("a", 1);
  assert_int_equal(append("\"a\":1"), BG_ERR_RANGE);
  assert_int_equal(add_nonce(1, 1), BG_ERR_RANGE);
  assert_int_equal(ledger_request_put(ledger, &made), BG_ERR_RANGE);
  assert_int_equal(ledger_step_begin(ledger), BG_ERR_RANGE);
  assert_int_equal(ledger_step_keep(ledger), BG_ERR_RANGE);
  assert_int_equal(ledger_commit(ledger), BG_ERR_RANGE);
  begin();
  assert_int_equal(ledger_begin(ledger), BG_ERR_RANGE);
  assert_int_equal(ledger_step_undo(ledger), BG_ERR_RANGE);
  assert_int_equal(ledger_step_begin(ledger), BG_OK);
  assert_int_equal(ledger_step_begin(ledger), BG_ERR_RANGE);
  assert_int_equal(append("\"a\":1"), BG_OK);
  assert_int_equal(ledger_commit(ledger), BG_ERR_RANGE);
  assert_int_equal(test_assert_chain(ledger), 0);
  assert_int_equal(test_append_one(ledger), 1);
}

int check_ledger(test_new_store *store) {
#define CHECK(name) cmocka_unit_test_setup_teardown(name, open_new, close_it)
  const struct CMUnitTest tests[] = {
      CHECK(entries_are_chained),
      CHECK(an_empty_ledger_has_a_head),
      CHECK(the_head_is_the_last_line),
      CHECK(many_entries_are_read_in_order),
      CHECK(an_entry_of_any_length_up_to_the_limit),
      CHECK(what_would_not_be_one_line_is_refused),
      CHECK(a_request_comes_back_as_it_was_put),
      CHECK(a_request_is_replaced),
      CHECK(requests_are_filtered),
      CHECK(requests_come_in_pages),
      CHECK(a_replaced_request_keeps_its_place),
      CHECK(a_nonce_is_taken_once),
      CHECK(questions_are_answered_together),
      CHECK(a_reply_that_was_asked_for_comes_when_settled),
      CHECK(a_reply_is_given_again),
      CHECK(revocations_stand_until_their_time),
      CHECK(a_name_too_long_to_be_read_again_is_refused),
      CHECK(a_cursor_never_moves_back),
      CHECK(the_old_is_forgotten),
      CHECK(a_step_is_undone_alone),
      CHECK(a_transaction_is_undone),
      CHECK(what_is_out_of_order_is_refused),
  };
  new_store = store;
  return cmocka_run_group_tests_name("ledger", tests, NULL, NULL);
}
