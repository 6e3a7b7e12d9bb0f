/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a secret lies: in a file of ours, or in one that systemd lends. */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "breakglass/mint.h"
#include "breakglass/paths.h"

static const char *after(const char *text, const char *prefix) {
  size_t len = strlen(prefix);
  return strncmp(text, prefix, len) == 0 && text[len] != '\0' ? text + len : NULL;
}

/* As systemd passes it (systemd.exec(5), LoadCredential=): a file of that name in a folder of ours.
 * It may be root's with an entry for our user, which stat() shows as if its group could read. */
static enum bg_error read_credential(const char *name, size_t max, struct bg_file *ret_file) {
  char path[BG_PATH_SIZE];
  const char *folder = secure_getenv("CREDENTIALS_DIRECTORY");
  if (strchr(name, '/') != NULL || name[0] == '.') {
    return BG_ERR_RANGE;
  }
  int len = folder != NULL ? snprintf(path, sizeof path, "%s/%s", folder, name) : -1;
  return len > 0 && len < BG_PATH_SIZE
             ? bg_file_read_secret(path, geteuid(), BG_MODE_OTHERS & ~(mode_t)S_IRGRP, max,
                                   ret_file)
             : BG_ERR_NOT_FOUND;
}

enum bg_error bg_secret_read(const char *spec, size_t max, struct bg_file *ret_file) {
  const char *path = after(spec, "file:");
  const char *credential = after(spec, "credential:");
  if (path != NULL) {
    return bg_file_read_secret(path, geteuid(), BG_MODE_OTHERS, max, ret_file);
  }
  return credential != NULL ? read_credential(credential, max, ret_file) : BG_ERR_RANGE;
}
