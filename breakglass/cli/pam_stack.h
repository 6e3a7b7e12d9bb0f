/* SPDX-License-Identifier: BSD-2-Clause */
/* PAM's configuration files, pam.d(5), as libpam reads them: the lines of one
 * service and one facility in their order, includes taken in. */
#ifndef BREAKGLASS_CLI_PAM_STACK_H
#define BREAKGLASS_CLI_PAM_STACK_H

#include <stdbool.h>
#include <stddef.h>

#define PAM_LINES_MAX 128

struct pam_line {
  bool silent;       /* "-auth": dropped if the module cannot be loaded */
  bool substack;     /* stands for all of it: cannot end the stack with success */
  char control[256]; /* "requisite", "success=1 default=ignore" without its brackets */
  bool bracket;
  char path[256];     /* the module as written */
  const char *module; /* the same without folders; in path */
  bool has_arguments;
  bool malformed; /* no known type, no control or no module: libpam fails there */
};

struct pam_stack {
  struct pam_line lines[PAM_LINES_MAX];
  size_t count;
  char problem[160]; /* why libpam would not take it; empty if it would */
};

/* facility is "auth", "account", "session" or "password". */
void pam_stack_read(const char *service, const char *facility, struct pam_stack *ret_stack);

#endif
