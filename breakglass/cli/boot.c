/* SPDX-License-Identifier: BSD-2-Clause */
/* breakglass boot: run by the boot unit before anybody can log in, and with
 * --end when the host goes down. Makes run/ say again what the events on disk
 * say, and keeps account of whether the last boot left any event behind. */
#include <config.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "breakglass/file.h"
#include "breakglass/json_read.h"
#include "breakglass/paths.h"
#include "breakglass/run_state.h"
#include "cli.h"
#include "taint_fold.h"

#define RECORD "last"
#define RECORD_NEW "last.new"
#define RECORD_MAX 1024

/* boots/last: the newest boot, and the one that the store was made in. */
struct boot_record {
  char boot_id[BG_BOOT_ID_SIZE];
  char store_boot_id[BG_BOOT_ID_SIZE];
  int64_t ended; /* Unix seconds, with every event on disk; 0 if it did not */
  bool gap;      /* since the store was made, a boot ended otherwise: what was lost is not known */
};

static bool copy_id(const json_t *root, const char *key, char *ret_id) {
  const char *text = json_text_of(root, key);
  return text != NULL && bg_bytes_to_text(bg_bytes_of(text), BG_BOOT_ID_SIZE, ret_id) == BG_OK;
}

static enum bg_error read_record(int dir, struct boot_record *ret_record) {
  struct bg_file file = {0};
  struct boot_record record;
  enum bg_error err = bg_file_read_at(dir, RECORD, bg_paths()->owner, RECORD_MAX, &file);
  if (err == BG_OK) {
    json_t *root = json_read(bg_bytes(file.data, file.len));
    record.ended = json_time_of(root, "ended");
    record.gap = !json_is_false(json_object_get(root, "gap"));
    err = copy_id(root, "boot_id", record.boot_id) &&
                  copy_id(root, "store_boot_id", record.store_boot_id)
              ? BG_OK
              : BG_ERR_SYNTAX;
    json_decref(root);
  }
  bg_file_free(&file);
  if (err == BG_OK) {
    *ret_record = record;
  }
  return err;
}

static enum bg_error write_record(int dir, const struct boot_record *record) {
  char text[RECORD_MAX];
  char ended[BG_TIME_TEXT_SIZE + 2] = "null";
  if (record->ended > 0) {
    ended[0] = '"';
    bg_format_time(record->ended, ended + 1);
    (void)strcat(ended, "\"");
  }
  int len = snprintf(text, sizeof text,
                     "{\"boot_id\":\"%s\",\"store_boot_id\":\"%s\",\"ended\":%s,\"gap\":%s}\n",
                     record->boot_id, record->store_boot_id, ended, record->gap ? "true" : "false");
  (void)unlinkat(dir, RECORD_NEW, 0); /* of one who was killed */
  enum bg_error err = bg_file_publish(dir, RECORD_NEW, bg_bytes(text, (size_t)len));
  if (err == BG_OK && (renameat(dir, RECORD_NEW, dir, RECORD) != 0 || fsync(dir) != 0)) {
    err = BG_ERR_IO;
  }
  return err;
}

/* For bg_event_store_proves_unused(). */
static enum bg_error leave_proof(int64_t ended) {
  return bg_stamp_write(bg_paths()->boot_proof, bg_paths()->owner,
                        (struct timespec){.tv_sec = ended});
}

/* This boot is unclean until it says that it ended clean. The proof is left only
 * once that is on disk. */
static enum bg_error begin_boot(int dir, bool intact) {
  struct boot_record last = {0};
  struct boot_record now = {0};
  enum bg_error err = bg_boot_id(now.boot_id);
  if (err != BG_OK) {
    return err;
  }
  bool has_last = read_record(dir, &last) == BG_OK;
  if (has_last && strcmp(last.boot_id, now.boot_id) == 0) {
    bool ended = last.ended > 0; /* the unit was restarted: the boot goes on */
    last.ended = 0;
    return ended ? write_record(dir, &last) : BG_OK;
  }
  now.gap = has_last && (last.gap || last.ended == 0);
  bool proven = has_last && intact && !now.gap && last.ended <= bg_clock_now() &&
                strcmp(last.store_boot_id, now.boot_id) != 0;
  memcpy(now.store_boot_id, has_last ? last.store_boot_id : now.boot_id, BG_BOOT_ID_SIZE);
  err = write_record(dir, &now);
  return err == BG_OK && proven ? leave_proof(last.ended) : err;
}

