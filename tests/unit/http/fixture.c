/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ftw.h>
#include <gnutls/x509.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static char folder[512];

const char *fixture_path(const char *name) {
  static char paths[64][600];
  static unsigned next;
  char *path = paths[next++ % 64];
  (void)snprintf(path, sizeof paths[0], "%s/%s", folder, name);
  return path;
}

static void write_file(const char *name, const gnutls_datum_t *data) {
  FILE *file = fopen(fixture_path(name), "w");
  assert_non_null(file);
  assert_int_equal(fwrite(data->data, 1, data->size, file), data->size);
  assert_int_equal(fclose(file), 0);
  assert_int_equal(chmod(fixture_path(name), 0600), 0);
}

static void make_certificate(const char *name, gnutls_x509_privkey_t key) {
  char file[64];
  gnutls_datum_t pem;
  gnutls_x509_crt_t certificate;
  assert_int_equal(gnutls_x509_crt_init(&certificate), 0);
  assert_int_equal(gnutls_x509_crt_set_version(certificate, 3), 0);
  assert_int_equal(gnutls_x509_crt_set_serial(certificate, "\1", 1), 0);
  assert_int_equal(gnutls_x509_crt_set_dn_by_oid(certificate, GNUTLS_OID_X520_COMMON_NAME, 0, name,
                                                 (unsigned)strlen(name)),
                   0);
  assert_int_equal(gnutls_x509_crt_set_activation_time(certificate, time(NULL) - 3600), 0);
  assert_int_equal(gnutls_x509_crt_set_expiration_time(certificate, time(NULL) + 3600), 0);
  assert_int_equal(gnutls_x509_crt_set_key(certificate, key), 0);
  assert_int_equal(gnutls_x509_crt_sign2(certificate, certificate, key, GNUTLS_DIG_SHA256, 0), 0);
  assert_int_equal(gnutls_x509_crt_export2(certificate, GNUTLS_X509_FMT_PEM, &pem), 0);
  (void)snprintf(file, sizeof file, "%s.crt", name);
  write_file(file, &pem);
  gnutls_free(pem.data);
  gnutls_x509_crt_deinit(certificate);
}

static void make_pair(const char *name) {
  char file[64];
  gnutls_datum_t pem;
  gnutls_x509_privkey_t key;
  assert_int_equal(gnutls_x509_privkey_init(&key), 0);
  assert_int_equal(gnutls_x509_privkey_generate(
                       key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0),
                   0);
  assert_int_equal(gnutls_x509_privkey_export2(key, GNUTLS_X509_FMT_PEM, &pem), 0);
  (void)snprintf(file, sizeof file, "%s.key", name);
  write_file(file, &pem);
  gnutls_free(pem.data);
  make_certificate(name, key);
  gnutls_x509_privkey_deinit(key);
}

static void put_link(const char *name, const char *end) {
  char from[64];
  char to[64];
  (void)snprintf(from, sizeof from, "%s%s", name, end);
  (void)snprintf(to, sizeof to, "now%s", end);
  (void)unlink(fixture_path(to));
  assert_int_equal(link(fixture_path(from), fixture_path(to)), 0);
}

void fixture_use(const char *name) {
  put_link(name, ".crt");
  put_link(name, ".key");
}

int fixture_create(void **state) {
  const char *tmp = getenv("TMPDIR");
  (void)state;
  (void)snprintf(folder, sizeof folder, "%s/http-test.XXXXXX", tmp != NULL ? tmp : "/tmp");
  assert_non_null(mkdtemp(folder));
  make_pair("a");
  make_pair("b");
  fixture_use("a");
  return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw) {
  (void)st, (void)type, (void)ftw;
  return remove(path);
}

