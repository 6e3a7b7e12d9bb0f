/* SPDX-License-Identifier: BSD-2-Clause */
/* The client of ssh-agent against an agent that behaves, refuses or lies. */
#include <config.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "breakglass/mint.h"
#include "test_paths.h"
#include "test_token.h"

#define APPLICATION "ssh:test"

enum behaviour {
  BEHAVES,
  REFUSES, /* 5 instead of a signature */
  REFUSES_TO_LIST,
  SIGNS_OTHER_BYTES,
  SIGNS_AS_OTHER_TYPE,
  ANSWERS_OTHER_TYPE,
  ANSWERS_SHORT,
  ANSWERS_HUGE,
  ANSWERS_NOTHING,
  ANSWERS_NEVER,
  LISTS_TOO_MANY,
  BEHAVIOUR_COUNT,
};

static pid_t agent_pid;
static char fingerprint[2][BG_FINGERPRINT_SIZE + 6]; /* "agent:SHA256:..." of Bob, Carol (sk) */

static void sk_key(struct bg_ssh_key *ret_key, uint8_t secret[64]) {
  struct bg_ssh_key plain;
  uint8_t storage[256];
  struct bg_buf blob = BG_BUF(storage);
  test_key_of(TEST_CAROL, &plain, secret);
  bg_ssh_put_string(&blob, bg_bytes_of("sk-ssh-ed25519@openssh.com"));
  bg_ssh_put_string(&blob, bg_bytes(plain.point, sizeof plain.point));
  bg_ssh_put_string(&blob, bg_bytes_of(APPLICATION));
  assert_int_equal(bg_ssh_key_from_blob(bg_buf_view(&blob), ret_key), BG_OK);
}

static void put_blob(struct bg_buf *buf, const struct bg_ssh_key *key) {
  uint8_t storage[256];
  struct bg_buf blob = BG_BUF(storage);
  bg_ssh_key_put_blob(key, &blob);
  bg_ssh_put_string(buf, bg_buf_view(&blob));
}

/* Three keys: one of a type that cannot sign tokens, Bob's, Carol's hardware key. */
static void answer_list(enum behaviour behaviour, struct bg_buf *answer) {
  struct bg_ssh_key bob;
  struct bg_ssh_key carol;
  uint8_t secret[64];
  test_key_of(TEST_BOB, &bob, secret);
  sk_key(&carol, secret);
  bg_buf_put_byte(answer, behaviour == REFUSES_TO_LIST ? 5 : 12);
  bg_ssh_put_u32(answer, behaviour == LISTS_TOO_MANY ? UINT32_MAX : 3);
  bg_ssh_put_string(answer, bg_bytes("\0\0\0\7ssh-rsa\0\0\0\1\3", 16));
  bg_ssh_put_string(answer, bg_bytes_of("old"));
  put_blob(answer, &bob);
  bg_ssh_put_string(answer, bg_bytes_of("bob"));
  put_blob(answer, &carol);
  bg_ssh_put_string(answer, bg_bytes_of("carol"));
}

static void put_signature(struct bg_buf *buf, bool sk, struct bg_bytes message) {
  static const uint8_t suffix[] = {1, 0, 0, 0, 9}; /* present; ninth use */
  struct bg_ssh_key key;
  uint8_t secret[64];
  uint8_t wrapped[69];
  uint8_t signature[64];
  if (sk) {
    sk_key(&key, secret);
    crypto_hash_sha256(wrapped, (const uint8_t *)APPLICATION, strlen(APPLICATION));
    memcpy(wrapped + 32, suffix, sizeof suffix);
    crypto_hash_sha256(wrapped + 37, message.data, message.len);
    message = bg_bytes(wrapped, sizeof wrapped);
  } else {
    test_key_of(TEST_BOB, &key, secret);
  }
  crypto_sign_detached(signature, NULL, message.data, message.len, secret);
  bg_ssh_put_string(buf, bg_bytes_of(sk ? "sk-ssh-ed25519@openssh.com" : "ssh-ed25519"));
  bg_ssh_put_string(buf, bg_bytes(signature, sizeof signature));
  bg_buf_put(buf, suffix, sk ? sizeof suffix : 0);
}

