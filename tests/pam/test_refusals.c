/* SPDX-License-Identifier: BSD-2-Clause */
/* Each refusal code through the real module: denied, recorded with its code, told
 * in one line, and no grant, event or spent token left behind. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "breakglass/file.h"
#include "breakglass/host_clock.h"
#include "breakglass/paths.h"
#include "breakglass/run_state.h"
#include "driver.h"
#include "test_paths.h"
#include "test_revocations.h"

#define FROM "192.0.2.7 50000 192.0.2.1 22"

struct attempt {
  struct bg_claims claims;
  enum test_person signers[BG_SIGNATURES_MAX];
  size_t signer_count;
  enum test_person key;
  char token[4096];
  bool console;
  bool keeps_token; /* the token is written already */
};

static void too_long(struct attempt *attempt) {
  memset(attempt->token, 'A', 2000);
  memcpy(attempt->token, "bg1_", 4);
  attempt->keeps_token = true;
}

static void malformed(struct attempt *attempt) {
  (void)strcpy(attempt->token, "bg1_AAAA");
  attempt->keeps_token = true;
}

static void no_token(struct attempt *attempt) {
  attempt->keeps_token = true;
}

static void untrusted_key(struct attempt *attempt) {
  attempt->signers[1] = TEST_MALLORY;
}

static void bad_signature(struct attempt *attempt) {
  attempt->claims.expires++;
  test_mint(&attempt->claims, attempt->token);
  size_t last = strlen(attempt->token) - 3;
  attempt->token[last] = attempt->token[last] == 'A' ? 'B' : 'A';
  attempt->keeps_token = true;
}

static void signatures_missing(struct attempt *attempt) {
  attempt->signer_count = 1;
}

static void wrong_issuer(struct attempt *attempt) {
  (void)strcpy(attempt->claims.issuer, "other.example");
}

static void self_approved(struct attempt *attempt) {
  attempt->signers[1] = TEST_ALICE;
}

static void wrong_host(struct attempt *attempt) {
  (void)strcpy(attempt->claims.audiences[0], "host:web-2");
}

static void wrong_login(struct attempt *attempt) {
  (void)strcpy(attempt->claims.login, "root");
}

static void window_too_long(struct attempt *attempt) {
  attempt->claims.expires = attempt->claims.not_before + 86400;
}

static void not_yet_valid(struct attempt *attempt) {
  attempt->claims.not_before += 300;
}

static void expired(struct attempt *attempt) {
  attempt->claims.issued_at -= 1000;
  attempt->claims.not_before -= 1000;
  attempt->claims.expires -= 1000;
}

static void clock_untrusted(struct attempt *attempt) {
  (void)attempt;
  assert_int_equal(bg_mark_raise(bg_clock_now() + 3600), BG_OK);
}

static void wrong_challenge(struct attempt *attempt) {
  attempt->claims.has_nonce = true;
  memset(attempt->claims.nonce, 7, sizeof attempt->claims.nonce);
}

static void issued_before_boot(struct attempt *attempt) {
  attempt->claims.issued_at -= 7000;
  attempt->claims.not_before -= 6000;
}

static void wrong_source(struct attempt *attempt) {
  (void)strcpy(attempt->claims.sources[0], "198.51.100.0/24");
  attempt->claims.source_count = 1;
}

static void revoked_token(struct attempt *attempt) {
  struct bg_revocations_content content = test_revocations();
  content.tokens = (const uint8_t(*)[BG_TOKEN_ID_SIZE])attempt->claims.id;
  content.token_count = 1;
  test_write_revoked(test_revocation_list(&content));
}

static void revoked_holder(struct attempt *attempt) {
  struct bg_revocations_content content = test_revocations();
  content.holders = (const uint8_t(*)[BG_SHA256_SIZE])attempt->claims.holder;
  content.holder_count = 1;
  test_write_revoked(test_revocation_list(&content));
}

static void revoked_approver(struct attempt *attempt) {
  (void)attempt;
  const struct bg_revoked_key key = test_revoked_key(TEST_BOB, TEST_CAROL, TEST_DAVE);
  struct bg_revocations_content content = test_revocations();
  content.keys = &key;
  content.key_count = 1;
  test_write_revoked(test_revocation_list(&content));
}

static void no_required_list(struct attempt *attempt) {
  (void)attempt;
  test_host_write("revocations = require\n");
}

static void damaged_required_list(struct attempt *attempt) {
  (void)attempt;
  test_host_write("revocations = require\n");
  test_write_revoked(bg_bytes_of("no list"));
}