int fixture_remove(void **state) {
  (void)state;
  return nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void say(struct http_exchange *exchange, const char *text) {
  http_answer(exchange, 200, "text/plain", bg_bytes_of(text));
}

/* What the handler sees, a line each. */
static void echo(struct http_exchange *exchange, void *context) {
  char text[2048];
  const char *parameter = http_parameter(exchange);
  const char *query = http_query(exchange, "q");
  const char *header = http_header(exchange, "x-test");
  struct bg_bytes method = http_method(exchange);
  struct bg_bytes target = http_target(exchange);
  assert_string_equal(context, "context");
  (void)snprintf(text, sizeof text, "%.*s\n%.*s\n%s\n%s\n%s\n", (int)method.len,
                 (const char *)method.data, (int)target.len, (const char *)target.data,
                 parameter != NULL ? parameter : "-", query != NULL ? query : "-",
                 header != NULL ? header : "-");
  say(exchange, text);
}

static void echo_body(struct http_exchange *exchange, void *context) {
  (void)context;
  http_answer(exchange, 201, "application/octet-stream", http_body(exchange));
}

static void refuse(struct http_exchange *exchange, void *context) {
  (void)context;
  http_problem(exchange, 401, "unsigned", "sign the call");
}

/* Twice: the first one counts. */
static void answer_twice(struct http_exchange *exchange, void *context) {
  (void)context;
  say(exchange, "first");
  say(exchange, "second");
}

static void forget(struct http_exchange *exchange, void *context) {
  (void)exchange, (void)context;
}

static void send_much(struct http_exchange *exchange, void *context) {
  static uint8_t much[8 << 20];
  (void)context;
  http_answer(exchange, 200, "application/octet-stream", bg_bytes(much, sizeof much));
}

static struct {
  pthread_mutex_t lock;
  pthread_cond_t there;
  struct http_exchange *exchange;
} held = {.lock = PTHREAD_MUTEX_INITIALIZER, .there = PTHREAD_COND_INITIALIZER};

static void hold(struct http_exchange *exchange, void *context) {
  (void)context;
  http_defer(exchange);
  (void)pthread_mutex_lock(&held.lock);
  held.exchange = exchange;
  (void)pthread_cond_signal(&held.there);
  (void)pthread_mutex_unlock(&held.lock);
}

struct http_exchange *fixture_held(void) {
  (void)pthread_mutex_lock(&held.lock);
  while (held.exchange == NULL) {
    (void)pthread_cond_wait(&held.there, &held.lock);
  }
  struct http_exchange *exchange = held.exchange;
  held.exchange = NULL;
  (void)pthread_mutex_unlock(&held.lock);
  return exchange;
}

/* From another thread: before the handler has returned, or after, as it comes. */
static void *answer_soon(void *exchange) {
  say(exchange, "soon");
  return NULL;
}

static void defer(struct http_exchange *exchange, void *context) {
  pthread_t thread;
  (void)context;
  http_defer(exchange);
  if (pthread_create(&thread, NULL, answer_soon, exchange) != 0) {
    abort();
  }
  (void)pthread_detach(thread);
}

/* Surely before the handler returns. */
static void defer_and_wait(struct http_exchange *exchange, void *context) {
  pthread_t thread;
  (void)context;
  http_defer(exchange);
  if (pthread_create(&thread, NULL, answer_soon, exchange) != 0) {
    abort();
  }
  (void)pthread_join(thread, NULL);
}

static const struct http_route routes[] = {
    {"GET", "/echo", 0, echo},
    {"POST", "/echo", 20000, echo_body},
    {"GET", "/things/{id}/part", 0, echo},
    {"POST", "/empty", 0, echo_body},
    {"GET", "/refused", 0, refuse},
    {"GET", "/twice", 0, answer_twice},
    {"GET", "/forgotten", 0, forget},
    {"GET", "/much", 0, send_much},
    {"GET", "/held", 0, hold},
    {"GET", "/soon", 0, defer},
    {"GET", "/sooner", 0, defer_and_wait},
    {NULL, NULL, 0, NULL},
};

struct http_config fixture_config(void) {
  static char context[] = "context";
  return (struct http_config){.listen = "127.0.0.1:0",
                              .unix_path = fixture_path("socket"),
                              .certificate = fixture_path("now.crt"),
                              .key = fixture_path("now.key"),
                              .threads = 2,
                              .connections_max = 64,
                              .patience = PATIENCE,
                              .routes = routes,
                              .context = context};
}

struct http_server *fixture_start(const struct http_config *config) {
  struct http_server *server = NULL;
  assert_int_equal(http_start(config, &server), BG_OK);
  return server;
}

int fixture_serve(void **state) {
  struct http_config config = fixture_config();
  *state = fixture_start(&config);
  return 0;
}

int fixture_stop(void **state) {
  http_stop(*state);
  return 0;
}
