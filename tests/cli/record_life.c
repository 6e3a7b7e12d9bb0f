/* SPDX-License-Identifier: BSD-2-Clause */
/* record_life POLITE FORCED: leaves what a start of the host agent leaves on the host below
 * $BREAKGLASS_TEST_ROOT, with this policy's ages in seconds. The host is as old as this machine's
 * boot. Prints what the agent would log. */
#include <config.h>

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "lifetime.h"
#include "test_state.h"

static void print(const char *line) {
  (void)puts(line);
}

int main(int argc, char **argv) {
  struct lifetime *lifetime = NULL;
  struct lifetime_config config = {.host = &test_host, .log = print};
  if (argc < 3 || sodium_init() < 0) {
    return 2;
  }
  config.polite = strtol(argv[1], NULL, 10);
  config.forced = strtol(argv[2], NULL, 10);
  if (lifetime_open(&config, &lifetime) != BG_OK) {
    return 1;
  }
  (void)lifetime_look(lifetime);
  lifetime_close(lifetime);
  return 0;
}
