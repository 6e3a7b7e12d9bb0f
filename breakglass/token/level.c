/* SPDX-License-Identifier: BSD-2-Clause */
#include "breakglass/token.h"

static const char *const names[] = {
    [BG_LEVEL_REFRESH] = "refresh",
    [BG_LEVEL_REBUILD] = "rebuild",
    [BG_LEVEL_REALLOCATE] = "reallocate",
};

const char *bg_level_name(enum bg_level level) {
  return (unsigned)level < sizeof names / sizeof names[0] ? names[level] : NULL;
}

enum bg_error bg_level_parse(struct bg_bytes text, enum bg_level *ret_level) {
  for (enum bg_level level = BG_LEVEL_REFRESH; level <= BG_LEVEL_REALLOCATE; level++) {
    if (bg_bytes_is(text, names[level])) {
      *ret_level = level;
      return BG_OK;
    }
  }
  return BG_ERR_SYNTAX;
}
