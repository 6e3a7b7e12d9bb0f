/* SPDX-License-Identifier: BSD-2-Clause */
/* The subcommands that speak to the signing service are a program of their own, which links HTTP
 * and may be missing on a host. */
#include <config.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

int cli_remote(int argc, char **argv) {
  char **words = calloc((size_t)argc + 2, sizeof *words);
  char name[] = "breakglass";
  if (words == NULL) {
    return cli_failure("%s", bg_strerror(BG_ERR_NOMEM));
  }
  words[0] = name;
  memcpy(words + 1, argv, (size_t)argc * sizeof *words);
  (void)execv(REMOTE_PROGRAM, words);
  int error = errno;
  free(words);
  if (error == ENOENT) {
    return cli_failure("breakglass %s needs %s, which is not installed: it comes with the part of "
                       "Breakglass for people's own machines",
                       argv[0], REMOTE_PROGRAM);
  }
  return cli_failure("%s: %s", REMOTE_PROGRAM, strerror(error));
}
