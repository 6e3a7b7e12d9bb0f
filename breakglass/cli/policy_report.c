/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "policy_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "breakglass/audit.h"
#include "breakglass/host_clock.h"
#include "breakglass/paths.h"
#include "breakglass/policy.h"
#include "breakglass/program.h"
#include "sealed_unit.h"

static void report(struct policy_check *check, enum finding_kind kind, const char *file,
                   unsigned line, const char *text) {
  const struct policy_problem problem = {kind, file, line, text};
  check->errors += kind != FINDING_WARNING;
  check->locked_out =
      check->locked_out || kind == FINDING_LOCKED_OUT || kind == FINDING_CONFIGURATION;
  check->on_problem(check->context, &problem);
}

static void on_conf_problem(void *context, const struct bg_conf_problem *problem) {
  report(context, FINDING_CONFIGURATION, problem->file, problem->line, problem->text);
}

static void on_signers_problem(void *context, const struct bg_file_problem *problem) {
  report(context, FINDING_CONFIGURATION, bg_paths()->trusted_signers, problem->line, problem->text);
}

static void on_finding(void *context, enum finding_kind kind, const char *text) {
  report(context, kind, NULL, 0, text);
}

/* Whether this key can sign as role from now on, and is the first of its person. */
static bool counts(const struct bg_trusted_signers *signers, size_t index, unsigned roles,
                   bool hardware_only, int64_t now) {
  for (size_t i = 0; i <= index; i++) {
    const struct bg_trusted_key *key = &signers->keys[i];
    bool fits =
        (key->role & roles) != 0 && key->valid_before > now &&
        !(hardware_only && key->role == BG_ROLE_APPROVER && key->key.type != BG_SSH_SK_ED25519);
    if (fits && strcmp(key->principal, signers->keys[index].principal) == 0) {
      return i == index;
    }
  }
  return false;
}

static unsigned count_people(const struct bg_trusted_signers *signers, unsigned roles,
                             bool hardware_only) {
  int64_t now = bg_clock_now();
  unsigned people = 0;
  for (size_t i = 0; i < signers->count; i++) {
    people += counts(signers, i, roles, hardware_only, now);
  }
  return people;
}

/* Whether the trusted keys are enough people for any of the alternatives. */
static void check_quorums(struct policy_check *check, const struct bg_token_policy *policy,
                          const struct bg_trusted_signers *signers) {
  bool sk = policy->hardware_approvers;
  unsigned issuers = count_people(signers, BG_ROLE_ISSUER, sk);
  unsigned approvers = count_people(signers, BG_ROLE_APPROVER, sk);
  unsigned people = count_people(signers, BG_ROLE_ISSUER | BG_ROLE_APPROVER, sk);
  unsigned possible = 0;
  for (size_t i = 0; i < policy->quorum_count; i++) {
    const struct bg_quorum *quorum = &policy->quorums[i];
    if (issuers >= quorum->issuers && approvers >= quorum->approvers &&
        people >= quorum->issuers + quorum->approvers) {
      possible++;
      continue;
    }
    char text[160];
    (void)snprintf(text, sizeof text,
                   "issuer:%u+approver:%u of [token] signatures cannot be reached: %u issuers and "
                   "%u approvers are trusted",
                   quorum->issuers, quorum->approvers, issuers, approvers);
    report(check, FINDING_WARNING, bg_paths()->trusted_signers, 0, text);
  }
  if (possible == 0) {
    report(check, FINDING_LOCKED_OUT, bg_paths()->trusted_signers, 0,
           "the trusted keys are not enough for any alternative of [token] signatures");
  }
}

/* What runs by itself, and nobody can reach to become another. */
static bool runs_by_itself(const char *service) {
  return strcmp(service, "cron") == 0 || strcmp(service, "atd") == 0 ||
         strcmp(service, "systemd-user") == 0;
}

static void check_exemptions(struct policy_check *check, const struct bg_policy *policy) {
  char text[600];
  for (size_t i = 0; i < policy->exempt_count; i++) {
    const struct bg_exempt *exempt = &policy->exempt[i];
    if (runs_by_itself(exempt->service)) {
      continue;
    }
    bool everybody = strcmp(exempt->user, "*") == 0;
    bool roots = bg_policy_is_session_service(policy, exempt->service);
    (void)snprintf(text, sizeof text,
                   "[gate] exempt %s:%s: %s reaches %s gets in as %s, asked for nothing, no "
                   "password either",
                   exempt->service, exempt->user, roots ? "root's process that" : "whoever",
                   exempt->service, everybody ? "any user" : exempt->user);
    report(check, FINDING_WARNING, NULL, 0, text);
  }
}

