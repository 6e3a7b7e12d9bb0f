/* SPDX-License-Identifier: BSD-2-Clause */
/* What an event says, and which entries have one. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "entry.h"
#include "event.h"

#define NUMBER 12
#define NOW 1767225600 /* 2026-01-01T00:00:00Z */

static struct lease lease_of_two(void) {
  struct lease lease = {
      .claims = {.issuer = "signer.example",
                 .subject = "alice@example.com",
                 .audiences = {"host:db-1", "host:db 2"},
                 .audience_count = 2,
                 .issued_at = NOW,
                 .not_before = NOW,
                 .expires = NOW + 600,
                 .id = {1, 2, 3},
                 .login = "ops",
                 .longest = 1800,
                 .level = BG_LEVEL_REBUILD,
                 .reason = "INC-1 \"disk\""},
      .rule = "db",
      .approvers = {"bob@example.com", "dave@example.com"},
      .approver_count = 2,
  };
  return lease;
}

static void make(const struct lease *lease, size_t index, struct lease_event *ret_event) {
  assert_int_equal(lease_event_make("signer.example", NUMBER, NOW + 1, lease, index, ret_event),
                   BG_OK);
}

static void it_says_all_of_the_lease(void **state) {
  static struct lease_event event;
  static char expected[LEASE_EVENT_MAX];
  (void)state;
  struct lease lease = lease_of_two();
  make(&lease, 1, &event);
  (void)snprintf(
      expected, sizeof expected,
      "{\"specversion\":\"1.0\",\"id\":\"%s\",\"source\":\"urn:breakglass:signer:signer.example\","
      "\"type\":\"breakglass.token.issued\",\"subject\":\"db 2\",\"time\":\"2026-01-01T00:00:01Z\","
      "\"datacontenttype\":\"application/json\",\"dataschema\":\"urn:breakglass:schema:issued:1\","
      "\"data\":{\"host\":{\"id\":\"db 2\"},\"cause\":\"token\",\"level\":\"rebuild\","
      "\"replace\":{\"by\":\"2026-01-01T00:45:00Z\"},"
      "\"token\":{\"token_id\":\"01020300000000000000000000000000\","
      "\"issuer\":\"signer.example\",\"subject\":\"alice@example.com\","
      "\"approvers\":[\"bob@example.com\",\"dave@example.com\"],\"login\":\"ops\","
      "\"reason\":\"INC-1 \\\"disk\\\"\",\"rule\":\"db\",\"not_before\":\"2026-01-01T00:00:00Z\","
      "\"expires\":\"2026-01-01T00:10:00Z\",\"max\":1800},\"number\":12}}\n",
      event.id);
  assert_int_equal(event.text.len, strlen(expected));
  assert_memory_equal(event.text.data, expected, event.text.len);
}

static void its_id_is_the_same_each_time_and_of_each_host(void **state) {
  static struct lease_event first, again, other;
  (void)state;
  struct lease lease = lease_of_two();
  make(&lease, 0, &first);
  make(&lease, 0, &again);
  make(&lease, 1, &other);
  assert_string_equal(first.id, again.id);
  assert_int_equal(strlen(first.id), 32);
  assert_string_not_equal(first.id, other.id);
  lease.claims.id[15] = 1;
  make(&lease, 0, &other);
  assert_string_not_equal(first.id, other.id);
  /* Consumers have it for good: it never changes. */
  assert_string_equal(first.id, "9d54c16d08657ca9307ad1a4c6b63fab");
}

static void the_host_is_replaced_once_no_session_can_be_open(void **state) {
  (void)state;
  struct lease lease = lease_of_two();
  assert_int_equal(lease_ends(&lease.claims), NOW + 600 + 300 + 1800);
  lease.claims.has_nonce = true; /* its clock says nothing */
  assert_int_equal(lease_ends(&lease.claims), NOW + 7200 + 1800);
}