static void answer_sign(enum behaviour behaviour, struct bg_bytes request, struct bg_buf *answer) {
  struct bg_ssh_wire wire = bg_ssh_wire(request);
  struct bg_bytes blob = {0};
  struct bg_bytes message = {0};
  struct bg_ssh_key key;
  uint8_t storage[256];
  struct bg_buf signature = BG_BUF(storage);
  if (bg_ssh_wire_string(&wire, &blob) != BG_OK || bg_ssh_wire_string(&wire, &message) != BG_OK ||
      bg_ssh_key_from_blob(blob, &key) != BG_OK) {
    _exit(1);
  }
  bool sk = (key.type == BG_SSH_SK_ED25519) != (behaviour == SIGNS_AS_OTHER_TYPE);
  put_signature(&signature, sk, behaviour == SIGNS_OTHER_BYTES ? bg_bytes_of("other") : message);
  bg_buf_put_byte(answer, behaviour == REFUSES ? 5 : behaviour == ANSWERS_OTHER_TYPE ? 6 : 14);
  bg_ssh_put_string(answer, bg_buf_view(&signature));
}

static void answer(enum behaviour behaviour, struct bg_bytes request, int connection) {
  uint8_t storage[1024];
  uint8_t framed_storage[1200];
  struct bg_buf body = BG_BUF(storage);
  struct bg_buf framed = BG_BUF(framed_storage);
  const bool list = request.data[0] == 11;
  if (list) {
    answer_list(behaviour, &body);
  } else {
    answer_sign(behaviour, bg_bytes(request.data + 1, request.len - 1), &body);
  }
  bg_ssh_put_string(&framed, bg_buf_view(&body));
  size_t len = framed.len;
  if (!list && behaviour == ANSWERS_NEVER) {
    (void)send(connection, "\0\0\1\0", 4, MSG_NOSIGNAL);
    for (;;) { /* but for a byte now and then */
      (void)send(connection, "", 1, MSG_NOSIGNAL);
      (void)usleep(100000);
    }
  }
  if (!list && behaviour == ANSWERS_SHORT) {
    len -= 1;
  } else if (!list && behaviour == ANSWERS_NOTHING) {
    len = 0;
  } else if (!list && behaviour == ANSWERS_HUGE) {
    memset(framed_storage, 0xff, 4);
  }
  if (write(connection, framed_storage, len) != (ssize_t)len) {
    _exit(1);
  }
  if (len != framed.len) {
    _exit(0); /* closes the connection in the middle */
  }
}

static void serve(enum behaviour behaviour, int listener) {
  uint8_t bytes[4096];
  for (int connection; (connection = accept(listener, NULL, NULL)) >= 0; (void)close(connection)) {
    uint32_t len = 0;
    if (read(connection, bytes, 4) != 4) {
      _exit(1);
    }
    struct bg_ssh_wire wire = bg_ssh_wire(bg_bytes(bytes, 4));
    if (bg_ssh_wire_u32(&wire, &len) != BG_OK || len > sizeof bytes ||
        recv(connection, bytes, len, MSG_WAITALL) != (ssize_t)len) {
      _exit(1);
    }
    answer(behaviour, bg_bytes(bytes, len), connection);
  }
}

static void start_agent(enum behaviour behaviour) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  (void)snprintf(address.sun_path, sizeof address.sun_path, "%.90s/run/agent",
                 getenv("BREAKGLASS_TEST_ROOT"));
  (void)unlink(address.sun_path);
  assert_int_equal(bind(listener, (const struct sockaddr *)&address, sizeof address), 0);
  assert_int_equal(listen(listener, 1), 0);
  assert_int_equal(setenv("SSH_AUTH_SOCK", address.sun_path, 1), 0);
  agent_pid = fork();
  assert_true(agent_pid >= 0);
  if (agent_pid == 0) {
    (void)alarm(20);
    serve(behaviour, listener);
    _exit(1);
  }
  (void)close(listener);
}

static void stop_agent(void) {
  if (agent_pid > 0) {
    (void)kill(agent_pid, SIGKILL);
    (void)waitpid(agent_pid, NULL, 0);
    agent_pid = 0;
  }
}

static int set_up(void **state) {
  (void)state;
  struct bg_ssh_key key;
  uint8_t secret[64];
  (void)test_root_create();
  memcpy(fingerprint[0], "agent:", 6);
  memcpy(fingerprint[1], "agent:", 6);
  test_key_of(TEST_BOB, &key, secret);
  bg_ssh_key_fingerprint(&key, fingerprint[0] + 6);
  sk_key(&key, secret);
  bg_ssh_key_fingerprint(&key, fingerprint[1] + 6);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  stop_agent();
  test_root_remove();
  return 0;
}

/* Mints with one of the agent's keys. */
static enum bg_error mint(enum behaviour behaviour, const char *spec, char *text) {
  const struct bg_claims claims = test_claims();
  struct bg_signing_key *key = NULL;
  start_agent(behaviour);
  enum bg_error err = bg_signing_key_open(spec, 0, &key);
  if (err == BG_OK) {
    err = bg_mint(key, &claims, text, NULL);
  }
  bg_signing_key_free(key);
  stop_agent();
  return err;
}

