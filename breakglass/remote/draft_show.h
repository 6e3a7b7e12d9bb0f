/* SPDX-License-Identifier: BSD-2-Clause */
/* What an approval would bring about, in words. */
#ifndef BREAKGLASS_REMOTE_DRAFT_SHOW_H
#define BREAKGLASS_REMOTE_DRAFT_SHOW_H

#include <stdio.h>

#include "draft.h"

void draft_show(FILE *out, const struct draft *draft, int64_t now);

#endif
