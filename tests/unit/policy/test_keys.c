/* SPDX-License-Identifier: BSD-2-Clause */
/* Every key's values, good and bad. */
#include <config.h>

#include <string.h>

#include "policy_test.h"

static void defaults_are_those_of_the_manual(void **state) {
  (void)state;
  struct bg_policy *policy = policy_load_text(NEEDED);
  assert_int_equal(policy->exempt_count, 0);
  assert_int_equal(policy->session_service_count, 4);
  assert_string_equal(policy->session_services[1], "su-l");
  assert_string_equal(policy->help, "");
  assert_string_equal(policy->host_id, "web-7");
  assert_int_equal(policy->group_count, 0);
  assert_int_equal(policy->token.quorum_count, 1);
  assert_true(policy->token.holder_key_required);
  assert_false(policy->token.hardware_approvers);
  assert_false(policy->token.revocations_required);
  assert_false(policy->token.group_audience);
  assert_true(policy->token.challenge);
  assert_int_equal(policy->token.longest_window, 7200);
  assert_int_equal(policy->token.clock_skew, 30);
  assert_int_equal(policy->longest_session, 3600);
  assert_false(policy->tty_audit);
  assert_int_equal(policy->level, BG_LEVEL_REBUILD);
  assert_false(policy->durability_required);
  assert_false(policy->ack_delivered);
  assert_int_equal(policy->ack_timeout, 10);
  assert_int_equal(policy->longest_tainted, 86400);
  assert_true(policy->sink_exec);
  assert_true(policy->audit_required);
  free(policy);
}

static void every_key_can_be_set(void **state) {
  (void)state;
  struct bg_policy *policy = policy_load_text(
      "# all of them\n[gate]\nmode=enforce\nexempt = cron:root, at:*\nsession_services=su,doas\n"
      "help = Call 555 # now\n[host]\nid = web-7\ngroups = web, db\n\n[token]\n"
      "signatures = issuer:1+approver:2|approver:3\nholder_key = optional\nlongest_window = 10m\n"
      "clock_skew = 5m\nchallenge = no\ngroup_audience = yes\napprover_keys = sk\n"
      "revocations = require\n[session]\n"
      "longest = 7d\ntty_audit = yes\n; taint\n[taint]\nlevel = reallocate\ndurability = require\n"
      "ack = delivered\nack_timeout = 5s\nlongest_tainted = 90\nsinks = journal "
      "nats\n[audit]\nrequired = "
      "no");
  assert_int_equal(policy->exempt_count, 2);
  assert_string_equal(policy->exempt[1].service, "at");
  assert_string_equal(policy->exempt[1].user, "*");
  assert_int_equal(policy->session_service_count, 2);
  assert_string_equal(policy->session_services[1], "doas");
  assert_string_equal(policy->help, "Call 555 # now");
  assert_int_equal(policy->group_count, 2);
  assert_string_equal(policy->groups[1], "db");
  assert_int_equal(policy->token.quorum_count, 2);
  assert_int_equal(policy->token.quorums[0].issuers, 1);
  assert_int_equal(policy->token.quorums[0].approvers, 2);
  assert_int_equal(policy->token.quorums[1].issuers, 0);
  assert_int_equal(policy->token.quorums[1].approvers, 3);
  assert_false(policy->token.holder_key_required);
  assert_int_equal(policy->token.longest_window, 600);
  assert_int_equal(policy->token.clock_skew, 300);
  assert_false(policy->token.challenge);
  assert_true(policy->token.group_audience);
  assert_true(policy->token.hardware_approvers);
  assert_true(policy->token.revocations_required);
  assert_int_equal(policy->longest_session, 7 * 86400);
  assert_true(policy->tty_audit);
  assert_int_equal(policy->level, BG_LEVEL_REALLOCATE);
  assert_true(policy->durability_required);
  assert_true(policy->ack_delivered);
  assert_int_equal(policy->ack_timeout, 5);
  assert_int_equal(policy->longest_tainted, 90);
  assert_false(policy->sink_exec);
  assert_false(policy->audit_required);
  free(policy);
}

#define TOKEN_WITHOUT "[host]\nid = web-7\n[token]\n"

static void what_a_later_version_brings_is_refused(void **state) {
  (void)state;
  assert_refused(NEEDED "[gate]\nmode = observe\n", "observe is not supported by this version");
}