static void both_kinds_of_keys_sign(void **state) {
  (void)state;
  static const size_t lengths[] = {64, 69};
  for (size_t i = 0; i < 2; i++) {
    char text[BG_TOKEN_TEXT_MAX + 1];
    struct bg_token token;
    assert_int_equal(mint(BEHAVES, fingerprint[i], text), BG_OK);
    assert_int_equal(bg_token_decode(text, &token), BG_OK);
    assert_int_equal(token.signatures[0].value.len, lengths[i]);
  }
}

static void a_lying_agent_signs_nothing(void **state) {
  (void)state;
  static const enum bg_error wanted[BEHAVIOUR_COUNT] = {
      [REFUSES] = BG_ERR_AGENT_REFUSED,    [REFUSES_TO_LIST] = BG_ERR_AGENT_REFUSED,
      [SIGNS_OTHER_BYTES] = BG_ERR_AGENT,  [SIGNS_AS_OTHER_TYPE] = BG_ERR_AGENT,
      [ANSWERS_OTHER_TYPE] = BG_ERR_AGENT, [ANSWERS_SHORT] = BG_ERR_AGENT,
      [ANSWERS_HUGE] = BG_ERR_AGENT,       [ANSWERS_NOTHING] = BG_ERR_AGENT,
      [LISTS_TOO_MANY] = BG_ERR_AGENT,
  };
  for (enum behaviour i = REFUSES; i < BEHAVIOUR_COUNT; i++) {
    if (i == ANSWERS_NEVER) {
      continue; /* without bound, as a person may be asked: see below */
    }
    for (size_t key = 0; key < 2; key++) {
      char text[BG_TOKEN_TEXT_MAX + 1] = "untouched";
      assert_int_equal(mint(i, fingerprint[key], text), wanted[i]);
      assert_string_equal(text, "untouched");
    }
  }
}