static enum bg_error end_boot(int dir) {
  struct boot_record record;
  char boot_id[BG_BOOT_ID_SIZE];
  int64_t last;
  enum bg_error err = bg_event_store_settle(&last);
  if (err == BG_OK) {
    err = read_record(dir, &record);
  }
  if (err == BG_OK) {
    err = bg_boot_id(boot_id);
  }
  if (err == BG_OK && strcmp(boot_id, record.boot_id) != 0) {
    err = BG_ERR_RANGE; /* it does not end the one before */
  }
  if (err == BG_OK) {
    record.ended = bg_clock_now();
    err = write_record(dir, &record);
  }
  return err;
}

static enum bg_error open_boots(int *ret_dir) {
  return bg_dir_open(bg_paths()->boots, bg_paths()->owner, ret_dir);
}

static enum bg_error note_begin(bool intact) {
  int dir = -1;
  enum bg_error err = open_boots(&dir);
  if (err == BG_OK) {
    err = begin_boot(dir, intact);
    (void)close(dir);
  }
  return err;
}

static enum bg_error note_end(void) {
  int dir = -1;
  enum bg_error err = open_boots(&dir);
  if (err == BG_OK) {
    err = end_boot(dir);
    (void)close(dir);
  }
  return err;
}

/* What writers left that were killed; nobody writes yet. */
static void sweep(const char *folder) {
  DIR *dir = opendir(folder);
  for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
    if (strncmp(entry->d_name, ".tmp.", 5) == 0) {
      (void)unlinkat(dirfd(dir), entry->d_name, 0);
    }
  }
  if (dir != NULL) {
    (void)closedir(dir);
  }
}

/* Of a file that has no folder of its own. */
static void sweep_beside(const char *path) {
  char folder[BG_PATH_SIZE];
  (void)snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(path, '/') - path), path);
  sweep(folder);
}

/* Whatever the clock says: what the disk knows to be used stays used. */
static enum bg_error spend_again(const struct taint_fold *fold) {
  enum bg_error err = BG_OK;
  for (size_t i = 0; err == BG_OK && i < fold->token_count; i++) {
    err = bg_spent_consume(fold->token_ids[i]);
    err = err == BG_REFUSED_ALREADY_USED ? BG_OK : err;
  }
  return err;
}

/* The mark comes before the epoch, which must not begin before it. */
static enum bg_error restore_run(bool *ret_intact) {
  struct taint_fold fold = {0};
  int64_t epoch = 0;
  enum bg_error err = taint_fold_events(NULL, &fold);
  if (err == BG_OK) {
    err = bg_mark_raise(fold.vouched);
  }
  enum bg_error prepared = bg_run_state_prepare(bg_clock_now(), &epoch);
  if (err == BG_OK) {
    err = prepared;
  }
  if (err == BG_OK) {
    err = spend_again(&fold);
  }
  if (err == BG_OK) {
    err = bg_taint_restore(&fold.taint);
  }
  if (fold.chain_is_broken) {
    (void)cli_failure("%s", fold.taint.why);
  }
  *ret_intact = err == BG_OK && !fold.chain_is_broken;
  taint_fold_free(&fold);
  return err;
}

static int begin(void) {
  sweep(bg_paths()->events);
  sweep(bg_paths()->cursors);
  sweep_beside(bg_paths()->born);
  sweep(bg_paths()->run);
  sweep(bg_paths()->pending);
  bool intact = false;
  struct bg_challenges challenges;
  enum bg_error restored = restore_run(&intact);
  enum bg_error begun = note_begin(intact);
  (void)!bg_challenges_read(&challenges); /* made now, while everything works */
  (void)!bg_event_store_provide();        /* events do without */
  if (restored != BG_OK) {
    char what[BG_PATH_SIZE];
    (void)snprintf(what, sizeof what, "%s could not be made from %s", bg_paths()->run,
                   bg_paths()->events);
    return cli_host_failure(what, restored);
  }
  return begun == BG_OK ? CLI_OK : cli_host_failure("the boot could not be noted", begun);
}

static int end(void) {
  enum bg_error err = note_end();
  if (err == BG_ERR_NOT_FOUND || err == BG_ERR_RANGE) {
    return cli_failure("the begin of this boot was not noted, so its end is not: the disk will "
                       "prove no token unused");
  }
  return err == BG_OK ? CLI_OK : cli_host_failure("events are left behind", err);
}

int cli_boot(int argc, char **argv) {
  if (argc == 1) {
    return begin();
  }
  if (argc == 2 && strcmp(argv[1], "--end") == 0) {
    return end();
  }
  return cli_wrong_arguments();
}
