/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether all ways in lead through the gate: PAM's folders, and the configuration
 * that sshd says it has. Runs sshd -T; the module never does such things. */
#ifndef BREAKGLASS_CLI_SEALED_H
#define BREAKGLASS_CLI_SEALED_H

#include <stdbool.h>

enum finding_kind {
  FINDING_NOT_SEALED, /* a way in that does not reach the gate, or a part of it switched off */
  FINDING_LOCKED_OUT, /* no token can open this way in */
  FINDING_UNKNOWN,    /* it could not be looked at */
  FINDING_CONFIGURATION,
  FINDING_WARNING,
};
/* "NOT SEALED", "LOCKED OUT", ... */
const char *finding_kind_name(enum finding_kind kind);

/* What the findings come to: a host is sealed while nothing says otherwise. */
enum sealed { SEALED_YES, SEALED_UNKNOWN, SEALED_NO };

/* text is a sentence part without newline, valid during the call. */
typedef void sealed_finding_fn(void *context, enum finding_kind kind, const char *text);

struct sealed_report {
  sealed_finding_fn *on_finding;
  void *context;
  enum sealed sealed;
};
void sealed_find(struct sealed_report *report, enum finding_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Whether path, if it exists, can be written by its owner alone, and that is root. */
bool is_roots_alone(const char *path);
/* The same of the folder it lies in: whoever can write that puts another in its place. */
bool is_in_roots_folder(const char *path);
/* NOT SEALED if it can not. */
void judge_owner(const char *path, struct sealed_report *report);
/* Of the folder it lies in. */
void judge_folder_of(const char *path, struct sealed_report *report);

/* Every PAM service, and the module. */
void judge_pam(struct sealed_report *report);
/* sshd, if it is installed. host_key is a private key for its own use where the host
 * has none yet; NULL: one is made where it is needed. */
void judge_sshd(const char *host_key, struct sealed_report *report);
/* Root's password, and shells that are opened without PAM. */
void judge_root(struct sealed_report *report);
/* Whether commands are recorded, where auditd is installed. */
void judge_audit(struct sealed_report *report);
/* What stands around them: our units, logind, sshd's options. */
void judge_host(struct sealed_report *report);
/* Its part: whether logind ends a session with all that it started. */
void judge_logind(struct sealed_report *report);

#endif
