/* SPDX-License-Identifier: BSD-2-Clause */
/* run/challenge: what this boot asks a token to answer. */
#include <config.h>

#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "breakglass/file.h"
#include "breakglass/lock.h"
#include "breakglass/paths.h"
#include "breakglass/run_state.h"

#define RENEW_AFTER 3600
#define GOOD_FOR 7200
#define NEVER INT64_MIN

/* The file: the two latest, newest first. It lives no longer than the boot, so
 * the machine's own layout does. made is CLOCK_BOOTTIME, NEVER if there is none. */
struct record {
  struct {
    int64_t made;
    uint8_t value[BG_NONCE_SIZE];
  } entry[2];
};

static bool read_record(struct record *ret_record) {
  struct bg_file file = {0};
  bool good =
      bg_file_read(bg_paths()->challenge, bg_paths()->owner, sizeof *ret_record, &file) == BG_OK &&
      file.len == sizeof *ret_record;
  if (good) {
    memcpy(ret_record, file.data, sizeof *ret_record);
  }
  bg_file_free(&file);
  return good;
}

static bool is_younger(int64_t made, int64_t now, int64_t age) {
  return made > now - age && made <= now;
}

/* Under a lock of its own, so that all who ask at once are shown the same one, and nobody
 * waits for a writer of events whose disk hangs. */
static enum bg_error renew(int64_t now, struct record *record) {
  if (read_record(record) && is_younger(record->entry[0].made, now, RENEW_AFTER)) {
    return BG_OK;
  }
  record->entry[1] = record->entry[0];
  record->entry[0].made = now;
  randombytes_buf(record->entry[0].value, BG_NONCE_SIZE);
  return bg_file_replace(bg_paths()->challenge, 0600, bg_bytes(record, sizeof *record));
}

static enum bg_error current(int64_t now, struct record *ret_record) {
  struct record record = {.entry = {{.made = NEVER}, {.made = NEVER}}};
  enum bg_error err = BG_OK;
  if (!read_record(&record) || !is_younger(record.entry[0].made, now, RENEW_AFTER)) {
    int lock = -1;
    err = bg_lock_take(bg_paths()->challenge_lock, &lock);
    if (err == BG_OK) {
      err = renew(now, &record);
      (void)close(lock);
    }
  }
  if (err == BG_OK) {
    *ret_record = record;
  }
  return err;
}

enum bg_error bg_challenges_read(struct bg_challenges *ret_challenges) {
  int64_t now = bg_clock_boottime();
  struct record record;
  enum bg_error err = current(now, &record);
  if (err != BG_OK) {
    return err;
  }
  ret_challenges->count = 0;
  for (size_t i = 0; i < 2; i++) {
    if (is_younger(record.entry[i].made, now, GOOD_FOR)) {
      memcpy(ret_challenges->values[ret_challenges->count++], record.entry[i].value, BG_NONCE_SIZE);
    }
  }
  return BG_OK;
}