static void the_longest_lease_fits(void **state) {
  static struct lease_event event;
  (void)state;
  struct lease lease = lease_of_two();
  memset(lease.claims.reason, '"', BG_REASON_MAX);
  memset(lease.claims.login, '"', BG_NAME_SIZE - 1);
  memset(lease.claims.subject, '\\', BG_NAME_SIZE - 1);
  memset(lease.claims.issuer, '"', BG_NAME_SIZE - 1);
  memset(lease.claims.audiences[0] + 5, '"', BG_NAME_SIZE - 6);
  memset(lease.rule, 'r', BG_NAME_SIZE - 1);
  lease.approver_count = BG_SIGNATURES_MAX;
  for (size_t i = 0; i < BG_SIGNATURES_MAX; i++) {
    memset(lease.approvers[i], '"', BG_NAME_SIZE - 1);
  }
  assert_int_equal(lease_event_make(lease.claims.issuer, INT64_MAX, NOW, &lease, 0, &event), BG_OK);
}

static void what_is_no_host_has_no_event(void **state) {
  static struct lease_event event;
  (void)state;
  struct lease lease = lease_of_two();
  bg_text_fit(BG_NAME_SIZE, lease.claims.audiences[0], "group:db");
  assert_int_equal(lease_event_make("signer.example", NUMBER, NOW, &lease, 0, &event),
                   BG_ERR_RANGE);
}

#define LINE(kind)                                                                                 \
  "{\"number\":12,\"previous\":"                                                                   \
  "\"0000000000000000000000000000000000000000000000000000000000000000\",\"time\":1767225600,"      \
  "\"kind\":\"" kind "\","
#define ID "0123456789abcdef0123456789abcdef"

static void only_entries_of_issues_are_read(void **state) {
  static const char *const others[] = {
      LINE("request") "\"request\":\"" ID "\",\"hosts\":[\"a\"]}",
      LINE("issued") "\"request\":\"" ID "\",\"hosts\":[\"a\"]}",
      LINE("denial") "\"reason\":\",\\\"kind\\\":\\\"issue\\\",\",\"request\":\"" ID "\"}",
      LINE("denial") "\"x\":{\"y\":1,\"kind\":\"issue\",\"request\":\"" ID "\"}}",
      "",
  };
  struct lease_entry entry = {0};
  (void)state;
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
    assert_false(lease_entry_read(12, bg_bytes_of(others[i]), &entry));
  }
  assert_true(lease_entry_read(
      12, bg_bytes_of(LINE("issue") "\"request\":\"" ID "\",\"hosts\":[\"a\",\"b\"]}"), &entry));
  assert_int_equal(entry.number, 12);
  assert_int_equal(entry.time, 1767225600);
  assert_string_equal(entry.request, ID);
  assert_int_equal(entry.hosts, 2);
}

/* It must not be passed over without a word. */
static void a_damaged_entry_of_an_issue_is_one(void **state) {
  static const char *const damaged[] = {
      LINE("issue") "\"request\":\"" ID "\"",
      LINE("issue") "\"hosts\":[]}",
  };
  (void)state;
  for (size_t i = 0; i < sizeof damaged / sizeof damaged[0]; i++) {
    struct lease_entry entry = {0};
    assert_true(lease_entry_read(12, bg_bytes_of(damaged[i]), &entry));
    assert_int_equal(entry.number, 12);
    assert_string_equal(entry.request, "");
    assert_int_equal(entry.hosts, 1);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(it_says_all_of_the_lease),
      cmocka_unit_test(its_id_is_the_same_each_time_and_of_each_host),
      cmocka_unit_test(the_host_is_replaced_once_no_session_can_be_open),
      cmocka_unit_test(the_longest_lease_fits),
      cmocka_unit_test(what_is_no_host_has_no_event),
      cmocka_unit_test(only_entries_of_issues_are_read),
      cmocka_unit_test(a_damaged_entry_of_an_issue_is_one),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
