# SPDX-License-Identifier: BSD-2-Clause
# The program as it is, but less patient.
check_PROGRAMS += %D%/breakglass-remote
%C%_breakglass_remote_SOURCES = $(REMOTE_SOURCES)
%C%_breakglass_remote_CPPFLAGS = $(REMOTE_CPPFLAGS) -DCLIENT_SECONDS=2L -DCLIENT_POLL_SECONDS=3L \
	-DCLIENT_POLL_WAIT=1
%C%_breakglass_remote_LDADD = $(REMOTE_LIBS) libbgpaths.la

# Needs python3 as a stand-in for the service, certtool, expect and script; sshd where there is one.
REMOTE_TESTS = %D%/approve.bats %D%/client.bats %D%/request.bats %D%/settings.bats %D%/ssh.bats
TESTS += $(REMOTE_TESTS)
EXTRA_DIST += $(REMOTE_TESTS) %D%/common.bash %D%/service.py
