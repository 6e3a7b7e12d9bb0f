/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "sealed.h"

#include <stdarg.h>
#include <stdio.h>

#include "policy_report.h"

void sealed_find(const struct sealed_report *report, enum sealed_kind kind, const char *format,
                 ...) {
  char text[600];
  va_list args;
  va_start(args, format);
  (void)vsnprintf(text, sizeof text, format, args);
  va_end(args);
  if (report->on_finding != NULL) {
    report->on_finding(report->context, kind, text);
  }
}

const char *sealed_kind_name(enum sealed_kind kind) {
  static const char *const names[] = {[SEALED_NOT] = "NOT SEALED",
                                      [SEALED_LOCKED_OUT] = "LOCKED OUT",
                                      [SEALED_UNKNOWN] = "UNKNOWN",
                                      [SEALED_CONFIGURATION] = "configuration",
                                      [SEALED_WARNING] = "warning"};
  return names[kind];
}

bool ways_are_sealed(const char *host_key, const struct sealed_report *report) {
  bool pam = pam_is_sealed(report);
  bool sshd = sshd_is_sealed(host_key, report);
  warn_of_host(report);
  return pam && sshd;
}

static void pass_on(void *context, const struct policy_problem *problem) {
  const char *file = problem->file != NULL ? problem->file : "the host";
  if (problem->line > 0) {
    sealed_find(context, problem->kind, "%s:%u: %s", file, problem->line, problem->text);
  } else {
    sealed_find(context, problem->kind, "%s: %s", file, problem->text);
  }
}

bool host_is_sealed(const char *host_key, const struct sealed_report *report) {
  struct sealed_report copy = *report;
  struct policy_check configuration = {
      .configuration_only = true, .on_problem = pass_on, .context = &copy};
  policy_check_run(&configuration);
  return ways_are_sealed(host_key, report);
}
