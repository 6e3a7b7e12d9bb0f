/* SPDX-License-Identifier: BSD-2-Clause */
/* A host in a folder: bg_paths() below $BREAKGLASS_TEST_ROOT, owned by the caller. */
#ifndef BREAKGLASS_TEST_PATHS_H
#define BREAKGLASS_TEST_PATHS_H

#include "breakglass/paths.h"

/* Makes an empty root below $TMPDIR with the folders that packages and the boot
 * unit make (run 0755, events, boots and sinks 0700, /etc/breakglass 0755), points
 * the environment at it, and returns it. Aborts on failure. */
const char *test_root_create(void);
/* Removes it and all in it. */
void test_root_remove(void);
/* Writes a file below the root ("/etc/breakglass/gate.conf"), mode 0600. Aborts on failure. */
void test_root_write(const char *path, const char *content);

#endif
