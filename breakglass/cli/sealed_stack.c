/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "sealed_stack.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "breakglass/paths.h"
#include "sealed_module.h"

static bool is_keyword(const struct pam_line *line, const char *keyword) {
  return !line->bracket && strcasecmp(line->control, keyword) == 0;
}

/* Calls check for each "value=action" of a bracket; whether it was true for all. */
static bool all_actions(const struct pam_line *line,
                        bool (*check)(const char *value, const char *action)) {
  char copy[sizeof line->control];
  (void)snprintf(copy, sizeof copy, "%s", line->control);
  char *rest = copy;
  for (char *pair; (pair = strtok_r(rest, " \t", &rest)) != NULL;) {
    char *equals = strchr(pair, '=');
    if (equals == NULL) {
      return false;
    }
    *equals = '\0';
    if (!check(pair, equals + 1)) {
      return false;
    }
  }
  return true;
}

/* A success may go on or end the stack, all else ends it as a failure. */
static bool is_gate_action(const char *value, const char *action) {
  if (strcasecmp(value, "success") == 0 || strcasecmp(value, "new_authtok_reqd") == 0) {
    return strcasecmp(action, "ok") == 0 || strcasecmp(action, "done") == 0;
  }
  return strcasecmp(action, "die") == 0;
}

static bool is_final(const struct pam_line *line) {
  if (!line->bracket) {
    return is_keyword(line, "requisite");
  }
  return strcasestr(line->control, "default=die") != NULL && all_actions(line, is_gate_action);
}

static bool is_passing_action(const char *value, const char *action) {
  (void)value;
  return strcasecmp(action, "ok") == 0 || strcasecmp(action, "ignore") == 0 ||
         strcasecmp(action, "bad") == 0 || strcasecmp(action, "die") == 0;
}

bool stack_passes_on(const struct pam_line *line) {
  if (line->bracket) {
    return all_actions(line, is_passing_action);
  }
  return line->substack || is_keyword(line, "required") || is_keyword(line, "requisite") ||
         is_keyword(line, "optional");
}

static bool is_gate(const struct pam_line *line) {
  return !line->substack && !line->malformed && strcmp(line->module, GATE_MODULE) == 0;
}

static bool has_gate(const struct pam_stack *stack) {
  for (size_t i = 0; i < stack->count; i++) {
    if (is_gate(&stack->lines[i])) {
      return true;
    }
  }
  return false;
}

static void blame(struct stack_verdict *verdict, enum finding_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void blame(struct stack_verdict *verdict, enum finding_kind kind, const char *format, ...) {
  va_list args;
  va_start(args, format);
  verdict->kind = kind;
  (void)vsnprintf(verdict->reason, sizeof verdict->reason, format, args);
  va_end(args);
}

static void judge_gate(const struct pam_line *line, struct stack_verdict *verdict) {
  enum module_fit fit = module_find(line->path);
  if (line->silent) {
    blame(verdict, FINDING_NOT_SEALED,
          "with a - the line is dropped when " GATE_MODULE " is missing");
  } else if (!is_final(line)) {
    blame(verdict, FINDING_NOT_SEALED,
          GATE_MODULE " is neither requisite nor [success=done default=die]");
  } else if (fit == MODULE_OTHER) {
    blame(verdict, FINDING_NOT_SEALED, "%s is not the installed %s", line->path,
          bg_paths()->module);
  } else if (fit == MODULE_MISSING) {
    blame(verdict, FINDING_LOCKED_OUT, "libpam finds no %s", line->path);
  } else if (line->has_arguments) {
    blame(verdict, FINDING_LOCKED_OUT,
          GATE_MODULE " takes no arguments, and denies everybody with one");
  }
}

/* Where the stack ends at the latest: at the gate or a plain denial. NULL, with the
 * reason, if it can end before or go on behind. */
static const struct pam_line *find_end(const struct pam_stack *stack, const char *facility,
                                       struct stack_verdict *verdict) {
  for (size_t i = 0; i < stack->count; i++) {
    const struct pam_line *line = &stack->lines[i];
    bool opens = strcmp(facility, "session") == 0 && strcmp(line->module, "pam_systemd.so") == 0;
    bool denies = !line->substack && strcmp(line->module, "pam_deny.so") == 0;
    if (is_gate(line) || (denies && is_final(line) && !line->silent)) {
      return line;
    }
    if (opens || !stack_passes_on(line)) {
      if (has_gate(stack)) {
        blame(verdict, FINDING_NOT_SEALED, "%s stands before %s and can let in or jump over it",
              line->module, GATE_MODULE);
        return NULL;
      }
      break;
    }
  }
  blame(verdict, FINDING_NOT_SEALED, "does not reach %s", GATE_MODULE);
  return NULL;
}

static bool is_harmless_action(const char *value, const char *action) {
  (void)value;
  return strcasecmp(action, "ok") == 0 || strcasecmp(action, "ignore") == 0 ||
         strcasecmp(action, "done") == 0;
}

static bool can_refuse(const struct pam_line *line) {
  if (line->bracket) {
    return strcasestr(line->control, "default=") == NULL || !all_actions(line, is_harmless_action);
  }
  return !is_keyword(line, "optional") && !is_keyword(line, "sufficient");
}

/* Whether libpam cannot load it, and fails for that. */
static bool is_missing(const struct pam_line *line) {
  bool ignored = line->bracket && strcasestr(line->control, "module_unknown=ignore") != NULL;
  return !line->substack && !line->silent && !ignored && !line->malformed &&
         module_find(line->path) == MODULE_MISSING;
}

/* Sessions need modules that can fail, such as pam_selinux: of those behind the gate
 * only what fails always is told. */
static bool always_refuses(const struct pam_line *line, bool behind) {
  return line->malformed || strcmp(line->module, "pam_deny.so") == 0 ||
         (behind && is_missing(line));
}

/* What fails beside the gate refuses whom it let in: the token is consumed by then, or
 * never will be. */
static void judge_others(const struct pam_stack *stack, bool session,
                         struct stack_verdict *verdict) {
  bool behind = false;
  for (size_t i = 0; i < stack->count && verdict->reason[0] == '\0'; i++) {
    const struct pam_line *line = &stack->lines[i];
    behind = behind || is_gate(line);
    if (!is_gate(line) && can_refuse(line) && (!session || always_refuses(line, behind))) {
      const char *how = !session           ? "can refuse"
                        : is_missing(line) ? "is missing, and refuses"
                                           : "refuses";
      blame(verdict, FINDING_LOCKED_OUT, "%s %s whom %s let in", line->module, how, GATE_MODULE);
    }
  }
}

void stack_judge(const struct pam_stack *stack, const char *facility, bool way_in,
                 struct stack_verdict *ret_verdict) {
  *ret_verdict = (struct stack_verdict){0};
  if (stack->problem[0] != '\0') {
    blame(ret_verdict, FINDING_NOT_SEALED, "%s", stack->problem);
    return;
  }
  const struct pam_line *end = find_end(stack, facility, ret_verdict);
  if (end == NULL) {
    return;
  }
  if (is_gate(end)) {
    judge_gate(end, ret_verdict);
  } else if (way_in) {
    blame(ret_verdict, FINDING_LOCKED_OUT, "%s denies everybody before %s", end->module,
          GATE_MODULE);
  }
  if (way_in) {
    judge_others(stack, strcmp(facility, "session") == 0, ret_verdict);
  }
}
