/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "breakglass/policy.h"

#include <stdlib.h>
#include <string.h>

#include "breakglass/paths.h"
#include "conf.h"

static void tell_settings(const struct bg_conf *conf) {
  for (size_t i = 0; i < BG_CONF_KEYS && conf->reading->on_setting != NULL; i++) {
    const struct bg_conf_value *value = &conf->values[i];
    const struct bg_setting setting = {value->key->section, value->key->name, value->text,
                                       value->file, value->line};
    conf->reading->on_setting(conf->reading->context, &setting);
  }
}

static void on_text(void *context, const char *file, bool vendor, struct bg_bytes text) {
  bg_conf_parse(context, file, vendor, text);
}

static enum bg_error read_into(struct bg_conf *conf) {
  const struct bg_paths *paths = bg_paths();
  const struct bg_conf_reader reader = {.file = conf->reading->file,
                                        .vendor = paths->vendor_conf,
                                        .admin = paths->admin_conf,
                                        .vendor_dir = paths->vendor_conf_dir,
                                        .admin_dir = paths->admin_conf_dir,
                                        .file_max = BG_CONF_FILE_MAX,
                                        .on_text = on_text,
                                        .context = conf,
                                        .told = &conf->told};
  struct bg_conf_files *files = NULL;
  enum bg_error err = bg_conf_read_files(&reader, &files);
  if (err != BG_OK) {
    return err;
  }
  bg_conf_finish(conf);
  bg_conf_check_ack(conf);
  bg_conf_resolve_host_id(conf);
  tell_settings(conf);
  bg_conf_files_free(files);
  return conf->told.problems == 0 ? BG_OK : BG_REFUSED_CONFIG;
}

enum bg_error bg_policy_read(const struct bg_policy_reading *reading,
                             struct bg_policy **ret_policy) {
  struct bg_conf conf = {.policy = calloc(1, sizeof *conf.policy),
                         .reading = reading,
                         .told = {reading->on_problem, reading->context, 0}};
  enum bg_error err = conf.policy != NULL ? read_into(&conf) : BG_ERR_NOMEM;
  if (err == BG_OK || (reading->lenient && err == BG_REFUSED_CONFIG)) {
    *ret_policy = conf.policy;
    conf.policy = NULL; /* transferred */
  }
  free(conf.policy);
  return err;
}

enum bg_error bg_policy_load(const char *file, bg_conf_problem_fn *on_problem, void *context,
                             struct bg_policy **ret_policy) {
  const struct bg_policy_reading reading = {
      .file = file, .on_problem = on_problem, .context = context};
  return bg_policy_read(&reading, ret_policy);
}

bool bg_policy_exempts(const struct bg_policy *policy, const char *service, const char *user) {
  if (service == NULL || user == NULL || user[0] == '\0') {
    return false;
  }
  for (size_t i = 0; i < policy->exempt_count; i++) {
    const struct bg_exempt *exempt = &policy->exempt[i];
    if (strcmp(exempt->service, service) == 0 &&
        (strcmp(exempt->user, "*") == 0 || strcmp(exempt->user, user) == 0)) {
      return true;
    }
  }
  return false;
}

bool bg_policy_is_session_service(const struct bg_policy *policy, const char *service) {
  for (size_t i = 0; service != NULL && i < policy->session_service_count; i++) {
    if (strcmp(policy->session_services[i], service) == 0) {
      return true;
    }
  }
  return false;
}
