/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes OpenSSH private keys, good and broken, below the test's root. */
#ifndef BREAKGLASS_TEST_PRIVATE_KEY_H
#define BREAKGLASS_TEST_PRIVATE_KEY_H

#include "test_token.h"

struct private_key {
  const char *cipher; /* "none" */
  const char *type;   /* "ssh-ed25519" */
  uint32_t count;     /* 1 */
  uint32_t checks[2]; /* equal */
  enum test_person public;
  enum test_person secret;
  const char *trailer; /* bytes after the whole */
};

/* A good one of this person. */
struct private_key private_key_of(enum test_person person);
/* The PEM file's text; static. */
const char *private_key_text(const struct private_key *key);

#endif
