# SPDX-License-Identifier: BSD-2-Clause
check_PROGRAMS += %D%/kill_at_syscall %D%/login_steps
EXTRA_DIST += %D%/test_killed_login.sh %D%/test_killed_life.sh
TESTS += %D%/test_killed_login.sh %D%/test_killed_life.sh
SLOW_TESTS += %D%/test_killed_login.sh %D%/test_killed_life.sh

%C%_kill_at_syscall_SOURCES = %D%/kill_at_syscall.c
%C%_login_steps_SOURCES = %D%/login_steps.c
%C%_login_steps_CPPFLAGS = $(TEST_CPPFLAGS) -I$(top_srcdir)/tests/pam
%C%_login_steps_LDADD = tests/pam/libdriver.la $(PAM_TEST_LIBS)
