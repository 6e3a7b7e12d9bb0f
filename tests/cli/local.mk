# SPDX-License-Identifier: BSD-2-Clause
# The command line as people and their scripts use it, on a host in a folder.
BATS_LOG_COMPILER = $(BATS)
CLI_TESTS = %D%/policy.bats %D%/seal.bats %D%/seal_killed.bats %D%/token.bats
TESTS += $(CLI_TESTS)
SLOW_TESTS += %D%/seal_killed.bats
EXTRA_DIST += $(CLI_TESTS) %D%/seal.bash

check_PROGRAMS += %D%/test_verify_vectors
TESTS += %D%/test_verify_vectors
%C%_test_verify_vectors_SOURCES = %D%/test_verify_vectors.c
%C%_test_verify_vectors_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_verify_vectors_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_verify_vectors_LDADD = $(TEST_LIBS) $(JANSSON_LIBS) $(CMOCKA_LIBS)

# Needs python3-jsonschema, and python3 as a stand-in for the journal.
TESTS += %D%/events.bats
EXTRA_DIST += %D%/events.bats %D%/host.bash
check_PROGRAMS += %D%/record_login
%C%_record_login_SOURCES = %D%/record_login.c tests/lib/test_state.c tests/lib/test_state.h
%C%_record_login_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_record_login_LDADD = libbgstate.la libbgtoken.la libbgssh.la libbgcore.la $(TEST_LIBS) \
	$(SYSTEM_LIBS)
check_PROGRAMS += %D%/record_life
%C%_record_life_SOURCES = %D%/record_life.c tests/lib/test_state.c tests/lib/test_state.h
%C%_record_life_CPPFLAGS = $(TEST_CPPFLAGS) -I$(top_srcdir)/agent/lifetime
%C%_record_life_LDADD = libbglifetime.la libbgservice.la libbgstate.la libbgtoken.la libbgssh.la \
	libbgcore.la $(TEST_LIBS) $(SYSTEM_LIBS) $(JANSSON_LIBS)
