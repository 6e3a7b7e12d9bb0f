# SPDX-License-Identifier: BSD-2-Clause
AGENT_SOURCES = \
	%D%/agent.h \
	%D%/check.c \
	%D%/conf.c \
	%D%/conf.h \
	%D%/courier.c \
	%D%/courier.h \
	%D%/cursor.c \
	%D%/cursor.h \
	%D%/deliver.c \
	%D%/fetcher.c \
	%D%/fetcher.h \
	%D%/folders.c \
	%D%/folders.h \
	%D%/horizon.c \
	%D%/horizon.h \
	%D%/keeper.c \
	%D%/keeper.h \
	%D%/lock.c \
	%D%/log.c \
	%D%/log.h \
	%D%/main.c \
	%D%/metrics.c \
	%D%/metrics.h \
	%D%/moment.c \
	%D%/moment.h \
	%D%/registrar.c \
	%D%/registrar.h \
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
	%D%/spool.c \
	%D%/spool.h \
	%D%/state.c \
	%D%/state.h \
	%D%/textfile.c \
	%D%/textfile.h \
	%D%/wakes.c \
	%D%/wakes.h \
	%D%/warden.c \
	%D%/warden.h \
	%D%/warden_run.c \
	%D%/work.c \
	%D%/work.h \
	breakglass/cli/cli.c \
	breakglass/cli/cli.h \
	breakglass/cli/event_view.c \
	breakglass/cli/event_view.h \
	breakglass/cli/revocations_look.c \
	breakglass/cli/revocations_look.h \
	breakglass/cli/revocations_store.c \
	breakglass/cli/revocations_store.h
AGENT_LIBS = libbglifetime.la libbgwebhook.la libbgagentconf.la libbgprogram.la $(SESSION_LIBS) $(SYSTEM_LIBS) $(JANSSON_LIBS) \
	$(SYSTEMD_LIBS)

sbin_PROGRAMS += %D%/breakglass-agent
%C%_breakglass_agent_SOURCES = $(AGENT_SOURCES)
%C%_breakglass_agent_CPPFLAGS = $(AM_CPPFLAGS) -DWEBHOOK_PROGRAM=\"$(pkglibexecdir)/breakglass-webhook\" \
	-DNATS_PROGRAM=\"$(pkglibexecdir)/breakglass-nats\" -DREMOTE_FOLDER=\"$(pkglibexecdir)\" \
	-DREMOTE_NAME=\"breakglass-remote\"
%C%_breakglass_agent_CFLAGS = $(AM_CFLAGS) -fPIE
%C%_breakglass_agent_LDFLAGS = $(AM_LDFLAGS) $(BG_PIE_LDFLAGS)
%C%_breakglass_agent_LDADD = $(AGENT_LIBS) libbgpaths.la
