/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether all ways in lead through the gate: PAM's folders, and the configuration
 * that sshd says it has. Runs sshd -T; the module never does such things. */
#ifndef BREAKGLASS_CLI_SEALED_H
#define BREAKGLASS_CLI_SEALED_H

#include <stdbool.h>

enum sealed_kind {
  SEALED_NOT,        /* a way in that does not reach the gate */
  SEALED_LOCKED_OUT, /* no token can open this way in */
  SEALED_WARNING,
};
/* text is a sentence part without newline, valid during the call. */
typedef void sealed_finding_fn(void *context, enum sealed_kind kind, const char *text);

struct sealed_report {
  sealed_finding_fn *on_finding; /* may be NULL */
  void *context;
};
void sealed_find(const struct sealed_report *report, enum sealed_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Whether nothing is SEALED_NOT. host_key is a private key for sshd's own use
 * where the host has none yet; NULL otherwise. */
bool host_is_sealed(const char *host_key, const struct sealed_report *report);

/* Its halves: every PAM service, and sshd if it is installed. */
bool pam_is_sealed(const struct sealed_report *report);
bool sshd_is_sealed(const char *host_key, const struct sealed_report *report);

#endif
