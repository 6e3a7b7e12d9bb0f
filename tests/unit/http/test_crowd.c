/* SPDX-License-Identifier: BSD-2-Clause */
/* Many clients, slow ones among them, and the others who are served nevertheless. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "breakglass/file.h"
#include "fixture.h"

#define GET(target) "GET " target " HTTP/1.1\r\nHost: h\r\n\r\n"
#define IDLE 1000
#define SLOW 40
#define FILES (IDLE + 200)
#define RESIDENT_MAX 32768 /* KiB */

/* Sanitizers need memory of their own. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED true
#elif defined(__has_feature)
#define SANITIZED (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#else
#define SANITIZED false
#endif

static void assert_served(unsigned port, double within) {
  double before = seconds_now();
  struct client client = client_tls(port);
  struct reply reply = client_ask(&client, GET("/echo"));
  assert_int_equal(reply.status, 200);
  assert_true(seconds_now() - before < within);
  client_close(&client);
}

/* A server in a process of its own, whose memory is nobody else's. */
static pid_t start_process(const struct http_config *config, unsigned *ret_port) {
  int ends[2];
  assert_int_equal(pipe(ends), 0);
  pid_t pid = fork();
  if (pid == 0) {
    struct http_server *server = NULL;
    unsigned port = 0;
    if (http_start(config, &server) == BG_OK) {
      port = http_port(server);
    }
    (void)!write(ends[1], &port, sizeof port);
    (void)pause();
    _exit(0);
  }
  assert_true(pid > 0);
  assert_int_equal(read(ends[0], ret_port, sizeof *ret_port), sizeof *ret_port);
  (void)close(ends[0]);
  (void)close(ends[1]);
  return pid;
}

static long resident(pid_t pid) {
  char path[64];
  char text[4096];
  (void)snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
  assert_int_equal(bg_proc_read(path, sizeof text, text), BG_OK);
  const char *line = strstr(text, "VmRSS:");
  assert_non_null(line);
  return strtol(line + 6, NULL, 10);
}

static void a_thousand_idle_connections_cost_little(void **state) {
  static struct client clients[IDLE];
  struct rlimit limit;
  struct http_config config = fixture_config();
  unsigned port;
  (void)state;
  assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
  limit.rlim_cur = FILES; /* of the server's process, too */
  assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
  config.unix_path = NULL;
  config.connections_max = IDLE + 100;
  config.patience = 60;
  pid_t pid = start_process(&config, &port);
  for (int i = 0; i < IDLE; i++) {
    clients[i] = client_tls(port);
    if (i % 2 == 0) {
      struct reply reply = client_ask(&clients[i], GET("/echo"));
      assert_int_equal(reply.status, 200);
    }
  }
  assert_served(port, 1);
  long memory = resident(pid);
  print_message("%ld KiB with %d idle connections\n", memory, IDLE);
  assert_true(SANITIZED || memory < RESIDENT_MAX);
  for (int i = 0; i < IDLE; i++) {
    client_close(&clients[i]);
  }
  assert_served(port, 1);
  assert_int_equal(kill(pid, SIGTERM), 0);
  assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static double processor_seconds(void) {
  struct timespec used;
  assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used), 0);
  return (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}

/* In the midst of a handshake, of a head, of a body; before anything. */
static void waiting_for_clients_costs_nothing(void **state) {
  unsigned port = http_port(*state);
  struct client clients[] = {client_tcp(port), client_tcp(port), client_tls(port),
                             client_tls(port)};
  client_say(&clients[1], "\x16");
  client_say(&clients[2], "GET /ec");
  client_say(&clients[3], "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nx");
  double before = processor_seconds();
  (void)sleep(1);
  assert_true(processor_seconds() - before < 0.2);
  for (size_t i = 0; i < sizeof clients / sizeof clients[0]; i++) {
    client_close(&clients[i]);
  }
}

/* One byte at a time: each would last for ever if bytes were all that counts. One takes no answer.
 */
static void slow_clients_are_ended_and_others_served(void **state) {
  struct client clients[SLOW];
  static const char head[] = "GET /echo HTTP/1.1\r\nHost: h\r\nX-Slow: ";
  static const char body[] = "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n";
  unsigned port = http_port(*state);
  for (int i = 0; i < SLOW; i++) {
    clients[i] = i % 4 < 2 ? client_tls(port) : i % 4 == 2 ? client_tcp(port) : client_unix();
    client_say(&clients[i], i % 4 == 2 ? "\x16" : i % 4 == 0 ? head : body);
  }
  struct client deaf = client_unix();
  client_say(&deaf, GET("/much"));
  double before = seconds_now();
  while (seconds_now() - before < 2 * PATIENCE + 1) {
    for (int i = 0; i < SLOW; i++) {
      client_say(&clients[i], "x");
    }
    assert_served(port, 1);
    (void)usleep(200000);
  }
  for (int i = 0; i < SLOW; i++) {
    char byte;
    assert_true(recv(clients[i].fd, &byte, 1, MSG_DONTWAIT) != -1 || errno != EAGAIN);
    client_close(&clients[i]);
  }
  struct reply reply;
  assert_false(client_try_reply(&deaf, true, &reply)); /* the beginning was on its way */
  client_close(&deaf);
}

static void an_idle_connection_is_ended_in_time(void **state) {
  struct client client = client_tls(http_port(*state));
  struct reply reply = client_ask(&client, GET("/echo"));
  double before = seconds_now();
  assert_int_equal(reply.status, 200);
  assert_true(client_is_ended(&client));
  assert_in_range((uintmax_t)(seconds_now() - before), PATIENCE - 1, PATIENCE + 2);
  client_close(&client);
}

/* All places are taken by clients that ask for nothing: they make room long before their time. */
static void a_full_server_makes_room(void **state) {
  enum { PLACES = 16 };
  struct client clients[2 * PLACES];
  struct http_config config = fixture_config();
  (void)state;
  config.unix_path = NULL;
  config.connections_max = PLACES;
  config.patience = 12;
  struct http_server *server = fixture_start(&config);
  for (int i = 0; i < 2 * PLACES; i++) {
    clients[i] = client_tcp(http_port(server)); /* half of them wait to be accepted */
  }
  assert_served(http_port(server), 10);
  for (int i = 0; i < 2 * PLACES; i++) {
    client_close(&clients[i]);
  }
  assert_served(http_port(server), 1);
  http_stop(server);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_serve, fixture_stop)
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_thousand_idle_connections_cost_little),
      TEST(waiting_for_clients_costs_nothing),
      TEST(slow_clients_are_ended_and_others_served),
      TEST(an_idle_connection_is_ended_in_time),
      cmocka_unit_test(a_full_server_makes_room),
  };
  return cmocka_run_group_tests(tests, fixture_create, fixture_remove);
}
