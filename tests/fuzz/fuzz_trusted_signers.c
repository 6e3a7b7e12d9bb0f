/* SPDX-License-Identifier: BSD-2-Clause */
/* A file is accepted, and then every key in it is whole, or each problem is told. */
#include <stdlib.h>
#include <string.h>

#include "breakglass/trusted_signers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void count(void *context, const struct bg_file_problem *problem) {
  unsigned *problems = context;
  *problems += problem->text[0] != '\0';
}

static void require(bool condition) {
  if (!condition) {
    abort();
  }
}

static void require_key(const struct bg_trusted_signers *signers,
                        const struct bg_trusted_key *key) {
  require(key->principal[0] != '\0' && strcmp(key->principal, "offline") != 0);
  require(key->valid_after < key->valid_before && key->line > 0);
  require(key->key.type != BG_SSH_OTHER);
  require(strcmp(bg_trusted_signers_principal(signers, key->key.sha256), key->principal) == 0);
  const struct bg_trusted_key *found =
      bg_trusted_signers_find(signers, key->key.sha256, key->key.type, key->valid_after);
  require(key->role == BG_ROLE_REQUESTER ? found != key : found == key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  unsigned problems = 0;
  struct bg_trusted_signers signers = {0};
  enum bg_error err = bg_trusted_signers_parse(bg_bytes(data, size), count, &problems, &signers);
  require((err == BG_OK) == (problems == 0));
  require((err == BG_OK) == (signers.count > 0));
  for (size_t i = 0; i < signers.count; i++) {
    require_key(&signers, &signers.keys[i]);
  }
  bg_trusted_signers_free(&signers);
  return 0;
}