static void old_required_list(struct attempt *attempt) {
  (void)attempt;
  struct bg_revocations_content content = test_revocations();
  test_host_write("revocations = require\n");
  content.issued_at -= INT64_C(2) * BG_REVOCATIONS_LIFE;
  test_write_revoked(test_revocation_list(&content));
}

static void wrong_holder(struct attempt *attempt) {
  attempt->key = TEST_MALLORY;
}

static void console_with_holder(struct attempt *attempt) {
  attempt->console = true;
}

static void no_verified_key(struct attempt *attempt) {
  attempt->key = 0;
}

static void config_missing(struct attempt *attempt) {
  (void)attempt;
  test_root_write("/etc/breakglass/gate.conf", "");
}

static void config_unsafe(struct attempt *attempt) {
  (void)attempt;
  char path[1024];
  (void)snprintf(path, sizeof path, "%s/etc/breakglass/gate.conf", getenv("BREAKGLASS_TEST_ROOT"));
  assert_int_equal(chmod(path, 0666), 0);
}

static void config_unparsable(struct attempt *attempt) {
  (void)attempt;
  test_root_write("/etc/breakglass/gate.conf", "[host]\nid = web-1\nnonsense\n");
}

static void signers_unparsable(struct attempt *attempt) {
  (void)attempt;
  test_root_write("/etc/breakglass/trusted_signers", "* ssh-ed25519 AAAA\n");
}

/* Erin's key is on the curve, but not in the subgroup of prime order. Nobody uses it,
 * and the file was sound when it was looked at. */
static void signer_of_mixed_order(struct attempt *attempt) {
  (void)attempt;
  char path[1024];
  struct stat before;
  (void)snprintf(path, sizeof path, "%s/etc/breakglass/trusted_signers",
                 getenv("BREAKGLASS_TEST_ROOT"));
  assert_int_equal(stat(path, &before), 0);
  assert_int_equal(bg_stamp_write(bg_paths()->checked, bg_paths()->owner, before.st_ctim), BG_OK);
  (void)usleep(20000); /* longer than the tick of a file system's clock */
  FILE *file = fopen(path, "a");
  assert_non_null(file);
  (void)fputs("erin@example.com namespaces=\"breakglass-approver\" ssh-ed25519 "
              "AAAAC3NzaC1lZDI1NTE5AAAAIAwQ0BkN7gjGZXWVqgI37hFtE4D+Ee2mvSV4EJpqrLZg\n",
              file);
  assert_int_equal(fclose(file), 0);
}

static void audit_unavailable(struct attempt *attempt) {
  (void)attempt;
  driver_audit_state("off");
}

static void audit_not_answering(struct attempt *attempt) {
  (void)attempt;
  driver_audit_state("unasked");
}

/* A plain file where the folder should be: nothing can be recorded. */
static void replace_by_file(const char *folder) {
  char path[1024];
  (void)snprintf(path, sizeof path, "%s%s", getenv("BREAKGLASS_TEST_ROOT"), folder);
  assert_int_equal(rmdir(path), 0);
  test_root_write(folder, "");
}

static void taint_failed(struct attempt *attempt) {
  (void)attempt;
  test_host_write("[taint]\ndurability = require\n");
  replace_by_file("/var/lib/breakglass/events");
}

/* Nobody has a lease on the host when no issuer signed. */
static void offline_without_disk(struct attempt *attempt) {
  (void)strcpy(attempt->claims.issuer, "offline");
  attempt->signers[0] = TEST_BOB;
  attempt->signers[1] = TEST_CAROL;
  attempt->signers[2] = TEST_DAVE;
  attempt->signer_count = 3;
  replace_by_file("/var/lib/breakglass/events");
}

static void state_failed(struct attempt *attempt) {
  (void)attempt;
  replace_by_file("/run/breakglass/spent");
}

