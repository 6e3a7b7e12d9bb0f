# SPDX-License-Identifier: BSD-2-Clause
STATE_TESTS = %D%/test_cursor %D%/test_dropped %D%/test_event %D%/test_event_store %D%/test_grant \
	%D%/test_race %D%/test_reserve %D%/test_run_state
STATE_TEST_SOURCES = tests/lib/test_state.c tests/lib/test_state.h \
	%D%/store_checks.c %D%/store_checks.h
STATE_TEST_LIBS = libbgstate.la libbgtoken.la libbgssh.la libbgcore.la $(TEST_LIBS) \
	$(SYSTEM_LIBS) $(JANSSON_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += $(STATE_TESTS)
TESTS += $(STATE_TESTS)

%C%_test_cursor_SOURCES = %D%/test_cursor.c $(STATE_TEST_SOURCES)
%C%_test_cursor_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_cursor_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_cursor_LDADD = $(STATE_TEST_LIBS)
%C%_test_dropped_SOURCES = %D%/test_dropped.c $(STATE_TEST_SOURCES)
%C%_test_dropped_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_dropped_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_dropped_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=fsync
%C%_test_dropped_LDADD = $(STATE_TEST_LIBS)
%C%_test_event_SOURCES = %D%/test_event.c $(STATE_TEST_SOURCES)
%C%_test_event_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_event_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_event_LDADD = $(STATE_TEST_LIBS)
%C%_test_event_store_SOURCES = %D%/test_event_store.c $(STATE_TEST_SOURCES)
%C%_test_event_store_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_event_store_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_event_store_LDADD = $(STATE_TEST_LIBS)
%C%_test_grant_SOURCES = %D%/test_grant.c $(STATE_TEST_SOURCES)
%C%_test_grant_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_grant_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_grant_LDADD = $(STATE_TEST_LIBS)
%C%_test_race_SOURCES = %D%/test_race.c $(STATE_TEST_SOURCES)
%C%_test_race_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_race_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_race_LDADD = $(STATE_TEST_LIBS)
%C%_test_reserve_SOURCES = %D%/test_reserve.c $(STATE_TEST_SOURCES)
%C%_test_reserve_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_reserve_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_reserve_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=fsync,--wrap=fdatasync,--wrap=pwrite,--wrap=unlinkat
%C%_test_reserve_LDADD = $(STATE_TEST_LIBS)
%C%_test_run_state_SOURCES = %D%/test_run_state.c $(STATE_TEST_SOURCES)
%C%_test_run_state_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_run_state_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_run_state_LDADD = $(STATE_TEST_LIBS)
