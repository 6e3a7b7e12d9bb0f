# SPDX-License-Identifier: BSD-2-Clause
SESSION_TESTS = %D%/test_end
SESSION_TEST_SOURCES = %D%/session_test.c %D%/session_test.h tests/lib/test_state.c \
	tests/lib/test_state.h tests/lib/fake_audit.c
SESSION_TEST_LIBS = $(SESSION_LIBS) $(TEST_LIBS) $(SYSTEM_LIBS) $(JANSSON_LIBS) $(CMOCKA_LIBS)
SESSION_TEST_CPPFLAGS = $(TEST_CPPFLAGS) -I$(top_srcdir)
SESSION_TEST_WRAP = -Wl,--wrap=clock_gettime
check_PROGRAMS += $(SESSION_TESTS)
TESTS += $(SESSION_TESTS)

%C%_test_end_SOURCES = %D%/test_end.c $(SESSION_TEST_SOURCES)
%C%_test_end_CPPFLAGS = $(SESSION_TEST_CPPFLAGS)
%C%_test_end_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_end_LDFLAGS = $(AM_LDFLAGS) $(SESSION_TEST_WRAP) -Wl,--wrap=pidfd_open
%C%_test_end_LDADD = $(SESSION_TEST_LIBS)
