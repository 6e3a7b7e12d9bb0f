/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "revocations_look.h"

#include "breakglass/paths.h"
#include "revocations_store.h"

/* Sound in every key, as the gate wants it before it believes a list. */
static enum bg_error load_trusted(struct bg_trusted_signers *ret_trusted) {
  const struct bg_paths *paths = bg_paths();
  enum bg_error err =
      bg_trusted_signers_load(paths->trusted_signers, paths->owner, NULL, NULL, ret_trusted);
  if (err == BG_OK) {
    err = bg_trusted_signers_check(ret_trusted, NULL, NULL);
  }
  return err == BG_OK ? BG_OK : BG_REFUSED_CONFIG;
}

enum bg_error revocations_of_host(struct bg_file *ret_file, struct bg_revocations *ret_list) {
  struct bg_trusted_signers trusted = {0};
  struct bg_file file = {0};
  enum bg_error err = load_trusted(&trusted);
  if (err == BG_OK) {
    err = revocations_read(&trusted, &file, ret_list);
  }
  bg_trusted_signers_free(&trusted);
  if (err != BG_OK) {
    bg_file_free(&file);
    return err;
  }
  *ret_file = file;
  return BG_OK;
}

enum bg_error revocations_look(struct revocations_look *ret_look) {
  struct bg_file file = {0};
  struct bg_revocations list;
  enum bg_error err = revocations_of_host(&file, &list);
  if (err == BG_OK) {
    *ret_look = (struct revocations_look){
        .number = list.number,
        .issued_at = list.issued_at,
        .expires = list.expires,
        .is_current =
            bg_revocations_check_time(&list, revocations_now(), REVOCATIONS_SKEW) == BG_OK};
    bg_text_fit(sizeof ret_look->issuer, ret_look->issuer, list.issuer);
  }
  bg_file_free(&file);
  return err;
}
