# SPDX-License-Identifier: BSD-2-Clause
AGENT_SOURCES = \
	%D%/agent.h \
	%D%/check.c \
	%D%/courier.c \
	%D%/courier.h \
	%D%/cursor.c \
	%D%/cursor.h \
	%D%/deliver.c \
	%D%/horizon.c \
	%D%/horizon.h \
	%D%/keeper.c \
	%D%/keeper.h \
	%D%/lock.c \
	%D%/log.c \
	%D%/log.h \
	%D%/main.c \
	%D%/privileges.c \
	%D%/privileges.h \
	%D%/revoked.c \
	%D%/revoked.h \
	%D%/round.c \
	%D%/round.h \
	%D%/run.c \
	%D%/sink.c \
	%D%/sink.h \
	%D%/sink_exec.c \
	%D%/sink_journal.c \
	%D%/sink_worker.c \
	%D%/sinks.c \
	%D%/sinks.h \
	%D%/state.c \
	%D%/state.h \
	%D%/wakes.c \
	%D%/wakes.h \
	%D%/warden.c \
	%D%/warden.h \
	breakglass/cli/cli.c \
	breakglass/cli/cli.h \
	breakglass/cli/event_view.c \
	breakglass/cli/event_view.h
AGENT_LIBS = libbgprogram.la $(SESSION_LIBS) $(SYSTEM_LIBS) $(JANSSON_LIBS) $(SYSTEMD_LIBS)

sbin_PROGRAMS += %D%/breakglass-agent
%C%_breakglass_agent_SOURCES = $(AGENT_SOURCES)
%C%_breakglass_agent_CPPFLAGS = $(AM_CPPFLAGS) -DWEBHOOK_PROGRAM=\"$(pkglibexecdir)/breakglass-webhook\" \
	-DNATS_PROGRAM=\"$(pkglibexecdir)/breakglass-nats\"
%C%_breakglass_agent_CFLAGS = $(AM_CFLAGS) -fPIE
%C%_breakglass_agent_LDFLAGS = $(AM_LDFLAGS) $(BG_PIE_LDFLAGS)
%C%_breakglass_agent_LDADD = $(AGENT_LIBS) libbgpaths.la
