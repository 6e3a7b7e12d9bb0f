# SPDX-License-Identifier: BSD-2-Clause
check_PROGRAMS += %D%/kill_at_syscall %D%/login_steps
EXTRA_DIST += %D%/test_killed_login.sh
TESTS += %D%/test_killed_login.sh

%C%_kill_at_syscall_SOURCES = %D%/kill_at_syscall.c
%C%_login_steps_SOURCES = %D%/login_steps.c tests/lib/test_state.c tests/lib/test_state.h
%C%_login_steps_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_login_steps_LDADD = libbgstate.la libbgtoken.la libbgssh.la libbgcore.la $(TEST_LIBS) \
	$(SYSTEM_LIBS)
