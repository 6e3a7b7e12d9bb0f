/* SPDX-License-Identifier: BSD-2-Clause */
/* What agent.conf may say, and what is told of what it may not. */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "breakglass/agent_conf.h"
#include "test_paths.h"
#include "test_told.h"

#define ADMIN "/etc/breakglass/agent.conf"
#define VENDOR "/usr/lib/breakglass/agent.conf"
#define TEST(name) cmocka_unit_test_setup_teardown(name, told_setup, told_teardown)

static struct bg_agent_conf *load(struct told *told) {
  struct bg_agent_conf *conf = NULL;
  told->count = 0;
  enum bg_error err = bg_agent_conf_load(NULL, test_tell, told, &conf);
  assert_int_equal(err, told->count == 0 ? BG_OK : BG_REFUSED_CONFIG);
  assert_int_equal(conf != NULL, err == BG_OK);
  return conf;
}

static struct bg_agent_conf *load_good(void) {
  static struct told told;
  struct bg_agent_conf *conf = load(&told);
  if (conf == NULL) {
    fail_msg("%s", told.text[0]);
  }
  return conf;
}

static struct bg_agent_conf *load_text(const char *text) {
  test_root_write(ADMIN, text);
  return load_good();
}

static void without_files_both_sinks_are_off(void **state) {
  (void)state;
  struct bg_agent_conf *conf = load_good();
  assert_string_equal(conf->webhook.url, "");
  assert_string_equal(conf->webhook.ca, "");
  assert_string_equal(conf->nats.url, "");
  assert_string_equal(conf->nats.subject, "breakglass.events");
  assert_string_equal(conf->nats.ca, "");
  assert_string_equal(conf->nats.credentials, "");
  assert_string_equal(conf->metrics.textfile, "");
  assert_string_equal(conf->revocations.url, "");
  assert_string_equal(conf->revocations.ca, "");
  assert_int_equal(conf->revocations.every, 900);
  assert_int_equal(conf->spool.limit, INT64_C(64) << 20);
  free(conf);
}

static void all_keys_are_read(void **state) {
  (void)state;
  struct bg_agent_conf *conf =
      load_text("[webhook]\nurl = https://x.example:8443/a?b=c\nca = /w.pem\n[nats]\n"
                "url = tls://[2001:db8::1]:4222\nsubject = a.b-c.D_9\nca = /n.pem\n"
                "credentials = /n.creds\n[metrics]\ntextfile = /var/lib/metrics\n"
                "[revocations]\nurl = https://s.example:8443\nca = /s.pem\nevery = 2h\n"
                "[lifetime]\npolite = 7d\nforced = 14d\nlevel = reallocate\n[spool]\nlimit = 2G\n");
  assert_string_equal(conf->webhook.url, "https://x.example:8443/a?b=c");
  assert_string_equal(conf->webhook.ca, "/w.pem");
  assert_string_equal(conf->nats.url, "tls://[2001:db8::1]:4222");
  assert_string_equal(conf->nats.host, "2001:db8::1");
  assert_string_equal(conf->nats.subject, "a.b-c.D_9");
  assert_string_equal(conf->nats.ca, "/n.pem");
  assert_string_equal(conf->nats.credentials, "/n.creds");
  assert_int_equal(conf->lifetime.polite, 7 * 24 * 3600);
  assert_int_equal(conf->lifetime.forced, 14 * 24 * 3600);
  assert_int_equal(conf->lifetime.level, BG_LEVEL_REALLOCATE);
  assert_string_equal(conf->metrics.textfile, "/var/lib/metrics");
  assert_string_equal(conf->revocations.url, "https://s.example:8443");
  assert_string_equal(conf->revocations.ca, "/s.pem");
  assert_int_equal(conf->revocations.every, 7200);
  assert_int_equal(conf->spool.limit, INT64_C(2) << 30);
  free(conf);
}

static void a_size_has_a_unit_or_none(void **state) {
  static const struct {
    const char *text;
    int64_t limit;
  } cases[] = {{"[spool]\nlimit = 1024K\n", 1 << 20},
               {"[spool]\nlimit = 1048576\n", 1 << 20},
               {"[spool]\nlimit =\n", 0}};
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct bg_agent_conf *conf = load_text(cases[i].text);
    assert_int_equal(conf->spool.limit, cases[i].limit);
    free(conf);
  }
}

static void this_machine_needs_no_tls(void **state) {
  static const char *const good[] = {
      "[webhook]\nurl = http://127.0.0.1:8080/x\n", "[webhook]\nurl = http://localhost\n",
      "[nats]\nurl = nats://127.0.0.1:4222\n",      "[nats]\nurl = nats://localhost\n",
      "[nats]\nurl = nats://[::1]:4222\n",          "[nats]\nurl = tls://nats.example\n"};
  (void)state;
  for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
    free(load_text(good[i]));
  }
}

#define HTTP "[webhook]\nurl = https://x\n"
#define AGES "[lifetime]\nforced = 9d\n"
#define NATS "[nats]\nurl = tls://x\n"

