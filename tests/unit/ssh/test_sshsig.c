/* SPDX-License-Identifier: BSD-2-Clause */
/* Signatures of "ssh-keygen -Y sign" (data/make-sshsigs), whole and with each part changed; those
 * of hardware keys are made here, as OpenSSH PROTOCOL.u2f says. */
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "breakglass/sshsig.h"
#include "fixtures.h"

#define NAMESPACE "breakglass-test"
#define MESSAGE "a message\n"
#define SK "sk-ssh-ed25519@openssh.com"
#define TEXT(literal)                                                                              \
  { (const uint8_t *)(literal), sizeof(literal) - 1 }

/* A blob's fields, to be put together with one of them changed. */
struct parts {
  struct bg_bytes magic;
  uint32_t version;
  struct bg_bytes key, namespace, reserved, hash, type, value, rest; /* rest of the signature */
  struct bg_bytes trailer;
};

static struct bg_bytes read_blob(const char *name, uint8_t ret_blob[static BG_SSHSIG_MAX]) {
  char path[1024];
  (void)snprintf(path, sizeof path, "%s/tests/unit/ssh/data/sshsig-%s", SRCDIR, name);
  FILE *file = fopen(path, "rb");
  assert_non_null(file);
  size_t len = fread(ret_blob, 1, BG_SSHSIG_MAX, file);
  (void)fclose(file);
  assert_in_range(len, 1, BG_SSHSIG_MAX - 1);
  return bg_bytes(ret_blob, len);
}

static struct bg_bytes take(struct bg_ssh_wire *wire) {
  struct bg_bytes field = {0};
  assert_int_equal(bg_ssh_wire_string(wire, &field), BG_OK);
  return field;
}

static struct parts take_apart(struct bg_bytes blob) {
  struct bg_ssh_wire wire = bg_ssh_wire(bg_bytes(blob.data + 6, blob.len - 6));
  struct parts parts = {.magic = bg_bytes(blob.data, 6)};
  assert_int_equal(bg_ssh_wire_u32(&wire, &parts.version), BG_OK);
  parts.key = take(&wire);
  parts.namespace = take(&wire);
  parts.reserved = take(&wire);
  parts.hash = take(&wire);
  struct bg_ssh_wire signature = bg_ssh_wire(take(&wire));
  parts.type = take(&signature);
  parts.value = take(&signature);
  parts.rest = bg_bytes(signature.at, (size_t)(signature.end - signature.at));
  return parts;
}

static void put_together(const struct parts *parts, struct bg_buf *buf) {
  uint8_t bytes[512];
  struct bg_buf signature = BG_BUF(bytes);
  bg_ssh_put_string(&signature, parts->type);
  bg_ssh_put_string(&signature, parts->value);
  bg_buf_put(&signature, parts->rest.data, parts->rest.len);
  bg_buf_put(buf, parts->magic.data, parts->magic.len);
  bg_ssh_put_u32(buf, parts->version);
  bg_ssh_put_string(buf, parts->key);
  bg_ssh_put_string(buf, parts->namespace);
  bg_ssh_put_string(buf, parts->reserved);
  bg_ssh_put_string(buf, parts->hash);
  bg_ssh_put_string(buf, bg_buf_view(&signature));
  bg_buf_put(buf, parts->trailer.data, parts->trailer.len);
  assert_false(signature.failed || buf->failed);
}

/* What reading and then checking says. */
static enum bg_error judge(struct bg_bytes blob, const char *namespace, const char *message) {
  struct bg_sshsig sig;
  enum bg_error err = bg_sshsig_parse(blob, &sig);
  return err == BG_OK ? bg_sshsig_verify(&sig, namespace, bg_bytes_of(message)) : err;
}

static enum bg_error judge_parts(const struct parts *parts) {
  uint8_t bytes[4096];
  struct bg_buf buf = BG_BUF(bytes);
  put_together(parts, &buf);
  return judge(bg_buf_view(&buf), NAMESPACE, MESSAGE);
}