static void nobody_waits_for_who_cannot_acknowledge(void **state) {
  (void)state;
  static const char *const good[] = {
      NEEDED "[taint]\nack = delivered\n", /* exec, by default */
      NEEDED "[taint]\nack = delivered\nsinks = journal exec\n",
      NEEDED "[taint]\nack = delivered\nsinks = webhook\n",
      NEEDED "[taint]\nsinks = nats, journal\nack = delivered\n",
      NEEDED "[taint]\nack = spool\nsinks = journal\n",
  };
  for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
    free(policy_load_text(good[i]));
  }
  assert_refused(NEEDED "[taint]\nsinks = journal\nack = delivered\n",
                 "gate.conf:7: [taint] ack: delivered needs one of exec, webhook and nats");
  assert_refused(NEEDED "[taint]\nack = delivered\nsinks =\n", "nobody else can acknowledge");
}

static void network_sinks_are_named_here_and_described_elsewhere(void **state) {
  (void)state;
  struct bg_policy *policy = policy_load_text(NEEDED "[taint]\nsinks = journal webhook\n");
  assert_true(policy->sink_webhook);
  assert_false(policy->sink_nats);
  assert_false(policy->sink_exec);
  free(policy);
  policy = policy_load_text(NEEDED "[taint]\nsinks = nats, exec\n");
  assert_false(policy->sink_webhook);
  assert_true(policy->sink_nats);
  assert_true(policy->sink_exec);
  free(policy);
  assert_refused(NEEDED "[taint]\nwebhook = https://x\n", "webhook is a section of agent.conf");
  assert_refused(NEEDED "[taint]\nnats = nats://x\n", "nats is a section of agent.conf");
}

static void values_outside_of_their_words_are_refused(void **state) {
  (void)state;
  static const char *const bad[] = {
      "[gate]\nmode =\n",
      "[gate]\nmode = Enforce\n",
      "[audit]\nrequired = true\n",
      "[audit]\nrequired =\n",
      "[audit]\nrequired = yes no\n",
      "holder_key = never\n",
      "approver_keys = hardware\n",
      "challenge = 1\n",
      "group_audience = on\n",
      "revocations = yes\n",
      "[taint]\nlevel = 2\n",
      "[taint]\nlevel =\n",
      "[taint]\ndurability = yes\n",
      "[taint]\nack = none\n",
      "[taint]\nsinks = syslog\n",
      "clock_skew = 301\n",
      "clock_skew = 0\n",
      "clock_skew = 6m\n",
      "clock_skew = -1\n",
      "longest_window = 8d\n",
      "longest_window = 1.5h\n",
      "longest_window =\n",
      "longest_window = 2h # comment\n",
      "[session]\nlongest = 169h\n",
      "[session]\nlongest = forever\n",
      "[taint]\nlongest_tainted = 99999999999999999999\n",
      "[taint]\nack_timeout = 1h\n",
      "[taint]\nack_timeout = soon\n",
      "[session]\ntty_audit = keys\n",
  };
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    char text[512] = NEEDED;
    strcat(text, bad[i]);
    assert_refused(text, "] ");
  }
}

static void signatures_without_an_approver_are_refused(void **state) {
  (void)state;
  assert_refused(TOKEN_WITHOUT "signatures = issuer:1\n", "stolen signing service alone");
  assert_refused(TOKEN_WITHOUT "signatures = approver:2 | issuer:5\n",
                 "'issuer:5' needs an approver");
}

static void broken_signatures_are_refused(void **state) {
  (void)state;
  static const char *const bad[] = {
      "",
      "|",
      "approver:1 |",
      "| approver:1",
      "approver",
      "approver:",
      "approver:0",
      "approver:6",
      "approver:01",
      "approver:+1",
      "approver:1+",
      "+approver:1",
      "approver:1+approver:1",
      "approver:1 issuer:1",
      "requester:1",
      "Approver:1",
      "issuer:3+approver:3",
      "approver:1:1",
      "approver:1,issuer:1",
      "approver:1|||approver:2",
  };
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    static struct told told;
    char text[256] = TOKEN_WITHOUT "signatures = ";
    strcat(strcat(text, bad[i]), "\n");
    test_root_write(ADMIN, text);
    assert_null(policy_load(&told));
    assert_told(&told, "[token] signatures: ");
  }
  assert_refused(TOKEN_WITHOUT
                 "signatures = approver:1|approver:2|approver:3|approver:4|approver:5\n",
                 "more than 4 alternatives");
}

static void the_gate_itself_cannot_be_exempted(void **state) {
  (void)state;
  assert_refused(NEEDED "[gate]\nexempt = sshd:root\n", "would open the gate");
  assert_refused(NEEDED "[gate]\nexempt = login:*\n", "would open the gate");
  assert_refused(NEEDED "[gate]\nsession_services = sshd\n", "begins a session");
}

static void broken_lists_are_refused(void **state) {
  (void)state;
  static const char *const bad[] = {
      "exempt = cron",
      "exempt = :root",
      "exempt = cron:",
      "exempt = *:root",
      "exempt = a/b:root",
      "exempt = .x:root",
      "exempt = ..:root",
      "session_services = su/x",
      "session_services = *",
      "exempt = abcdefghijklmnopqrstuvwxyz0123456:root",
      "session_services = abcdefghijklmnopqrstuvwxyz0123456",
  };
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    char text[256] = NEEDED "[gate]\n";
    strcat(strcat(text, bad[i]), "\n");
    assert_refused(text, "[gate] ");
  }
}