static void one_problem_is_told_at_its_place(void **state) {
  static const struct {
    const char *text, *needle;
  } cases[] = {
      {"[webhook]\nurl = ftp://x\n", ":2: [webhook] url: must be https://HOST"},
      {"[webhook]\nurl = https://u:p@x/\n", ":2: [webhook] url: must be https://HOST"},
      {"[webhook]\nurl = http://192.0.2.1/\n", ":2: [webhook] url: must be https:// unless"},
      {HTTP "ca = ca.pem\n", ":3: [webhook] ca: must be an absolute path"},
      {"[webhook]\nca = /ca.pem\n", ":2: [webhook] ca: is of no use without url"},
      {"[nats]\nurl = https://x\n", ":2: [nats] url: must be tls://HOST"},
      {"[spool]\nlimit = 0\n", ":2: [spool] limit: must be at least 1M"},
      {"[spool]\nlimit = 1023K\n", ":2: [spool] limit: must be at least 1M"},
      {"[spool]\nlimit = 9223372036854775807G\n", ":2: [spool] limit: must be at least 1M"},
      {"[spool]\nlimit = 64MB\n", ":2: [spool] limit: is not a size like 512K"},
      {"[spool]\nlimit = -1M\n", ":2: [spool] limit: is not a size like 512K"},
      {"[nats]\nurl = tls://x/path\n", ":2: [nats] url: must be tls://HOST"},
      {"[nats]\nurl = tls://a,tls://b\n", ":2: [nats] url: must be tls://HOST"},
      {"[nats]\nurl = tls://u:p@x\n", ":2: [nats] url: must be tls://HOST"},
      {"[nats]\nurl = tls://x:65536\n", ":2: [nats] url: must be tls://HOST"},
      {"[nats]\nurl = nats://nats.example\n", ":2: [nats] url: must be tls:// unless"},
      {"[nats]\nurl = nats://localhost.example\n", ":2: [nats] url: must be tls:// unless"},
      {NATS "subject =\n", ":3: [nats] subject: must be words"},
      {NATS "subject = .a\n", ":3: [nats] subject: must be words"},
      {NATS "subject = a.\n", ":3: [nats] subject: must be words"},
      {NATS "subject = a..b\n", ":3: [nats] subject: must be words"},
      {NATS "subject = a.*\n", ":3: [nats] subject: must be words"},
      {NATS "subject = a.>\n", ":3: [nats] subject: must be words"},
      {NATS "subject = a b\n", ":3: [nats] subject: must be words"},
      {NATS "subject = $JS.API\n", ":3: [nats] subject: must be words"},
      {NATS "ca = ca.pem\n", ":3: [nats] ca: must be an absolute path"},
      {NATS "credentials = x.creds\n", ":3: [nats] credentials: must be an absolute path"},
      {"[nats]\ncredentials = /x\n", ":2: [nats] credentials: is of no use without url"},
      {"[lifetime]\npolite = 7d\n", ":2: [lifetime] polite: is of no use without forced"},
      {"[lifetime]\nforced = 7d\n", ":2: [lifetime] forced: is of no use without polite"},
      {"[lifetime]\npolite = 2d\nforced = 1d\n", ":3: [lifetime] forced: is less than polite"},
      {AGES "polite = 3651d\n", ":3: [lifetime] polite: must be at least 1s and at most 3650d"},
      {AGES "polite = 0\n", ":3: [lifetime] polite: must be at least 1s"},
      {AGES "polite = soon\n", ":3: [lifetime] polite: is not a duration"},
      {"[lifetime]\nlevel = none\n", ":2: [lifetime] level: must be refresh, rebuild or"},
      {"[metrics]\ntextfile = metrics\n", ":2: [metrics] textfile: must be an absolute path"},
      {"[revocations]\nurl = http://localhost\n", ":2: [revocations] url: must be https://HOST"},
      {"[revocations]\nurl = https://x/v1\n", ":2: [revocations] url: must be https://HOST"},
      {"[revocations]\nca = /ca.pem\n", ":2: [revocations] ca: is of no use without url"},
      {"[revocations]\nevery = 59s\n", ":2: [revocations] every: must be between 60s and 43200s"},
      {"[revocations]\nevery = 13h\n", ":2: [revocations] every: must be between 60s and 43200s"},
      {"[revocations]\nevery =\n", ":2: [revocations] every: is not a duration"},
      {HTTP "url = https://y\n", ":3: [webhook] url was set in line 2 already"},
      {HTTP "colour = red\n", ":3: unknown key 'colour' in [webhook]"},
      {"[other]\nurl = x\n", ":2: unknown key 'url' in [other]"},
      {"url = x\n", ":1: a key outside of any section"},
      {"[webhook]\nurl\n", ":2: neither [section] nor key = value"},
  };
  static struct told told;
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    test_root_write(ADMIN, cases[i].text);
    struct bg_agent_conf *conf = load(&told);
    if (conf != NULL) {
      fail_msg("taken: %s", cases[i].text);
    }
    assert_told_alone(&told, cases[i].needle);
  }
}

