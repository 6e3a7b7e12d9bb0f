/* SPDX-License-Identifier: BSD-2-Clause */
/* Running a program in the foreground while something has to be cleaned up behind it. */
#ifndef BREAKGLASS_REMOTE_CHILD_H
#define BREAKGLASS_REMOTE_CHILD_H

/* From here on SIGINT, SIGTERM, SIGHUP and SIGQUIT end nothing by themselves: they wait for
 * child_run(), which hands them to the program. */
void child_guard(void);

/* Runs the program, found by PATH, and answers its exit code: 128 and the number for a signal,
 * 127 if it is not there. Stops with it, and goes on with it. */
int child_run(char *const *command);

#endif
