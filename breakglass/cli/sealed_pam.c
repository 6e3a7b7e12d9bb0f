/* SPDX-License-Identifier: BSD-2-Clause */
/* Each PAM service, judged: is the gate asked before anything can let one in? */
#include <config.h>

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "breakglass/paths.h"
#include "pam_stack.h"
#include "sealed.h"

#define GATE "pam_breakglass.so"
#define FACILITIES 3
#define REASON_SIZE 240
#define SERVICES_MAX 256
#define SERVICE_SIZE 128

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

/* Whether the line can neither end the stack with success nor jump over the gate. */
static bool passes_on(const struct pam_line *line) {
  if (line->bracket) {
    return all_actions(line, is_passing_action);
  }
  return line->substack || is_keyword(line, "required") || is_keyword(line, "requisite") ||
         is_keyword(line, "optional");
}

static bool is_gate(const struct pam_line *line) {
  return !line->substack && strcmp(line->module, GATE) == 0;
}

static bool has_gate(const struct pam_stack *stack) {
  for (size_t i = 0; i < stack->count; i++) {
    if (is_gate(&stack->lines[i])) {
      return true;
    }
  }
  return false;
}

/* The gate, or a plain denial, as it has to stand. */
static bool seals(const struct pam_line *line) {
  bool denies = !line->substack && strcmp(line->module, "pam_deny.so") == 0;
  return (is_gate(line) || denies) && is_final(line) && !line->silent;
}

/* Whether the stack ends at the gate (or in a denial); ret_reason if it does not. */
static bool lines_are_sealed(const struct pam_stack *stack, const char *facility,
                             char ret_reason[static REASON_SIZE]) {
  for (size_t i = 0; i < stack->count; i++) {
    const struct pam_line *line = &stack->lines[i];
    bool opens = strcmp(facility, "session") == 0 && strcmp(line->module, "pam_systemd.so") == 0;
    if (seals(line)) {
      return true;
    }
    if (is_gate(line)) {
      (void)snprintf(ret_reason, REASON_SIZE, "%s",
                     line->silent ? "with a - the line is dropped when " GATE " is missing"
                                  : GATE " is neither requisite nor [success=done default=die]");
      return false;
    }
    if (has_gate(stack) && (opens || !passes_on(line))) {
      (void)snprintf(ret_reason, REASON_SIZE, "%s stands before %s and can let in or jump over it",
                     line->module, GATE);
      return false;
    }
    if (opens || !passes_on(line)) {
      break;
    }
  }
  (void)snprintf(ret_reason, REASON_SIZE, "does not reach %s", GATE);
  return false;
}

static bool facility_is_sealed(const char *service, const char *facility,
                               char ret_reason[static REASON_SIZE]) {
  static struct pam_stack stack;
  pam_stack_read(service, facility, &stack);
  if (stack.problem[0] == '\0' && stack.count == 0) {
    pam_stack_read("other", facility, &stack); /* as libpam does */
  }
  if (stack.problem[0] != '\0') {
    (void)snprintf(ret_reason, REASON_SIZE, "%s", stack.problem);
    return false;
  }
  return lines_are_sealed(&stack, facility, ret_reason);
}

static bool service_is_sealed(const char *service, const struct sealed_report *report) {
  static const char *const facilities[FACILITIES] = {"auth", "account", "session"};
  char reasons[FACILITIES][REASON_SIZE] = {""};
  bool sealed = true;
  for (size_t i = 0; i < FACILITIES; i++) {
    sealed = facility_is_sealed(service, facilities[i], reasons[i]) && sealed;
  }
  if (strcmp(reasons[0], reasons[1]) == 0 && strcmp(reasons[1], reasons[2]) == 0) {
    if (!sealed) {
      sealed_find(report, SEALED_NOT, "%s: %s", service, reasons[0]);
    }
    return sealed;
  }
  for (size_t i = 0; i < FACILITIES; i++) {
    if (reasons[i][0] != '\0') {
      sealed_find(report, SEALED_NOT, "%s, %s: %s", service, facilities[i], reasons[i]);
    }
  }
  return sealed;
}

/* Only root can call runuser, which asks nobody; the others are left by packages. */
static bool is_no_way_in(const char *name) {
  size_t len = strlen(name);
  return name[0] == '.' || strcmp(name, "runuser") == 0 || strcmp(name, "runuser-l") == 0 ||
         strstr(name, ".dpkg-") != NULL || name[len - 1] == '~';
}

struct services {
  char name[SERVICES_MAX][SERVICE_SIZE];
  size_t count;
};

static bool add_service(struct services *services, const char *name) {
  for (size_t i = 0; i < services->count; i++) {
    if (strcmp(services->name[i], name) == 0) {
      return true;
    }
  }
  if (services->count == SERVICES_MAX || strlen(name) >= SERVICE_SIZE) {
    return false;
  }
  (void)snprintf(services->name[services->count++], SERVICE_SIZE, "%s", name);
  return true;
}

static bool list_services(const char *folder, struct services *services,
                          const struct sealed_report *report) {
  DIR *dir = opendir(folder);
  bool whole = dir != NULL || errno == ENOENT;
  for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
    if (!is_no_way_in(entry->d_name) && !add_service(services, entry->d_name)) {
      whole = false;
    }
  }
  if (dir != NULL) {
    (void)closedir(dir);
  }
  if (!whole) {
    sealed_find(report, SEALED_NOT, "%s cannot be read whole", folder);
  }
  return whole;
}

static int by_name(const void *a, const void *b) {
  return strcmp(a, b);
}

bool pam_is_sealed(const struct sealed_report *report) {
  static struct services services;
  services.count = 0;
  bool sealed = list_services(bg_paths()->pam_dirs[0], &services, report);
  sealed = list_services(bg_paths()->pam_dirs[1], &services, report) && sealed;
  qsort(services.name, services.count, sizeof services.name[0], by_name);
  for (size_t i = 0; i < services.count; i++) {
    sealed = service_is_sealed(services.name[i], report) && sealed;
  }
  return sealed;
}
