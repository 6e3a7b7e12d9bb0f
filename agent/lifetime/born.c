/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "born.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "breakglass/file.h"
#include "breakglass/json.h"
#include "breakglass/json_read.h"
#include "breakglass/paths.h"
#include "breakglass/text.h"

#define RECORD_MAX 1024

static const char *const fresh_names[] = {
    [FRESH_DUE] = "due", [FRESH_SAID] = "said", [FRESH_NEVER] = "never"};

static bool read_boot_id(const json_t *root, const char *key, char *ret_id) {
  const char *text = json_text_of(root, key);
  return text != NULL && bg_bytes_to_text(bg_bytes_of(text), BG_BOOT_ID_SIZE, ret_id) == BG_OK;
}

static bool read_seconds(const json_t *root, const char *key, int64_t *ret_seconds) {
  const json_t *value = json_object_get(root, key);
  *ret_seconds = json_integer_value(value);
  return json_is_integer(value) && *ret_seconds >= 0 && *ret_seconds <= AGE_MAX;
}

static bool read_fresh(const json_t *root, enum fresh *ret_fresh) {
  const char *text = json_text_of(root, "fresh");
  for (size_t i = 0; text != NULL && i < sizeof fresh_names / sizeof fresh_names[0]; i++) {
    if (strcmp(text, fresh_names[i]) == 0) {
      *ret_fresh = (enum fresh)i;
      return true;
    }
  }
  return false;
}

static bool read_level(const json_t *root, enum bg_level *ret_level) {
  const char *text = json_text_of(root, "level");
  return json_is_null(json_object_get(root, "level")) ||
         (text != NULL && bg_level_parse(bg_bytes_of(text), ret_level) == BG_OK);
}

static bool parse(struct bg_bytes bytes, struct born *ret_born) {
  struct born born = {0};
  json_t *root = json_read(bytes);
  born.age.born = json_time_of(root, "born");
  bool good = read_boot_id(root, "first_boot", born.age.first_boot) &&
              read_boot_id(root, "boot", born.age.boot_id) &&
              read_seconds(root, "age", &born.age.seconds) &&
              read_seconds(root, "at", &born.age.at) && read_fresh(root, &born.fresh) &&
              read_level(root, &born.level);
  json_decref(root);
  if (good) {
    *ret_born = born;
  }
  return good;
}

static enum bg_error read_one(const char *path, struct born *ret_born) {
  struct bg_file file = {0};
  enum bg_error err = bg_file_read(path, bg_paths()->owner, RECORD_MAX, &file);
  if (err == BG_OK && !parse(bg_bytes(file.data, file.len), ret_born)) {
    err = BG_ERR_SYNTAX;
  }
  bg_file_free(&file);
  return err;
}

/* The one on run/ is the newer one, if it could be written. What says more counts all the same. */
static void join(struct born *born, const struct born *other) {
  if (other->age.seconds > born->age.seconds) {
    born->age = other->age;
  }
  born->fresh = other->fresh > born->fresh ? other->fresh : born->fresh;
  born->level = other->level > born->level ? other->level : born->level;
}

enum bg_error born_read(struct born *ret_born, enum bg_error *ret_disk) {
  struct born on_run = {0};
  struct born on_disk = {0};
  enum bg_error run_err = read_one(bg_paths()->run_born, &on_run);
  enum bg_error disk_err = read_one(bg_paths()->born, &on_disk);
  *ret_disk = disk_err;
  if (run_err != BG_OK && disk_err != BG_OK) {
    return BG_ERR_NOT_FOUND;
  }
  if (run_err == BG_OK && disk_err == BG_OK) {
    join(&on_run, &on_disk);
  }
  *ret_born = run_err == BG_OK ? on_run : on_disk;
  return BG_OK;
}

static struct bg_bytes compose(const struct born *born, struct bg_buf *buf) {
  struct bg_json json = bg_json_writer(buf);
  bg_json_object(&json, NULL);
  if (born->age.born > 0) {
    bg_json_time(&json, "born", born->age.born);
  } else {
    bg_json_null(&json, "born");
  }
  bg_json_text(&json, "first_boot", born->age.first_boot);
  bg_json_text(&json, "boot", born->age.boot_id);
  bg_json_int(&json, "age", born->age.seconds);
  bg_json_int(&json, "at", born->age.at);
  bg_json_text(&json, "fresh", fresh_names[born->fresh]);
  bg_json_text(&json, "level", bg_level_name(born->level));
  bg_json_end_object(&json);
  bg_buf_put_byte(buf, '\n');
  return bg_buf_view(buf);
}

enum bg_error born_write_run(const struct born *born) {
  char text[RECORD_MAX];
  struct bg_buf buf = BG_BUF(text);
  return bg_file_replace(bg_paths()->run_born, 0600, compose(born, &buf));
}

enum bg_error born_write_disk(const struct born *born) {
  char text[RECORD_MAX];
  char folder[BG_PATH_SIZE];
  struct bg_buf buf = BG_BUF(text);
  int dir = -1;
  const char *path = bg_paths()->born;
  const char *name = strrchr(path, '/') + 1;
  (void)snprintf(folder, sizeof folder, "%.*s", (int)(name - 1 - path), path);
  enum bg_error err = bg_dir_open(folder, bg_paths()->owner, &dir);
  if (err == BG_OK) {
    err = bg_file_replace_durably(dir, name, compose(born, &buf));
    (void)close(dir);
  }
  return err;
}
