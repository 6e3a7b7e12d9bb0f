/* SPDX-License-Identifier: BSD-2-Clause */
/* Each PAM service, judged by its stacks. Those for passwords are left out: they open
 * no session, and on a sealed host no password opens one either. */
#include <config.h>

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "breakglass/paths.h"
#include "sealed_module.h"
#include "sealed_stack.h"

#define FACILITIES 3
#define SERVICES_MAX 256
#define SERVICE_SIZE 128

/* Where tokens are used. */
static bool is_way_in(const char *service) {
  return strcmp(service, "sshd") == 0 || strcmp(service, "login") == 0;
}

static void read_stack(const char *service, const char *facility, struct pam_stack *ret_stack) {
  pam_stack_read(service, facility, ret_stack);
  if (ret_stack->problem[0] == '\0' && ret_stack->count == 0) {
    pam_stack_read("other", facility, ret_stack); /* as libpam does */
  }
}

static void judge_service(const char *service, struct sealed_report *report) {
  static const char *const facilities[FACILITIES] = {"auth", "account", "session"};
  static struct pam_stack stack;
  struct stack_verdict verdicts[FACILITIES];
  bool alike = true;
  for (size_t i = 0; i < FACILITIES; i++) {
    read_stack(service, facilities[i], &stack);
    stack_judge(&stack, facilities[i], is_way_in(service), &verdicts[i]);
    alike = alike && strcmp(verdicts[i].reason, verdicts[0].reason) == 0;
  }
  if (is_way_in(service)) {
    judge_session(service, &stack, report);
  }
  if (alike) {
    if (verdicts[0].reason[0] != '\0') {
      sealed_find(report, verdicts[0].kind, "%s: %s", service, verdicts[0].reason);
    }
    return;
  }
  for (size_t i = 0; i < FACILITIES; i++) {
    if (verdicts[i].reason[0] != '\0') {
      sealed_find(report, verdicts[i].kind, "%s, %s: %s", service, facilities[i],
                  verdicts[i].reason);
    }
  }
}

/* Only root can call runuser, which asks nobody; the others are left by packages. They
 * can be included, so they too are root's alone. */
static bool is_no_way_in(const char *name) {
  size_t len = strlen(name);
  return name[0] == '.' || strcmp(name, "runuser") == 0 || strcmp(name, "runuser-l") == 0 ||
         strstr(name, ".dpkg-") != NULL || name[len - 1] == '~';
}

struct services {
  char name[SERVICES_MAX][SERVICE_SIZE];
  size_t count;
};

static bool has_service(const struct services *services, const char *name) {
  for (size_t i = 0; i < services->count; i++) {
    if (strcmp(services->name[i], name) == 0) {
      return true;
    }
  }
  return false;
}

static bool add_service(struct services *services, const char *name) {
  if (has_service(services, name)) {
    return true;
  }
  if (services->count == SERVICES_MAX || strlen(name) >= SERVICE_SIZE) {
    return false;
  }
  (void)snprintf(services->name[services->count++], SERVICE_SIZE, "%s", name);
  return true;
}

static void list_services(const char *folder, struct services *services,
                          struct sealed_report *report) {
  char path[1024];
  DIR *dir = opendir(folder);
  judge_owner(folder, report);
  bool readable = dir != NULL || errno == ENOENT, whole = true;
  for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
      continue;
    }
    (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    judge_owner(path, report);
    whole = (is_no_way_in(entry->d_name) || add_service(services, entry->d_name)) && whole;
  }
  if (dir != NULL) {
    (void)closedir(dir);
  }
  if (!readable) {
    sealed_find(report, FINDING_NOT_SEALED, "%s cannot be read", folder);
  }
  if (!whole) {
    sealed_find(
        report, FINDING_NOT_SEALED,
        "%s has more than %d services, or a name of more than %d bytes: what is more is not "
        "looked at",
        folder, SERVICES_MAX, SERVICE_SIZE - 1);
  }
}

static int by_name(const void *a, const void *b) {
  return strcmp(a, b);
}

/* other, which speaks for it without, knows no token. */
static void require_service(const struct services *services, const char *name,
                            struct sealed_report *report) {
  if (!has_service(services, name)) {
    sealed_find(report, FINDING_LOCKED_OUT, "%s: there is no %s/%s", name, bg_paths()->pam_dirs[0],
                name);
  }
}

void judge_pam(struct sealed_report *report) {
  static struct services services;
  services.count = 0;
  list_services(bg_paths()->pam_dirs[0], &services, report);
  list_services(bg_paths()->pam_dirs[1], &services, report);
  if (services.count == 0) {
    sealed_find(report, FINDING_NOT_SEALED, "there is no PAM service, not even other");
    return;
  }
  judge_module(report);
  require_service(&services, "login", report);
  if (access(bg_paths()->sshd, F_OK) == 0) {
    require_service(&services, "sshd", report);
  }
  qsort(services.name, services.count, sizeof services.name[0], by_name);
  for (size_t i = 0; i < services.count; i++) {
    judge_service(services.name[i], report);
  }
}
