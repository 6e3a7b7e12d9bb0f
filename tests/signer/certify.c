/* SPDX-License-Identifier: BSD-2-Clause */
/* A certificate as the signing service makes it, on stdout:
 * certify CA-KEY HOLDER.pub LOGIN SECONDS TOKEN; valid from a minute ago on, for so long. */
#include <config.h>

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "breakglass/mint.h"
#include "breakglass/text.h"

static size_t read_holder(const char *path, uint8_t ret_blob[static BG_SSH_KEY_MAX]) {
  char line[BG_SSH_LINE_MAX];
  size_t len = 0;
  FILE *file = fopen(path, "r");
  if (file == NULL || fgets(line, sizeof line, file) == NULL || strchr(line, ' ') == NULL) {
    perror(path);
    exit(1);
  }
  (void)fclose(file);
  const char *base64 = strchr(line, ' ') + 1;
  if (sodium_base642bin(ret_blob, BG_SSH_KEY_MAX, base64, strcspn(base64, " \n"), NULL, &len, NULL,
                        sodium_base64_VARIANT_ORIGINAL) != 0) {
    exit(1);
  }
  return len;
}

int main(int argc, char **argv) {
  uint8_t blob[BG_SSH_KEY_MAX];
  char line[2 * BG_SSH_LINE_MAX];
  struct bg_buf buf = {.data = (uint8_t *)line, .cap = sizeof line};
  struct bg_signing_key *ca = NULL;
  int64_t seconds = 0;
  if (argc != 6 || sodium_init() < 0 ||
      bg_parse_uint(bg_bytes_of(argv[4]), 0, BG_TIME_MAX, &seconds) != BG_OK) {
    return 2;
  }
  const uint64_t begin = (uint64_t)time(NULL) - 60;
  const struct bg_user_certificate certificate = {.holder =
                                                      bg_bytes(blob, read_holder(argv[2], blob)),
                                                  .serial = 7,
                                                  .key_id = "breakglass test",
                                                  .login = argv[3],
                                                  .valid_after = begin,
                                                  .valid_before = begin + (uint64_t)seconds,
                                                  .token = argv[5]};
  enum bg_error err = bg_signing_key_open(argv[1], 0, &ca);
  if (err == BG_OK) {
    err = bg_certify(ca, &certificate, &buf);
  }
  bg_signing_key_free(ca);
  if (err != BG_OK) {
    (void)fprintf(stderr, "certify: %s\n", bg_strerror(err));
    return 1;
  }
  printf("%.*s\n", (int)buf.len, line);
  return 0;
}
