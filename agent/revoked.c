/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "revoked.h"

#include "breakglass/paths.h"
#include "breakglass/trusted_signers.h"

/* Sound in every key, as the gate wants it before it believes a list. */
static enum bg_error load_signers(struct bg_trusted_signers *ret_signers) {
  const struct bg_paths *paths = bg_paths();
  struct bg_trusted_signers signers = {0};
  enum bg_error err =
      bg_trusted_signers_load(paths->trusted_signers, paths->owner, NULL, NULL, &signers);
  if (err == BG_OK) {
    err = bg_trusted_signers_check(&signers, NULL, NULL);
  }
  if (err != BG_OK) {
    bg_trusted_signers_free(&signers);
    return BG_REFUSED_CONFIG;
  }
  *ret_signers = signers;
  return BG_OK;
}

static enum bg_error judge(struct bg_bytes bytes, struct bg_revocations *ret_list) {
  struct bg_trusted_signers signers = {0};
  enum bg_error err = load_signers(&signers);
  if (err == BG_OK) {
    err = bg_revocations_parse(bytes, ret_list);
  }
  if (err == BG_OK) {
    err = bg_revocations_verify(ret_list, &signers);
  }
  bg_trusted_signers_free(&signers);
  return err;
}

enum bg_error revoked_read(struct bg_file *ret_file, struct bg_revocations *ret_list) {
  const struct bg_paths *paths = bg_paths();
  struct bg_file file = {0};
  enum bg_error err = bg_file_read(paths->revoked, paths->owner, BG_REVOCATIONS_MAX, &file);
  if (err == BG_OK) {
    err = judge(bg_bytes(file.data, file.len), ret_list);
  }
  if (err != BG_OK) {
    bg_file_free(&file);
    return err;
  }
  *ret_file = file;
  return BG_OK;
}