static void what_ssh_keygen_signs_is_accepted(void **state) {
  (void)state;
  static const char *const hashes[] = {"sha256", "sha512"};
  char line[LINE_SIZE];
  struct bg_ssh_key signer;
  read_line("sshsig-key", ".pub", line);
  assert_int_equal(bg_ssh_key_from_line(bg_bytes_of(line), &signer), BG_OK);
  for (size_t i = 0; i < sizeof hashes / sizeof hashes[0]; i++) {
    uint8_t bytes[BG_SSHSIG_MAX];
    uint8_t again_bytes[BG_SSHSIG_MAX];
    struct bg_buf again = BG_BUF(again_bytes);
    char name[32];
    struct bg_sshsig sig;
    (void)snprintf(name, sizeof name, "ed25519-%s", hashes[i]);
    const struct bg_bytes blob = read_blob(name, bytes);
    assert_int_equal(bg_sshsig_parse(blob, &sig), BG_OK);
    assert_int_equal(sig.key.type, BG_SSH_ED25519);
    assert_memory_equal(sig.key.sha256, signer.sha256, sizeof signer.sha256);
    assert_true(bg_bytes_is(sig.namespace, NAMESPACE));
    assert_true(bg_bytes_is(sig.hash_name, hashes[i]));
    assert_int_equal(bg_sshsig_verify(&sig, NAMESPACE, bg_bytes_of(MESSAGE)), BG_OK);
    bg_sshsig_put(&sig, &again);
    assert_true(bg_bytes_equal(bg_buf_view(&again), blob));
  }
}

static void another_message_or_namespace_was_not_signed(void **state) {
  (void)state;
  static const struct {
    const char *namespace, *message;
  } others[] = {
      {"", MESSAGE},
      {"breakglass-tes", MESSAGE},
      {"breakglass-test2", MESSAGE},
      {"Breakglass-test", MESSAGE},
      {"breakglass-*", MESSAGE},
      {NAMESPACE, ""},
      {NAMESPACE, "a message"},
      {NAMESPACE, "a message\n\n"},
      {NAMESPACE, "A message\n"},
  };
  uint8_t bytes[BG_SSHSIG_MAX];
  const struct bg_bytes blob = read_blob("ed25519-sha512", bytes);
  assert_int_equal(judge(blob, NAMESPACE, MESSAGE), BG_OK);
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
    assert_int_equal(judge(blob, others[i].namespace, others[i].message), BG_REFUSED_BAD_SIGNATURE);
  }
}

/* Each changes one part of a good blob: which one, to what, and what is said of it. */
static const struct change {
  const char *name;
  size_t part; /* its offset in struct parts */
  struct bg_bytes value;
  enum bg_error wanted;
} changes[] = {
    {"other magic", offsetof(struct parts, magic), TEXT("SSHSIH"), BG_ERR_SYNTAX},
    {"lower-case magic", offsetof(struct parts, magic), TEXT("sshsig"), BG_ERR_SYNTAX},
    {"no magic", offsetof(struct parts, magic), TEXT(""), BG_ERR_SYNTAX},
    {"no key", offsetof(struct parts, key), TEXT(""), BG_ERR_SYNTAX},
    {"namespace empty", offsetof(struct parts, namespace), TEXT(""), BG_REFUSED_BAD_SIGNATURE},
    {"namespace with NUL", offsetof(struct parts, namespace), TEXT(NAMESPACE "\0"),
     BG_REFUSED_BAD_SIGNATURE},
    {"namespace other", offsetof(struct parts, namespace), TEXT("breakglass-deny"),
     BG_REFUSED_BAD_SIGNATURE},
    {"reserved not empty", offsetof(struct parts, reserved), TEXT("x"), BG_ERR_SYNTAX},
    {"reserved NUL", offsetof(struct parts, reserved), TEXT("\0"), BG_ERR_SYNTAX},
    {"hash not used", offsetof(struct parts, hash), TEXT("sha256"), BG_REFUSED_BAD_SIGNATURE},
    {"hash sha384", offsetof(struct parts, hash), TEXT("sha384"), BG_ERR_UNSUPPORTED},
    {"hash sha1", offsetof(struct parts, hash), TEXT("sha1"), BG_ERR_UNSUPPORTED},
    {"hash capital", offsetof(struct parts, hash), TEXT("SHA512"), BG_ERR_UNSUPPORTED},
    {"hash longer", offsetof(struct parts, hash), TEXT("sha512 "), BG_ERR_UNSUPPORTED},
    {"hash with NUL", offsetof(struct parts, hash), TEXT("sha512\0"), BG_ERR_UNSUPPORTED},
    {"no hash", offsetof(struct parts, hash), TEXT(""), BG_ERR_UNSUPPORTED},
    {"no type", offsetof(struct parts, type), TEXT(""), BG_ERR_SYNTAX},
    {"type of hardware", offsetof(struct parts, type), TEXT(SK), BG_ERR_SYNTAX},
    {"type rsa", offsetof(struct parts, type), TEXT("rsa-sha2-512"), BG_ERR_SYNTAX},
    {"no signature", offsetof(struct parts, value), TEXT(""), BG_ERR_SYNTAX},
    {"flags of hardware", offsetof(struct parts, rest), TEXT("\1\0\0\0\1"), BG_ERR_SYNTAX},
    {"byte in the signature", offsetof(struct parts, rest), TEXT("\0"), BG_ERR_SYNTAX},
    {"trailing byte", offsetof(struct parts, trailer), TEXT("\0"), BG_ERR_SYNTAX},
    {"trailing line feed", offsetof(struct parts, trailer), TEXT("\n"), BG_ERR_SYNTAX},
};

