/* SPDX-License-Identifier: BSD-2-Clause */
/* People with keys, and tokens made of them, for tests and benchmarks. */
#ifndef BREAKGLASS_TEST_TOKEN_H
#define BREAKGLASS_TEST_TOKEN_H

#include "breakglass/token.h"

/* Everybody's key comes from their number, so that tests name people. */
enum test_person {
  TEST_ISSUER = 1, /* breakglass.example */
  TEST_BOB,        /* approvers: bob@, carol@, dave@example.com */
  TEST_CAROL,
  TEST_DAVE,
  TEST_ALICE,   /* the engineer, alice@example.com: holds the key that logs in */
  TEST_MALLORY, /* nobody knows her */
};

#define TEST_HOST "web-1"
#define TEST_LOGIN "ops"

void test_key_of(enum test_person person, struct bg_ssh_key *ret_public, uint8_t ret_secret[64]);
/* "ssh-ed25519 AAAA...", static storage. */
const char *test_key_line(enum test_person person);
/* SSH_AUTH_INFO_0 of a plain key, and of a certificate with a token (NULL: without); static. */
const char *test_auth_info(enum test_person person);
const char *test_auth_info_certificate(enum test_person person, const char *token);

/* Writes gate.conf (with these lines appended) and trusted_signers of the people above. */
void test_host_write(const char *more_conf);

/* Alice's claims for TEST_LOGIN on TEST_HOST, valid for ten minutes around now. */
struct bg_claims test_claims(void);
/* The same for a console: without a holder. */
struct bg_claims test_console_claims(void);
/* Encodes the claims and signs them by count people; text of BG_TOKEN_TEXT_MAX + 1 bytes. */
void test_sign(const struct bg_claims *claims, const enum test_person *people, size_t count,
               char *ret_text);
/* The usual two: the issuer and Bob. */
void test_mint(const struct bg_claims *claims, char *ret_text);

#endif
