/* SPDX-License-Identifier: BSD-2-Clause */
/* Certificates, and what a TLS port bears. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture.h"

#define GET(target) "GET " target " HTTP/1.1\r\nHost: h\r\n\r\n"
#define LOADERS 4

static int serve_a(void **state) {
  fixture_use("a");
  return fixture_serve(state);
}

static void assert_serves(struct client *client) {
  struct reply reply = client_ask(client, GET("/echo"));
  assert_int_equal(reply.status, 200);
}

static void assert_new_peer(const struct http_server *server, const char *name) {
  char peer[64];
  struct client client = client_tls(http_port(server));
  client_peer(&client, sizeof peer, peer);
  assert_string_equal(peer, name);
  assert_serves(&client);
  client_close(&client);
}

static void only_tls_1_2_and_later_is_spoken(void **state) {
  static const struct {
    const char *priorities;
    bool spoken;
  } versions[] = {
      {"NORMAL:-VERS-ALL:+VERS-TLS1.3", true},
      {"NORMAL:-VERS-ALL:+VERS-TLS1.2", true},
      {"NORMAL:-VERS-ALL:+VERS-TLS1.1:%COMPAT", false},
      {"NORMAL:-VERS-ALL:+VERS-TLS1.0:%COMPAT", false},
  };
  for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
    struct client client;
    assert_int_equal(client_try_tls(http_port(*state), versions[i].priorities, &client),
                     versions[i].spoken);
    client_close(&client);
  }
}

static void a_new_certificate_is_for_new_connections(void **state) {
  struct client old = client_tls(http_port(*state));
  assert_serves(&old);
  fixture_use("b");
  assert_new_peer(*state, "a"); /* not before it is told to */
  assert_int_equal(http_reload(*state), BG_OK);
  assert_new_peer(*state, "b");
  assert_serves(&old);
  assert_int_equal(http_reload(*state), BG_OK);
  assert_serves(&old);
  client_close(&old);
}

static void put(const char *name, const char *text) {
  (void)unlink(fixture_path(name));
  FILE *file = fopen(fixture_path(name), "w");
  assert_non_null(file);
  assert_true(fputs(text, file) >= 0);
  assert_int_equal(fclose(file), 0);
  assert_int_equal(chmod(fixture_path(name), 0600), 0);
}

static void a_broken_pair_changes_nothing(void **state) {
  fixture_use("b");
  (void)unlink(fixture_path("now.key"));
  assert_int_equal(http_reload(*state), BG_ERR_NOT_FOUND);
  assert_int_equal(link(fixture_path("a.key"), fixture_path("now.key")), 0);
  assert_int_equal(http_reload(*state), BG_ERR_KEY);
  put("now.key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
  assert_int_equal(http_reload(*state), BG_ERR_SYNTAX);
  put("now.crt", "nothing");
  assert_int_equal(http_reload(*state), BG_ERR_SYNTAX);
  put("now.crt", "");
  assert_int_equal(http_reload(*state), BG_ERR_SYNTAX);
  assert_new_peer(*state, "a");
}

static void a_key_that_others_can_read_is_refused(void **state) {
  struct http_config config = fixture_config();
  struct http_server *server = NULL;
  (void)state;
  fixture_use("a");
  assert_int_equal(chmod(fixture_path("a.key"), 0644), 0);
  assert_int_equal(http_start(&config, &server), BG_ERR_UNSAFE);
  assert_int_equal(chmod(fixture_path("a.key"), 0640), 0);
  assert_int_equal(http_start(&config, &server), BG_OK);
  http_stop(server);
  assert_int_equal(chmod(fixture_path("a.key"), 0600), 0);
}

static void a_server_starts_with_a_good_pair_only(void **state) {
  struct http_config config = fixture_config();
  struct http_server *server = NULL;
  (void)state;
  config.key = fixture_path("b.key");
  assert_int_equal(http_start(&config, &server), BG_ERR_KEY);
  config.key = NULL;
  assert_int_equal(http_start(&config, &server), BG_ERR_NOT_FOUND);
  config.key = fixture_path("a.crt");
  assert_int_equal(http_start(&config, &server), BG_ERR_SYNTAX);
}

struct load {
  const struct http_server *server;
  _Atomic bool enough;
  _Atomic unsigned answered;
};

/* New connections without end, and an old one that lives through it all. */
static void *ask_on(void *context) {
  struct load *load = context;
  struct client old = client_tls(http_port(load->server));
  while (!load->enough) {
    char peer[64];
    struct client client = client_tls(http_port(load->server));
    client_peer(&client, sizeof peer, peer);
    assert_true(strcmp(peer, "a") == 0 || strcmp(peer, "b") == 0);
    assert_serves(&client);
    assert_serves(&old);
    client_close(&client);
    load->answered++;
  }
  client_close(&old);
  return NULL;
}

static void certificates_change_under_load(void **state) {
  pthread_t threads[LOADERS];
  struct load load = {.server = *state};
  for (int i = 0; i < LOADERS; i++) {
    assert_int_equal(pthread_create(&threads[i], NULL, ask_on, &load), 0);
  }
  for (int i = 1; i <= 100; i++) {
    fixture_use(i % 2 == 0 ? "a" : "b");
    assert_int_equal(http_reload(*state), BG_OK);
    (void)usleep(10000);
  }
  load.enough = true;
  for (int i = 0; i < LOADERS; i++) {
    assert_int_equal(pthread_join(threads[i], NULL), 0);
  }
  assert_true(load.answered > LOADERS);
  assert_new_peer(*state, "a");
}

static void what_is_no_tls_is_ended(void **state) {
  static const char *const said[] = {GET("/echo"), "\x16\x03\x01\xff\xff garbage", "\x80\x01\x01",
                                     "\x15\x03\x03"};
  for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
    struct client client = client_tcp(http_port(*state));
    client_say(&client, said[i]);
    (void)shutdown(client.fd, 1);
    char answer[256];
    while (client_read(&client, answer, sizeof answer) > 0) {
      assert_null(strstr(answer, "HTTP")); /* an alert at most */
    }
    client_close(&client);
  }
  assert_new_peer(*state, "a");
}

/* Records that nobody encrypted, in a session that has begun. */
static void garbage_inside_of_a_session_ends_it(void **state) {
  struct client client = client_tls(http_port(*state));
  assert_serves(&client);
  assert_int_equal(send(client.fd, "\x17\x03\x03\x00\x20 0123456789012345678901234567890", 37, 0),
                   37);
  char byte;
  assert_true(client_read(&client, &byte, 1) <= 0);
  client_close(&client);
  assert_new_peer(*state, "a");
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, serve_a, fixture_stop)
  const struct CMUnitTest tests[] = {
      TEST(only_tls_1_2_and_later_is_spoken),
      TEST(a_new_certificate_is_for_new_connections),
      TEST(a_broken_pair_changes_nothing),
      TEST(certificates_change_under_load),
      TEST(what_is_no_tls_is_ended),
      TEST(garbage_inside_of_a_session_ends_it),
      cmocka_unit_test(a_key_that_others_can_read_is_refused),
      cmocka_unit_test(a_server_starts_with_a_good_pair_only),
  };
  return cmocka_run_group_tests(tests, fixture_create, fixture_remove);
}
