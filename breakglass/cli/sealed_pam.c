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

/* Why the stack does not end at the gate (or in a denial); NULL if it does. */
static const char *judge_lines(const struct pam_stack *stack, const char *facility) {
  static char reason[240];
  for (size_t i = 0; i < stack->count; i++) {
    const struct pam_line *line = &stack->lines[i];
    bool gate = !line->substack && strcmp(line->module, GATE) == 0;
    bool denies = !line->substack && strcmp(line->module, "pam_deny.so") == 0;
    if ((gate || denies) && is_final(line) && !line->silent) {
      return NULL;
    }
    if (gate) {
      return line->silent ? "a line with - is dropped when " GATE " is missing"
                          : GATE " is there, but neither requisite nor [success=done default=die]";
    }
    bool opens = strcmp(facility, "session") == 0 && strcmp(line->module, "pam_systemd.so") == 0;
    if (opens || !passes_on(line)) {
      (void)snprintf(reason, sizeof reason, "%s comes before %s and can let in or jump over it",
                     line->module, GATE);
      return reason;
    }
  }
  return "it does not reach " GATE;
}

static const char *judge(const char *service, const char *facility) {
  static struct pam_stack stack;
  pam_stack_read(service, facility, &stack);
  if (stack.problem[0] == '\0' && stack.count == 0) {
    pam_stack_read("other", facility, &stack); /* as libpam does */
  }
  return stack.problem[0] != '\0' ? stack.problem : judge_lines(&stack, facility);
}

static bool service_is_sealed(const char *service, const struct sealed_report *report) {
  static const char *const facilities[] = {"auth", "account", "session"};
  bool sealed = true;
  for (size_t i = 0; i < sizeof facilities / sizeof facilities[0]; i++) {
    const char *reason = judge(service, facilities[i]);
    if (reason != NULL) {
      sealed_find(report, SEALED_NOT, "%s, %s: %s", service, facilities[i], reason);
      sealed = false;
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
