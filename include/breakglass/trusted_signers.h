/* SPDX-License-Identifier: BSD-2-Clause */
/* The keys whose signatures count, and for whom: a strict subset of OpenSSH's
 * allowed_signers (ssh-keygen(1)); grammar in trusted_signers(5). Reaches core,
 * ssh_key.h. */
#ifndef BREAKGLASS_TRUSTED_SIGNERS_H
#define BREAKGLASS_TRUSTED_SIGNERS_H

#include <sys/types.h>
#include <time.h>

#include "breakglass/ssh_key.h"

#define BG_NAME_MAX 128 /* bytes of a principal, subject, login, ... */
#define BG_NAME_SIZE (BG_NAME_MAX + 1)
#define BG_TRUSTED_FILE_MAX 262144
#define BG_TRUSTED_LINE_MAX 1024
#define BG_TRUSTED_KEYS_MAX 256

enum bg_role {
  BG_ROLE_ISSUER = 1,
  BG_ROLE_APPROVER = 2,
  BG_ROLE_REQUESTER = 4,
};

struct bg_trusted_key { /* one line */
  char principal[BG_NAME_SIZE];
  enum bg_role role;
  int64_t valid_after;  /* Unix seconds; 0 if unlimited */
  int64_t valid_before; /* INT64_MAX if unlimited; this moment is outside */
  unsigned line;
  struct bg_ssh_key key;
};

struct bg_trusted_signers {
  struct bg_trusted_key *keys;
  size_t count;
  struct timespec changed; /* the file's ctime; 0 if it was no file */
};

/* Where a file is wrong: 1-based line (0: the whole file), and a sentence. */
struct bg_file_problem {
  unsigned line;
  char text[160];
};

/* Called for each problem of the file. */
typedef void bg_problem_fn(void *context, const struct bg_file_problem *problem);

/* Parses text. All problems are reported (on_problem may be NULL), then
 * BG_ERR_SYNTAX. Points are not checked for their order here (34 us each):
 * bg_trusted_signers_check() does. Free with bg_trusted_signers_free(). */
BG_MUST_USE enum bg_error bg_trusted_signers_parse(struct bg_bytes text, bg_problem_fn *on_problem,
                                                   void *context,
                                                   struct bg_trusted_signers *ret_signers);
/* Reads and parses a file that only root or owner can write. */
BG_MUST_USE enum bg_error bg_trusted_signers_load(const char *path, uid_t owner,
                                                  bg_problem_fn *on_problem, void *context,
                                                  struct bg_trusted_signers *ret_signers);
/* Keys of small or mixed order: BG_ERR_KEY, each reported. */
BG_MUST_USE enum bg_error bg_trusted_signers_check(const struct bg_trusted_signers *signers,
                                                   bg_problem_fn *on_problem, void *context);
/* The issuer or approver key with this kid and type, valid at the time; NULL if none. */
const struct bg_trusted_key *bg_trusted_signers_find(const struct bg_trusted_signers *signers,
                                                     const uint8_t kid[static BG_KID_SIZE],
                                                     enum bg_ssh_key_type type, int64_t at);
/* Whom the key is trusted for, in any role and at any time; NULL if unknown. */
const char *bg_trusted_signers_principal(const struct bg_trusted_signers *signers,
                                         const uint8_t sha256[static BG_SHA256_SIZE]);
void bg_trusted_signers_free(struct bg_trusted_signers *signers);

#endif