static double seconds(void) {
  struct timespec now;
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static enum bg_error sign(struct bg_signing_key *key) {
  uint8_t signature[BG_SIGNATURE_MAX];
  size_t len = 0;
  return bg_signing_key_sign(key, bg_bytes_of("message"), signature, &len);
}

#define PATIENCE 500 /* ms */

static void patience_ends(void **state) {
  (void)state;
  struct bg_signing_key *key = NULL;
  start_agent(ANSWERS_NEVER);
  assert_int_equal(bg_signing_key_open(fingerprint[0], PATIENCE, &key), BG_OK);
  double begun = seconds();
  assert_int_equal(sign(key), BG_ERR_AGENT);
  double waited = seconds() - begun;
  assert_true(waited >= 0.49 && waited < 5);
  for (int i = 0; i < 100; i++) { /* the others do not wait each */
    assert_int_equal(sign(key), BG_ERR_AGENT);
  }
  assert_true(seconds() - begun < waited + 1);
  stop_agent();
  start_agent(BEHAVES);
  enum bg_error err = BG_ERR_AGENT;
  for (int i = 0; i < 200 && err == BG_ERR_AGENT; i++) { /* it is asked again in a while */
    (void)usleep(50000);
    err = sign(key);
  }
  assert_int_equal(err, BG_OK);
  assert_true(seconds() - begun >= 1); /* but not at once */
  bg_signing_key_free(key);
}

static atomic_uint waited_long;

static void *sign_in_vain(void *key) {
  double begun = seconds();
  assert_int_equal(sign(key), BG_ERR_AGENT);
  waited_long += seconds() - begun > 0.45;
  return NULL;
}

static void one_asks_again_for_all(void **state) {
  (void)state;
  struct bg_signing_key *key = NULL;
  pthread_t threads[8];
  start_agent(ANSWERS_NEVER);
  assert_int_equal(bg_signing_key_open(fingerprint[0], PATIENCE, &key), BG_OK);
  assert_int_equal(sign(key), BG_ERR_AGENT);
  stop_agent();
  start_agent(ANSWERS_NEVER);
  (void)usleep(5 * PATIENCE * 1000);
  for (size_t i = 0; i < 8; i++) {
    assert_int_equal(pthread_create(&threads[i], NULL, sign_in_vain, key), 0);
  }
  for (size_t i = 0; i < 8; i++) {
    assert_int_equal(pthread_join(threads[i], NULL), 0);
  }
  assert_int_equal(waited_long, 1);
  bg_signing_key_free(key);
}

static void a_quick_failure_keeps_nobody_away(void **state) {
  (void)state;
  struct bg_signing_key *key = NULL;
  start_agent(ANSWERS_NEVER);
  assert_int_equal(bg_signing_key_open(fingerprint[0], PATIENCE, &key), BG_OK);
  assert_int_equal(sign(key), BG_ERR_AGENT);
  stop_agent();
  (void)usleep(5 * PATIENCE * 1000);
  start_agent(REFUSES);
  assert_int_equal(sign(key), BG_ERR_AGENT_REFUSED);
  stop_agent();
  start_agent(BEHAVES);
  assert_int_equal(sign(key), BG_OK);
  bg_signing_key_free(key);
}

static void an_agent_that_was_started_anew_is_found(void **state) {
  (void)state;
  struct bg_signing_key *key = NULL;
  start_agent(BEHAVES);
  assert_int_equal(bg_signing_key_open(fingerprint[0], 10000, &key), BG_OK);
  assert_int_equal(sign(key), BG_OK);
  stop_agent();
  assert_int_equal(sign(key), BG_ERR_AGENT);
  start_agent(BEHAVES);
  assert_int_equal(sign(key), BG_OK);
  bg_signing_key_free(key);
}

static void an_agent_must_be_there_and_have_the_key(void **state) {
  (void)state;
  char text[BG_TOKEN_TEXT_MAX + 1];
  struct bg_signing_key *key = NULL;
  assert_int_equal(mint(BEHAVES, "agent:SHA256:unknown", text), BG_ERR_NOT_FOUND);
  assert_int_equal(bg_signing_key_open(fingerprint[0], 0, &key), BG_ERR_AGENT); /* gone */
  assert_int_equal(unsetenv("SSH_AUTH_SOCK"), 0);
  assert_int_equal(bg_signing_key_open(fingerprint[0], 0, &key), BG_ERR_AGENT);
}

static void keys_of_other_types_are_not_taken(void **state) {
  (void)state;
  char text[BG_TOKEN_TEXT_MAX + 1];
  char spec[BG_FINGERPRINT_SIZE + 6] = "agent:";
  struct bg_ssh_key rsa;
  assert_int_equal(bg_ssh_key_from_blob(bg_bytes("\0\0\0\7ssh-rsa\0\0\0\1\3", 16), &rsa), BG_OK);
  bg_ssh_key_fingerprint(&rsa, spec + 6);
  assert_int_equal(mint(BEHAVES, spec, text), BG_ERR_KEY);
}

/* sshd would want to know that somebody was there, and a service has nobody. */
static void a_hardware_key_certifies_nothing(void **state) {
  (void)state;
  static const enum bg_error wanted[] = {BG_OK, BG_ERR_KEY};
  for (size_t i = 0; i < 2; i++) {
    uint8_t secret[64];
    uint8_t storage[128];
    uint8_t line[2048];
    struct bg_buf holder = BG_BUF(storage);
    struct bg_buf buf = BG_BUF(line);
    struct bg_ssh_key alice;
    struct bg_signing_key *ca = NULL;
    test_key_of(TEST_ALICE, &alice, secret);
    bg_ssh_key_put_blob(&alice, &holder);
    const struct bg_user_certificate certificate = {.holder = bg_buf_view(&holder),
                                                    .key_id = "alice",
                                                    .login = TEST_LOGIN,
                                                    .valid_before = UINT64_MAX,
                                                    .token = "bg1_AAAA"};
    start_agent(BEHAVES);
    assert_int_equal(bg_signing_key_open(fingerprint[i], 0, &ca), BG_OK);
    assert_int_equal(bg_certify(ca, &certificate, &buf), wanted[i]);
    assert_int_equal(buf.len > 0, wanted[i] == BG_OK);
    bg_signing_key_free(ca);
    stop_agent();
  }
}

/* What a lying agent has signed is neither a signature nor a certificate. */
static void what_an_agent_signs_is_looked_at(void **state) {
  (void)state;
  for (size_t i = 0; i < 2; i++) {
    uint8_t bytes[BG_SSHSIG_MAX];
    struct bg_buf buf = BG_BUF(bytes);
    struct bg_signing_key *key = NULL;
    start_agent(SIGNS_OTHER_BYTES);
    assert_int_equal(bg_signing_key_open(fingerprint[i], 0, &key), BG_OK);
    assert_int_equal(bg_signing_key_sshsig(key, "test", bg_bytes_of("message"), &buf),
                     BG_ERR_AGENT);
    assert_int_equal(buf.len, 0);
    bg_signing_key_free(key);
    stop_agent();
  }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(both_kinds_of_keys_sign),
      TEST(a_lying_agent_signs_nothing),
      TEST(patience_ends),
      TEST(one_asks_again_for_all),
      TEST(a_quick_failure_keeps_nobody_away),
      TEST(an_agent_that_was_started_anew_is_found),
      TEST(an_agent_must_be_there_and_have_the_key),
      TEST(keys_of_other_types_are_not_taken),
      TEST(a_hardware_key_certifies_nothing),
      TEST(what_an_agent_signs_is_looked_at),
  };
  return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
