/* SPDX-License-Identifier: BSD-2-Clause */
/* A PostgreSQL server of the test's own: in a temporary folder, behind a socket file. */
#ifndef TEST_PG_SERVER_H
#define TEST_PG_SERVER_H

#include <stdbool.h>
#include <sys/types.h>

#define PG_SERVER_SKIP 77 /* what the test then exits with */

/* false if there is no server program here, which is said. Aborts if there is one that does not
 * start. Run by root, the server is nobody. */
bool pg_server_start(void);
/* Ends it by its pid, and removes its folder. */
void pg_server_stop(void);
/* The same data, a new process. */
void pg_server_restart(void);

/* A new, empty database each time. */
const char *pg_server_spec(void);
/* Of the latest database, without "postgres:". */
const char *pg_server_conninfo(void);
/* Runs SQL there. */
void pg_server_execute(const char *sql);
pid_t pg_server_pid(void);

#endif
