/* SPDX-License-Identifier: BSD-2-Clause */
/* sshd's effective configuration, as sshd -T prints it, and the Match blocks that
 * it does not show. */
#include <config.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "breakglass/paths.h"
#include "sealed.h"
#include "sshd_ask.h"
#include "sshd_command.h"

struct wanted {
  const char *key;
  const char *value;
  enum finding_kind kind;
  const char *why;
  bool optional; /* older versions do not know it */
};

static const struct wanted all_wanted[] = {
    {"usepam", "yes", FINDING_NOT_SEALED, "without it sshd never asks the gate", false},
    {"pamservicename", "sshd", FINDING_NOT_SEALED, "the gate knows sshd by that name", true},
    {"pubkeyauthentication", "yes", FINDING_LOCKED_OUT, "the token is for a key's holder", false},
    {"kbdinteractiveauthentication", "yes", FINDING_LOCKED_OUT,
     "only this step lets the gate ask for a token", false},
    {"authenticationmethods", "publickey,keyboard-interactive:pam", FINDING_LOCKED_OUT,
     "anything else does not lead through the gate's auth step after a verified key", false},
    {"permitrootlogin", "yes", FINDING_WARNING, "root is refused after the token was consumed",
     false},
    {"usedns", "no", FINDING_WARNING, "logins wait for the resolver", false},
    {"allowagentforwarding", "no", FINDING_WARNING,
     "an approver's forwarded agent could be used by others on this host", false},
    {"allowstreamlocalforwarding", "no", FINDING_WARNING,
     "forwarding reaches the host's own sockets", false},
};
#define WANTED_COUNT (sizeof all_wanted / sizeof all_wanted[0])

struct outcome {
  struct sealed_report *report;
  bool seen[WANTED_COUNT];
};

static void find(struct outcome *outcome, const struct wanted *wanted, const char *value) {
  sealed_find(outcome->report, wanted->kind, "sshd: %s is %s and not %s: %s", wanted->key, value,
              wanted->value, wanted->why);
}

/* "crash:90.000 authfail:5.000 noauth:...": a refused token must cost nothing. */
static void judge_penalties(struct outcome *outcome, const char *value) {
  const char *at = strstr(value, "authfail:");
  if (strcmp(value, "no") != 0 && (at == NULL || strtod(at + strlen("authfail:"), NULL) > 0)) {
    sealed_find(outcome->report, FINDING_WARNING,
                "sshd: persourcepenalties: a few refused tokens lock out the source address");
  }
}

static void judge_line(struct outcome *outcome, char *line) {
  char *value = strchr(line, ' ');
  if (value == NULL) {
    return;
  }
  *value++ = '\0';
  if (strcmp(line, "persourcepenalties") == 0) {
    judge_penalties(outcome, value);
  }
  for (size_t i = 0; i < WANTED_COUNT; i++) {
    if (strcmp(line, all_wanted[i].key) == 0) {
      outcome->seen[i] = true;
      if (strcmp(value, all_wanted[i].value) != 0) {
        find(outcome, &all_wanted[i], value);
      }
    }
  }
}

static void judge_output(struct outcome *outcome, char *output) {
  for (char *line; (line = strtok_r(output, "\n", &output)) != NULL;) {
    judge_line(outcome, line);
  }
  for (size_t i = 0; i < WANTED_COUNT; i++) {
    if (!outcome->seen[i] && !all_wanted[i].optional) {
      find(outcome, &all_wanted[i], "not set");
    }
  }
}

static bool is_judged(const char *keyword) {
  for (size_t i = 0; i < WANTED_COUNT; i++) {
    if (strcasecmp(keyword, all_wanted[i].key) == 0) {
      return true;
    }
  }
  return false;
}

/* sshd -T shows what counts outside of Match blocks only. */
static void judge_file(const char *path, struct sealed_report *report) {
  judge_owner(path, report);
  FILE *file = fopen(path, "re");
  char line[1024];
  bool inside = false;
  for (unsigned number = 1; file != NULL && fgets(line, sizeof line, file) != NULL; number++) {
    char *rest = line;
    const char *keyword = strtok_r(rest, " \t=\"\n", &rest);
    if (keyword == NULL) {
      continue;
    }
    inside = inside || strcasecmp(keyword, "match") == 0;
    if (inside && is_judged(keyword)) {
      sealed_find(report, FINDING_WARNING,
                  "sshd: %s:%u: a Match block sets %s: the gate denies a login that does not come "
                  "through all its steps",
                  path, number, keyword);
    }
  }
  if (file != NULL) {
    (void)fclose(file);
  }
}

static void judge_files(struct sealed_report *report) {
  char folder[1024], path[2048];
  judge_owner(bg_paths()->sshd_default, report);
  judge_folder_of(bg_paths()->sshd_config, report);
  judge_file(bg_paths()->sshd_config, report);
  (void)snprintf(folder, sizeof folder, "%s.d", bg_paths()->sshd_config);
  judge_owner(folder, report);
  DIR *dir = opendir(folder);
  for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
    if (entry->d_name[0] != '.') {
      (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
      judge_file(path, report);
    }
  }
  if (dir != NULL) {
    (void)closedir(dir);
  }
}

static void on_override(void *context, const char *file) {
  sealed_find(context, FINDING_UNKNOWN,
              "sshd: %s changes its command line, which overrides its configuration, and is not "
              "looked at",
              file);
}

static void judge_command(struct sealed_report *report, char options[static SSHD_OPTIONS_SIZE]) {
  if (!sshd_options(options)) {
    sealed_find(report, FINDING_UNKNOWN,
                "sshd: SSHD_OPTS in %s has quotes or escapes inside, or a line goes on in the "
                "next one: what overrides its configuration is not known",
                bg_paths()->sshd_default);
  }
  sshd_overrides(on_override, report);
}

static void judge_silence(enum sshd_answer answer, const char *output,
                          struct sealed_report *report) {
  if (answer == SSHD_TOO_LONG) {
    sealed_find(report, FINDING_UNKNOWN,
                "sshd: its configuration cannot be known: %s -T says more than %d bytes",
                bg_paths()->sshd, SSHD_OUTPUT_SIZE - 1);
    return;
  }
  bool later = answer == SSHD_CANNOT_SAY;
  sealed_find(report, later ? FINDING_UNKNOWN : FINDING_NOT_SEALED,
              "sshd: its configuration cannot be known%s: %s -T says: %.*s",
              later ? ", start it once or ask as root" : "", bg_paths()->sshd,
              (int)strcspn(output, "\r\n"), output);
}

void judge_sshd(const char *host_key, struct sealed_report *report) {
  struct outcome outcome = {.report = report};
  static char output[SSHD_OUTPUT_SIZE];
  char options[SSHD_OPTIONS_SIZE];
  if (access(bg_paths()->sshd, F_OK) != 0) {
    return; /* no such way in */
  }
  judge_command(report, options);
  judge_files(report);
  enum sshd_answer answer = sshd_ask(host_key, options, output);
  if (answer == SSHD_TOLD) {
    judge_output(&outcome, output);
  } else {
    judge_silence(answer, output, report);
  }
}
