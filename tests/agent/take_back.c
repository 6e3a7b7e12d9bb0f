/* SPDX-License-Identifier: BSD-2-Clause */
/* take_back TOKEN_BYTE NUMBER: puts the list that takes this token back in the place of the host's
 * below $BREAKGLASS_TEST_ROOT, signed by an issuer whom its trusted_signers names from then on;
 * with a third word by one whom nobody trusts. */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "breakglass/file.h"
#include "breakglass/paths.h"
#include "test_check.h"
#include "test_paths.h"
#include "test_revocations.h"
#include "test_token.h"

int main(int argc, char **argv) {
  uint8_t tokens[1][BG_TOKEN_ID_SIZE];
  struct bg_revocations_content content = test_revocations();
  if (argc < 3) {
    return 2;
  }
  memset(tokens[0], (int)strtoul(argv[1], NULL, 10), BG_TOKEN_ID_SIZE);
  content.number = strtoll(argv[2], NULL, 10);
  content.tokens = (const uint8_t(*)[BG_TOKEN_ID_SIZE])tokens;
  content.token_count = 1;
  test_host_write("");
  if (argc > 3) {
    test_root_write("/etc/breakglass/trusted_signers", "");
  }
  CHECK(bg_file_replace(bg_paths()->revoked, 0600, test_revocation_list(&content)) == BG_OK);
  return 0;
}
