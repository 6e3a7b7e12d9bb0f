# SPDX-License-Identifier: BSD-2-Clause
LIFETIME_TEST_CPPFLAGS = $(TEST_CPPFLAGS) -I$(top_srcdir)/agent/lifetime
LIFETIME_TEST_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
LIFETIME_TEST_LIBS = libbglifetime.la libbgservice.la libbgstate.la libbgtoken.la libbgssh.la \
	libbgcore.la $(TEST_LIBS) $(SYSTEM_LIBS) $(JANSSON_LIBS) $(CMOCKA_LIBS)
# What the clocks and the disk say is the test's.
LIFETIME_HOST_SOURCES = %D%/fake_host.c %D%/fake_host.h tests/lib/test_state.c tests/lib/test_state.h
LIFETIME_TEST_WRAP = $(AM_LDFLAGS) -Wl,--wrap=bg_clock_now,--wrap=bg_clock_boottime \
	-Wl,--wrap=bg_clock_built,--wrap=bg_boot_id,--wrap=bg_file_replace_durably
LIFETIME_TESTS = %D%/test_age %D%/test_birth %D%/test_end %D%/test_turnover
check_PROGRAMS += $(LIFETIME_TESTS)
TESTS += $(LIFETIME_TESTS)
SLOW_TESTS += %D%/test_birth

%C%_test_age_SOURCES = %D%/test_age.c $(LIFETIME_HOST_SOURCES)
%C%_test_age_CPPFLAGS = $(LIFETIME_TEST_CPPFLAGS)
%C%_test_age_CFLAGS = $(LIFETIME_TEST_CFLAGS)
%C%_test_age_LDFLAGS = $(LIFETIME_TEST_WRAP)
%C%_test_age_LDADD = $(LIFETIME_TEST_LIBS)
%C%_test_birth_SOURCES = %D%/test_birth.c $(LIFETIME_HOST_SOURCES)
%C%_test_birth_CPPFLAGS = $(LIFETIME_TEST_CPPFLAGS)
%C%_test_birth_CFLAGS = $(LIFETIME_TEST_CFLAGS)
%C%_test_birth_LDFLAGS = $(LIFETIME_TEST_WRAP)
%C%_test_birth_LDADD = $(LIFETIME_TEST_LIBS)
%C%_test_end_SOURCES = %D%/test_end.c $(LIFETIME_HOST_SOURCES)
%C%_test_end_CPPFLAGS = $(LIFETIME_TEST_CPPFLAGS)
%C%_test_end_CFLAGS = $(LIFETIME_TEST_CFLAGS)
%C%_test_end_LDFLAGS = $(LIFETIME_TEST_WRAP)
%C%_test_end_LDADD = $(LIFETIME_TEST_LIBS)
%C%_test_turnover_SOURCES = %D%/test_turnover.c
%C%_test_turnover_CPPFLAGS = $(LIFETIME_TEST_CPPFLAGS)
%C%_test_turnover_CFLAGS = $(LIFETIME_TEST_CFLAGS)
%C%_test_turnover_LDADD = $(LIFETIME_TEST_LIBS)