static void each_part_counts(void **state) {
  (void)state;
  uint8_t bytes[BG_SSHSIG_MAX];
  const struct parts good = take_apart(read_blob("ed25519-sha512", bytes));
  assert_int_equal(judge_parts(&good), BG_OK);
  for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
    struct parts bad = good;
    memcpy((char *)&bad + changes[i].part, &changes[i].value, sizeof changes[i].value);
    const enum bg_error err = judge_parts(&bad);
    if (err != changes[i].wanted) {
      fail_msg("%s: %s", changes[i].name, bg_strerror(err));
    }
  }
}

static void only_version_one(void **state) {
  (void)state;
  static const uint32_t versions[] = {0, 2, 256, 0x01000000, UINT32_MAX};
  uint8_t bytes[BG_SSHSIG_MAX];
  struct parts parts = take_apart(read_blob("ed25519-sha256", bytes));
  for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
    parts.version = versions[i];
    assert_int_equal(judge_parts(&parts), BG_ERR_SYNTAX);
  }
}

static void a_signature_has_64_bytes(void **state) {
  (void)state;
  uint8_t bytes[BG_SSHSIG_MAX];
  uint8_t value[65] = {0};
  struct parts parts = take_apart(read_blob("ed25519-sha512", bytes));
  memcpy(value, parts.value.data, 64);
  parts.value = bg_bytes(value, 63);
  assert_int_equal(judge_parts(&parts), BG_ERR_SYNTAX);
  parts.value = bg_bytes(value, 65);
  assert_int_equal(judge_parts(&parts), BG_ERR_SYNTAX);
}

static void another_key_did_not_sign(void **state) {
  (void)state;
  static const struct {
    const char *name, *suffix;
    enum bg_error wanted;
  } keys[] = {
      {"ed25519", ".pub", BG_REFUSED_BAD_SIGNATURE},
      {"sk-ed25519", ".pub", BG_ERR_SYNTAX}, /* the signature is not of its type */
      {"ed25519", "-plain-cert.pub", BG_ERR_KEY},
      {"ecdsa256", ".pub", BG_ERR_KEY},
      {"sk-ecdsa", ".pub", BG_ERR_KEY},
  };
  uint8_t bytes[BG_SSHSIG_MAX];
  struct parts parts = take_apart(read_blob("ed25519-sha512", bytes));
  for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
    char line[LINE_SIZE];
    uint8_t blob[LINE_SIZE];
    read_line(keys[i].name, keys[i].suffix, line);
    parts.key = bg_bytes(blob, decode_line(line, blob));
    assert_in_range(parts.key.len, 1, BG_SSHSIG_MAX - 300);
    assert_int_equal(judge_parts(&parts), keys[i].wanted);
  }
}

static void keys_of_other_types_do_not_sign(void **state) {
  (void)state;
  static const char *const names[] = {"rsa", "ecdsa"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    uint8_t bytes[BG_SSHSIG_MAX];
    assert_int_equal(judge(read_blob(names[i], bytes), NAMESPACE, MESSAGE), BG_ERR_KEY);
  }
}

static void every_truncation_is_refused(void **state) {
  (void)state;
  uint8_t bytes[BG_SSHSIG_MAX];
  const struct bg_bytes blob = read_blob("ed25519-sha512", bytes);
  for (size_t len = 0; len < blob.len; len++) {
    struct bg_sshsig sig = {.counter = 77};
    /* A copy of the exact size, so that a sanitizer sees each byte read beyond it. */
    uint8_t *cut = malloc(len > 0 ? len : 1);
    assert_non_null(cut);
    memcpy(cut, blob.data, len);
    assert_int_equal(bg_sshsig_parse(bg_bytes(cut, len), &sig), BG_ERR_SYNTAX);
    assert_int_equal(sig.counter, 77); /* untouched */
    free(cut);
  }
}

