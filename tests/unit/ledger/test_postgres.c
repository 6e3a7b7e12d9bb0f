/* SPDX-License-Identifier: BSD-2-Clause */
/* The ledger in a PostgreSQL server. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ledger_test.h"
#include "pg_server.h"

#define SECRET "geheim-4711"

static const uint8_t key[32] = {1};
static const uint8_t nonce[16] = {1};

static void end_other_sessions(void) {
  pg_server_execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()");
}

static void a_lost_connection_is_made_again(void **state) {
  (void)state;
  struct ledger *ledger = test_open(pg_server_spec());
  assert_int_equal(test_append_one(ledger), 1);
  end_other_sessions();
  assert_int_equal(test_append_one(ledger), 2); /* its begin was the first to notice */
  pg_server_restart();
  assert_int_equal(test_append_one(ledger), 3);
  assert_int_equal(test_assert_chain(ledger), 3);
  ledger_close(ledger);
}

static void a_reader_connects_again_too(void **state) {
  (void)state;
  struct ledger *ledger = test_open(pg_server_spec());
  int64_t number = -1;
  uint8_t hash[LEDGER_HASH_SIZE];
  (void)test_append_one(ledger);
  end_other_sessions();
  (void)!ledger_head(ledger, &number, hash); /* notices */
  assert_int_equal(ledger_head(ledger, &number, hash), BG_OK);
  assert_int_equal(number, 1);
  ledger_close(ledger);
}

static void what_was_under_way_is_lost_whole(void **state) {
  (void)state;
  struct ledger *ledger = test_open(pg_server_spec());
  assert_int_equal(ledger_begin(ledger), BG_OK);
  assert_int_equal(ledger_step_begin(ledger), BG_OK);
  assert_int_equal(ledger_append(ledger, 1, "issue", bg_bytes_of("\"a\":1")), BG_OK);
  assert_int_equal(ledger_step_keep(ledger), BG_OK);
  end_other_sessions();
  assert_int_equal(ledger_step_begin(ledger), BG_OK); /* sent, not heard */
  assert_int_equal(ledger_nonce_add(ledger, key, nonce, 1), BG_ERR_IO);
  assert_int_equal(ledger_step_undo(ledger), BG_ERR_IO);
  assert_int_equal(ledger_commit(ledger), BG_ERR_RANGE);
  assert_int_equal(test_assert_chain(ledger), 0);
  assert_int_equal(ledger_begin(ledger), BG_OK);
  assert_int_equal(ledger_nonce_add(ledger, key, nonce, 1), BG_OK);
  end_other_sessions();
  assert_int_equal(ledger_commit(ledger), BG_ERR_IO);
  assert_true(ledger_reason(ledger)[0] != '\0');
  assert_int_equal(test_append_one(ledger), 1);
  ledger_close(ledger);
}

static void a_statement_that_lasts_too_long_is_ended(void **state) {
  (void)state;
  struct ledger *ledger = test_open(pg_server_spec());
  char sql[128];
  (void)test_append_one(ledger);
  (void)snprintf(sql, sizeof sql,
                 "CREATE FUNCTION stop() RETURNS void AS 'SELECT pg_sleep(60)' LANGUAGE sql");
  pg_server_execute(sql);
  pg_server_execute("CREATE RULE slow AS ON INSERT TO ledger_entries DO ALSO SELECT stop()");
  assert_int_equal(ledger_begin(ledger), BG_OK);
  assert_int_equal(ledger_step_begin(ledger), BG_OK);
  assert_int_equal(ledger_nonce_add(ledger, key, nonce, 1), BG_OK);
  assert_int_equal(ledger_append(ledger, 1, "issue", bg_bytes_of("\"a\":1")), BG_OK);
  const uint8_t other[16] = {2};
  time_t before = time(NULL);
  assert_int_equal(ledger_nonce_add(ledger, key, other, 1), BG_ERR_BUSY);
  assert_true(time(NULL) - before < 20);
  assert_int_equal(ledger_step_undo(ledger), BG_OK);
  ledger_rollback(ledger);
  ledger_close(ledger);
}

static void a_transaction_that_the_server_gave_up_is_not_committed(void **state) {
  (void)state;
  struct ledger *ledger = test_open(pg_server_spec());
  pg_server_execute("ALTER TABLE ledger_nonces ADD CHECK (time <> 13)");
  assert_int_equal(ledger_begin(ledger), BG_OK);
  assert_int_equal(ledger_append(ledger, 1, "issue", bg_bytes_of("\"a\":1")), BG_OK);
  assert_int_equal(ledger_nonce_add(ledger, key, nonce, 13), BG_ERR_IO);
  assert_int_equal(ledger_commit(ledger), BG_ERR_IO);
  assert_int_equal(test_assert_chain(ledger), 0);
  assert_int_equal(test_append_one(ledger), 1);
  ledger_close(ledger);
}

