/* SPDX-License-Identifier: BSD-2-Clause */
/* What is asked, and the shape of what is answered. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fixture.h"

#define GET(target) "GET " target " HTTP/1.1\r\nHost: h\r\n\r\n"
#define POST(target, headers) "POST " target " HTTP/1.1\r\nHost: h\r\n" headers "\r\n"

static void a_handler_sees_what_was_asked(void **state) {
  struct client client = client_tls(http_port(*state));
  struct reply reply = client_ask(&client, "GET /things/A-b_9/part?q=a%20b+c&x HTTP/1.1\r\n"
                                           "Host: h\r\nX-Test: value\r\n\r\n");
  assert_int_equal(reply.status, 200);
  assert_string_equal(reply.body, "GET\n/things/A-b_9/part?q=a%20b+c&x\nA-b_9\na b c\nvalue\n");
  reply = client_ask(&client, GET("/echo"));
  assert_string_equal(reply.body, "GET\n/echo\n-\n-\n-\n");
  client_close(&client);
}

static void every_answer_has_its_headers(void **state) {
  static const char *const asked[] = {GET("/echo"), GET("/nowhere"), GET("/refused")};
  struct client client = client_tls(http_port(*state));
  for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
    struct reply reply = client_ask(&client, asked[i]);
    assert_non_null(reply_header(&reply, "Date"));
    assert_non_null(reply_header(&reply, "Content-Type"));
    assert_string_equal(reply_header(&reply, "Cache-Control"), "no-store");
    assert_string_equal(reply_header(&reply, "X-Content-Type-Options"), "nosniff");
  }
  client_close(&client);
}

static void a_problem_says_code_and_detail(void **state) {
  struct client client = client_unix();
  struct reply reply = client_ask(&client, GET("/refused"));
  (void)state;
  assert_problem(&reply, 401, "unsigned");
  assert_string_equal(reply.body,
                      "{\"type\":\"about:blank\",\"title\":\"Unauthorized\","
                      "\"status\":401,\"code\":\"unsigned\",\"detail\":\"sign the call\"}");
  assert_non_null(reply_header(&reply, "WWW-Authenticate"));
  client_close(&client);
}

static void unknown_paths_and_methods_are_told_apart(void **state) {
  struct client client = client_unix();
  (void)state;
  struct reply reply = client_ask(&client, GET("/things/../part"));
  assert_problem(&reply, 404, "not-found");
  reply = client_ask(&client, "DELETE /echo HTTP/1.1\r\nHost: h\r\n\r\n");
  assert_problem(&reply, 405, "method-not-allowed");
  assert_string_equal(reply_header(&reply, "Allow"), "GET, HEAD, POST");
  reply = client_ask(&client, GET("/echo")); /* on the same connection */
  assert_int_equal(reply.status, 200);
  client_close(&client);
}

static void head_answers_like_get(void **state) {
  struct client client = client_unix();
  struct reply reply;
  (void)state;
  client_say(&client, "HEAD /echo HTTP/1.1\r\nHost: h\r\n\r\n");
  assert_true(client_try_reply(&client, false, &reply));
  assert_int_equal(reply.status, 200);
  assert_string_equal(reply_header(&reply, "Content-Length"), "17"); /* of the echo */
  reply = client_ask(&client, GET("/echo"));
  assert_string_equal(reply.body, "GET\n/echo\n-\n-\n-\n");
  client_close(&client);
}

static void a_body_is_gathered_whole(void **state) {
  char body[20000];
  struct client client = client_tls(http_port(*state));
  memset(body, 'x', sizeof body);
  client_say(&client, POST("/echo", "Content-Length: 20000\r\n"));
  client_send(&client, body, 7);
  (void)usleep(20000);
  client_send(&client, body, sizeof body - 7);
  struct reply reply = client_reply(&client);
  assert_int_equal(reply.status, 201);
  assert_int_equal(reply.body_len, sizeof body);
  reply = client_ask(
      &client,
      POST("/echo", "Transfer-Encoding: chunked\r\n") "4\r\nabcd\r\n3;x=y\r\nefg\r\n0\r\n\r\n");
  assert_string_equal(reply.body, "abcdefg");
  reply = client_ask(&client, POST("/empty", "Content-Length: 0\r\n"));
  assert_int_equal(reply.status, 201);
  assert_int_equal(reply.body_len, 0);
  reply = client_ask(&client, POST("/empty", ""));
  assert_int_equal(reply.status, 201);
  client_close(&client);
}

