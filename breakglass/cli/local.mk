# SPDX-License-Identifier: BSD-2-Clause
CLI_SOURCES = \
	%D%/agent_view.c \
	%D%/agent_view.h \
	%D%/boot.c \
	%D%/cli.c \
	%D%/cli.h \
	%D%/event_view.c \
	%D%/event_view.h \
	%D%/events.c \
	%D%/finding_json.c \
	%D%/finding_json.h \
	%D%/ledger.c \
	%D%/ledger_verify.c \
	%D%/main.c \
	%D%/pam_stack.c \
	%D%/pam_stack.h \
	%D%/paragraph.c \
	%D%/paragraph.h \
	%D%/policy.c \
	%D%/policy_report.c \
	%D%/policy_report.h \
	%D%/print.c \
	%D%/print.h \
	%D%/remote.c \
	%D%/revocations.c \
	%D%/revocations_look.c \
	%D%/revocations_look.h \
	%D%/revocations_store.c \
	%D%/revocations_store.h \
	%D%/revocations_view.c \
	%D%/revocations_view.h \
	%D%/sealed.c \
	%D%/sealed.h \
	%D%/sealed_audit.c \
	%D%/sealed_host.c \
	%D%/sealed_logind.c \
	%D%/sealed_module.c \
	%D%/sealed_module.h \
	%D%/sealed_pam.c \
	%D%/sealed_root.c \
	%D%/sealed_session.c \
	%D%/sealed_sshd.c \
	%D%/sealed_stack.c \
	%D%/sealed_stack.h \
	%D%/sealed_unit.c \
	%D%/sealed_unit.h \
	%D%/sshd_ask.c \
	%D%/sshd_ask.h \
	%D%/sshd_command.c \
	%D%/sshd_command.h \
	%D%/status.c \
	%D%/status_view.c \
	%D%/status_view.h \
	%D%/taint.c \
	%D%/taint_fold.c \
	%D%/taint_fold.h \
	%D%/token.c \
	%D%/token_inspect.c \
	%D%/token_mint.c \
	%D%/token_options.c \
	%D%/token_options.h \
	%D%/token_show.c \
	%D%/token_show.h \
	%D%/token_sign.c \
	%D%/token_verify.c
CLI_LIBS = libbgprogram.la libbgservice.la $(MINT_LIBS) $(GATE_LIBS) $(SYSTEM_LIBS) $(JANSSON_LIBS)

# In its folder: the top has a folder of the program's name.
bin_PROGRAMS += %D%/breakglass
%C%_breakglass_SOURCES = $(CLI_SOURCES)
%C%_breakglass_CPPFLAGS = $(AM_CPPFLAGS) \
	-DREMOTE_PROGRAM=\"$(pkglibexecdir)/breakglass-remote\" \
	-DAGENT_PROGRAM=\"$(sbindir)/breakglass-agent\"
%C%_breakglass_CFLAGS = $(AM_CFLAGS) -fPIE
%C%_breakglass_LDFLAGS = $(AM_LDFLAGS) $(BG_PIE_LDFLAGS)
%C%_breakglass_LDADD = $(CLI_LIBS) libbgpaths.la
