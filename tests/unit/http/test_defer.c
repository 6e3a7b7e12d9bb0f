/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers that come later, and a server that stops meanwhile. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <unistd.h>

#include "fixture.h"

#define GET(target) "GET " target " HTTP/1.1\r\nHost: h\r\n\r\n"
#define HELD_MAX 16

static void answers_come_from_other_threads(void **state) {
  struct client client = client_tls(http_port(*state));
  for (int i = 0; i < 200; i++) {
    struct reply reply = client_ask(&client, i % 2 == 0 ? GET("/soon") : GET("/sooner"));
    assert_int_equal(reply.status, 200);
    assert_string_equal(reply.body, "soon");
  }
  client_close(&client);
}

/* Longer than any client is waited for, and the others are served. */
static void a_deferred_answer_may_take_its_time(void **state) {
  struct client waiting = client_tls(http_port(*state));
  struct client other = client_tls(http_port(*state));
  client_say(&waiting, GET("/held?q=later"));
  struct http_exchange *held = fixture_held();
  for (int i = 0; i < 10 * (2 * PATIENCE + 1);
       i++) { /* often: a busy machine must not pass for a client that idles */
    struct reply reply = client_ask(&other, GET("/echo"));
    assert_int_equal(reply.status, 200);
    (void)usleep(100000);
  }
  assert_true(bg_bytes_is(http_target(held), "/held?q=later"));
  assert_string_equal(http_query(held, "q"), "later");
  assert_string_equal(http_header(held, "Host"), "h");
  http_problem(held, 409, "conflict", NULL);
  struct reply reply = client_reply(&waiting);
  assert_problem(&reply, 409, "conflict");
  reply = client_ask(&waiting, GET("/echo"));
  assert_int_equal(reply.status, 200);
  client_close(&waiting);
  client_close(&other);
}

static void many_may_wait_at_once(void **state) {
  struct client clients[HELD_MAX];
  struct http_exchange *held[HELD_MAX];
  for (int i = 0; i < HELD_MAX; i++) {
    clients[i] = client_tls(http_port(*state));
    client_say(&clients[i], GET("/held"));
    held[i] = fixture_held();
  }
  for (int i = HELD_MAX - 1; i >= 0; i--) {
    http_answer(held[i], 200, "text/plain", bg_bytes_of("now"));
    struct reply reply = client_reply(&clients[i]);
    assert_string_equal(reply.body, "now");
    client_close(&clients[i]);
  }
}

static void a_client_may_be_gone_by_then(void **state) {
  for (int i = 0; i < 2 * HELD_MAX; i++) {
    struct client client = i % 2 == 0 ? client_tls(http_port(*state)) : client_unix();
    client_say(&client, GET("/held"));
    struct http_exchange *held = fixture_held();
    client_close(&client);
    (void)usleep(2000);
    http_answer(held, 200, "text/plain", bg_bytes_of("too late"));
  }
  struct client client = client_tls(http_port(*state));
  struct reply reply = client_ask(&client, GET("/echo"));
  assert_int_equal(reply.status, 200);
  client_close(&client);
}

static void a_head_request_may_wait_too(void **state) {
  struct client client = client_tls(http_port(*state));
  struct reply reply;
  client_say(&client, "HEAD /held HTTP/1.1\r\nHost: h\r\n\r\n");
  struct http_exchange *held = fixture_held();
  assert_true(bg_bytes_is(http_method(held), "HEAD"));
  http_answer(held, 200, "text/plain", bg_bytes_of("12345"));
  assert_true(client_try_reply(&client, false, &reply));
  assert_string_equal(reply_header(&reply, "Content-Length"), "5");
  client_close(&client);
}

static void stopping_is_prompt(void **state) {
  struct client clients[HELD_MAX];
  struct http_config config = fixture_config();
  struct http_server *server = fixture_start(&config);
  (void)state;
  for (int i = 0; i < HELD_MAX; i++) {
    clients[i] = i % 2 == 0 ? client_tls(http_port(server)) : client_unix();
    struct reply reply = client_ask(&clients[i], GET("/echo"));
    assert_int_equal(reply.status, 200);
    client_say(&clients[i], i % 4 < 2 ? "" : "GET /ec");
  }
  double before = seconds_now();
  http_stop(server);
  assert_true(seconds_now() - before < 1);
  for (int i = 0; i < HELD_MAX; i++) {
    assert_true(client_is_ended(&clients[i]));
    client_close(&clients[i]);
  }
}

/* An answer that was given before still leaves. */
static void stopping_sends_what_was_answered(void **state) {
  (void)state;
  for (int i = 0; i < 20; i++) {
    struct http_config config = fixture_config();
    struct http_server *server = fixture_start(&config);
    struct client client = client_tls(http_port(server));
    client_say(&client, GET("/held"));
    http_answer(fixture_held(), 200, "text/plain", bg_bytes_of("last"));
    http_stop(server);
    struct reply reply = client_reply(&client);
    assert_string_equal(reply.body, "last");
    client_close(&client);
  }
}

static void whoever_waits_for_nobody_is_told_at_the_end(void **state) {
  struct http_config config = fixture_config();
  struct http_server *server = fixture_start(&config);
  struct client client = client_tls(http_port(server));
  struct reply reply;
  (void)state;
  client_say(&client, GET("/held"));
  (void)fixture_held();
  double before = seconds_now();
  http_stop(server);
  assert_true(seconds_now() - before < 4);
  assert_true(!client_try_reply(&client, true, &reply) || reply.status == 503);
  client_close(&client);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_serve, fixture_stop)
  const struct CMUnitTest tests[] = {
      TEST(answers_come_from_other_threads),
      TEST(a_deferred_answer_may_take_its_time),
      TEST(many_may_wait_at_once),
      TEST(a_client_may_be_gone_by_then),
      TEST(a_head_request_may_wait_too),
      cmocka_unit_test(stopping_is_prompt),
      cmocka_unit_test(stopping_sends_what_was_answered),
      cmocka_unit_test(whoever_waits_for_nobody_is_told_at_the_end),
  };
  return cmocka_run_group_tests(tests, fixture_create, fixture_remove);
}