static void a_body_may_wait_for_its_welcome(void **state) {
  struct client client = client_unix();
  (void)state;
  struct reply reply =
      client_ask(&client, POST("/echo", "Content-Length: 3\r\nExpect: 100-continue\r\n"));
  assert_int_equal(reply.status, 100);
  reply = client_ask(&client, "abc");
  assert_string_equal(reply.body, "abc");
  reply = client_ask(&client, POST("/echo", "Content-Length: 20001\r\nExpect: 100-continue\r\n"));
  assert_problem(&reply, 413, "too-large");
  client_close(&client);
}

/* By its length, before a byte of it was sent. */
static void a_body_that_says_it_is_too_long_is_not_read(void **state) {
  static const char *const asked[] = {
      POST("/echo", "Content-Length: 20001\r\n"),
      POST("/echo", "Content-Length: 18446744073709551615\r\n"),
      POST("/empty", "Content-Length: 1\r\n"),
      "GET /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n",
  };
  (void)state;
  for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
    struct client client = client_unix();
    struct reply reply = client_ask(&client, asked[i]);
    assert_problem(&reply, 413, "too-large");
    assert_true(client_is_ended(&client)); /* what follows would be taken for a request */
    client_close(&client);
  }
}

static void say_chunks(struct client *client, unsigned count) {
  char chunk[1024];
  memset(chunk, 'x', sizeof chunk);
  for (unsigned i = 0; i < count; i++) {
    client_say(client, "400\r\n");
    client_send(client, chunk, sizeof chunk);
    client_say(client, "\r\n");
  }
}

static void a_body_of_unsaid_length_is_counted(void **state) {
  struct client client = client_unix();
  (void)state;
  client_say(&client, POST("/echo", "Transfer-Encoding: chunked\r\n"));
  say_chunks(&client, 20);
  struct reply reply = client_ask(&client, "0\r\n\r\n");
  assert_problem(&reply, 413, "too-large");
  reply = client_ask(&client, GET("/echo")); /* it was read to its end */
  assert_int_equal(reply.status, 200);
  client_say(&client, POST("/echo", "Transfer-Encoding: chunked\r\n"));
  double before = seconds_now();
  say_chunks(&client, 2000); /* nobody reads on for ever */
  char byte;
  assert_true(client_read(&client, &byte, 1) <= 0);
  assert_true(seconds_now() - before < 1);
  client_close(&client);
}

static void targets_have_a_longest_length(void **state) {
  char asked[800] = "GET /echo?";
  struct client client = client_unix();
  (void)state;
  memset(asked + 10, 'x', HTTP_TARGET_MAX - 6);
  (void)strcpy(asked + 4 + HTTP_TARGET_MAX, " HTTP/1.1\r\nHost: h\r\n\r\n");
  struct reply reply = client_ask(&client, asked);
  assert_int_equal(reply.status, 200);
  memset(asked + 10, 'x', HTTP_TARGET_MAX - 5);
  (void)strcpy(asked + 5 + HTTP_TARGET_MAX, " HTTP/1.1\r\nHost: h\r\n\r\n");
  reply = client_ask(&client, asked);
  assert_problem(&reply, 414, "too-large");
  client_close(&client);
}

