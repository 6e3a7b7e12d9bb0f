/* SPDX-License-Identifier: BSD-2-Clause */
/* What sshd -T says: the effective configuration, outside of Match blocks. */
#ifndef BREAKGLASS_CLI_SSHD_ASK_H
#define BREAKGLASS_CLI_SSHD_ASK_H

#define SSHD_OUTPUT_SIZE 1048576

enum sshd_answer {
  SSHD_TOLD,
  SSHD_CANNOT_SAY, /* it has never been started here, or shows it to root alone */
  SSHD_TOO_LONG,   /* for SSHD_OUTPUT_SIZE */
  SSHD_FAILS,      /* it does not take its configuration */
};

/* host_key is a private key for sshd's own use where the host has none yet; NULL: one
 * is made where it is needed. options are further words of its command line, between
 * blanks. Changes nothing that outlasts it. */
enum sshd_answer sshd_ask(const char *host_key, const char *options,
                          char ret_output[static SSHD_OUTPUT_SIZE]);

#endif
