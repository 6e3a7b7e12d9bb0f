/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "host_facts.h"

#include <string.h>

#include "breakglass/file.h"
#include "breakglass/paths.h"
#include "breakglass/text.h"

#define OS_RELEASE_MAX 16384

static const char *const image_keys[BG_IMAGE_FACTS] = {
    [BG_IMAGE_OS] = "ID=",
    [BG_IMAGE_OS_VERSION] = "VERSION_ID=",
    [BG_IMAGE_ID] = "IMAGE_ID=",
    [BG_IMAGE_VERSION] = "IMAGE_VERSION=",
};

/* Stays empty unless the value is whole and fit to be shown. */
static void keep(struct bg_bytes value, char *ret_text) {
  if (!bg_text_is_clean(value) || bg_bytes_to_text(value, BG_FACT_SIZE, ret_text) != BG_OK) {
    ret_text[0] = '\0';
  }
}

static struct bg_bytes unquoted(const char *value, size_t len) {
  if (len >= 2 && (value[0] == '"' || value[0] == '\'') && value[len - 1] == value[0]) {
    return bg_bytes(value + 1, len - 2);
  }
  return bg_bytes(value, len);
}

static void read_line(const char *line, size_t len, struct bg_host_facts *facts) {
  for (size_t i = 0; i < BG_IMAGE_FACTS; i++) {
    size_t key = strlen(image_keys[i]);
    if (len > key && strncmp(line, image_keys[i], key) == 0) {
      keep(unquoted(line + key, len - key), facts->image[i]);
    }
  }
}

static void read_os_release(struct bg_host_facts *facts) {
  struct bg_file file = {0};
  if (bg_file_read(bg_paths()->os_release, bg_paths()->owner, OS_RELEASE_MAX, &file) == BG_OK) {
    const char *at = (const char *)file.data;
    while (*at != '\0') {
      size_t len = strcspn(at, "\n");
      read_line(at, len, facts);
      at += len + (at[len] == '\n');
    }
  }
  bg_file_free(&file);
}

static void read_machine_id(struct bg_host_facts *facts) {
  struct bg_file file = {0};
  if (bg_file_read(bg_paths()->machine_id, bg_paths()->owner, BG_FACT_SIZE, &file) == BG_OK) {
    keep(bg_bytes(file.data, strcspn((const char *)file.data, "\n")), facts->machine_id);
  }
  bg_file_free(&file);
}

void bg_host_facts_read(struct bg_host_facts *ret_facts) {
  struct bg_host_facts facts = {0};
  read_machine_id(&facts);
  read_os_release(&facts);
  if (bg_boot_id(facts.boot_id) != BG_OK) {
    facts.boot_id[0] = '\0';
  }
  *ret_facts = facts;
}
