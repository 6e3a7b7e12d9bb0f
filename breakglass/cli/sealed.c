/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "sealed.h"

#include <stdarg.h>
#include <stdio.h>

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

bool host_is_sealed(const char *host_key, const struct sealed_report *report) {
  bool pam = pam_is_sealed(report);
  bool sshd = sshd_is_sealed(host_key, report);
  return pam && sshd;
}
