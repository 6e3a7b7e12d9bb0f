/* SPDX-License-Identifier: BSD-2-Clause */
/* Signatures and certificates that OpenSSH's own programs read. */
#include <config.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "breakglass/mint.h"
#include "private_key.h"
#include "test_paths.h"

#define NAMESPACE "breakglass-request"
#define KEY_NAME "/etc/breakglass/key"
#define DATA SRCDIR "/tests/unit/ssh/data"
#define LINE_SIZE 24576

static const char *root;
static char spec[1200];
static char output[8192];
static pid_t agent;

/* What a shell command, run in the root, prints; its status. */
static int run(const char *command) {
  char line[2048];
  (void)snprintf(line, sizeof line, "cd '%s' && { %s; } 2>&1", root, command);
  FILE *pipe = popen(line, "r"); /* NOLINT(cert-env33-c): a test's own commands */
  assert_non_null(pipe);
  const size_t len = fread(output, 1, sizeof output - 1, pipe);
  output[len] = '\0';
  return pclose(pipe);
}

static int set_up(void **state) {
  (void)state;
  const struct private_key file = private_key_of(TEST_BOB);
  root = test_root_create();
  test_root_write(KEY_NAME, private_key_text(&file));
  (void)snprintf(spec, sizeof spec, "file:%s" KEY_NAME, root);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  if (agent > 1) {
    (void)kill(agent, SIGTERM);
    agent = 0;
  }
  (void)unsetenv("SSH_AUTH_SOCK");
  test_root_remove();
  return 0;
}

static struct bg_signing_key *open_key(const char *of) {
  struct bg_signing_key *key = NULL;
  assert_int_equal(bg_signing_key_open(of, 0, &key), BG_OK);
  return key;
}

static void write_file(const char *name, const void *data, size_t len) {
  char path[1200];
  (void)snprintf(path, sizeof path, "%s/%s", root, name);
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(data, 1, len, file), len);
  assert_int_equal(fclose(file), 0);
}

/* "ssh-keygen -Y verify" of Bob's signature over "a message", with or without a change to it. */
static int keygen_verifies(struct bg_bytes blob, const char *namespace, const char *message) {
  static const char begin[] = "-----BEGIN SSH SIGNATURE-----\n";
  static const char end[] = "\n-----END SSH SIGNATURE-----\n";
  char text[2048];
  char command[512];
  const size_t start = sizeof begin - 1;
  memcpy(text, begin, sizeof begin);
  assert_non_null(sodium_bin2base64(text + start, sizeof text - start - sizeof end, blob.data,
                                    blob.len, sodium_base64_VARIANT_ORIGINAL));
  memcpy(text + strlen(text), end, sizeof end);
  write_file("signature", text, strlen(text));
  write_file("message", message, strlen(message));
  const int len = snprintf(text, sizeof text, "bob@example.com %s\n", test_key_line(TEST_BOB));
  write_file("allowed", text, (size_t)len);
  (void)snprintf(command, sizeof command,
                 "ssh-keygen -Y verify -f allowed -I bob@example.com -n %s -s signature <message",
                 namespace);
  return run(command);
}

static void check_sshsig(const char *of) {
  uint8_t bytes[BG_SSHSIG_MAX];
  struct bg_buf buf = BG_BUF(bytes);
  struct bg_sshsig sig;
  struct bg_signing_key *key = open_key(of);
  assert_int_equal(bg_signing_key_sshsig(key, NAMESPACE, bg_bytes_of("a message"), &buf), BG_OK);
  const struct bg_bytes blob = bg_buf_view(&buf);
  assert_int_equal(bg_sshsig_parse(blob, &sig), BG_OK);
  assert_int_equal(bg_sshsig_verify(&sig, NAMESPACE, bg_bytes_of("a message")), BG_OK);
  if (keygen_verifies(blob, NAMESPACE, "a message") != 0) {
    fail_msg("%s", output);
  }
  assert_int_not_equal(keygen_verifies(blob, "breakglass-deny", "a message"), 0);
  assert_int_not_equal(keygen_verifies(blob, NAMESPACE, "another message"), 0);
  struct bg_buf small = {.data = bytes, .cap = blob.len - 1};
  assert_int_equal(bg_signing_key_sshsig(key, NAMESPACE, bg_bytes_of("a message"), &small),
                   BG_ERR_TOO_LARGE);
  bg_signing_key_free(key);
}

