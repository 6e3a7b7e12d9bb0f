/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs the real module through libpam as sshd and login do, as any user: its
 * host is the test root, its module the one linked with the test's paths. */
#ifndef BREAKGLASS_PAM_DRIVER_H
#define BREAKGLASS_PAM_DRIVER_H

#include <security/pam_appl.h>
#include <stdbool.h>
#include <stddef.h>

/* How the person answers. */
enum driver_answer {
  ANSWER_TEXT,    /* with the given text */
  ANSWER_NOTHING, /* PAM_SUCCESS and a NULL answer */
  ANSWER_STOP,    /* PAM_CONV_ERR */
  ANSWER_FLOOD,   /* a megabyte */
};

struct driver {
  pam_handle_t *pamh;
  enum driver_answer how;
  const char *text; /* ANSWER_TEXT */
  struct pam_conv conv;
};

/* A host: test root with configuration, an audit session, an epoch in the past. */
void driver_host_create(const char *more_conf);
/* The configuration alone, in a root that exists; its run/ is as after a boot. */
void driver_host_fill(const char *more_conf);
/* Its run/, begun an hour ago: tokens of now are younger than the spent store. */
void driver_begin_boot(void);
void driver_host_remove(void);
void driver_audit_state(const char *state); /* see fake_audit.c */
void driver_audit_session(const char *id);  /* "4294967295" for none */

/* Begins a transaction; auth_info and connection go into the PAM environment. */
void driver_start(struct driver *driver, const char *service, const char *user,
                  const char *auth_info, const char *connection);
void driver_end(struct driver *driver);

/* authenticate and acct_mgmt in a forked child, as sshd's keyboard-interactive
 * does; its PAM environment comes back, its PAM data does not. Returns
 * authenticate's result, or acct_mgmt's if that succeeded. */
int driver_sshd_authenticate(struct driver *driver);

/* How often a text with these words was shown to the person since the host was made. */
unsigned driver_told(const char *words);
/* How many lines of the audit log hold these words. */
unsigned driver_recorded(const char *words);
/* Files in a folder of the test root whose name ends so; 0 if there is no folder. */
unsigned driver_count_files(const char *folder, const char *suffix);
/* Whether the folder's files hold these words. */
bool driver_files_hold(const char *folder, const char *words);

#endif
