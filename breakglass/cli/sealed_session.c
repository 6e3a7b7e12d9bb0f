/* SPDX-License-Identifier: BSD-2-Clause */
/* The two modules without which a session that the gate opens is none, or never ends. */
#include <config.h>

#include <string.h>

#include "sealed_module.h"
#include "sealed_stack.h"

static const struct pam_line *find_module(const struct pam_stack *stack, size_t begin, size_t end,
                                          const char *module) {
  for (size_t i = begin; i < end; i++) {
    const struct pam_line *line = &stack->lines[i];
    if (!line->substack && !line->malformed && strcmp(line->module, module) == 0) {
      return line;
    }
  }
  return NULL;
}

/* Where a success ends the stack, or a jump leads away, what follows may never run. */
static size_t count_reached(const struct pam_stack *stack) {
  size_t i = 0;
  while (i < stack->count && stack_passes_on(&stack->lines[i])) {
    i++;
  }
  return i < stack->count ? i + 1 : i;
}

struct needed {
  const char *module;
  const char *place;
  enum finding_kind kind;
  const char *why;
};

static void judge_needed(const char *service, const struct needed *needed,
                         const struct pam_line *line, struct sealed_report *report) {
  if (line == NULL) {
    sealed_find(report, needed->kind, "%s, session: %s does not run %s " GATE_MODULE ": %s",
                service, needed->module, needed->place, needed->why);
  } else if (module_find(line->path) == MODULE_MISSING) {
    sealed_find(report, needed->kind, "%s, session: libpam finds no %s: %s", service, line->path,
                needed->why);
  }
}

void judge_session(const char *service, const struct pam_stack *stack,
                   struct sealed_report *report) {
  static const struct needed loginuid = {
      "pam_loginuid.so", "before", FINDING_LOCKED_OUT,
      "without an audit session the gate denies whom it let in: install libpam-modules"};
  static const struct needed systemd = {
      "pam_systemd.so", "behind", FINDING_NOT_SEALED,
      "sessions would not end at their deadline: install libpam-systemd"};
  const struct pam_line *gate = find_module(stack, 0, stack->count, GATE_MODULE);
  if (gate == NULL) {
    return;
  }
  size_t at = (size_t)(gate - stack->lines);
  judge_needed(service, &loginuid, find_module(stack, 0, at, loginuid.module), report);
  judge_needed(service, &systemd, find_module(stack, at + 1, count_reached(stack), systemd.module),
               report);
}