static void ssh_keygen_verifies_what_a_file_signs(void **state) {
  (void)state;
  check_sshsig(spec);
}

static void ssh_keygen_verifies_what_an_agent_signs(void **state) {
  (void)state;
  char agent_spec[BG_FINGERPRINT_SIZE + 6] = "agent:";
  char socket[1200];
  struct bg_ssh_key bob;
  uint8_t secret[64];
  test_key_of(TEST_BOB, &bob, secret);
  bg_ssh_key_fingerprint(&bob, agent_spec + 6);
  const int status = run("ssh-agent -a ./agent -s >agent.env && . ./agent.env >/dev/null && "
                         "printf %s \"$SSH_AGENT_PID\" && ssh-add -q etc/breakglass/key");
  agent = (pid_t)strtol(output, NULL, 10);
  if (status != 0) {
    fail_msg("%s", output);
  }
  assert_true(agent > 1);
  (void)snprintf(socket, sizeof socket, "%s/agent", root);
  assert_int_equal(setenv("SSH_AUTH_SOCK", socket, 1), 0);
  check_sshsig(agent_spec);
}

/* A holder's blob, from data/NAME. */
static struct bg_bytes read_holder(const char *name, uint8_t ret_blob[static BG_SSH_KEY_MAX]) {
  char path[1024];
  char line[LINE_SIZE];
  size_t len = 0;
  (void)snprintf(path, sizeof path, DATA "/%s.pub", name);
  FILE *file = fopen(path, "r");
  assert_non_null(file);
  assert_non_null(fgets(line, sizeof line, file));
  (void)fclose(file);
  const char *base64 = strchr(line, ' ') + 1;
  assert_int_equal(sodium_base642bin(ret_blob, BG_SSH_KEY_MAX, base64, strcspn(base64, " \n"), NULL,
                                     &len, NULL, sodium_base64_VARIANT_ORIGINAL),
                   0);
  return bg_bytes(ret_blob, len);
}

static struct bg_user_certificate certificate_of(struct bg_bytes holder) {
  return (struct bg_user_certificate){
      .holder = holder,
      .serial = UINT64_MAX,
      .key_id = "breakglass alice@example.com",
      .login = "ops",
      .valid_after = 1767225600,  /* 2026-01-01T00:00:00Z */
      .valid_before = 1767229200, /* an hour later */
      .token = "bg1_AAAA",
  };
}

static enum bg_error certify(const char *of, const struct bg_user_certificate *certificate,
                             char ret_line[static LINE_SIZE]) {
  struct bg_buf buf = {.data = (uint8_t *)ret_line, .cap = LINE_SIZE - 1};
  struct bg_signing_key *ca = open_key(of);
  enum bg_error err = bg_certify(ca, certificate, &buf);
  ret_line[buf.len] = '\0';
  bg_signing_key_free(ca);
  return err;
}

static void assert_says(const char *text) {
  if (strstr(output, text) == NULL) {
    fail_msg("no \"%s\" in %s", text, output);
  }
}

/* What sshd would hand on of this certificate. */
static void check_host_reads(const char *line, struct bg_bytes holder, const char *token) {
  char text[LINE_SIZE + 32];
  struct bg_auth_info info;
  struct bg_ssh_key key;
  (void)snprintf(text, sizeof text, "publickey %s\n", line);
  assert_int_equal(bg_auth_info_parse(text, &info), BG_OK);
  assert_int_equal(bg_ssh_key_from_blob(holder, &key), BG_OK);
  assert_true(info.has_certificate && info.has_token);
  assert_string_equal(info.token, token);
  assert_memory_equal(info.holder.sha256, key.sha256, sizeof key.sha256);
}

