/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "policy_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "breakglass/host_clock.h"
#include "breakglass/paths.h"
#include "breakglass/policy.h"

static void report(struct policy_check *check, enum sealed_kind kind, const char *file,
                   unsigned line, const char *text) {
  const struct policy_problem problem = {kind, file, line, text};
  check->errors += kind != SEALED_WARNING;
  check->on_problem(check->context, &problem);
}

static void on_conf_problem(void *context, const struct bg_conf_problem *problem) {
  report(context, SEALED_CONFIGURATION, problem->file, problem->line, problem->text);
}

static void on_signers_problem(void *context, const struct bg_file_problem *problem) {
  report(context, SEALED_CONFIGURATION, bg_paths()->trusted_signers, problem->line, problem->text);
}

static void on_finding(void *context, enum sealed_kind kind, const char *text) {
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
    report(check, SEALED_WARNING, bg_paths()->trusted_signers, 0, text);
  }
  if (possible == 0) {
    report(check, SEALED_LOCKED_OUT, bg_paths()->trusted_signers, 0,
           "the trusted keys are not enough for any alternative of [token] signatures");
  }
}

static void check_audit(struct policy_check *check, const struct bg_policy *policy) {
  const char *const needed[] = {bg_paths()->auditd, bg_paths()->auditd_conf};
  for (size_t i = 0; policy->audit_required && i < sizeof needed / sizeof needed[0]; i++) {
    if (access(needed[i], F_OK) != 0) {
      report(check, SEALED_LOCKED_OUT, needed[i], 0,
             "is missing: without auditd every token is denied while [audit] required = yes");
    }
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
    report(check, SEALED_CONFIGURATION, paths->admin_conf, 0, bg_strerror(policy_err));
  }
  errors = check->errors;
  enum bg_error err = bg_trusted_signers_load(paths->trusted_signers, paths->owner,
                                              on_signers_problem, check, &signers);
  if (err == BG_OK) {
    err = bg_trusted_signers_check(&signers, on_signers_problem, check);
  }
  if (err != BG_OK && check->errors == errors) {
    report(check, SEALED_CONFIGURATION, paths->trusted_signers, 0, bg_strerror(err));
  }
  if (policy_err == BG_OK) {
    check_audit(check, policy);
    if (err == BG_OK) {
      check_quorums(check, &policy->token, &signers);
    }
  }
  bg_trusted_signers_free(&signers);
  free(policy);
}

void policy_check_run(struct policy_check *check) {
  struct sealed_report report = {on_finding, check, SEAL_WHOLE};
  check_configuration(check);
  if (!check->configuration_only) {
    judge_pam(&report);
    judge_sshd(check->host_key, &report);
    judge_host(&report);
    check->seal = report.seal;
  }
}
