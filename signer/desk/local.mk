# SPDX-License-Identifier: BSD-2-Clause
noinst_LTLIBRARIES += libbgdesk.la
libbgdesk_la_SOURCES = \
	%D%/approval.c \
	%D%/caller.c \
	%D%/desk.c \
	%D%/desk.h \
	%D%/issue.c \
	%D%/ledger_reads.c \
	%D%/parts.h \
	%D%/public.c \
	%D%/reads.c \
	%D%/recheck.c \
	%D%/record.c \
	%D%/request_new.c \
	%D%/routes.c \
	%D%/seen.c \
	%D%/writer.c
