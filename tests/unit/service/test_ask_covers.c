/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether a draft is what was asked for: each single deviation is refused, and named. */
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "breakglass/ask.h"
#include "breakglass/call.h"
#include "test_token.h"

#define CALLED 1767225600
#define WAIT 3600
#define WINDOW 600
#define EARLIEST (CALLED - 120)
#define LATEST_END (CALLED + 120 + WAIT + WINDOW)

#define OTHER_ISSUER "it is of another issuer than the service that you use"
#define OTHER_SUBJECT "it is for another person than the one who asked"
#define OTHER_HOSTS "its hosts are not those that were asked for"
#define OTHER_LOGIN "its login is not the one that was asked for"
#define OTHER_REASON "its reason is not the one that was given"
#define OTHER_HOLDER "its holder key is not the one that was asked for"
#define OTHER_NONCE "it answers another challenge than the one that was given"
#define LOWER_LEVEL "its replacement level is lower than the one that was asked for"
#define LONGER "its session is longer than the one that was asked for"
#define OTHER_SOURCES "its source addresses are not those that were asked for"
#define OTHER_BEGIN "it begins before, or was issued at another time than, the request"
#define LATE_END "it can be used for longer than was asked for"

struct draft {
  struct bg_ask ask;
  struct bg_ask_bounds bounds;
  struct bg_claims claims;
};

/* Everything that can be asked for, and the claims that it becomes. */
static void set_up(struct draft *draft) {
  uint8_t secret[64];
  *draft = (struct draft){
      .ask = {.hosts = {"web-1", "web-2"},
              .host_count = 2,
              .login = "ops",
              .reason = "INC-1",
              .window = WINDOW,
              .longest = 1800,
              .level = BG_LEVEL_REBUILD,
              .sources = {"192.0.2.0/24", "2001:db8::/32"},
              .source_count = 2,
              .has_nonce = true,
              .nonce = {1, 2, 3}},
      .bounds = {"signer.example", "alice@example.com", CALLED, WAIT},
      .claims = {.issuer = "signer.example",
                 .subject = "alice@example.com",
                 .audiences = {"host:web-1", "host:web-2"},
                 .audience_count = 2,
                 .expires = LATEST_END,
                 .not_before = EARLIEST,
                 .issued_at = CALLED,
                 .has_holder = true,
                 .has_nonce = true,
                 .nonce = {1, 2, 3},
                 .login = "ops",
                 .longest = 1800,
                 .level = BG_LEVEL_REBUILD,
                 .reason = "INC-1",
                 .sources = {"192.0.2.0/24", "2001:db8::/32"},
                 .source_count = 2},
  };
  test_key_of(TEST_ALICE, &draft->ask.holder, secret);
  memcpy(draft->claims.holder, draft->ask.holder.sha256, sizeof draft->claims.holder);
}

static void set(char *text, const char *value) {
  bg_text_fit(BG_NAME_SIZE, text, value);
}