static void tables_of_a_later_version_are_refused(void **state) {
  (void)state;
  const char *spec = pg_server_spec();
  struct ledger *ledger = NULL;
  ledger_close(test_open(spec));
  pg_server_execute("INSERT INTO ledger_version VALUES (2)");
  assert_int_equal(ledger_open(spec, &ledger), BG_ERR_UNSUPPORTED);
  assert_true(ledger_reason(NULL)[0] != '\0');
}

static void assert_secret_is_kept(const char *spec, enum bg_error expected) {
  struct ledger *ledger = NULL;
  assert_int_equal(ledger_open(spec, &ledger), expected);
  assert_true(ledger_reason(NULL)[0] != '\0');
  assert_null(strstr(ledger_reason(NULL), SECRET));
}

/* What libpq says of a string that it cannot read holds a part of it. */
static void no_reason_tells_the_password(void **state) {
  (void)state;
  assert_secret_is_kept("postgres:host=/nonexistent password=" SECRET, BG_ERR_IO);
  assert_secret_is_kept("postgres:host=/nonexistent password=a " SECRET, BG_ERR_RANGE);
  assert_secret_is_kept("postgres:" SECRET "=x", BG_ERR_RANGE);
  assert_secret_is_kept("postgres:host=/" SECRET " password=" SECRET, BG_ERR_IO);
  assert_secret_is_kept("postgres:postgresql://u:" SECRET "@[/x", BG_ERR_RANGE);
}

static void the_session_is_durable_and_bounded(void **state) {
  (void)state;
  pg_server_execute("ALTER ROLE ledger SET synchronous_commit = off");
  pg_server_execute("ALTER ROLE ledger SET default_transaction_isolation = 'serializable'");
  struct ledger *one = test_open(pg_server_spec());
  pg_server_execute(
      "CREATE FUNCTION check_session() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
      " IF current_setting('synchronous_commit') <> 'on'"
      " OR current_setting('transaction_isolation') <> 'read committed'"
      " OR current_setting('statement_timeout') = '0' OR current_setting('lock_timeout') = '0'"
      " OR current_setting('idle_in_transaction_session_timeout') = '0'"
      " THEN RAISE EXCEPTION 'not as it should be'; END IF; RETURN NEW; END $$");
  pg_server_execute("CREATE TRIGGER t BEFORE INSERT ON ledger_entries FOR EACH ROW"
                    " EXECUTE FUNCTION check_session()");
  assert_int_equal(test_append_one(one), 1);
  ledger_close(one);
  pg_server_execute("ALTER ROLE ledger RESET ALL");
}

static void of_two_services_one_claims_at_a_time(void **state) {
  (void)state;
  const char *spec = pg_server_spec();
  struct ledger *one = test_open(spec);
  struct ledger *two = test_open(spec);
  assert_true(ledger_is_shared(one));
  assert_int_equal(ledger_claim(one, "a"), BG_OK);
  assert_int_equal(ledger_claim(two, "a"), BG_ERR_BUSY);
  assert_int_equal(ledger_claim(two, "b"), BG_OK);
  assert_int_equal(test_append_one(two), 1); /* it keeps nobody from writing */
  ledger_release(one, "a");
  assert_int_equal(ledger_claim(two, "a"), BG_OK);
  assert_int_equal(ledger_claim(one, "a"), BG_ERR_BUSY);
  ledger_close(two); /* as a killed service does */
  enum bg_error err = BG_ERR_BUSY;
  for (int i = 0; i < 200 && err == BG_ERR_BUSY; i++) { /* the server sees it a moment later */
    (void)usleep(10000);
    err = ledger_claim(one, "a");
  }
  assert_int_equal(err, BG_OK);
  ledger_close(one);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_lost_connection_is_made_again),
      cmocka_unit_test(a_reader_connects_again_too),
      cmocka_unit_test(what_was_under_way_is_lost_whole),
      cmocka_unit_test(a_statement_that_lasts_too_long_is_ended),
      cmocka_unit_test(a_transaction_that_the_server_gave_up_is_not_committed),
      cmocka_unit_test(tables_of_a_later_version_are_refused),
      cmocka_unit_test(no_reason_tells_the_password),
      cmocka_unit_test(the_session_is_durable_and_bounded),
      cmocka_unit_test(of_two_services_one_claims_at_a_time),
  };
  if (!pg_server_start()) {
    return PG_SERVER_SKIP;
  }
  int failed = check_ledger(pg_server_spec) + check_two_handles(pg_server_spec);
  failed += cmocka_run_group_tests_name("postgres", tests, NULL, NULL);
  pg_server_stop();
  return failed;
}