/* Each could mean one thing here and another elsewhere. */
static void ambiguous_requests_are_refused(void **state) {
#define ASKED(text)                                                                                \
  { (text), sizeof(text) - 1 }
  static const struct {
    const char *text;
    size_t len;
  } asked[] = {
      ASKED(POST("/echo", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n") "0\r\n\r\n"),
      ASKED(POST("/echo", "Content-Length: 0\r\nContent-Length: 0\r\n")),
      ASKED(POST("/echo", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")),
      ASKED(POST("/echo", "Transfer-Encoding: gzip\r\n")),
      ASKED(POST("/echo", "Transfer-Encoding: gzip, chunked\r\n")),
      ASKED(POST("/echo", "Content-Length : 3\r\n")),
      ASKED(GET("/echo?\0x")),
      ASKED(GET("/ec\0ho")),
      ASKED(GET("/echo\0")),
      ASKED(GET("/echo?q=%00x")),
      ASKED(GET("/echo?q=\xC3\xA4")),
      ASKED(GET("/echo?q=\x7F")),
      ASKED(GET("/echo?q=\t")),
      ASKED(GET("/echo?q= x")),
      ASKED(GET("/echo ")),
      ASKED("GET /echo HTTP/1.1\r\n\r\n"),
      ASKED("GET /echo HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
      ASKED("GET /echo HTTP/1.1\r\nHost: a\r\nX Test: a\r\n\r\n"),
  };
  (void)state;
  for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
    struct client client = client_unix();
    client_send(&client, asked[i].text, asked[i].len);
    struct reply reply = client_reply(&client);
    assert_problem(&reply, 400, "bad-request");
    client_close(&client);
  }
}

/* These libmicrohttpd answers itself, or cuts. */
static void what_is_no_http_is_ended(void **state) {
  static const char *const asked[] = {
      "\r\n\r\nHELO\r\n\r\n",
      "GET\r\n\r\n",
      "GET /echo\r\n\r\n",
      "GET /echo HTTP/2.0\r\n\r\n",
      "GET /echo HTTP/1.1\r\nno colon\r\n\r\n",
      POST("/echo", "Content-Length: x\r\n"),
      POST("/echo", "Content-Length: -1\r\n"),
      POST("/echo", "Content-Length: 1 1\r\n"),
      POST("/echo", "Transfer-Encoding: chunked\r\n") "xyz\r\n",
      POST("/echo", "Transfer-Encoding: chunked\r\n") "-1\r\n",
      POST("/echo", "Transfer-Encoding: chunked\r\n") "fffffffffffffffffffff\r\n",
  };
  (void)state;
  for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
    struct client client = client_unix();
    struct reply reply;
    client_say(&client, asked[i]);
    if (client_try_reply(&client, true, &reply)) {
      assert_in_range(reply.status, 400, 505);
    }
    while (!client_is_ended(&client)) {
    }
    client_close(&client);
  }
}

static void a_head_that_is_too_long_is_refused(void **state) {
  char header[12000];
  struct client client = client_unix();
  (void)state;
  memset(header, 'x', sizeof header);
  header[sizeof header - 1] = '\n';
  client_say(&client, "GET /echo HTTP/1.1\r\nHost: h\r\nX-Test: ");
  client_send(&client, header, sizeof header);
  struct reply reply = client_reply(&client);
  assert_int_equal(reply.status, 431);
  client_close(&client);
  client = client_unix();
  client_say(&client, "GET /");
  client_send(&client, header, sizeof header);
  reply = client_reply(&client);
  assert_int_equal(reply.status, 414);
  client_close(&client);
}

static void requests_may_be_sent_ahead(void **state) {
  struct client client = client_tls(http_port(*state));
  client_say(&client, GET("/echo?1") POST("/echo", "Content-Length: 3\r\n") "abc" GET("/soon")
                          GET("/nowhere") GET("/echo?2"));
  struct reply reply = client_reply(&client);
  assert_string_equal(reply.body, "GET\n/echo?1\n-\n-\n-\n");
  reply = client_reply(&client);
  assert_string_equal(reply.body, "abc");
  reply = client_reply(&client);
  assert_string_equal(reply.body, "soon");
  reply = client_reply(&client);
  assert_problem(&reply, 404, "not-found");
  reply = client_reply(&client);
  assert_string_equal(reply.body, "GET\n/echo?2\n-\n-\n-\n");
  client_close(&client);
}

static void a_connection_lives_as_it_is_asked_to(void **state) {
  struct client client = client_unix();
  (void)state;
  struct reply reply =
      client_ask(&client, "GET /echo HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  assert_int_equal(reply.status, 200);
  assert_true(client_is_ended(&client));
  client_close(&client);
  client = client_unix();
  reply = client_ask(&client, "GET /echo HTTP/1.0\r\n\r\n");
  assert_int_equal(reply.status, 200);
  assert_true(client_is_ended(&client));
  client_close(&client);
}

static void the_first_answer_counts(void **state) {
  struct client client = client_unix();
  (void)state;
  struct reply reply = client_ask(&client, GET("/twice"));
  assert_string_equal(reply.body, "first");
  client_close(&client);
}

static void a_handler_without_an_answer_is_one_that_failed(void **state) {
  struct client client = client_unix();
  (void)state;
  struct reply reply = client_ask(&client, GET("/forgotten"));
  assert_problem(&reply, 503, "unavailable");
  client_close(&client);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_serve, fixture_stop)
  const struct CMUnitTest tests[] = {
      TEST(a_handler_sees_what_was_asked),
      TEST(every_answer_has_its_headers),
      TEST(a_problem_says_code_and_detail),
      TEST(unknown_paths_and_methods_are_told_apart),
      TEST(head_answers_like_get),
      TEST(a_body_is_gathered_whole),
      TEST(a_body_may_wait_for_its_welcome),
      TEST(a_body_that_says_it_is_too_long_is_not_read),
      TEST(a_body_of_unsaid_length_is_counted),
      TEST(targets_have_a_longest_length),
      TEST(ambiguous_requests_are_refused),
      TEST(what_is_no_http_is_ended),
      TEST(a_head_that_is_too_long_is_refused),
      TEST(requests_may_be_sent_ahead),
      TEST(a_connection_lives_as_it_is_asked_to),
      TEST(the_first_answer_counts),
      TEST(a_handler_without_an_answer_is_one_that_failed),
  };
  return cmocka_run_group_tests(tests, fixture_create, fixture_remove);
}
