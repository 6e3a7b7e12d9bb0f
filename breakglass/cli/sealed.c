/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "sealed.h"

#include <stdarg.h>
#include <stdio.h>

void sealed_find(struct sealed_report *report, enum sealed_kind kind, const char *format, ...) {
  char text[600];
  va_list args;
  va_start(args, format);
  (void)vsnprintf(text, sizeof text, format, args);
  va_end(args);
  if (kind == SEALED_NOT) {
    report->seal = SEAL_BROKEN;
  } else if (kind == SEALED_UNKNOWN && report->seal == SEAL_WHOLE) {
    report->seal = SEAL_UNKNOWN;
  }
  report->on_finding(report->context, kind, text);
}

const char *sealed_kind_name(enum sealed_kind kind) {
  static const char *const names[] = {[SEALED_NOT] = "NOT SEALED",
                                      [SEALED_LOCKED_OUT] = "LOCKED OUT",
                                      [SEALED_UNKNOWN] = "UNKNOWN",
                                      [SEALED_CONFIGURATION] = "configuration",
                                      [SEALED_WARNING] = "warning"};
  return names[kind];
}
