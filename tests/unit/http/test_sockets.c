/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a server listens. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"

#define GET(target) "GET " target " HTTP/1.1\r\nHost: h\r\n\r\n"
#define FIRST_PASSED 3

static void assert_serves(struct client client) {
  struct reply reply = client_ask(&client, GET("/echo"));
  assert_int_equal(reply.status, 200);
  client_close(&client);
}

static enum bg_error try_start(const struct http_config *config) {
  struct http_server *server = NULL;
  enum bg_error err = http_start(config, &server);
  if (err == BG_OK) {
    http_stop(server);
  }
  return err;
}

static void both_sockets_are_served(void **state) {
  struct http_config config = fixture_config();
  struct http_server *server = fixture_start(&config);
  (void)state;
  assert_serves(client_tls(http_port(server)));
  assert_serves(client_unix());
  http_stop(server);
  assert_int_equal(access(fixture_path("socket"), F_OK), -1);
}

static void an_address_is_numeric(void **state) {
  static const char *const wrong[] = {"",
                                      "127.0.0.1",
                                      ":0",
                                      "localhost:0",
                                      "[::1]",
                                      "::1:0",
                                      "[127.0.0.1]:0",
                                      "127.0.0.1:65536",
                                      "127.0.0.1:",
                                      "127.0.0.1:http",
                                      "[::1:0",
                                      "127.0.0.1:-1"};
  struct http_config config = fixture_config();
  (void)state;
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    config.listen = wrong[i];
    assert_int_equal(try_start(&config), BG_ERR_RANGE);
  }
  config.listen = "[::1]:0";
  assert_int_equal(try_start(&config), BG_OK);
}

static void a_server_listens_somewhere(void **state) {
  struct http_config config = fixture_config();
  (void)state;
  config.listen = NULL;
  config.unix_path = NULL;
  assert_int_equal(try_start(&config), BG_ERR_NOT_FOUND);
  config.activated = true;
  assert_int_equal(try_start(&config), BG_ERR_NOT_FOUND);
  config = fixture_config();
  config.threads = 0;
  assert_int_equal(try_start(&config), BG_ERR_RANGE);
  config.threads = 17;
  assert_int_equal(try_start(&config), BG_ERR_RANGE);
}

static void one_thread_is_enough(void **state) {
  struct http_config config = fixture_config();
  (void)state;
  config.threads = 1;
  struct http_server *server = fixture_start(&config);
  struct client client = client_tls(http_port(server));
  struct reply reply = client_ask(&client, GET("/soon"));
  assert_string_equal(reply.body, "soon");
  client_close(&client);
  http_stop(server);
}

static void a_port_that_is_taken_is_an_error(void **state) {
  char address[32];
  struct http_config config = fixture_config();
  struct http_server *server = fixture_start(&config);
  (void)state;
  (void)snprintf(address, sizeof address, "127.0.0.1:%u", http_port(server));
  config.listen = address;
  config.unix_path = NULL;
  assert_int_equal(try_start(&config), BG_ERR_IO);
  assert_int_equal(errno, EADDRINUSE);
  http_stop(server);
}

static struct http_config unix_only(void) {
  struct http_config config = fixture_config();
  config.listen = NULL;
  config.certificate = NULL;
  config.key = NULL;
  return config;
}

static void a_socket_file_needs_no_certificate(void **state) {
  struct http_config config = unix_only();
  struct http_server *server = fixture_start(&config);
  (void)state;
  assert_serves(client_unix());
  assert_int_equal(http_port(server), 0);
  assert_int_equal(http_reload(server), BG_OK);
  http_stop(server);
}

static void a_socket_file_has_the_mode_of_the_umask(void **state) {
  static const mode_t masks[][2] = {{0007, 0660}, {0077, 0600}, {0000, 0660}};
  (void)state;
  for (size_t i = 0; i < sizeof masks / sizeof masks[0]; i++) {
    struct stat st;
    struct http_config config = unix_only();
    mode_t before = umask(masks[i][0]);
    struct http_server *server = fixture_start(&config);
    (void)umask(before);
    assert_int_equal(lstat(fixture_path("socket"), &st), 0);
    assert_int_equal(st.st_mode & 07777, masks[i][1]);
    http_stop(server);
  }
}

static void a_socket_file_of_a_dead_server_is_replaced(void **state) {
  struct http_config config = unix_only();
  (void)state;
  pid_t pid = fork();
  if (pid == 0) {
    (void)fixture_start(&config);
    _exit(0); /* without removing it */
  }
  assert_int_equal(waitpid(pid, NULL, 0), pid);
  assert_int_equal(access(fixture_path("socket"), F_OK), 0);
  struct http_server *server = fixture_start(&config);
  assert_serves(client_unix());
  http_stop(server);
}

