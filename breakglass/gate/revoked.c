/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "revoked.h"

#include "breakglass/paths.h"

void gate_read_revoked(struct bg_gate *gate, const struct bg_trusted_signers *signers, int64_t now,
                       struct revoked *ret_revoked) {
  const struct bg_paths *paths = bg_paths();
  struct bg_file *file = &ret_revoked->file;
  enum bg_error err = bg_file_read(paths->revoked, paths->owner, BG_REVOCATIONS_MAX, file);
  if (err == BG_OK) {
    err = bg_revocations_parse(bg_bytes(file->data, file->len), &ret_revoked->list);
  }
  if (err == BG_OK) {
    err = bg_revocations_verify(&ret_revoked->list, signers, now);
  }
  ret_revoked->good = err == BG_OK;
  if (err != BG_OK && gate->policy->token.revocations_required) {
    gate_complain(gate, paths->revoked, 0, bg_strerror(err));
  }
}