static void every_bit_counts(void **state) {
  (void)state;
  uint8_t bytes[BG_SSHSIG_MAX];
  const struct bg_bytes blob = read_blob("ed25519-sha256", bytes);
  for (size_t bit = 0; bit < 8 * blob.len; bit++) {
    bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
    assert_int_not_equal(judge(blob, NAMESPACE, MESSAGE), BG_OK);
    bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
  }
  assert_int_equal(judge(blob, NAMESPACE, MESSAGE), BG_OK);
}

static void a_blob_has_a_greatest_size(void **state) {
  (void)state;
  static uint8_t space[BG_SSHSIG_MAX];
  uint8_t bytes[BG_SSHSIG_MAX];
  uint8_t store[2 * BG_SSHSIG_MAX];
  struct bg_sshsig sig;
  struct parts parts = take_apart(read_blob("ed25519-sha512", bytes));
  for (size_t more = 0; more < 2; more++) {
    struct bg_buf buf = BG_BUF(store);
    parts.namespace = bg_bytes(space, 0);
    put_together(&parts, &buf);
    parts.namespace = bg_bytes(space, BG_SSHSIG_MAX - buf.len + more);
    buf = BG_BUF(store);
    put_together(&parts, &buf);
    assert_int_equal(buf.len, BG_SSHSIG_MAX + more);
    assert_int_equal(bg_sshsig_parse(bg_buf_view(&buf), &sig), more > 0 ? BG_ERR_SYNTAX : BG_OK);
  }
}

/* A signature of a hardware key: what is hashed into it, and what the blob says of it. */
struct hardware {
  const char *name;
  const char *application, *signed_application;
  uint8_t flags, signed_flags;
  uint32_t counter, signed_counter;
  enum bg_error wanted;
};

static const struct hardware hardware[] = {
    {"touched", "ssh:", "ssh:", 1, 1, 7, 7, BG_OK},
    {"touched, named application", "ssh:ops", "ssh:ops", 1, 1, 7, 7, BG_OK},
    {"touched, with a PIN", "ssh:", "ssh:", 5, 5, 7, 7, BG_OK},
    {"largest counter", "ssh:", "ssh:", 1, 1, UINT32_MAX, UINT32_MAX, BG_OK},
    {"not touched", "ssh:", "ssh:", 0, 0, 7, 7, BG_REFUSED_BAD_SIGNATURE},
    {"PIN but not touched", "ssh:", "ssh:", 4, 4, 7, 7, BG_REFUSED_BAD_SIGNATURE},
    {"touch is added", "ssh:", "ssh:", 1, 0, 7, 7, BG_REFUSED_BAD_SIGNATURE},
    {"PIN is added", "ssh:", "ssh:", 5, 1, 7, 7, BG_REFUSED_BAD_SIGNATURE},
    {"a site's key", "https://example.com", "https://example.com", 1, 1, 7, 7,
     BG_REFUSED_BAD_SIGNATURE},
    {"a site's signature", "ssh:", "https://example.com", 1, 1, 7, 7, BG_REFUSED_BAD_SIGNATURE},
    {"another application", "ssh:", "ssh:ops", 1, 1, 7, 7, BG_REFUSED_BAD_SIGNATURE},
    {"capital application", "SSH:", "SSH:", 1, 1, 7, 7, BG_REFUSED_BAD_SIGNATURE},
    {"no application", "", "", 1, 1, 7, 7, BG_REFUSED_BAD_SIGNATURE},
    {"wrong counter", "ssh:", "ssh:", 1, 1, 8, 7, BG_REFUSED_BAD_SIGNATURE},
};

static struct bg_sshsig sign_by_hardware(const struct hardware *by) {
  static const uint8_t seed[crypto_sign_SEEDBYTES] = {7};
  uint8_t secret[crypto_sign_SECRETKEYBYTES];
  uint8_t store[256];
  uint8_t hash[BG_SHA256_SIZE];
  uint8_t wrapped_store[128];
  struct bg_buf inner = BG_BUF(store);
  struct bg_buf wrapped = BG_BUF(wrapped_store);
  struct bg_sshsig sig = {.key.type = BG_SSH_SK_ED25519,
                          .namespace = bg_bytes_of(NAMESPACE),
                          .hash_name = bg_bytes_of("sha512"),
                          .flags = by->flags,
                          .counter = by->counter};
  (void)crypto_sign_seed_keypair(sig.key.point, secret, seed);
  (void)snprintf(sig.key.application, sizeof sig.key.application, "%s", by->application);
  assert_int_equal(
      bg_sshsig_to_be_signed(sig.namespace, sig.hash_name, bg_bytes_of(MESSAGE), &inner), BG_OK);
  (void)crypto_hash_sha256(hash, (const uint8_t *)by->signed_application,
                           strlen(by->signed_application));
  bg_buf_put(&wrapped, hash, sizeof hash);
  bg_buf_put_byte(&wrapped, by->signed_flags);
  bg_ssh_put_u32(&wrapped, by->signed_counter);
  (void)crypto_hash_sha256(hash, inner.data, inner.len);
  bg_buf_put(&wrapped, hash, sizeof hash);
  (void)crypto_sign_detached(sig.signature, NULL, wrapped.data, wrapped.len, secret);
  return sig;
}