static void a_socket_file_of_a_living_server_is_left_alone(void **state) {
  struct http_config config = unix_only();
  struct http_server *server = fixture_start(&config);
  (void)state;
  assert_int_equal(try_start(&config), BG_ERR_IO);
  assert_int_equal(errno, EADDRINUSE);
  assert_serves(client_unix());
  http_stop(server);
}

static void what_is_no_socket_is_left_alone(void **state) {
  struct http_config config = unix_only();
  struct stat st;
  char longer[200];
  (void)state;
  config.unix_path = fixture_path("a.crt");
  assert_int_equal(try_start(&config), BG_ERR_IO);
  assert_int_equal(errno, EADDRINUSE);
  assert_int_equal(lstat(fixture_path("a.crt"), &st), 0);
  assert_true(S_ISREG(st.st_mode));
  config.unix_path = memset(longer, 'x', sizeof longer - 1);
  longer[sizeof longer - 1] = '\0';
  assert_int_equal(try_start(&config), BG_ERR_RANGE);
}

/* Another server's by then. */
static void only_its_own_socket_file_is_removed(void **state) {
  struct http_config config = unix_only();
  struct http_server *first = fixture_start(&config);
  (void)state;
  assert_int_equal(unlink(fixture_path("socket")), 0);
  struct http_server *second = fixture_start(&config);
  http_stop(first);
  assert_serves(client_unix());
  http_stop(second);
}

/* Listens on what was made for another, as systemd does: blocking, and under the descriptor's
 * number. */
static int listen_on(const struct sockaddr *address, socklen_t len) {
  int fd = socket(address->sa_family, SOCK_STREAM, 0);
  if (fd < 0 || bind(fd, address, len) != 0 || listen(fd, 16) != 0) {
    _exit(11);
  }
  return fd;
}

static int listen_tcp(void) {
  const struct sockaddr_in address = {.sin_family = AF_INET,
                                      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  return listen_on((const struct sockaddr *)&address, sizeof address);
}

static int listen_unix(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", fixture_path("socket"));
  return listen_on((const struct sockaddr *)&address, sizeof address);
}

/* In a child, whose descriptors from 3 on become these. */
static void pass(const int *fds, int count) {
  char text[16];
  int high[4];
  for (int i = 0; i < count; i++) {
    high[i] = fcntl(fds[i], F_DUPFD, 100);
  }
  for (int i = 0; i < count; i++) {
    if (dup2(high[i], FIRST_PASSED + i) < 0) {
      _exit(12);
    }
  }
  (void)snprintf(text, sizeof text, "%d", count);
  (void)setenv("LISTEN_FDS", text, 1);
  (void)snprintf(text, sizeof text, "%d", (int)getpid());
  (void)setenv("LISTEN_PID", text, 1);
}

static int wait_for_child(pid_t pid) {
  int status;
  assert_int_equal(waitpid(pid, &status, 0), pid);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static void passed_sockets_are_served(void **state) {
  (void)state;
  pid_t pid = fork();
  if (pid == 0) {
    struct http_config config = fixture_config();
    const int fds[] = {listen_unix(), listen_tcp()};
    config.listen = NULL;
    config.unix_path = NULL;
    config.activated = true;
    pass(fds, 2);
    struct http_server *server = fixture_start(&config);
    assert_serves(client_tls(http_port(server)));
    assert_serves(client_unix());
    http_stop(server);
    _exit(access(fixture_path("socket"), F_OK) == 0 ? 0 : 13); /* it is systemd's */
  }
  assert_int_equal(wait_for_child(pid), 0);
  assert_int_equal(unlink(fixture_path("socket")), 0);
}

static void what_is_passed_must_listen(void **state) {
  (void)state;
  pid_t pid = fork();
  if (pid == 0) {
    struct http_config config = fixture_config();
    const int fds[] = {listen_tcp(), open("/dev/null", O_RDWR)};
    config.activated = true;
    pass(fds, 2);
    _exit(try_start(&config) == BG_ERR_RANGE ? 0 : 13);
  }
  assert_int_equal(wait_for_child(pid), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(both_sockets_are_served),
      cmocka_unit_test(an_address_is_numeric),
      cmocka_unit_test(a_server_listens_somewhere),
      cmocka_unit_test(one_thread_is_enough),
      cmocka_unit_test(a_port_that_is_taken_is_an_error),
      cmocka_unit_test(a_socket_file_needs_no_certificate),
      cmocka_unit_test(a_socket_file_has_the_mode_of_the_umask),
      cmocka_unit_test(a_socket_file_of_a_dead_server_is_replaced),
      cmocka_unit_test(a_socket_file_of_a_living_server_is_left_alone),
      cmocka_unit_test(what_is_no_socket_is_left_alone),
      cmocka_unit_test(only_its_own_socket_file_is_removed),
      cmocka_unit_test(passed_sockets_are_served),
      cmocka_unit_test(what_is_passed_must_listen),
  };
  return cmocka_run_group_tests(tests, fixture_create, fixture_remove);
}
