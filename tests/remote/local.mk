# SPDX-License-Identifier: BSD-2-Clause
# The program as it is, but less patient.
check_PROGRAMS += %D%/breakglass-remote
%C%_breakglass_remote_SOURCES = $(REMOTE_SOURCES)
%C%_breakglass_remote_CPPFLAGS = $(REMOTE_CPPFLAGS) -DCLIENT_SECONDS=2L -DCLIENT_POLL_SECONDS=3L \
	-DCLIENT_POLL_WAIT=1
%C%_breakglass_remote_LDADD = $(REMOTE_LIBS) $(TEST_LIBS)

# Needs python3 as a stand-in for the service, certtool, expect and script; sshd where there is one.
REMOTE_TESTS = %D%/approve.bats %D%/client.bats %D%/request.bats %D%/settings.bats %D%/ssh.bats
TESTS += $(REMOTE_TESTS)
SLOW_TESTS += $(REMOTE_TESTS)
EXTRA_DIST += $(REMOTE_TESTS) %D%/common.bash %D%/service.py

check_PROGRAMS += %D%/test_parts
TESTS += %D%/test_parts
%C%_test_parts_SOURCES = %D%/test_parts.c breakglass/cli/paragraph.c breakglass/remote/agent_add.c \
	breakglass/remote/holder.c breakglass/remote/lines.c breakglass/remote/progress.c \
	breakglass/remote/ssh_words.c
%C%_test_parts_CPPFLAGS = $(TEST_CPPFLAGS) -I$(top_srcdir)/breakglass/remote \
	-I$(top_srcdir)/breakglass/cli
%C%_test_parts_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_parts_LDADD = $(SERVICE_LIBS) libbgtoken.la libbgssh.la libbgcore.la $(SYSTEM_LIBS) \
	$(JANSSON_LIBS) $(CMOCKA_LIBS)
