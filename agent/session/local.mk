# SPDX-License-Identifier: BSD-2-Clause
noinst_LTLIBRARIES += libbgsession.la
libbgsession_la_SOURCES = \
	%D%/cgroups.c \
	%D%/cgroups.h \
	%D%/closed.c \
	%D%/cron.c \
	%D%/cron.h \
	%D%/end.c \
	%D%/follow.c \
	%D%/kill.c \
	%D%/kill.h \
	%D%/lost.c \
	%D%/marks.c \
	%D%/processes.c \
	%D%/processes.h \
	%D%/revoke.c \
	%D%/scribe.c \
	%D%/scribe.h \
	%D%/sheet.c \
	%D%/sheet.h \
	%D%/sessions.c \
	%D%/sessions.h \
	%D%/terminals.c \
	%D%/terminals.h \
	%D%/warn.c \
	%D%/watched.h

# What a program that uses it links, besides $(SYSTEM_LIBS) and $(JANSSON_LIBS).
SESSION_LIBS = libbgsession.la $(SERVICE_LIBS) $(GATE_LIBS)
