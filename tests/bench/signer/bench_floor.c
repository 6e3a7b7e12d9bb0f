/* SPDX-License-Identifier: BSD-2-Clause */
/* What an issue costs bare, on this machine: one Ed25519 verification (the call), two signatures
 * (token, certificate), its share of a commit of SQLite's with as many bytes as the ledger takes.
 * One line of microseconds: verification and signatures of the processor's time, so that they stand
 * beside the service's on a machine that others use, too; the share as it passes.
 *
 *   bench_floor FOLDER ISSUES_A_COMMIT COUNT */
#include <config.h>

#include <sodium.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../timing.h"

#define CALL_BYTES 160
#define TOKEN_BYTES 480
#define CERTIFICATE_BYTES 1200
#define ISSUE_BYTES                                                                                \
  6144 /* entries, request and reply: what the ledger grows by, without indexes                    \
        */

static uint8_t public_key[crypto_sign_PUBLICKEYBYTES];
static uint8_t secret_key[crypto_sign_SECRETKEYBYTES];
static uint8_t bytes[ISSUE_BYTES];
static uint8_t signature[crypto_sign_BYTES];

static double us_of(clockid_t clock) {
  struct timespec now;
  (void)clock_gettime(clock, &now);
  return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static double verify(unsigned count) {
  (void)crypto_sign_detached(signature, NULL, bytes, CALL_BYTES, secret_key);
  const double begin = us_of(CLOCK_THREAD_CPUTIME_ID);
  for (unsigned i = 0; i < count; i++) {
    check(crypto_sign_verify_detached(signature, bytes, CALL_BYTES, public_key) == 0, "verify");
  }
  return (us_of(CLOCK_THREAD_CPUTIME_ID) - begin) / count;
}

static double sign(unsigned count) {
  const double begin = us_of(CLOCK_THREAD_CPUTIME_ID);
  for (unsigned i = 0; i < count; i++) {
    (void)crypto_sign_detached(signature, NULL, bytes, TOKEN_BYTES, secret_key);
    (void)crypto_sign_detached(signature, NULL, bytes, CERTIFICATE_BYTES, secret_key);
  }
  return (us_of(CLOCK_THREAD_CPUTIME_ID) - begin) / count;
}

static void execute(sqlite3 *db, const char *sql) {
  check(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, sql);
}

static void insert(sqlite3 *db, unsigned count) {
  static sqlite3_stmt *statement;
  if (statement == NULL) {
    check(sqlite3_prepare_v2(db, "INSERT INTO issues (line) VALUES ($1)", -1, &statement, NULL) ==
              SQLITE_OK,
          "prepare");
  }
  for (unsigned i = 0; i < count; i++) {
    check(sqlite3_bind_blob(statement, 1, bytes, sizeof bytes, SQLITE_STATIC) == SQLITE_OK &&
              sqlite3_step(statement) == SQLITE_DONE && sqlite3_reset(statement) == SQLITE_OK,
          "insert");
  }
}

/* Durable as the ledger is. */
static double commit(const char *folder, unsigned at_once, unsigned count) {
  char path[1024];
  sqlite3 *db = NULL;
  (void)snprintf(path, sizeof path, "%s/floor.db", folder);
  check(sqlite3_open(path, &db) == SQLITE_OK, path);
  execute(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
              "CREATE TABLE IF NOT EXISTS issues (number INTEGER PRIMARY KEY, line BLOB)");
  const double begin = us_of(CLOCK_MONOTONIC);
  for (unsigned done = 0; done < count; done += at_once) {
    execute(db, "BEGIN IMMEDIATE");
    insert(db, at_once);
    execute(db, "COMMIT");
  }
  return (us_of(CLOCK_MONOTONIC) - begin) / count;
}

int main(int argc, char **argv) {
  if (argc != 4) {
    (void)fputs("usage: bench_floor FOLDER ISSUES_A_COMMIT COUNT\n", stderr);
    return 2;
  }
  const unsigned at_once = (unsigned)strtoul(argv[2], NULL, 10);
  const unsigned count = (unsigned)strtoul(argv[3], NULL, 10);
  check(sodium_init() >= 0 && at_once > 0 && count > 0, "start");
  (void)crypto_sign_keypair(public_key, secret_key);
  randombytes_buf(bytes, sizeof bytes);
  const double verified = verify(count);
  const double signed_twice = sign(count);
  printf("%.1f %.1f %.1f\n", verified, signed_twice, commit(argv[1], at_once, count));
  return 0;
}