#define NO_TOKEN "without auditd every token is denied while [audit] required = yes"

/* Only root is answered; and before its first start the gate asks for no records. */
static void check_kernel(struct policy_check *check) {
  int audit = -1;
  if (check->image || geteuid() != bg_paths()->owner || access(bg_paths()->run, F_OK) != 0) {
    return;
  }
  if (bg_audit_open(&audit) != BG_OK || bg_audit_ask(audit) != BG_OK ||
      bg_audit_check(audit) != BG_OK) {
    report(check, FINDING_LOCKED_OUT, NULL, 0,
           "the kernel says that no audit records are kept now: " NO_TOKEN);
  }
  bg_audit_close(audit);
}

static void check_audit(struct policy_check *check) {
  const char *const needed[] = {bg_paths()->auditd, bg_paths()->auditd_conf};
  char problem[UNIT_REASON_SIZE], text[UNIT_REASON_SIZE + 100];
  bool installed = true;
  for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
    if (access(needed[i], F_OK) != 0) {
      report(check, FINDING_LOCKED_OUT, needed[i], 0, "is missing: " NO_TOKEN);
      installed = false;
    }
  }
  if (!installed || check->configuration_only) {
    return;
  }
  if (!unit_starts("multi-user.target", "auditd.service", problem)) {
    (void)snprintf(text, sizeof text, "auditd.service %s: " NO_TOKEN, problem);
    report(check, FINDING_LOCKED_OUT, NULL, 0, text);
  }
  check_kernel(check);
}

#define NOBODY_ACKNOWLEDGES                                                                        \
  "nobody acknowledges while [taint] ack = delivered: every token is denied"

static void count_program(void *context, const struct bg_program *program, const char *problem) {
  (void)program;
  *(unsigned *)context += problem == NULL;
}

/* What the network's sinks are told with, breakglass-agent check looks at. */
static void check_acknowledgement(struct policy_check *check, const struct bg_policy *policy) {
  const char *folder = bg_paths()->sinks_dir;
  char problem[UNIT_REASON_SIZE], text[UNIT_REASON_SIZE + 120];
  unsigned programs = 0;
  enum bg_error err = bg_programs_each(folder, bg_paths()->owner, count_program, &programs);
  if (!policy->sink_webhook && !policy->sink_nats && (err != BG_OK || programs == 0)) {
    report(check, FINDING_LOCKED_OUT, folder, 0,
           "there is no program that may be run: " NOBODY_ACKNOWLEDGES);
  }
  if (!check->configuration_only &&
      !unit_starts("multi-user.target", "breakglass-agent.service", problem)) {
    (void)snprintf(text, sizeof text, "breakglass-agent.service %s: " NOBODY_ACKNOWLEDGES, problem);
    report(check, FINDING_LOCKED_OUT, NULL, 0, text);
  }
}

static void check_configuration(struct policy_check *check) {
  const struct bg_policy_reading reading = {
      .image = check->image, .on_problem = on_conf_problem, .context = check};
  struct bg_trusted_signers signers = {0};
  struct bg_policy *policy = NULL;
  const struct bg_paths *paths = bg_paths();
  unsigned errors = check->errors;
  enum bg_error policy_err = bg_policy_read(&reading, &policy);
  if (policy_err != BG_OK && check->errors == errors) {
    report(check, FINDING_CONFIGURATION, paths->admin_conf, 0, bg_strerror(policy_err));
  }
  errors = check->errors;
  enum bg_error err = bg_trusted_signers_load(paths->trusted_signers, paths->owner,
                                              on_signers_problem, check, &signers);
  if (err == BG_OK) {
    err = bg_trusted_signers_check(&signers, on_signers_problem, check);
  }
  if (err != BG_OK && check->errors == errors) {
    report(check, FINDING_CONFIGURATION, paths->trusted_signers, 0, bg_strerror(err));
  }
  if (policy_err == BG_OK) {
    check_exemptions(check, policy);
    if (policy->audit_required) {
      check_audit(check);
    }
    if (policy->ack_delivered) {
      check_acknowledgement(check, policy);
    }
    if (err == BG_OK) {
      check_quorums(check, &policy->token, &signers);
    }
  }
  bg_trusted_signers_free(&signers);
  free(policy);
}

void policy_check_run(struct policy_check *check) {
  struct sealed_report report = {on_finding, check, SEALED_YES};
  check_configuration(check);
  if (!check->configuration_only) {
    judge_pam(&report);
    judge_sshd(check->host_key, &report);
    judge_root(&report);
    judge_audit(&report);
    judge_host(&report);
    check->sealed = report.sealed;
  }
}
