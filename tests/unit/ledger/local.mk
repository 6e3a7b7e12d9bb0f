# SPDX-License-Identifier: BSD-2-Clause
LEDGER_TESTS = %D%/test_postgres %D%/test_postgres_race %D%/test_sqlite %D%/test_sqlite_race
LEDGER_TEST_CPPFLAGS = $(TEST_CPPFLAGS) -I$(top_srcdir)/signer/ledger
LEDGER_TEST_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(SQLITE_CFLAGS) $(PQ_CFLAGS)
LEDGER_TEST_LIBS = libbgledger.la libbgservice.la libbgcore.la $(SYSTEM_LIBS) $(SQLITE_LIBS) \
	$(PQ_LIBS) $(CMOCKA_LIBS)
LEDGER_TEST_SOURCES = %D%/ledger_test.c %D%/ledger_test.h
PG_SERVER_SOURCES = %D%/pg_server.c %D%/pg_server.h
check_PROGRAMS += $(LEDGER_TESTS)
TESTS += $(LEDGER_TESTS)
SLOW_TESTS += $(LEDGER_TESTS)

%C%_test_postgres_SOURCES = %D%/test_postgres.c %D%/ledger_checks.c %D%/handle_checks.c \
	$(LEDGER_TEST_SOURCES) $(PG_SERVER_SOURCES)
%C%_test_postgres_CPPFLAGS = $(LEDGER_TEST_CPPFLAGS)
%C%_test_postgres_CFLAGS = $(LEDGER_TEST_CFLAGS)
%C%_test_postgres_LDADD = $(LEDGER_TEST_LIBS)
%C%_test_postgres_race_SOURCES = %D%/test_postgres_race.c %D%/kill_checks.c \
	$(LEDGER_TEST_SOURCES) $(PG_SERVER_SOURCES)
%C%_test_postgres_race_CPPFLAGS = $(LEDGER_TEST_CPPFLAGS)
%C%_test_postgres_race_CFLAGS = $(LEDGER_TEST_CFLAGS)
%C%_test_postgres_race_LDADD = $(LEDGER_TEST_LIBS)
%C%_test_sqlite_SOURCES = %D%/test_sqlite.c %D%/ledger_checks.c %D%/handle_checks.c \
	$(LEDGER_TEST_SOURCES)
%C%_test_sqlite_CPPFLAGS = $(LEDGER_TEST_CPPFLAGS)
%C%_test_sqlite_CFLAGS = $(LEDGER_TEST_CFLAGS)
%C%_test_sqlite_LDADD = $(LEDGER_TEST_LIBS)
%C%_test_sqlite_race_SOURCES = %D%/test_sqlite_race.c %D%/kill_checks.c $(LEDGER_TEST_SOURCES)
%C%_test_sqlite_race_CPPFLAGS = $(LEDGER_TEST_CPPFLAGS)
%C%_test_sqlite_race_CFLAGS = $(LEDGER_TEST_CFLAGS)
%C%_test_sqlite_race_LDADD = $(LEDGER_TEST_LIBS)
