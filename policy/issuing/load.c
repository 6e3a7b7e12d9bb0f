/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include <stdlib.h>

#include "breakglass/paths.h"
#include "reading.h"

static enum bg_error read_all(struct issuing_reading *reading) {
  const struct bg_paths *paths = bg_paths();
  const struct bg_conf_reader reader = {.file = reading->only,
                                        .vendor = paths->vendor_signer_conf,
                                        .admin = paths->admin_signer_conf,
                                        .vendor_dir = paths->vendor_signer_conf_dir,
                                        .admin_dir = paths->admin_signer_conf_dir,
                                        .file_max = ISSUING_FILE_MAX,
                                        .on_text = issuing_read_text,
                                        .context = reading,
                                        .told = &reading->told};
  enum bg_error err = bg_conf_read_files(&reader, &reading->issuing->files);
  return err == BG_OK ? issuing_read_end(reading) : err;
}

enum bg_error issuing_read_end(struct issuing_reading *reading) {
  issuing_read_finish(reading);
  enum bg_error err = issuing_check(reading);
  if (err == BG_OK) {
    issuing_check_reach(reading);
    err = reading->told.problems == 0 ? BG_OK : BG_REFUSED_CONFIG;
  }
  return err;
}

enum bg_error bg_issuing_load(const char *file, bg_conf_problem_fn *on_problem, void *context,
                              struct bg_issuing **ret_issuing) {
  struct issuing_reading reading = {.issuing = calloc(1, sizeof *reading.issuing),
                                    .told = {on_problem, context, 0},
                                    .only = file};
  enum bg_error err = reading.issuing != NULL ? read_all(&reading) : BG_ERR_NOMEM;
  if (err == BG_OK) {
    *ret_issuing = reading.issuing;
  } else {
    bg_issuing_free(reading.issuing);
  }
  return err;
}

void bg_issuing_free(struct bg_issuing *issuing) {
  if (issuing == NULL) {
    return;
  }
  for (size_t i = 0; i < issuing->rule_count; i++) {
    if (issuing->rules[i].has_pattern) {
      regfree(&issuing->rules[i].pattern);
    }
  }
  bg_conf_files_free(issuing->files);
  free(issuing);
}

const struct bg_issuing_settings *bg_issuing_settings(const struct bg_issuing *issuing) {
  return &issuing->settings;
}