static void as_asked(struct draft *d) {
  (void)d;
}
static void issuer_other(struct draft *d) {
  set(d->claims.issuer, "signer2.example");
}
static void issuer_prefix(struct draft *d) {
  set(d->claims.issuer, "signer");
}
static void issuer_empty(struct draft *d) {
  set(d->claims.issuer, "");
}
static void subject_other(struct draft *d) {
  set(d->claims.subject, "mallory@example.com");
}
static void subject_case(struct draft *d) {
  set(d->claims.subject, "Alice@example.com");
}
static void host_other(struct draft *d) {
  set(d->claims.audiences[1], "host:web-3");
}
static void host_longer(struct draft *d) {
  set(d->claims.audiences[1], "host:web-20");
}
static void host_order(struct draft *d) {
  set(d->claims.audiences[0], "host:web-2");
  set(d->claims.audiences[1], "host:web-1");
}
static void host_twice(struct draft *d) {
  set(d->claims.audiences[1], "host:web-1");
}
static void host_more(struct draft *d) {
  set(d->claims.audiences[2], "host:web-3");
  d->claims.audience_count = 3;
}
static void host_fewer(struct draft *d) {
  d->claims.audience_count = 1;
}
static void host_none(struct draft *d) {
  d->claims.audience_count = 0;
}
static void host_as_group(struct draft *d) {
  set(d->claims.audiences[1], "group:web-2");
}
static void host_bare(struct draft *d) {
  set(d->claims.audiences[1], "web-2");
}
static void login_other(struct draft *d) {
  set(d->claims.login, "root");
}
static void login_longer(struct draft *d) {
  set(d->claims.login, "ops2");
}
static void reason_other(struct draft *d) {
  set(d->claims.reason, "INC-10");
}
static void reason_empty(struct draft *d) {
  set(d->claims.reason, "");
}
static void holder_other(struct draft *d) {
  d->claims.holder[31] ^= 1;
}
static void holder_none(struct draft *d) {
  d->claims.has_holder = false;
}
static void holder_for_console(struct draft *d) {
  d->ask.console = true;
}
static void console(struct draft *d) {
  d->ask.console = true;
  d->ask.holder = (struct bg_ssh_key){0};
  d->claims.has_holder = false;
  memset(d->claims.holder, 0, sizeof d->claims.holder);
}
static void console_with_zero_holder(struct draft *d) {
  console(d);
  d->claims.has_holder = true;
}
static void nonce_none(struct draft *d) {
  d->claims.has_nonce = false;
}
static void nonce_other(struct draft *d) {
  d->claims.nonce[15] ^= 1;
}
static void nonce_not_asked(struct draft *d) {
  d->ask.has_nonce = false;
}
static void nonce_neither(struct draft *d) {
  d->ask.has_nonce = false;
  d->claims.has_nonce = false;
  memset(d->claims.nonce, 0, sizeof d->claims.nonce);
}
static void level_lower(struct draft *d) {
  d->claims.level = BG_LEVEL_REFRESH;
}
static void level_none(struct draft *d) {
  d->claims.level = BG_LEVEL_NONE;
}
static void level_higher(struct draft *d) {
  d->claims.level = BG_LEVEL_REALLOCATE;
}
static void level_of_the_rule(struct draft *d) {
  d->ask.level = BG_LEVEL_NONE;
}
static void longest_longer(struct draft *d) {
  d->claims.longest = 1801;
}
static void longest_shorter(struct draft *d) {
  d->claims.longest = 60;
}
static void sources_dropped(struct draft *d) {
  d->claims.source_count = 0;
}
static void sources_fewer(struct draft *d) {
  d->claims.source_count = 1;
}
static void sources_more(struct draft *d) {
  set(d->claims.sources[2], "198.51.100.0/24");
  d->claims.source_count = 3;
}
static void sources_wider(struct draft *d) {
  set(d->claims.sources[0], "0.0.0.0/0");
}
static void sources_order(struct draft *d) {
  set(d->claims.sources[0], "2001:db8::/32");
  set(d->claims.sources[1], "192.0.2.0/24");
}
static void sources_not_asked(struct draft *d) {
  d->ask.source_count = 0;
}
static void sources_neither(struct draft *d) {
  d->ask.source_count = 0;
  d->claims.source_count = 0;
}
static void begin_earlier(struct draft *d) {
  d->claims.not_before = EARLIEST - 1;
}
static void begin_at_1970(struct draft *d) {
  d->claims.not_before = 0;
}
static void begin_later(struct draft *d) {
  d->claims.not_before = CALLED + 3600;
}
static void issue_earliest(struct draft *d) {
  d->claims.issued_at = EARLIEST;
}
static void issue_earlier(struct draft *d) {
  d->claims.issued_at = EARLIEST - 1;
}
static void issue_latest(struct draft *d) {
  d->claims.issued_at = CALLED + 120;
}
static void issue_later(struct draft *d) {
  d->claims.issued_at = CALLED + 121;
}
static void end_earlier(struct draft *d) {
  d->claims.expires = CALLED + 1;
}
static void end_later(struct draft *d) {
  d->claims.expires = LATEST_END + 1;
}
static void end_at_the_end_of_time(struct draft *d) {
  d->claims.expires = BG_TIME_MAX;
}
static void wait_shorter(struct draft *d) {
  d->bounds.longest_wait = WAIT - 1;
}
static void window_shorter(struct draft *d) {
  d->ask.window = WINDOW - 1;
}
static void called_later(struct draft *d) {
  d->bounds.called_at++;
}
static void called_earlier(struct draft *d) {
  d->bounds.called_at--;
}
static void group(struct draft *d) {
  d->ask.host_count = 0;
  set(d->ask.group, "web");
}
static void group_of_others(struct draft *d) {
  group(d);
  host_other(d);
  host_order(d);
}
static void group_as_such(struct draft *d) {
  group(d);
  d->claims.audience_count = 1;
  set(d->claims.audiences[0], "group:web");
}
static void group_with_one_group(struct draft *d) {
  group(d);
  host_as_group(d);
}
static void group_of_none(struct draft *d) {
  group(d);
  d->claims.audience_count = 0;
}