static void check_keygen_reads(const char *line, bool forever) {
  char ca[128];
  char fingerprint[BG_FINGERPRINT_SIZE];
  struct bg_ssh_key bob;
  uint8_t secret[64];
  write_file("certificate", line, strlen(line));
  assert_int_equal(run("TZ=UTC ssh-keygen -L -f certificate"), 0);
  test_key_of(TEST_BOB, &bob, secret);
  bg_ssh_key_fingerprint(&bob, fingerprint);
  (void)snprintf(ca, sizeof ca, "Signing CA: ED25519 %s", fingerprint);
  assert_says(ca);
  assert_says("user certificate");
  assert_says("Key ID: \"breakglass alice@example.com\"");
  assert_says("Serial: 18446744073709551615");
  assert_says("Principals: \n                ops\n        Critical Options: (none)\n");
  assert_says(forever ? "Valid: after 2026-01-01T00:00:00\n"
                      : "Valid: from 2026-01-01T00:00:00 to 2026-01-01T01:00:00\n");
  assert_says("token@breakglass");
  assert_says("permit-pty\n");
  assert_says("permit-port-forwarding\n");
  assert_null(strstr(output, "permit-agent-forwarding"));
}

static void every_type_of_holder_gets_a_certificate(void **state) {
  (void)state;
  static const char *const names[] = {"ed25519",  "rsa",        "ecdsa256", "ecdsa384",
                                      "ecdsa521", "sk-ed25519", "sk-ecdsa"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    uint8_t blob[BG_SSH_KEY_MAX];
    char line[LINE_SIZE];
    struct bg_user_certificate certificate = certificate_of(read_holder(names[i], blob));
    assert_int_equal(certify(spec, &certificate, line), BG_OK);
    check_keygen_reads(line, false);
    check_host_reads(line, certificate.holder, "bg1_AAAA");
    certificate.valid_before = UINT64_MAX;
    assert_int_equal(certify(spec, &certificate, line), BG_OK);
    check_keygen_reads(line, true);
    certificate.valid_after = 0;
    assert_int_equal(certify(spec, &certificate, line), BG_OK);
    write_file("certificate", line, strlen(line));
    assert_int_equal(run("ssh-keygen -L -f certificate"), 0);
    assert_says("Valid: forever\n");
  }
}

static void a_token_has_a_greatest_length(void **state) {
  (void)state;
  uint8_t blob[BG_SSH_KEY_MAX];
  char line[LINE_SIZE];
  char token[BG_TOKEN_TEXT_MAX + 2];
  struct bg_user_certificate certificate = certificate_of(read_holder("rsa", blob));
  memset(token, 'x', sizeof token);
  token[BG_TOKEN_TEXT_MAX] = '\0';
  certificate.token = token;
  assert_int_equal(certify(spec, &certificate, line), BG_OK);
  check_host_reads(line, certificate.holder, token);
  token[BG_TOKEN_TEXT_MAX] = 'x';
  token[BG_TOKEN_TEXT_MAX + 1] = '\0';
  assert_int_equal(certify(spec, &certificate, line), BG_ERR_TOO_LARGE);
}

/* An RSA key of this many bytes, which may be none that works. */
static struct bg_bytes rsa_of(size_t size, struct bg_buf *buf) {
  static uint8_t modulus[32768];
  memset(modulus, 0x55, sizeof modulus);
  bg_ssh_put_string(buf, bg_bytes_of("ssh-rsa"));
  bg_ssh_put_string(buf, bg_bytes("\1\0\1", 3));
  bg_ssh_put_string(buf, bg_bytes(modulus, size - buf->len - 4));
  assert_int_equal(buf->len, size);
  return bg_buf_view(buf);
}

