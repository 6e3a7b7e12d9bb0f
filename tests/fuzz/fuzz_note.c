/* SPDX-License-Identifier: BSD-2-Clause */
/* A note that is accepted is the issuer's, and its text can be written again from what was read.
 * The issuer is that of the tests; its notes stand in the corpus. */
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "breakglass/note.h"
#include "test_token.h"

#define NAME "breakglass.example"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition) {
  if (!condition) {
    abort();
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char line[512];
  char hash[sodium_base64_ENCODED_LEN(BG_SHA256_SIZE, sodium_base64_VARIANT_ORIGINAL)];
  char again[BG_NOTE_MAX];
  struct bg_trusted_signers signers;
  struct bg_checkpoint checkpoint;
  (void)snprintf(line, sizeof line, NAME " namespaces=\"breakglass-issuer\" %s\n",
                 test_key_line(TEST_ISSUER));
  require(bg_trusted_signers_parse(bg_bytes_of(line), NULL, NULL, &signers) == BG_OK);
  enum bg_error err = bg_checkpoint_read(bg_bytes(data, size), &signers, 0, &checkpoint);
  if (err == BG_OK) {
    require(strcmp(checkpoint.issuer, NAME) == 0 && checkpoint.number >= 0);
    (void)sodium_bin2base64(hash, sizeof hash, checkpoint.hash, sizeof checkpoint.hash,
                            sodium_base64_VARIANT_ORIGINAL);
    int len =
        snprintf(again, sizeof again, NAME "/ledger\n%" PRId64 "\n%s\n\n", checkpoint.number, hash);
    require(len > 0 && (size_t)len < size && memcmp(again, data, (size_t)len) == 0);
  } else {
    require(err == BG_ERR_SYNTAX || err == BG_ERR_NOT_FOUND || err == BG_REFUSED_BAD_SIGNATURE);
  }
  bg_trusted_signers_free(&signers);
  return 0;
}
