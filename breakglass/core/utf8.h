/* SPDX-License-Identifier: BSD-2-Clause */
/* One character of UTF-8, for the core's own files. */
#ifndef BREAKGLASS_CORE_UTF8_H
#define BREAKGLASS_CORE_UTF8_H

#include "breakglass/buf.h"

/* Length of the well-formed character at the front (RFC 3629), 1-4, and its
 * code point; 0 if there is none. */
size_t bg_utf8_decode(struct bg_bytes text, uint32_t *ret_code);

#endif