static void hardware_keys_say_that_somebody_was_there(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof hardware / sizeof hardware[0]; i++) {
    uint8_t bytes[BG_SSHSIG_MAX];
    struct bg_buf blob = BG_BUF(bytes);
    struct bg_sshsig sig = sign_by_hardware(&hardware[i]);
    bg_sshsig_put(&sig, &blob);
    const enum bg_error err = judge(bg_buf_view(&blob), NAMESPACE, MESSAGE);
    if (err != hardware[i].wanted) {
      fail_msg("%s: %s", hardware[i].name, bg_strerror(err));
    }
    assert_int_equal(bg_sshsig_parse(bg_buf_view(&blob), &sig), BG_OK);
    assert_int_equal(sig.flags, hardware[i].flags);
    assert_int_equal(sig.counter, hardware[i].counter);
    assert_string_equal(sig.key.application, hardware[i].application);
  }
}

static void hardware_signatures_have_flags_and_counter(void **state) {
  (void)state;
  static const struct {
    size_t part;
    struct bg_bytes value;
  } bad[] = {
      {offsetof(struct parts, rest), TEXT("")},
      {offsetof(struct parts, rest), TEXT("\1")},
      {offsetof(struct parts, rest), TEXT("\1\0\0\0")},
      {offsetof(struct parts, rest), TEXT("\1\0\0\0\7\0")},
      {offsetof(struct parts, type), TEXT("ssh-ed25519")},
      {offsetof(struct parts, type), TEXT("webauthn-sk-ssh-ed25519@openssh.com")},
  };
  uint8_t bytes[BG_SSHSIG_MAX];
  struct bg_buf blob = BG_BUF(bytes);
  const struct bg_sshsig sig = sign_by_hardware(&hardware[0]);
  bg_sshsig_put(&sig, &blob);
  const struct parts good = take_apart(bg_buf_view(&blob));
  assert_int_equal(judge_parts(&good), BG_OK);
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    struct parts parts = good;
    memcpy((char *)&parts + bad[i].part, &bad[i].value, sizeof bad[i].value);
    assert_int_equal(judge_parts(&parts), BG_ERR_SYNTAX);
  }
}

static void what_is_signed_says_what_for(void **state) {
  (void)state;
  uint8_t bytes[256];
  struct bg_buf buf = BG_BUF(bytes);
  const struct bg_bytes message = bg_bytes_of("");
  assert_int_equal(bg_sshsig_to_be_signed(bg_bytes_of("n"), bg_bytes_of("sha1"), message, &buf),
                   BG_ERR_UNSUPPORTED);
  assert_int_equal(buf.len, 0);
  assert_int_equal(bg_sshsig_to_be_signed(bg_bytes_of("n"), bg_bytes_of("sha256"), message, &buf),
                   BG_OK);
  assert_int_equal(buf.len, 6 + 5 + 4 + 10 + 4 + 32);
  assert_memory_equal(bytes, "SSHSIG\0\0\0\1n\0\0\0\0\0\0\0\6sha256\0\0\0\x20\xe3\xb0\xc4\x42", 33);
  buf.cap = buf.len; /* no room for another */
  assert_int_equal(bg_sshsig_to_be_signed(bg_bytes_of("n"), bg_bytes_of("sha256"), message, &buf),
                   BG_ERR_TOO_LARGE);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_ssh_keygen_signs_is_accepted),
      cmocka_unit_test(another_message_or_namespace_was_not_signed),
      cmocka_unit_test(each_part_counts),
      cmocka_unit_test(only_version_one),
      cmocka_unit_test(a_signature_has_64_bytes),
      cmocka_unit_test(another_key_did_not_sign),
      cmocka_unit_test(keys_of_other_types_do_not_sign),
      cmocka_unit_test(every_truncation_is_refused),
      cmocka_unit_test(every_bit_counts),
      cmocka_unit_test(a_blob_has_a_greatest_size),
      cmocka_unit_test(hardware_keys_say_that_somebody_was_there),
      cmocka_unit_test(hardware_signatures_have_flags_and_counter),
      cmocka_unit_test(what_is_signed_says_what_for),
  };
  return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
