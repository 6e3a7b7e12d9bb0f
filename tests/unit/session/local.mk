# SPDX-License-Identifier: BSD-2-Clause
SESSION_TESTS = %D%/test_end %D%/test_left %D%/test_lost %D%/test_lost_many \
	%D%/test_real %D%/test_scribe %D%/test_warn
SESSION_TEST_SOURCES = %D%/session_test.c %D%/session_test.h tests/lib/test_state.c \
	tests/lib/test_state.h tests/lib/fake_audit.c
SESSION_TEST_LIBS = $(SESSION_LIBS) $(TEST_LIBS) $(SYSTEM_LIBS) $(JANSSON_LIBS) $(CMOCKA_LIBS)
SESSION_TEST_CPPFLAGS = $(TEST_CPPFLAGS) -I$(top_srcdir)
SESSION_TEST_CLOCKS = $(AM_LDFLAGS) -Wl,--wrap=clock_gettime
check_PROGRAMS += $(SESSION_TESTS)
TESTS += $(SESSION_TESTS)
SLOW_TESTS += %D%/test_end %D%/test_lost_many %D%/test_scribe

%C%_test_end_SOURCES = %D%/test_end.c $(SESSION_TEST_SOURCES)
%C%_test_end_CPPFLAGS = $(SESSION_TEST_CPPFLAGS)
%C%_test_end_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_end_LDFLAGS = $(SESSION_TEST_CLOCKS) -Wl,--wrap=pidfd_open
%C%_test_end_LDADD = $(SESSION_TEST_LIBS)
%C%_test_left_SOURCES = %D%/test_left.c $(SESSION_TEST_SOURCES) tests/lib/test_revocations.c \
	tests/lib/test_revocations.h tests/lib/test_token.c tests/lib/test_token.h
%C%_test_left_CPPFLAGS = $(SESSION_TEST_CPPFLAGS)
%C%_test_left_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_left_LDFLAGS = $(SESSION_TEST_CLOCKS)
%C%_test_left_LDADD = $(MINT_LIBS) $(SESSION_TEST_LIBS)
%C%_test_warn_SOURCES = %D%/test_warn.c $(SESSION_TEST_SOURCES)
%C%_test_warn_CPPFLAGS = $(SESSION_TEST_CPPFLAGS)
%C%_test_warn_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_warn_LDFLAGS = $(SESSION_TEST_CLOCKS)
%C%_test_warn_LDADD = $(SESSION_TEST_LIBS)
%C%_test_lost_SOURCES = %D%/test_lost.c %D%/boots.c %D%/boots.h $(SESSION_TEST_SOURCES)
%C%_test_lost_CPPFLAGS = $(SESSION_TEST_CPPFLAGS)
%C%_test_lost_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_lost_LDFLAGS = $(SESSION_TEST_CLOCKS)
%C%_test_lost_LDADD = $(SESSION_TEST_LIBS)
%C%_test_lost_many_SOURCES = %D%/test_lost_many.c %D%/boots.c %D%/boots.h $(SESSION_TEST_SOURCES)
%C%_test_lost_many_CPPFLAGS = $(SESSION_TEST_CPPFLAGS)
%C%_test_lost_many_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_lost_many_LDFLAGS = $(SESSION_TEST_CLOCKS)
%C%_test_lost_many_LDADD = $(SESSION_TEST_LIBS)
%C%_test_real_SOURCES = %D%/test_real.c $(SESSION_TEST_SOURCES)
%C%_test_real_CPPFLAGS = $(SESSION_TEST_CPPFLAGS)
%C%_test_real_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_real_LDFLAGS = $(SESSION_TEST_CLOCKS)
%C%_test_real_LDADD = $(SESSION_TEST_LIBS)
%C%_test_scribe_SOURCES = %D%/test_scribe.c %D%/boots.c %D%/boots.h $(SESSION_TEST_SOURCES)
%C%_test_scribe_CPPFLAGS = $(SESSION_TEST_CPPFLAGS)
%C%_test_scribe_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_scribe_LDFLAGS = $(SESSION_TEST_CLOCKS) -Wl,--wrap=bg_gate_record_end
%C%_test_scribe_LDADD = $(SESSION_TEST_LIBS)
