/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "revocations_look.h"

#include "breakglass/paths.h"
#include "revocations_store.h"

static enum bg_error look(const struct bg_trusted_signers *trusted,
                          struct revocations_look *ret_look) {
  struct bg_file file = {0};
  struct bg_revocations list;
  enum bg_error err = revocations_read(trusted, &file, &list);
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

enum bg_error revocations_look(struct revocations_look *ret_look) {
  const struct bg_paths *paths = bg_paths();
  struct bg_trusted_signers trusted = {0};
  enum bg_error err =
      bg_trusted_signers_load(paths->trusted_signers, paths->owner, NULL, NULL, &trusted);
  if (err == BG_OK) {
    err = bg_trusted_signers_check(&trusted, NULL, NULL);
  }
  if (err == BG_OK) {
    err = look(&trusted, ret_look);
  }
  bg_trusted_signers_free(&trusted);
  return err;
}
