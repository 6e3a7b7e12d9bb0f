# SPDX-License-Identifier: BSD-2-Clause
# The command line's half that speaks to the signing service, a program of its own: breakglass
# itself links no HTTP.
REMOTE_SOURCES = \
	breakglass/cli/cli.c \
	breakglass/cli/cli.h \
	breakglass/cli/paragraph.c \
	breakglass/cli/paragraph.h \
	breakglass/cli/revocations_store.c \
	breakglass/cli/revocations_store.h \
	breakglass/cli/token_options.c \
	breakglass/cli/token_options.h \
	%D%/agent_add.c \
	%D%/agent_add.h \
	%D%/answer.c \
	%D%/answer.h \
	%D%/approve.c \
	%D%/ask_options.c \
	%D%/ask_options.h \
	%D%/child.c \
	%D%/child.h \
	%D%/client.c \
	%D%/client.h \
	%D%/client_explain.c \
	%D%/client_parts.h \
	%D%/confirm.c \
	%D%/confirm.h \
	%D%/deny.c \
	%D%/draft.h \
	%D%/draft_judge.c \
	%D%/draft_read.c \
	%D%/draft_show.c \
	%D%/draft_show.h \
	%D%/holder.c \
	%D%/holder.h \
	%D%/issued.c \
	%D%/issued.h \
	%D%/ledger.c \
	%D%/lines.c \
	%D%/lines.h \
	%D%/main.c \
	%D%/private_agent.c \
	%D%/private_agent.h \
	%D%/progress.c \
	%D%/progress.h \
	%D%/remote.h \
	%D%/request.c \
	%D%/request_argument.c \
	%D%/request_argument.h \
	%D%/request_print.c \
	%D%/request_print.h \
	%D%/request_view.c \
	%D%/request_view.h \
	%D%/requests.c \
	%D%/revocations.c \
	%D%/revoke.c \
	%D%/service.c \
	%D%/service.h \
	%D%/settings.c \
	%D%/settings.h \
	%D%/show.c \
	%D%/ssh.c \
	%D%/ssh_login.c \
	%D%/ssh_login.h \
	%D%/ssh_words.c \
	%D%/ssh_words.h \
	%D%/wait.c \
	%D%/wait.h
REMOTE_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/breakglass/cli $(CURL_CFLAGS)
REMOTE_LIBS = libbgagentconf.la $(SERVICE_LIBS) $(MINT_LIBS) $(GATE_LIBS) $(SYSTEM_LIBS) $(JANSSON_LIBS) $(CURL_LIBS)

pkglibexec_PROGRAMS += %D%/breakglass-remote
%C%_breakglass_remote_SOURCES = $(REMOTE_SOURCES)
%C%_breakglass_remote_CPPFLAGS = $(REMOTE_CPPFLAGS)
%C%_breakglass_remote_CFLAGS = $(AM_CFLAGS) -fPIE
%C%_breakglass_remote_LDFLAGS = $(AM_LDFLAGS) $(BG_PIE_LDFLAGS)
%C%_breakglass_remote_LDADD = $(REMOTE_LIBS) libbgpaths.la
