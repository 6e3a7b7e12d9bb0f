/* SPDX-License-Identifier: BSD-2-Clause */
/* The record of a host's life, /var/lib/breakglass/born, and its copy of this boot on run/:
 * docs/PROTOCOL.events.md, section 11. Reaches age.h, token.h, file.h, json_read.h. */
#ifndef BREAKGLASS_AGENT_BORN_H
#define BREAKGLASS_AGENT_BORN_H

#include "age.h"
#include "breakglass/token.h"

/* Whether the host has said that it is new. It only moves on. */
enum fresh {
  FRESH_DUE,
  FRESH_SAID,
  FRESH_NEVER, /* and it never will */
};

struct born {
  struct age age;
  enum fresh fresh;
  enum bg_level level; /* the highest of its taints by age; BG_LEVEL_NONE: none was recorded yet */
};

/* Reads both, and takes what is furthest of each. *ret_disk, which is set in any case, says whether
 * the one on disk could be used: BG_OK, of bg_file_read(), or BG_ERR_SYNTAX. BG_ERR_NOT_FOUND if
 * none could be used. */
BG_MUST_USE enum bg_error born_read(struct born *ret_born, enum bg_error *ret_disk);
/* For who starts after this one was killed: on tmpfs. BG_ERR_IO, BG_ERR_DENIED. */
BG_MUST_USE enum bg_error born_write_run(const struct born *born);
/* Replaces the one on disk: after a power cut it is the old or the new one. Waits for the disk.
 * BG_ERR_IO, BG_ERR_DENIED, BG_ERR_UNSAFE, BG_ERR_NOT_FOUND (of the folder). */
BG_MUST_USE enum bg_error born_write_disk(const struct born *born);

#endif
