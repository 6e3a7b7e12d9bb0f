/* SPDX-License-Identifier: BSD-2-Clause */
/* What an exec sink is: programs of root's in a folder, each handed something on its standard
 * input. Starts processes: never in the module. Reaches core. */
#ifndef BREAKGLASS_PROGRAM_H
#define BREAKGLASS_PROGRAM_H

#include <sys/types.h>

#include "breakglass/buf.h"

#define BG_PROGRAM_SECONDS 10
#define BG_PROGRAM_WORDS 2      /* arguments, at most */
#define BG_PROGRAM_WORD_SIZE 32 /* of each */
#define BG_PROGRAM_REASON_SIZE 128

struct bg_program {
  const char *folder; /* absolute; owned, and writable, by root or `owner` alone */
  const char *name;   /* in it: letters, digits, _ and - only, so that an editor's copy is none */
  uid_t owner;        /* who may own folder and program besides root */
  const char *words[BG_PROGRAM_WORDS]; /* its arguments; NULL: no more */
  int seconds;                         /* in the place of BG_PROGRAM_SECONDS; 0: that */
};

/* Why it would not be run, for people: static; NULL if it would. */
const char *bg_program_problem(const struct bg_program *program);

/* Each name of the folder that does not begin with a dot, sorted by bytes. The program and its
 * texts are lent for the call. BG_ERR_NOT_FOUND if there is no such folder, BG_ERR_UNSAFE if others
 * can write it, BG_ERR_DENIED, BG_ERR_IO. */
typedef void bg_program_fn(void *context, const struct bg_program *program, const char *problem);
BG_MUST_USE enum bg_error bg_programs_each(const char *folder, uid_t owner,
                                           bg_program_fn *on_program, void *context);

/* Starts the program at an absolute path, which the caller has reason to trust, with arguments as
 * struct bg_program has them (NULL: none), the input on its first descriptor and the output on its
 * second (-1: the caller's own), both still the caller's; all else as bg_program_run() says. The
 * caller waits for it. 0, or an error number: E2BIG if a word is too long. */
BG_MUST_USE int bg_program_spawn(const char *path, const char *const *words, int input, int output,
                                 pid_t *ret_child);

/* Runs it in "/", in a process group of its own, with PATH alone in its environment, no signal
 * blocked or ignored and no descriptor but the first three: the input on the first, the caller's
 * own as output and error. Whatever of its group is left when it ends is killed. True if it ended
 * by itself with exit code 0. Otherwise false, and ret_reason says why ("exit code 3"): also after
 * its time, or as soon as `cancel` can be read (-1: never), when it is killed. Looks anew whether
 * it may be run. */
BG_MUST_USE bool bg_program_run(const struct bg_program *program, struct bg_bytes input, int cancel,
                                char ret_reason[static BG_PROGRAM_REASON_SIZE]);

#endif
