/* SPDX-License-Identifier: BSD-2-Clause */
/* The subcommands that speak to the signing service. */
#ifndef BREAKGLASS_REMOTE_REMOTE_H
#define BREAKGLASS_REMOTE_REMOTE_H

int remote_request(int argc, char **argv);
int remote_requests(int argc, char **argv);
int remote_show(int argc, char **argv);
int remote_approve(int argc, char **argv);
int remote_deny(int argc, char **argv);
int remote_revoke(int argc, char **argv);
int remote_revocations(int argc, char **argv);
int remote_ledger(int argc, char **argv);
int remote_ssh(int argc, char **argv); /* scp and sftp, too: by argv[0] */

#endif