static void a_holder_has_a_greatest_size(void **state) {
  (void)state;
  static const struct {
    size_t size;
    enum bg_error wanted;
  } sizes[] = {
      {2100, BG_OK}, /* 16,384 bits */
      {BG_SSH_KEY_MAX, BG_OK},
      {BG_SSH_KEY_MAX + 1, BG_ERR_TOO_LARGE},
      {16384, BG_ERR_TOO_LARGE},
      {32768, BG_ERR_TOO_LARGE},
  };
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    static uint8_t blob[32768];
    char line[LINE_SIZE];
    struct bg_buf buf = BG_BUF(blob);
    const struct bg_user_certificate certificate = certificate_of(rsa_of(sizes[i].size, &buf));
    assert_int_equal(certify(spec, &certificate, line), sizes[i].wanted);
    if (sizes[i].wanted == BG_OK) {
      check_host_reads(line, certificate.holder, "bg1_AAAA");
    }
  }
}

static void a_line_needs_its_room(void **state) {
  (void)state;
  uint8_t blob[BG_SSH_KEY_MAX];
  char line[LINE_SIZE];
  const struct bg_user_certificate certificate = certificate_of(read_holder("ed25519", blob));
  struct bg_signing_key *ca = open_key(spec);
  assert_int_equal(certify(spec, &certificate, line), BG_OK);
  struct bg_buf small = {.data = (uint8_t *)line, .cap = strlen(line) - 1};
  assert_int_equal(bg_certify(ca, &certificate, &small), BG_ERR_TOO_LARGE);
  bg_signing_key_free(ca);
}

/* Whatever stands behind a key's own fields would be read as the certificate's: its principal. */
static void a_holder_is_one_whole_key(void **state) {
  (void)state;
  static const char *const names[] = {"ed25519",  "rsa",        "ecdsa256", "ecdsa384",
                                      "ecdsa521", "sk-ed25519", "sk-ecdsa"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    uint8_t blob[BG_SSH_KEY_MAX];
    char line[LINE_SIZE];
    struct bg_user_certificate certificate = certificate_of(read_holder(names[i], blob));
    const struct bg_bytes good = certificate.holder;
    static const uint8_t behind[9] = {0, 0, 0, 1, 'x'};
    memcpy(blob + good.len, behind, sizeof behind);
    for (size_t more = 1; more <= 9; more++) {
      certificate.holder = bg_bytes(blob, good.len + more);
      assert_int_equal(certify(spec, &certificate, line), BG_ERR_SYNTAX);
      assert_string_equal(line, "");
    }
    for (size_t len = 0; len < good.len; len++) {
      certificate.holder = bg_bytes(blob, len);
      assert_int_equal(certify(spec, &certificate, line), BG_ERR_SYNTAX);
    }
  }
}

static void other_keys_hold_nothing(void **state) {
  (void)state;
  static const struct {
    const char *name;
    enum bg_error wanted;
  } holders[] = {
      {"ed25519-plain-cert", BG_ERR_KEY},
      {"rsa-token-cert", BG_ERR_KEY},
      {"sk-ed25519-plain-cert", BG_ERR_KEY},
      {"ecdsa256-plain-cert", BG_ERR_KEY},
      {"host-cert", BG_ERR_KEY},
  };
  static const uint8_t dss[] = "\0\0\0\7ssh-dss\0\0\0\1\3";
  char line[LINE_SIZE];
  struct bg_user_certificate certificate = certificate_of(bg_bytes(dss, sizeof dss - 1));
  assert_int_equal(certify(spec, &certificate, line), BG_ERR_KEY);
  certificate.holder = bg_bytes_of("no key");
  assert_int_equal(certify(spec, &certificate, line), BG_ERR_SYNTAX);
  for (size_t i = 0; i < sizeof holders / sizeof holders[0]; i++) {
    uint8_t blob[BG_SSH_KEY_MAX];
    certificate.holder = read_holder(holders[i].name, blob);
    assert_int_equal(certify(spec, &certificate, line), holders[i].wanted);
    assert_string_equal(line, "");
  }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(ssh_keygen_verifies_what_a_file_signs),
      TEST(ssh_keygen_verifies_what_an_agent_signs),
      TEST(every_type_of_holder_gets_a_certificate),
      TEST(a_token_has_a_greatest_length),
      TEST(a_holder_has_a_greatest_size),
      TEST(a_line_needs_its_room),
      TEST(a_holder_is_one_whole_key),
      TEST(other_keys_hold_nothing),
  };
  return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