#define ROW(change, problem)                                                                       \
  { change, #change, problem }

/* NULL: it is covered. */
static const struct {
  void (*change)(struct draft *draft);
  const char *name, *problem;
} rows[] = {
    ROW(as_asked, NULL),
    ROW(console, NULL),
    ROW(nonce_neither, NULL),
    ROW(level_higher, NULL),
    ROW(level_of_the_rule, NULL),
    ROW(longest_shorter, NULL),
    ROW(sources_neither, NULL),
    ROW(begin_later, NULL),
    ROW(issue_earliest, NULL),
    ROW(issue_latest, NULL),
    ROW(end_earlier, NULL),
    ROW(group, NULL),
    ROW(group_of_others, NULL), /* shown to the approver */

    ROW(issuer_other, OTHER_ISSUER),
    ROW(issuer_prefix, OTHER_ISSUER),
    ROW(issuer_empty, OTHER_ISSUER),
    ROW(subject_other, OTHER_SUBJECT),
    ROW(subject_case, OTHER_SUBJECT),
    ROW(host_other, OTHER_HOSTS),
    ROW(host_longer, OTHER_HOSTS),
    ROW(host_order, OTHER_HOSTS),
    ROW(host_twice, OTHER_HOSTS),
    ROW(host_more, OTHER_HOSTS),
    ROW(host_fewer, OTHER_HOSTS),
    ROW(host_none, OTHER_HOSTS),
    ROW(host_as_group, OTHER_HOSTS),
    ROW(host_bare, OTHER_HOSTS),
    ROW(group_as_such, OTHER_HOSTS),
    ROW(group_with_one_group, OTHER_HOSTS),
    ROW(group_of_none, OTHER_HOSTS),
    ROW(login_other, OTHER_LOGIN),
    ROW(login_longer, OTHER_LOGIN),
    ROW(reason_other, OTHER_REASON),
    ROW(reason_empty, OTHER_REASON),
    ROW(holder_other, OTHER_HOLDER),
    ROW(holder_none, OTHER_HOLDER),
    ROW(holder_for_console, OTHER_HOLDER),
    ROW(console_with_zero_holder, OTHER_HOLDER),
    ROW(nonce_none, OTHER_NONCE),
    ROW(nonce_other, OTHER_NONCE),
    ROW(nonce_not_asked, OTHER_NONCE),
    ROW(level_lower, LOWER_LEVEL),
    ROW(level_none, LOWER_LEVEL),
    ROW(longest_longer, LONGER),
    ROW(sources_dropped, OTHER_SOURCES),
    ROW(sources_fewer, OTHER_SOURCES),
    ROW(sources_more, OTHER_SOURCES),
    ROW(sources_wider, OTHER_SOURCES),
    ROW(sources_order, OTHER_SOURCES),
    ROW(sources_not_asked, OTHER_SOURCES),
    ROW(begin_earlier, OTHER_BEGIN),
    ROW(begin_at_1970, OTHER_BEGIN),
    ROW(issue_earlier, OTHER_BEGIN),
    ROW(issue_later, OTHER_BEGIN),
    ROW(called_later, OTHER_BEGIN),
    ROW(end_later, LATE_END),
    ROW(end_at_the_end_of_time, LATE_END),
    ROW(wait_shorter, LATE_END),
    ROW(window_shorter, LATE_END),
    ROW(called_earlier, LATE_END),
};

static void a_draft_is_what_was_asked_for(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    struct draft draft;
    struct bg_ask_problem problem = {"untouched"};
    set_up(&draft);
    rows[i].change(&draft);
    enum bg_error err = bg_ask_covers(&draft.ask, &draft.bounds, &draft.claims, &problem);
    const char *wanted = rows[i].problem != NULL ? rows[i].problem : "untouched";
    if (err != (rows[i].problem != NULL ? BG_ERR_DENIED : BG_OK) ||
        strcmp(problem.text, wanted) != 0) {
      fail_msg("%s: %s, \"%s\"", rows[i].name, bg_strerror(err), problem.text);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_draft_is_what_was_asked_for)};
  return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
