/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "pg_server.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "breakglass/buf.h"

#define TRIES 1200 /* of 50 ms: a loaded machine takes its time */

static struct {
  char programs[128]; /* the folder of initdb and postgres */
  char folder[64];
  char data[80];
  char conninfo[160];
  unsigned databases;
  pid_t pid;
} server;

static _Noreturn void give_up(const char *what) {
  (void)fprintf(stderr, "test server: %s\n", what);
  pg_server_stop();
  abort();
}

/* PostgreSQL refuses to be root. */
static bool become_nobody(void) {
  const struct passwd *nobody = getpwnam("nobody");
  return geteuid() != 0 || (nobody != NULL && setgroups(0, NULL) == 0 &&
                            setgid(nobody->pw_gid) == 0 && setuid(nobody->pw_uid) == 0);
}

/* Output goes to a file of the server's folder. */
static pid_t start_program(const char *name, const char *const arguments[]) {
  char program[160];
  (void)snprintf(program, sizeof program, "%s/%s", server.programs, name);
  pid_t pid = fork();
  if (pid != 0) {
    return pid;
  }
  if (!become_nobody() || chdir(server.folder) != 0) {
    _exit(126);
  }
  int out = open("output", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (out < 0 || dup2(out, STDOUT_FILENO) < 0 || dup2(out, STDERR_FILENO) < 0) {
    _exit(126);
  }
  (void)execv(program, (char *const *)(uintptr_t)arguments);
  _exit(127);
}

static bool ended_well(pid_t pid) {
  int status = -1;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool find_programs(void) {
  glob_t found = {0};
  bool is_there = glob("/usr/lib/postgresql/*/bin/initdb", 0, NULL, &found) == 0;
  if (is_there) { /* the latest version sorts last */
    bg_text_fit(sizeof server.programs, server.programs, found.gl_pathv[found.gl_pathc - 1]);
    *strrchr(server.programs, '/') = '\0';
  }
  globfree(&found);
  return is_there;
}

static void make_folder(void) {
  const char *tmp = getenv("TMPDIR");
  const struct passwd *nobody = getpwnam("nobody");
  /* A socket's path is short: not below a long one. */
  bool is_short = tmp != NULL && strlen(tmp) < 24;
  (void)snprintf(server.folder, sizeof server.folder, "%s/bg-pg-XXXXXX", is_short ? tmp : "/tmp");
  if (mkdtemp(server.folder) == NULL ||
      (geteuid() == 0 &&
       (nobody == NULL || chown(server.folder, nobody->pw_uid, nobody->pw_gid) != 0))) {
    give_up("no folder");
  }
  (void)snprintf(server.data, sizeof server.data, "%s/data", server.folder);
}

static void init_database(void) {
  const char *const arguments[] = {"initdb",
                                   "--auth=trust",
                                   "--username=ledger",
                                   "--encoding=UTF8",
                                   "--no-sync",
                                   "--no-locale",
                                   "-D",
                                   server.data,
                                   NULL};
  if (!ended_well(start_program("initdb", arguments))) {
    give_up("initdb failed");
  }
}

static void pause_shortly(void) {
  const struct timespec pause = {.tv_nsec = 50000000};
  (void)clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
}

static PGconn *connect_to(const char *database) {
  char conninfo[160];
  (void)snprintf(conninfo, sizeof conninfo, "host=%s user=ledger dbname=%s", server.folder,
                 database);
  return PQconnectdb(conninfo);
}

static void wait_until_it_answers(void) {
  for (int i = 0; i < TRIES; i++) {
    PGconn *conn = connect_to("postgres");
    bool answers = PQstatus(conn) == CONNECTION_OK;
    PQfinish(conn);
    if (answers) {
      return;
    }
    pause_shortly();
  }
  give_up("it does not answer");
}

/* A process is killed in these tests, never the machine: no need to wait for the disk. */
static void start_server(void) {
  const char *const arguments[] = {"postgres", "-D", server.data, "-k",        server.folder,
                                   "-h",       "",   "-c",        "fsync=off", NULL};
  server.pid = start_program("postgres", arguments);
  if (server.pid < 0) {
    give_up("no process");
  }
  wait_until_it_answers();
}

static void stop_server(void) {
  if (server.pid > 0) {
    (void)kill(server.pid, SIGINT); /* ends its sessions */
    (void)ended_well(server.pid);
    server.pid = 0;
  }
}

bool pg_server_start(void) {
  if (!find_programs()) {
    (void)printf("SKIP: no PostgreSQL server in /usr/lib/postgresql\n");
    return false;
  }
  make_folder();
  init_database();
  start_server();
  return true;
}

void pg_server_restart(void) {
  stop_server();
  start_server();
}

void pg_server_stop(void) {
  stop_server();
  if (server.folder[0] != '\0') {
    pid_t pid = fork();
    if (pid == 0) {
      (void)execlp("rm", "rm", "-rf", "--", server.folder, (char *)NULL);
      _exit(127);
    }
    (void)ended_well(pid);
    server.folder[0] = '\0';
  }
}

static void execute_in(const char *database, const char *sql) {
  PGconn *conn = connect_to(database);
  PGresult *result = PQexec(conn, sql);
  ExecStatusType status = PQresultStatus(result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    give_up(PQerrorMessage(conn));
  }
  PQclear(result);
  PQfinish(conn);
}

static const char *database(void) {
  static char name[32];
  (void)snprintf(name, sizeof name, "ledger%u", server.databases);
  return name;
}

const char *pg_server_spec(void) {
  static char spec[192];
  char sql[64];
  server.databases++;
  (void)snprintf(sql, sizeof sql, "CREATE DATABASE %s", database());
  execute_in("postgres", sql);
  (void)snprintf(spec, sizeof spec, "postgres:%s", pg_server_conninfo());
  return spec;
}

const char *pg_server_conninfo(void) {
  (void)snprintf(server.conninfo, sizeof server.conninfo, "host=%s user=ledger dbname=%s",
                 server.folder, database());
  return server.conninfo;
}

void pg_server_execute(const char *sql) {
  execute_in(database(), sql);
}

pid_t pg_server_pid(void) {
  return server.pid;
}