static const struct refusal {
  const char *name;
  void (*prepare)(struct attempt *attempt);
  const char *code;
  bool told_why;    /* a trusted signature was seen */
  unsigned records; /* 0: the audit log is off; 3: the reason of each step */
} refusals[] = {
    {"too long", too_long, "too-long", false, 1},
    {"malformed", malformed, "malformed", false, 1},
    {"no token", no_token, "no-token", false, 1},
    {"untrusted key", untrusted_key, "untrusted-key", false, 1},
    {"bad signature", bad_signature, "bad-signature", false, 1},
    {"signatures missing", signatures_missing, "signatures-missing", true, 1},
    {"wrong issuer", wrong_issuer, "wrong-issuer", true, 1},
    {"self approved", self_approved, "self-approved", true, 1},
    {"wrong host", wrong_host, "wrong-host", true, 1},
    {"wrong login", wrong_login, "wrong-login", true, 1},
    {"window too long", window_too_long, "window-too-long", true, 1},
    {"not yet valid", not_yet_valid, "not-yet-valid", true, 1},
    {"expired", expired, "expired", true, 1},
    {"clock untrusted", clock_untrusted, "clock-untrusted", true, 1},
    {"wrong challenge", wrong_challenge, "wrong-challenge", true, 1},
    {"issued before boot", issued_before_boot, "issued-before-boot", true, 1},
    {"wrong source", wrong_source, "wrong-source", true, 1},
    {"wrong holder", wrong_holder, "wrong-holder", true, 1},
    {"holder on a console", console_with_holder, "wrong-holder", true, 1},
    {"revoked token", revoked_token, "revoked", true, 1},
    {"revoked holder", revoked_holder, "revoked", true, 1},
    {"revoked approver", revoked_approver, "revoked", true, 1},
    {"no list where one is required", no_required_list, "revoked", true, 1},
    {"a damaged list where one is required", damaged_required_list, "revoked", true, 1},
    {"an old list where one is required", old_required_list, "revoked", true, 1},
    {"no verified key", no_verified_key, "wrong-holder", false, 1},
    {"no configuration", config_missing, "config", false, 3},
    {"unsafe configuration", config_unsafe, "config", false, 3},
    {"unparsable configuration", config_unparsable, "config", false, 3},
    {"unparsable signers", signers_unparsable, "config", false, 1},
    {"a signer of mixed order", signer_of_mixed_order, "config", true, 1},
    {"audit unavailable", audit_unavailable, "audit-unavailable", true, 0},
    {"audit not answering", audit_not_answering, "audit-unavailable", true, 1},
    {"no durable event", taint_failed, "taint-failed", true, 1},
    {"offline quorum without disk", offline_without_disk, "taint-failed", true, 1},
    {"state not writable", state_failed, "state-failed", false, 1},
};

static void run_attempt(struct attempt *attempt) {
  struct driver driver = {.text = attempt->token};
  if (!attempt->keeps_token) {
    test_sign(&attempt->claims, attempt->signers, attempt->signer_count, attempt->token);
  }
  if (attempt->console) {
    driver_start(&driver, "login", TEST_LOGIN, NULL, NULL);
    assert_int_equal(pam_authenticate(driver.pamh, 0), PAM_AUTH_ERR);
  } else {
    driver_start(&driver, "sshd", TEST_LOGIN,
                 attempt->key != 0 ? test_auth_info(attempt->key) : NULL, FROM);
    assert_int_equal(driver_sshd_authenticate(&driver), PAM_AUTH_ERR);
  }
  assert_null(pam_getenv(driver.pamh, "BREAKGLASS_GRANT"));
  assert_int_equal(pam_acct_mgmt(driver.pamh, PAM_SILENT), PAM_PERM_DENIED);
  assert_int_equal(pam_open_session(driver.pamh, PAM_SILENT), PAM_SESSION_ERR);
  driver_end(&driver);
}

static void test_refusal(void **state) {
  const struct refusal *refusal = *state;
  driver_host_create("");
  struct attempt attempt = {
      .claims = test_claims(),
      .signers = {TEST_ISSUER, TEST_BOB},
      .signer_count = 2,
      .key = TEST_ALICE,
  };
  refusal->prepare(&attempt);
  run_attempt(&attempt);
  char words[64];
  (void)snprintf(words, sizeof words, "refused code=%s ", refusal->code);
  assert_int_equal(driver_recorded(words), refusal->records);
  assert_int_equal(driver_told("breakglass: refused (ref "), 1);
  assert_int_equal(driver_told("this host is sealed"), refusal->told_why ? 0 : 1);
  assert_int_equal(driver_count_files("/run/breakglass/spent", ""), 0);
  assert_int_equal(driver_count_files("/run/breakglass/events", ""), 0);
  assert_int_equal(driver_count_files("/var/lib/breakglass/events", ".json"), 0);
  driver_host_remove();
}

int main(void) {
  enum { COUNT = sizeof refusals / sizeof refusals[0] };
  struct CMUnitTest tests[COUNT];
  for (size_t i = 0; i < COUNT; i++) {
    tests[i] = (struct CMUnitTest){.name = refusals[i].name,
                                   .test_func = test_refusal,
                                   .initial_state = (void *)(uintptr_t)&refusals[i]};
  }
  return _cmocka_run_group_tests("refusals", tests, COUNT, NULL, NULL);
}
