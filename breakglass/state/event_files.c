/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "event_files.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "breakglass/paths.h"

#define DIGITS 10
#define NUMBER_MAX 9999999999

int64_t bg_event_number(const char *name) {
  bool good = strspn(name, "0123456789") == DIGITS && strcmp(name + DIGITS, ".json") == 0;
  return good ? (int64_t)strtoll(name, NULL, 10) : 0;
}

enum bg_error bg_event_name(int64_t number, char ret_name[static BG_EVENT_NAME_SIZE]) {
  if (number < 1 || number > NUMBER_MAX) {
    return BG_ERR_RANGE;
  }
  (void)snprintf(ret_name, BG_EVENT_NAME_SIZE, "%010" PRId64 ".json", number);
  return BG_OK;
}

enum bg_error bg_event_read(int dir, const char *name, struct bg_file *ret_file) {
  enum bg_error err = bg_file_read_at(dir, name, bg_paths()->owner, BG_EVENT_MAX, ret_file);
  if (err != BG_OK) {
    return err;
  }
  const size_t len = ret_file->len;
  ret_file->len = bg_file_blank_content(bg_bytes(ret_file->data, len)).len;
  if (len > 0 && ret_file->len == 0) {
    bg_file_free(ret_file);
    return BG_ERR_NOT_FOUND;
  }
  return BG_OK;
}

int bg_event_is_sealed(const struct dirent *entry) {
  return bg_event_number(entry->d_name) > 0;
}

int bg_event_is_loose(const struct dirent *entry) {
  const size_t id = BG_EVENT_ID_SIZE - 1;
  return strspn(entry->d_name, "0123456789abcdef") == id &&
         strcmp(entry->d_name + id, ".loose") == 0;
}

enum bg_error bg_pending_path(const char *name, char ret_path[static BG_PATH_SIZE]) {
  int len = snprintf(ret_path, BG_PATH_SIZE, "%s/%s", bg_paths()->pending, name);
  return len > 0 && len < BG_PATH_SIZE ? BG_OK : BG_ERR_IO;
}
