/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "revocations_store.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "breakglass/host_clock.h"
#include "breakglass/paths.h"
#include "breakglass/run_state.h"
#include "cli.h"

int64_t revocations_now(void) {
  const int64_t now = bg_clock_now();
  const int64_t mark = bg_mark_read();
  return now > mark ? now : mark;
}

static void on_problem(void *context, const struct bg_file_problem *problem) {
  (void)context;
  (void)cli_usage_error("%s:%u: %s", bg_paths()->trusted_signers, problem->line, problem->text);
}

int revocations_load_trusted(struct bg_trusted_signers *ret_trusted) {
  const struct bg_paths *paths = bg_paths();
  enum bg_error err =
      bg_trusted_signers_load(paths->trusted_signers, paths->owner, on_problem, NULL, ret_trusted);
  if (err == BG_OK) {
    err = bg_trusted_signers_check(ret_trusted, on_problem, NULL);
  }
  return err == BG_OK ? CLI_OK
                      : cli_usage_error("%s: %s", paths->trusted_signers, bg_strerror(err));
}

enum bg_error revocations_read(const struct bg_trusted_signers *trusted, struct bg_file *ret_file,
                               struct bg_revocations *ret_list) {
  const struct bg_paths *paths = bg_paths();
  enum bg_error err = bg_file_read(paths->revoked, paths->owner, BG_REVOCATIONS_MAX, ret_file);
  if (err == BG_OK) {
    err = bg_revocations_parse(bg_bytes(ret_file->data, ret_file->len), ret_list);
  }
  return err == BG_OK ? bg_revocations_verify(ret_list, trusted) : err;
}

int revocations_refused(enum bg_error err) {
  const char *code = bg_refusal_code(err);
  if (code == NULL) {
    return cli_failure("%s", bg_strerror(err));
  }
  (void)fprintf(stderr, "refused: %s\n", code);
  return CLI_REFUSED;
}

static int replace(const char *path, int dir, const struct bg_revocations *list) {
  enum bg_error err = bg_file_replace_durably(dir, strrchr(path, '/') + 1, list->bytes);
  if (err != BG_OK) {
    return cli_host_failure(path, err);
  }
  (void)printf("installed: number %" PRId64 " of %s\n", list->number, list->issuer);
  return CLI_OK;
}

static int keep(const struct bg_revocations *old, const struct bg_revocations *list,
                bool older_is_fine) {
  if (older_is_fine &&
      bg_revocations_check_time(old, revocations_now(), REVOCATIONS_SKEW) == BG_OK) {
    (void)printf("kept: number %" PRId64 " of %s, which is later than number %" PRId64 " of %s\n",
                 old->number, old->issuer, list->number, list->issuer);
    return CLI_OK;
  }
  (void)cli_failure("refused: number %" PRId64 " of %s is not later than number %" PRId64
                    " of %s, which is installed",
                    list->number, list->issuer, old->number, old->issuer);
  return CLI_REFUSED;
}

/* For two seconds at most; whoever closes the folder unlocks it. */
static enum bg_error lock(int dir) {
  const struct timespec pause = {.tv_nsec = 50000000};
  for (unsigned tries = 0; flock(dir, LOCK_EX | LOCK_NB) != 0; tries++) {
    if (errno != EWOULDBLOCK) {
      return BG_ERR_IO;
    }
    if (tries == 40) {
      return BG_ERR_BUSY;
    }
    (void)nanosleep(&pause, NULL);
  }
  return BG_OK;
}

/* Under the folder's lock: of two that are installed at once, the later one stays. */
static int replace_older(const char *path, int dir, const struct bg_trusted_signers *trusted,
                         const struct bg_revocations *list, bool older_is_fine) {
  struct bg_file file = {0};
  struct bg_revocations old;
  int result = CLI_OK;
  enum bg_error err = lock(dir);
  if (err != BG_OK) {
    return cli_host_failure(path, err);
  }
  err = revocations_read(trusted, &file, &old);
  /* What cannot be judged any more is in nobody's way. */
  if (err == BG_OK && bg_bytes_equal(old.bytes, list->bytes)) {
    (void)printf("installed already: number %" PRId64 " of %s\n", list->number, list->issuer);
  } else if (err == BG_OK && !bg_revocations_is_newer(list, &old)) {
    result = keep(&old, list, older_is_fine);
  } else {
    result = replace(path, dir, list);
  }
  bg_file_free(&file);
  return result;
}

static int install(const struct bg_trusted_signers *trusted, const struct bg_revocations *list,
                   bool older_is_fine) {
  char folder[BG_PATH_SIZE];
  const char *path = bg_paths()->revoked;
  int dir = -1;
  bg_text_fit(sizeof folder, folder, path);
  *strrchr(folder, '/') = '\0';
  enum bg_error err = bg_dir_open(folder, bg_paths()->owner, &dir);
  if (err != BG_OK) {
    return cli_host_failure(folder, err);
  }
  int result = replace_older(path, dir, trusted, list, older_is_fine);
  (void)close(dir);
  return result;
}

int revocations_install(struct bg_bytes bytes, bool older_is_fine) {
  struct bg_trusted_signers trusted = {0};
  struct bg_revocations list;
  int result = revocations_load_trusted(&trusted);
  if (result != CLI_OK) {
    return result;
  }
  enum bg_error err = bg_revocations_parse(bytes, &list);
  if (err == BG_OK) {
    err = bg_revocations_verify(&list, &trusted);
  }
  if (err == BG_OK) {
    err = bg_revocations_check_signers(&list, &trusted, revocations_now());
  }
  if (err == BG_OK) {
    err = bg_revocations_check_time(&list, revocations_now(), REVOCATIONS_SKEW);
  }
  result = err == BG_OK ? install(&trusted, &list, older_is_fine) : revocations_refused(err);
  bg_trusted_signers_free(&trusted);
  return result;
}
