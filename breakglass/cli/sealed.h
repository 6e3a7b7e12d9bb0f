/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether all ways in lead through the gate: PAM's folders, and the configuration
 * that sshd says it has. Runs sshd -T; the module never does such things. */
#ifndef BREAKGLASS_CLI_SEALED_H
#define BREAKGLASS_CLI_SEALED_H

#include <stdbool.h>

enum sealed_kind {
  SEALED_NOT,        /* a way in that does not reach the gate */
  SEALED_LOCKED_OUT, /* no token can open this way in */
  SEALED_UNKNOWN,    /* it could not be looked at */
  SEALED_CONFIGURATION,
  SEALED_WARNING,
};
/* "NOT SEALED", "LOCKED OUT", ... */
const char *sealed_kind_name(enum sealed_kind kind);

/* text is a sentence part without newline, valid during the call. */
typedef void sealed_finding_fn(void *context, enum sealed_kind kind, const char *text);

struct sealed_report {
  sealed_finding_fn *on_finding; /* may be NULL */
  void *context;
};
void sealed_find(const struct sealed_report *report, enum sealed_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Whether every way in is known to lead to the gate. host_key is a private key for
 * sshd's own use where the host has none yet; NULL: one is made where it is needed. */
bool ways_are_sealed(const char *host_key, const struct sealed_report *report);

/* The same, with the findings of the gate's own configuration, too: it lets nobody in
 * that it should not, but denies everybody while it is broken. */
bool host_is_sealed(const char *host_key, const struct sealed_report *report);

/* Its parts: every PAM service, sshd if it is installed, what stands around them. */
bool pam_is_sealed(const struct sealed_report *report);
bool sshd_is_sealed(const char *host_key, const struct sealed_report *report);
void warn_of_host(const struct sealed_report *report);

#endif
