/* SPDX-License-Identifier: BSD-2-Clause */
#include "fixtures.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void read_line(const char *name, const char *suffix, char ret_line[static LINE_SIZE]) {
  char path[1024];
  (void)snprintf(path, sizeof path, "%s/tests/unit/ssh/data/%s%s", SRCDIR, name, suffix);
  FILE *file = fopen(path, "r");
  if (file == NULL || fgets(ret_line, LINE_SIZE, file) == NULL) {
    perror(path);
    abort();
  }
  ret_line[strcspn(ret_line, "\n")] = '\0';
  (void)fclose(file);
}

size_t decode_line(const char *line, uint8_t ret_blob[static LINE_SIZE]) {
  size_t len = 0;
  const char *base64 = strchr(line, ' ') + 1;
  if (sodium_base642bin(ret_blob, LINE_SIZE, base64, strcspn(base64, " "), NULL, &len, NULL,
                        sodium_base64_VARIANT_ORIGINAL) != 0) {
    abort();
  }
  return len;
}