static void lengths_are_bounded(void **state) {
  static const struct {
    const char *before;
    size_t len;
    const char *needle;
  } cases[] = {
      {"[webhook]\nurl = https://", 512 - 8, "[webhook] url: is longer than 511 bytes"},
      {HTTP "ca = /", 256 - 1, "[webhook] ca: is longer than 255 bytes"},
      {"[nats]\nurl = tls://", 512 - 6, "[nats] url: is longer than 511 bytes"},
      {NATS "subject = ", 129, "[nats] subject: is longer than 128 bytes"},
      {NATS "credentials = /", 256 - 1, "[nats] credentials: is longer than 255 bytes"},
      {"[metrics]\ntextfile = /", 256 - 1, "[metrics] textfile: is longer than 255 bytes"},
  };
  static struct told told;
  char text[1100], filling[600];
  (void)state;
  memset(filling, 'a', sizeof filling);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    (void)snprintf(text, sizeof text, "%s%.*s\n", cases[i].before, (int)cases[i].len, filling);
    test_root_write(ADMIN, text);
    assert_null(load(&told));
    assert_told_alone(&told, cases[i].needle);
    (void)snprintf(text, sizeof text, "%s%.*s\n", cases[i].before, (int)cases[i].len - 1, filling);
    free(load_text(text));
  }
}

static void everything_is_told_at_once(void **state) {
  static struct told told;
  (void)state;
  test_root_write(VENDOR, "[webhook]\nurl = x\n");
  test_root_write(ADMIN, "[nats]\nurl = y\nsubject = *\nz = 1\n");
  test_root_write("/etc/breakglass/agent.conf.d/1.conf", "[nats]\nca = w\n");
  assert_null(load(&told));
  assert_told(&told, "agent.conf:2: [webhook] url");
  assert_told(&told, "agent.conf:2: [nats] url");
  assert_told(&told, "agent.conf:3: [nats] subject");
  assert_told(&told, "agent.conf:4: unknown key 'z'");
  assert_told(&told, "agent.conf.d/1.conf:2: [nats] ca");
  assert_int_equal(told.count, 5);
}

static void later_files_override_key_by_key(void **state) {
  (void)state;
  test_root_write(VENDOR, "[webhook]\nurl = https://vendor\nca = /vendor.pem\n");
  test_root_write("/usr/lib/breakglass/agent.conf.d/1.conf", "[nats]\nsubject = fleet\n");
  test_root_write(ADMIN, "[webhook]\nurl = https://admin\n");
  test_root_write("/etc/breakglass/agent.conf.d/1.conf", "[nats]\nurl = tls://n\n");
  struct bg_agent_conf *conf = load_good();
  assert_string_equal(conf->webhook.url, "https://admin");
  assert_string_equal(conf->webhook.ca, "/vendor.pem");
  assert_string_equal(conf->nats.url, "tls://n");
  assert_string_equal(conf->nats.subject, "fleet");
  free(conf);
}

static void the_shipped_file_has_the_defaults(void **state) {
  static char text[8192];
  (void)state;
  struct bg_agent_conf *defaults = load_good();
  FILE *file = fopen(SRCDIR "/policy/agent.conf", "r");
  assert_non_null(file);
  text[fread(text, 1, sizeof text - 1, file)] = '\0';
  assert_int_equal(fclose(file), 0);
  test_root_write(VENDOR, text);
  struct bg_agent_conf *shipped = load_good();
  assert_memory_equal(shipped, defaults, sizeof *shipped);
  free(shipped);
  free(defaults);
}

static void a_host_has_one_token_of_the_subject(void **state) {
  static const struct {
    const char *host, *subject;
  } cases[] = {
      {"web-17", "breakglass.events.web-17"},
      {"web.17.example", "breakglass.events.web_17_example"},
      {"a *>b", "breakglass.events.a___b"},
  };
  static char longest[BG_NAME_SIZE];
  static struct bg_agent_conf conf = {.nats = {.subject = "breakglass.events"}};
  char subject[BG_AGENT_NATS_SUBJECT_SIZE];
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    bg_agent_nats_subject(&conf, cases[i].host, subject);
    assert_string_equal(subject, cases[i].subject);
  }
  memset(conf.nats.subject, 's', sizeof conf.nats.subject - 1);
  memset(longest, 'h', sizeof longest - 1);
  bg_agent_nats_subject(&conf, longest, subject);
  assert_int_equal(strlen(subject), sizeof conf.nats.subject - 1 + 1 + sizeof longest - 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(without_files_both_sinks_are_off),  TEST(all_keys_are_read),
      TEST(a_size_has_a_unit_or_none),         TEST(this_machine_needs_no_tls),
      TEST(one_problem_is_told_at_its_place),  TEST(lengths_are_bounded),
      TEST(everything_is_told_at_once),        TEST(later_files_override_key_by_key),
      TEST(the_shipped_file_has_the_defaults), TEST(a_host_has_one_token_of_the_subject),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