/* "word word ...", count times. */
static void write_list(const char *head, const char *word, unsigned count) {
  static char text[4096];
  strcpy(text, head);
  for (unsigned i = 0; i < count; i++) {
    strcat(strcat(text, " "), word);
  }
  strcat(text, "\n");
  test_root_write(ADMIN, text);
}

static void lists_have_a_limit(void **state) {
  (void)state;
  static struct told told;
  write_list(NEEDED "[gate]\nexempt =", "cron:root", BG_EXEMPT_MAX);
  struct bg_policy *policy = policy_load_good();
  assert_int_equal(policy->exempt_count, BG_EXEMPT_MAX);
  free(policy);
  write_list(NEEDED "[gate]\nexempt =", "cron:root", BG_EXEMPT_MAX + 1);
  assert_null(policy_load(&told));
  write_list(NEEDED "[host]\ngroups =", "web", BG_GROUPS_MAX + 1);
  assert_null(policy_load(&told));
  write_list(NEEDED "[gate]\nsession_services =", "su", BG_SERVICES_MAX + 1);
  assert_null(policy_load(&told));
}

static void lengths_have_a_limit(void **state) {
  (void)state;
  char text[1024] = NEEDED "[gate]\nhelp = ";
  size_t head = strlen(text);
  memset(text + head, 'h', BG_HELP_SIZE - 1);
  struct bg_policy *policy = policy_load_text(text);
  assert_int_equal(strlen(policy->help), BG_HELP_SIZE - 1);
  free(policy);
  text[head + BG_HELP_SIZE - 1] = 'h';
  assert_refused(text, "longer than 200 bytes");
  char group[512] = NEEDED "[host]\ngroups = ";
  memset(group + strlen(group), 'g', 123); /* 122 fit behind "group:" */
  assert_refused(group, "too long for a group's name");
}

static void exemptions_are_of_a_service_and_a_user(void **state) {
  (void)state;
  struct bg_policy *policy = policy_load_text(NEEDED "[gate]\nexempt = cron:root systemd-user:*\n");
  assert_true(bg_policy_exempts(policy, "cron", "root"));
  assert_false(bg_policy_exempts(policy, "cron", "ops"));
  assert_false(bg_policy_exempts(policy, "cron", "roo"));
  assert_false(bg_policy_exempts(policy, "cron", "roott"));
  assert_false(bg_policy_exempts(policy, "cro", "root"));
  assert_false(bg_policy_exempts(policy, "CRON", "root"));
  assert_false(bg_policy_exempts(policy, "sshd", "root"));
  assert_true(bg_policy_exempts(policy, "systemd-user", "anybody"));
  assert_false(bg_policy_exempts(policy, "systemd-user", ""));
  assert_false(bg_policy_exempts(policy, "systemd-user", NULL));
  assert_false(bg_policy_exempts(policy, NULL, "root"));
  assert_true(bg_policy_is_session_service(policy, "sudo-i"));
  assert_false(bg_policy_is_session_service(policy, "sud"));
  assert_false(bg_policy_is_session_service(policy, "sshd"));
  assert_false(bg_policy_is_session_service(policy, NULL));
  free(policy);
}

static void an_empty_list_exempts_nobody(void **state) {
  (void)state;
  struct bg_policy *policy = policy_load_text(NEEDED "[gate]\nexempt =\nsession_services = ,\n");
  assert_false(bg_policy_exempts(policy, "cron", "root"));
  assert_false(bg_policy_exempts(policy, "", ""));
  assert_false(bg_policy_is_session_service(policy, "su"));
  assert_false(bg_policy_is_session_service(policy, ""));
  free(policy);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, told_setup, told_teardown)
  const struct CMUnitTest tests[] = {
      TEST(defaults_are_those_of_the_manual),
      TEST(every_key_can_be_set),
      TEST(what_a_later_version_brings_is_refused),
      TEST(nobody_waits_for_who_cannot_acknowledge),
      TEST(network_sinks_are_named_here_and_described_elsewhere),
      TEST(values_outside_of_their_words_are_refused),
      TEST(signatures_without_an_approver_are_refused),
      TEST(broken_signatures_are_refused),
      TEST(the_gate_itself_cannot_be_exempted),
      TEST(broken_lists_are_refused),
      TEST(lists_have_a_limit),
      TEST(lengths_have_a_limit),
      TEST(exemptions_are_of_a_service_and_a_user),
      TEST(an_empty_list_exempts_nobody),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
