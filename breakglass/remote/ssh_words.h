/* SPDX-License-Identifier: BSD-2-Clause */
/* The words of "breakglass ssh ...": which are ours, which the real program's, and where it goes.
 */
#ifndef BREAKGLASS_REMOTE_SSH_WORDS_H
#define BREAKGLASS_REMOTE_SSH_WORDS_H

#include <stdbool.h>

#include "breakglass/trusted_signers.h"

struct ssh_words {     /* the words are argv's; free with ssh_words_free() */
  const char *program; /* "ssh", "scp", "sftp" */
  char **ours;         /* for getopt, with argv[0]; ends with NULL */
  int our_count;
  char **theirs; /* without argv[0]; ends with NULL */
  int their_count;
  char **asks; /* what "ssh -G" is told to say where ssh would go; ends with NULL */
  bool wants_help;
  char destination[2 * BG_NAME_SIZE]; /* [user@]host; empty: none was found */
  char host[BG_NAME_SIZE];
};

/* argv[0] names the program. BG_ERR_NOMEM; BG_ERR_RANGE for files of two hosts at once. */
BG_MUST_USE enum bg_error ssh_words_split(int argc, char **argv, struct ssh_words *ret_words);
void ssh_words_free(struct ssh_words *words); /* of those that were split, or zeroed */

#endif
