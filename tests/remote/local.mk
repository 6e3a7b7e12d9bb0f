# SPDX-License-Identifier: BSD-2-Clause
# The program as it is, but less patient.
check_PROGRAMS += %D%/breakglass-remote
%C%_breakglass_remote_SOURCES = $(REMOTE_SOURCES)
%C%_breakglass_remote_CPPFLAGS = $(REMOTE_CPPFLAGS) -DCLIENT_SECONDS=2L -DCLIENT_POLL_SECONDS=3L \
	-DCLIENT_POLL_WAIT=1
%C%_breakglass_remote_LDADD = $(REMOTE_LIBS) libbgpaths.la
