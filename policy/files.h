/* SPDX-License-Identifier: BSD-2-Clause */
/* What gate.conf and signer.conf share: which files are read, in which order, and the telling
 * of what is wrong in them. Reaches core, policy.h. */
#ifndef POLICY_FILES_H
#define POLICY_FILES_H

#include <stdarg.h>

#include "breakglass/policy.h"

/* Where problems go, and how many there were. */
struct bg_conf_told {
  bg_conf_problem_fn *on_problem; /* may be NULL */
  void *context;
  unsigned problems;
};

void bg_conf_tell(struct bg_conf_told *told, const char *file, unsigned line, const char *format,
                  ...) __attribute__((format(printf, 4, 5)));
/* The same behind what the problem's text begins with, which is len bytes. */
void bg_conf_vtell(struct bg_conf_told *told, struct bg_conf_problem *problem, size_t len,
                   const char *format, va_list args) __attribute__((format(printf, 4, 0)));

/* One configuration's files, and who reads their text. */
struct bg_conf_reader {
  const char *file; /* only this one, a caller's own; NULL: those below */
  const char *vendor, *admin;
  const char *vendor_dir, *admin_dir; /* their drop-ins */
  size_t file_max;
  /* Once a file, in their order; file and text live until bg_conf_files_free(). */
  void (*on_text)(void *context, const char *file, bool vendor, struct bg_bytes text);
  void *context;
  struct bg_conf_told *told;
};

struct bg_conf_files;
BG_MUST_USE enum bg_error bg_conf_read_files(const struct bg_conf_reader *reader,
                                             struct bg_conf_files **ret_files);
void bg_conf_files_free(struct bg_conf_files *files); /* takes NULL */

#endif
