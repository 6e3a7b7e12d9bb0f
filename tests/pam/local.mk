# SPDX-License-Identifier: BSD-2-Clause
# The real module, but its host is a folder and its audit log a file.
PAM_TEST_LIBS = libbggate.la libbgpolicy.la %D%/libfakeaudit.la libbgstate.la libbgtoken.la \
	libbgssh.la libbgcore.la $(TEST_LIBS) $(PAM_LIBS) $(SYSTEM_LIBS)

check_LTLIBRARIES += %D%/libfakeaudit.la %D%/libdriver.la %D%/pam_breakglass_test.la %D%/pam_peek.la
%C%_libfakeaudit_la_SOURCES = tests/lib/fake_audit.c
%C%_libdriver_la_SOURCES = %D%/driver.c %D%/driver.h tests/lib/test_token.c tests/lib/test_token.h
%C%_libdriver_la_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_pam_breakglass_test_la_SOURCES = $(MODULE_SOURCES)
# -rpath: without it automake's check libraries stay static.
%C%_pam_breakglass_test_la_LDFLAGS = $(MODULE_LDFLAGS) -rpath /nowhere
%C%_pam_breakglass_test_la_LIBADD = $(PAM_TEST_LIBS)
%C%_pam_peek_la_SOURCES = %D%/pam_peek.c
%C%_pam_peek_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared -rpath /nowhere
%C%_pam_peek_la_LIBADD = $(PAM_LIBS)

PAM_TESTS = %D%/test_ack %D%/test_login %D%/test_refusals %D%/test_steps
PAM_TEST_LDADD = %D%/libdriver.la $(PAM_TEST_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += $(PAM_TESTS)
TESTS += $(PAM_TESTS)
%C%_test_ack_SOURCES = %D%/test_ack.c tests/lib/test_revocations.c tests/lib/test_revocations.h
%C%_test_ack_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_ack_LDADD = $(PAM_TEST_LDADD)
%C%_test_login_SOURCES = %D%/test_login.c tests/lib/test_revocations.c \
	tests/lib/test_revocations.h
%C%_test_login_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_login_LDADD = $(PAM_TEST_LDADD)
%C%_test_refusals_SOURCES = %D%/test_refusals.c tests/lib/test_revocations.c \
	tests/lib/test_revocations.h
%C%_test_refusals_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_refusals_LDADD = $(PAM_TEST_LDADD)
%C%_test_steps_SOURCES = %D%/test_steps.c
%C%_test_steps_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_steps_LDADD = $(PAM_TEST_LDADD)

check_PROGRAMS += %D%/race
TESTS += %D%/race
%C%_race_SOURCES = %D%/race.c
%C%_race_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_race_LDADD = %D%/libdriver.la $(PAM_TEST_LIBS)

# The race at length: make race ROUNDS=10000
ROUNDS = 500
race: %D%/race %D%/pam_breakglass_test.la %D%/pam_peek.la
	$(AM_TESTS_ENVIRONMENT) RACE_ROUNDS=$(ROUNDS) ./%D%/race
.PHONY: race
