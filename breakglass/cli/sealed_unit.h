/* SPDX-License-Identifier: BSD-2-Clause */
/* systemd's units, from their files alone: an image has no systemd to ask. */
#ifndef BREAKGLASS_CLI_SEALED_UNIT_H
#define BREAKGLASS_CLI_SEALED_UNIT_H

#include <stdbool.h>
#include <stddef.h>

#define UNIT_PATH_SIZE 1024
#define UNIT_REASON_SIZE 1200

/* The first of systemd's folders that has this file, even a dead link. Returns which
 * one, counted from 0; -1 for none. */
int unit_find(const char *name, char ret_path[static UNIT_PATH_SIZE]);

/* A link to /dev/null or to nowhere, or an empty file: systemd takes it as masked. */
bool unit_is_dead(const char *path);

/* Whether this unit starts at boot, as target wants it; why not goes after its name. */
bool unit_starts(const char *target, const char *unit, char ret_why[static UNIT_REASON_SIZE]);

/* Whether any unit wants or requires this one, which is installed and not masked. ret_path
 * is the link that says so. */
bool unit_is_wanted(const char *unit, char ret_path[static UNIT_PATH_SIZE]);

#endif
