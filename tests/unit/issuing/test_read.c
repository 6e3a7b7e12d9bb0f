/* SPDX-License-Identifier: BSD-2-Clause */
/* What signer.conf may say, and what is told of what it may not. */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "issuing_test.h"

#define RULE(lines) NEEDED "[rule a]\n" lines
/* A rule with everything but the key that is tried in its last line. */
#define HOSTS_OF "hosts = web-1\n"
#define NO_APPROVALS                                                                               \
  HOSTS_OF "logins = deploy\nrequesters = sre\nlongest_window = 10m\nlongest_session = 1h\n"
#define FULL HOSTS_OF REST

static void one_problem_is_told_at_its_place(void **state) {
  static const struct {
    const char *text, *needle;
  } cases[] = {
      {"[signer]\nissuer_key = file:/k\n", ":0: [signer] name is not set, and has no default"},
      {"[signer]\nname = a b\nissuer_key = file:/k\n", ":2: [signer] name: has a blank or a +"},
      {"[signer]\nname = x\n", ":0: [signer] issuer_key is not set"},
      {"[signer]\nname = x\nissuer_key = /k\n", ":3: [signer] issuer_key: must be file:"},
      {"[signer]\nname = x\nissuer_key =\n", ":3: [signer] issuer_key: must be file:"},
      {SIGNER "listen = 1.2.3.4:80\n", ":4: [signer] listen: needs both certificate and key"},
      {SIGNER "listen = web:80\n", ":4: [signer] listen: must be ADDRESS:PORT"},
      {SIGNER "listen = ::1:80\n", ":4: [signer] listen: must be ADDRESS:PORT"},
      {SIGNER "certificate = /c\n", ":4: [signer] certificate: needs both"},
      {SIGNER "key = /c\n", ":4: [signer] key: needs both"},
      {SIGNER "socket = run/x\n", ":4: [signer] socket: must be an absolute path"},
      {SIGNER "ledger = mysql:x\n", ":4: [signer] ledger: must be sqlite:"},
      {SIGNER "ca_key = k\n", ":4: [signer] ca_key: must be file:"},
      {SIGNER "old_issuer_keys = /a b\n", ":4: [signer] old_issuer_keys: takes absolute paths"},
      {SIGNER "old_issuer_keys = /a /b /c /d /e\n", ":4: [signer] old_issuer_keys: has more"},
      {SIGNER "sink_exec = maybe\n", ":4: [signer] sink_exec: must be yes or no"},
      {SIGNER "webhook = ftp://x\n", ":4: [signer] webhook: must be https://HOST"},
      {SIGNER "webhook = https://\n", ":4: [signer] webhook: must be https://HOST"},
      {SIGNER "webhook = https://u:p@x/\n", ":4: [signer] webhook: must be https://HOST"},
      {SIGNER "webhook = https://x\\@y/\n", ":4: [signer] webhook: must be https://HOST"},
      {SIGNER "webhook = https://x:0/\n", ":4: [signer] webhook: must be https://HOST"},
      {SIGNER "webhook = https://x:443y/\n", ":4: [signer] webhook: must be https://HOST"},
      {SIGNER "webhook = https://x/a b\n", ":4: [signer] webhook: must be https://HOST"},
      {SIGNER "webhook = https://x/#a\n", ":4: [signer] webhook: must be https://HOST"},
      {SIGNER "webhook = https://[127.0.0.1]/\n", ":4: [signer] webhook: must be https://HOST"},
      {SIGNER "webhook = http://x/\n", ":4: [signer] webhook: must be https:// unless"},
      {SIGNER "webhook = http://localhost.x/\n", ":4: [signer] webhook: must be https:// unless"},
      {SIGNER "webhook = http://192.0.2.1/\n", ":4: [signer] webhook: must be https:// unless"},
      {SIGNER "webhook = http://[::2]/\n", ":4: [signer] webhook: must be https:// unless"},
      {SIGNER "webhook = https://x\nwebhook_ca = ca.pem\n",
       ":5: [signer] webhook_ca: must be an absolute path"},
      {SIGNER "webhook_ca = /ca.pem\n", ":4: [signer] webhook_ca: is for a webhook"},
      {SIGNER "webhook = https://x\nwebhook_secret = agent:SHA256:x\n",
       ":5: [signer] webhook_secret: must be file:"},
      {SIGNER "webhook_secret = file:/s\n", ":4: [signer] webhook_secret: is for a webhook"},
      {SIGNER "name = y\n", ":4: [signer] name was set in line 2 already"},
      {SIGNER "colour = red\n", ":4: unknown key 'colour' in [signer]"},
      {SIGNER "[other]\nx = 1\ny = 2\n", ":4: unknown section"},
      {SIGNER "[signer x]\n", ":4: unknown section"},
      {SIGNER "[rule]\nx = 1\n", ":4: a rule's name has only"},
      {SIGNER "[rule a b]\n", ":4: a rule's name has only"},
      {SIGNER "[people]\nSRE = a\n", ":5: a key has only lower-case"},
      {SIGNER "[people]\nsre =\n", ":5: [people] sre: names nothing"},
      {SIGNER "[people]\nsre = a@x b@x a@x\n", ":5: [people] sre: 'a@x' is there twice"},
      {SIGNER "[people]\nsre = Alice@x\n", ":5: [people] sre: 'Alice@x' is no principal"},
      {SIGNER "[hosts]\nweb = *\n", ":5: [hosts] web: '*' is no host"},
      {SIGNER "[hosts]\nweb = group:b\n", ":5: [hosts] web: 'group:b' is no host"},
      {RULE(REST), ":11: [rule a] hosts is not set"},
      {RULE(NO_APPROVALS), ":11: [rule a] approvals is not set: where none is wanted"},
      {RULE(NO_APPROVALS "approvals =\n"), ":17: [rule a] approvals: has a part"},
      {RULE(NO_APPROVALS "approvals = sre\n"), ":17: [rule a] approvals: has a count"},
      {RULE(NO_APPROVALS "approvals = sre:0\n"), ":17: [rule a] approvals: has a count"},
      {RULE(NO_APPROVALS "approvals = sre:1 +\n"), ":17: [rule a] approvals: has a part"},
      {RULE(NO_APPROVALS "approvals = sre:1 + none\n"), ":17: [rule a] approvals: has a count"},
      {RULE(NO_APPROVALS "approvals = sre:1 sec:1\n"), ":17: [rule a] approvals: has a count"},
      {RULE(NO_APPROVALS "approvals = sre:1+sre:1\n"), ":17: [rule a] approvals: names a group a"},
      {RULE(NO_APPROVALS "approvals = sre:3+sec:2\n"), ":17: [rule a] approvals: needs more than"},
      {SIGNER "[people]\na = v\nb = w\nc = x\nd = y\ne = z\nsre = v\n[rule a]\n" NO_APPROVALS
              "approvals = a:1+b:1+c:1+d:1+e:1\n",
       ":17: [rule a] approvals: needs more than"},
      {RULE(NO_APPROVALS "approvals = ops:1\n"),
       ":17: [rule a] approvals: there is no group 'ops'"},
      {RULE(NO_APPROVALS "approvals = sec:3\n"),
       ":17: [rule a] approvals: needs 3 of 'sec', which"},
      {RULE(NO_APPROVALS "approvals = sre:3+one:1\n"),
       ":17: [rule a] approvals: cannot be met: one"},
      {RULE("requesters = bob@x\nlogins = d\nhosts = a\nlongest_window = 1m\n"
            "longest_session = 1m\napprovals = one:1\n"),
       ":17: [rule a] approvals: cannot be met: without the requester"},
      {RULE("requesters = one\nlogins = d\nhosts = a\nlongest_window = 1m\n"
            "longest_session = 1m\napprovals = sre:3\n"),
       ":17: [rule a] approvals: cannot be met: without the requester"},
      {RULE("hosts = * web-1\n" REST), ":12: [rule a] hosts: '*' is all hosts: it stands alone"},
      {RULE("hosts = group:db\n" REST), ":12: [rule a] hosts: there is no group 'db' in [hosts]"},
      {RULE("hosts = group:sre\n" REST), ":12: [rule a] hosts: there is no group 'sre'"},
      {RULE("hosts = group:many\n" REST), ":12: [rule a] hosts: the group 'many' has more than"},
      {RULE(FULL "colour = red\n"), ":18: unknown key 'colour' in [rule a]"},
      {RULE(FULL "hosts = b\n"), ":18: [rule a] hosts was set in line 12 already"},
      {RULE(FULL "for = telnet ssh\n"), ":18: [rule a] for: 'telnet' is neither ssh nor console"},
      {RULE(FULL "for =\n"), ":18: [rule a] for: names nothing"},
      {RULE(FULL "approval_wait = 8d\n"), ":18: [rule a] approval_wait: must be between 60s"},
      {RULE(FULL "level = none\n"), ":18: [rule a] level: must be refresh"},
      {RULE(FULL "reason = [a\n"), ":18: [rule a] reason: is no extended regular expression"},
      {RULE(FULL "reason =\n"), ":18: [rule a] reason: is empty"},
      {RULE(FULL "reason = (a)\\1\n"), ":18: [rule a] reason: refers back"},
      {RULE(FULL "hours = 9-18\n"), ":18: [rule a] hours: takes days like"},
      {RULE(FULL "[rule a]\n"), ":18: [rule a] was begun in line 11 already"},
      {RULE(FULL "[rule b]\n" FULL), ":18: [rule b] never decides: [rule a] takes all"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    assert_refused(cases[i].text, cases[i].needle);
  }
}

static void values_of_a_rule_have_bounds(void **state) {
  static const struct {
    const char *window, *session, *needle;
  } cases[] = {
      {"59s", "1h", "longest_window: must be between 60s and 86400s"},
      {"2d", "1h", "longest_window: must be between"},
      {"soon", "1h", "longest_window: is not a duration"},
      {"1m", "31d", "longest_session: must be between 60s and 2592000s"},
      {"1m", "1s", "longest_session: must be between"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char text[1024];
    (void)snprintf(text, sizeof text,
                   NEEDED "[rule a]\nhosts = a\nlogins = d\nrequesters = sre\napprovals = none\n"
                          "longest_window = %s\nlongest_session = %s\n",
                   cases[i].window, cases[i].session);
    assert_refused(text, cases[i].needle);
  }
}

static void logins_and_requesters_are_named(void **state) {
  static const struct {
    const char *logins, *requesters, *needle;
  } cases[] = {
      {"*", "sre", ":13: [rule a] logins: '*' is refused"},
      {"d d", "sre", ":13: [rule a] logins: 'd' is there twice"},
      {"", "sre", ":13: [rule a] logins: names nothing"},
      {"d", "*", ":14: [rule a] requesters: '*' is refused"},
      {"d", "ops", ":14: [rule a] requesters: there is no group 'ops' in [people]"},
      {"d", "web", ":14: [rule a] requesters: there is no group 'web' in [people]"},
      {"d", "Alice@x", ":14: [rule a] requesters: 'Alice@x' is no principal"},
      {"d", "a/b", ":14: [rule a] requesters: 'a/b' is neither"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char text[1024];
    (void)snprintf(text, sizeof text,
                   NEEDED "[rule a]\nhosts = a\nlogins = %s\nrequesters = %s\napprovals = none\n"
                          "longest_window = 1m\nlongest_session = 1m\n",
                   cases[i].logins, cases[i].requesters);
    assert_refused(text, cases[i].needle);
  }
}

static void lengths_are_bounded(void **state) {
  char text[40000];
  char pattern[202];
  (void)state;
  memset(pattern, 'a', 201);
  pattern[201] = '\0';
  (void)snprintf(text, sizeof text, RULE(FULL "reason = %s\n"), pattern);
  assert_refused(text, ":18: [rule a] reason: is longer than 200 bytes");
  (void)snprintf(text, sizeof text, RULE(FULL "reason = %s\n"), pattern + 1);
  bg_issuing_free(issuing_load_text(text));
  (void)snprintf(text, sizeof text, SIGNER "[hosts]\nweb = %.124s\n", pattern);
  assert_refused(text, "is longer than 123 bytes");
  (void)snprintf(text, sizeof text, SIGNER "[people]\nsre = %.129s\n", pattern);
  assert_refused(text, "is no principal");
  (void)snprintf(text, sizeof text, SIGNER "[people]\n%.129s = a\n", pattern);
  assert_refused(text, "a group's name has at most 128 bytes");
  (void)snprintf(text, sizeof text, SIGNER "[rule %.129s]\n", pattern);
  assert_refused(text, "a rule's name has at most 128 bytes");
  (void)snprintf(text, sizeof text, SIGNER "# %16384s\n", "x");
  assert_refused(text, ":4: the line is longer than 16384 bytes");
}

/* What the C library would write out in memory. */
static void patterns_are_bounded(void **state) {
  static const char *const large[] = {"((a{255}){255}){255}",
                                      "(INC|CHG)+++++++++++",
                                      "(((((((((((a)+)+)+)+)+)+)+)+)+)+)+",
                                      "([)]a{40}){40}",
                                      "(\\)a{40}){40}",
                                      "([[:alpha:])]a{40}){40}",
                                      "([]a](b|c{30})){40}",
                                      "a{1001}",
                                      "a{,1001}",
                                      "((a{32}){32})"};
  static const char *const small[] = {"^(INC|CHG)-[0-9]{1,7}( .*)?$", "[a-z]+ [a-z]+ [a-z]+ [a-z]+",
                                      "[(+{]{900}", "a{30}b{30}(c{30}){20}", "(a+)+(b+)+(c+)+"};
  char text[1024];
  (void)state;
  for (size_t i = 0; i < sizeof large / sizeof large[0]; i++) {
    (void)snprintf(text, sizeof text, RULE(FULL "reason = %s\n"), large[i]);
    assert_refused(text, ":18: [rule a] reason: has more than 1000 parts");
  }
  for (size_t i = 0; i < sizeof small / sizeof small[0]; i++) {
    (void)snprintf(text, sizeof text, RULE(FULL "reason = %s\n"), small[i]);
    bg_issuing_free(issuing_load_text(text));
  }
}

static void put_names(char *text, unsigned count) {
  for (unsigned i = 0; i < count; i++) {
    (void)sprintf(text + strlen(text), " a-person-with-a-name-%u@x", i);
  }
  strcat(text, "\n");
}

static void a_group_has_at_most_256_names(void **state) {
  static char text[40000];
  (void)state;
  strcpy(text, SIGNER "[people]\nsre =");
  put_names(text, 256);
  bg_issuing_free(issuing_load_text(text));
  strcpy(text, SIGNER "[people]\nsre =");
  put_names(text, 257);
  assert_refused(text, ":5: [people] sre: has more than 256 names");
}

static void there_are_at_most_64_groups_and_rules(void **state) {
  static char text[40000];
  (void)state;
  for (unsigned count = 64; count <= 65; count++) {
    strcpy(text, SIGNER "[people]\n");
    for (unsigned i = 0; i < count; i++) {
      (void)sprintf(text + strlen(text), "g%u = a@x\n", i);
    }
    if (count == 64) {
      bg_issuing_free(issuing_load_text(text));
    } else {
      assert_refused(text, "[people] more than 64 groups");
    }
    strcpy(text, NEEDED);
    for (unsigned i = 0; i < count; i++) {
      (void)sprintf(text + strlen(text), "[rule r%u]\nhosts = h%u\n" REST, i, i);
    }
    if (count == 64) {
      bg_issuing_free(issuing_load_text(text));
    } else {
      assert_refused(text, ": more than 64 rules");
    }
  }
}

static void everything_is_told_at_once(void **state) {
  static struct told told;
  (void)state;
  test_root_write(VENDOR, "[signer]\nname =\n[nonsense]\n");
  test_root_write(ADMIN,
                  "[people]\nsre = a@x\nsec =\n[rule one]\nhosts = *\nlogins = *\nrequesters = "
                  "ops\napprovals = sre:2\nlongest_window = x\n");
  test_root_write(ADMIN_D "a.conf", "what\n[rule two]\nreason = (\n");
  assert_null(issuing_load(&told));
  assert_told(&told, VENDOR ":2: [signer] name: is empty");
  assert_told(&told, VENDOR ":3: unknown section");
  assert_told(&told, ADMIN ":3: [people] sec: names nothing");
  assert_told(&told, ADMIN ":6: [rule one] logins: '*' is refused");
  assert_told(&told, ADMIN ":7: [rule one] requesters: there is no group 'ops'");
  assert_told(&told, ADMIN ":8: [rule one] approvals: needs 2 of 'sre', which has only 1");
  assert_told(&told, ADMIN ":9: [rule one] longest_window: is not a duration");
  assert_told(&told, ADMIN ":4: [rule one] longest_session is not set");
  assert_told(&told, ADMIN_D "a.conf:1: neither [section] nor key");
  assert_told(&told, ADMIN_D "a.conf:3: [rule two] reason: is no extended");
  assert_told(&told, ADMIN_D "a.conf:2: [rule two] approvals is not set");
  assert_told(&told, ADMIN ":0: [signer] issuer_key is not set");
  assert_int_equal(told.count, 17); /* and 5 more keys of rule two */
}

static void later_files_override_key_by_key(void **state) {
  static struct told told;
  (void)state;
  test_root_write(VENDOR, RULE(FULL "reason = ^INC-\n[rule b]\nhosts = b\n" REST));
  test_root_write(ADMIN, "[rule b]\nlongest_window = 1h\n[signer]\nname = mine\n");
  test_root_write(VENDOR_D "1.conf", "[people]\nsre = frank@x\n");
  test_root_write(ADMIN_D "1.conf", "[rule a]\nreason = ^CHG-\n");
  struct bg_issuing *issuing = issuing_load(&told);
  assert_non_null(issuing);
  assert_string_equal(bg_issuing_settings(issuing)->name, "mine");
  assert_string_equal(bg_issuing_settings(issuing)->issuer_key, "file:/etc/issuer");
  assert_true(bg_issuing_is_member(issuing, "sre", "frank@x"));
  assert_false(bg_issuing_is_member(issuing, "sre", "alice@x")); /* replaced, not added to */
  struct bg_issuing_wish wish = issuing_wish();
  wish.subject = "frank@x";
  assert_string_equal(issuing_answer(issuing, &wish), "- rule a: the reason must match ^CHG-");
  bg_issuing_free(issuing);
}

static void rules_keep_the_order_of_their_first_file(void **state) {
  static struct told told;
  (void)state;
  test_root_write(VENDOR, RULE(FULL "reason = ^INC-\n"));
  test_root_write(ADMIN, "[rule b]\nhosts = web-1\n" REST "[rule a]\nlongest_session = 2h\n");
  struct bg_issuing *issuing = issuing_load(&told);
  assert_non_null(issuing);
  struct bg_issuing_wish wish = issuing_wish();
  assert_string_equal(issuing_answer(issuing, &wish), "a");
  wish.reason = "because";
  assert_string_equal(issuing_answer(issuing, &wish), "b");
  bg_issuing_free(issuing);
}

static void settings_are_read(void **state) {
  (void)state;
  struct bg_issuing *issuing = issuing_load_text(
      SIGNER "listen = [::1]:8443\nsocket = /run/s\ncertificate = /c.pem\nkey = /k.pem\n"
             "ledger = postgres:host=db user=x\nold_issuer_keys = /a /b\nca_key = credential:ca\n"
             "trusted_signers = /t\nsink_exec = yes\nwebhook = https://x.example:8443/a?b=c\n"
             "webhook_ca = /ca.pem\nwebhook_secret = credential:webhook\n");
  const struct bg_issuing_settings *settings = bg_issuing_settings(issuing);
  assert_string_equal(settings->listen, "[::1]:8443");
  assert_string_equal(settings->socket, "/run/s");
  assert_string_equal(settings->certificate, "/c.pem");
  assert_string_equal(settings->key, "/k.pem");
  assert_string_equal(settings->ledger, "postgres:host=db user=x");
  assert_string_equal(settings->old_issuer_keys[1], "/b");
  assert_int_equal(settings->old_issuer_key_count, 2);
  assert_string_equal(settings->ca_key, "credential:ca");
  assert_string_equal(settings->trusted_signers, "/t");
  assert_true(settings->sink_exec);
  assert_string_equal(settings->webhook, "https://x.example:8443/a?b=c");
  assert_string_equal(settings->webhook_ca, "/ca.pem");
  assert_string_equal(settings->webhook_secret, "credential:webhook");
  bg_issuing_free(issuing);
}

static void a_webhook_of_this_machine_needs_no_tls(void **state) {
  static const char *const urls[] = {"http://127.0.0.1:8080/hook", "http://[::1]/",
                                     "http://localhost", "http://127.9.9.9?x", "https://[::1]:1/"};
  char text[256];
  (void)state;
  for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
    (void)snprintf(text, sizeof text, SIGNER "webhook = %s\n", urls[i]);
    struct bg_issuing *issuing = issuing_load_text(text);
    assert_string_equal(bg_issuing_settings(issuing)->webhook, urls[i]);
    assert_false(bg_issuing_settings(issuing)->sink_exec);
    bg_issuing_free(issuing);
  }
}

static void settings_have_defaults(void **state) {
  (void)state;
  struct bg_issuing *issuing = issuing_load_text(SIGNER);
  const struct bg_issuing_settings *settings = bg_issuing_settings(issuing);
  assert_string_equal(settings->listen, "");
  assert_string_equal(settings->socket, "");
  assert_string_equal(settings->ca_key, "");
  assert_string_equal(settings->ledger, "sqlite:/var/lib/breakglass-signer/ledger.db");
  assert_string_equal(settings->trusted_signers, bg_paths()->trusted_signers);
  assert_int_equal(settings->old_issuer_key_count, 0);
  bg_issuing_free(issuing);
}

/* Each of the later rules takes something that the first does not. */
static void rules_that_may_decide_are_not_called_unreachable(void **state) {
  (void)state;
  bg_issuing_free(issuing_load_text(
      NEEDED "[rule a]\nhosts = group:web\nreason = INC\nhours = Mon-Fri 09:00-18:00\n" REST
             "[rule b]\nhosts = web-1 web-3\nreason = INC\nhours = Mon 10:00-11:00\n" REST
             "[rule c]\nhosts = web-1\nreason = CHG\nhours = Mon 10:00-11:00\n" REST
             "[rule d]\nhosts = web-1\nreason = INC\nhours = Mon 10:00-18:01\n" REST
             "[rule e]\nhosts = web-2\nreason = INC\nhours = Mon 10:00-11:00\nfor = console\n" REST
             "[rule f]\nhosts = *\nhours = Mon 22:00-06:00\n" REST));
}

static void unreachable_rules_are_told(void **state) {
  (void)state;
#define FIRST "[rule a]\nhosts = group:web\nreason = INC\nhours = Mon-Fri 09:00-18:00\n" REST
  assert_refused(NEEDED FIRST "[rule b]\nhosts = web-2 web-1\nreason = INC\n"
                              "hours = Fri 09:00-18:00\n" REST,
                 "[rule b] never decides");
  assert_refused(NEEDED FIRST "[rule c]\nhosts = web-2\nlogins = deploy\nrequesters = carol@x one\n"
                              "approvals = sec:1\nlongest_window = 1m\nlongest_session = 1m\n"
                              "hours = Wed 10:00-11:00\nreason = INC\n",
                 "[rule c] never decides: [rule a]");
  assert_refused(NEEDED "[rule a]\nhosts = *\nfor = ssh console\n" REST
                        "[rule b]\nhosts = *\nfor = console\nhours = Sat 22:00-06:00\n" REST,
                 "[rule b] never decides");
}

static void a_named_file_stands_alone(void **state) {
  char path[1024];
  struct bg_issuing *issuing = NULL;
  (void)state;
  test_root_write(VENDOR, "rubbish");
  test_root_write("/etc/own.conf", SIGNER);
  (void)snprintf(path, sizeof path, "%s/etc/own.conf", getenv("BREAKGLASS_TEST_ROOT"));
  assert_int_equal(bg_issuing_load(path, NULL, NULL, &issuing), BG_OK);
  bg_issuing_free(issuing);
  issuing = NULL;
  assert_int_equal(bg_issuing_load("/nowhere", NULL, NULL, &issuing), BG_REFUSED_CONFIG);
  assert_null(issuing);
}

/* It wants names and has no rules: nobody gets anything from it. */
static void the_shipped_file_lacks_names_only(void **state) {
  static struct told told;
  static char text[16384];
  (void)state;
  FILE *file = fopen(SRCDIR "/policy/signer.conf", "r");
  assert_non_null(file);
  text[fread(text, 1, sizeof text - 1, file)] = '\0';
  assert_int_equal(fclose(file), 0);
  test_root_write(VENDOR, text);
  assert_null(issuing_load(&told));
  assert_told(&told, "[signer] name is not set");
  assert_told(&told, "[signer] issuer_key is not set");
  assert_int_equal(told.count, 2);
  struct bg_issuing *issuing = issuing_load_text(SIGNER);
  const struct bg_issuing_wish wish = issuing_wish();
  assert_string_equal(issuing_answer(issuing, &wish), "- no rule lets you ask for this host");
  bg_issuing_free(issuing);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(one_problem_is_told_at_its_place),
      TEST(values_of_a_rule_have_bounds),
      TEST(logins_and_requesters_are_named),
      TEST(lengths_are_bounded),
      TEST(patterns_are_bounded),
      TEST(a_group_has_at_most_256_names),
      TEST(there_are_at_most_64_groups_and_rules),
      TEST(everything_is_told_at_once),
      TEST(later_files_override_key_by_key),
      TEST(rules_keep_the_order_of_their_first_file),
      TEST(settings_are_read),
      TEST(a_webhook_of_this_machine_needs_no_tls),
      TEST(settings_have_defaults),
      TEST(rules_that_may_decide_are_not_called_unreachable),
      TEST(unreachable_rules_are_told),
      TEST(a_named_file_stands_alone),
      TEST(the_shipped_file_lacks_names_only),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
