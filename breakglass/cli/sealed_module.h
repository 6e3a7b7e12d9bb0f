/* SPDX-License-Identifier: BSD-2-Clause */
/* Which file a line of PAM's configuration loads as the gate. */
#ifndef BREAKGLASS_CLI_SEALED_MODULE_H
#define BREAKGLASS_CLI_SEALED_MODULE_H

#include "sealed.h"

enum module_fit { MODULE_INSTALLED, MODULE_MISSING, MODULE_OTHER };

/* For a module as a line names it. All fit while none is installed: judge_module()
 * says that once. */
enum module_fit module_find(const char *name);

/* Whether the installed module is there, and root's alone. */
void judge_module(struct sealed_report *report);

#endif
