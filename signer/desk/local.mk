# SPDX-License-Identifier: BSD-2-Clause
noinst_LTLIBRARIES += libbgdesk.la
libbgdesk_la_SOURCES = \
	%D%/approval.c \
	%D%/caller.c \
	%D%/caller.h \
	%D%/desk.c \
	%D%/desk.h \
	%D%/exchange.c \
	%D%/exchange.h \
	%D%/issue.c \
	%D%/issue.h \
	%D%/job.c \
	%D%/job.h \
	%D%/leases.c \
	%D%/leases.h \
	%D%/leases_told.c \
	%D%/leases_told.h \
	%D%/ledger_reads.c \
	%D%/public.c \
	%D%/readers.c \
	%D%/readers.h \
	%D%/reads.c \
	%D%/reads.h \
	%D%/recheck.c \
	%D%/recheck.h \
	%D%/record.c \
	%D%/record.h \
	%D%/replies.c \
	%D%/replies.h \
	%D%/request.c \
	%D%/request.h \
	%D%/request_text.c \
	%D%/request_text.h \
	%D%/revocation.c \
	%D%/revocation_list.c \
	%D%/revocation_list.h \
	%D%/revocation_rows.c \
	%D%/revocation_rows.h \
	%D%/routes.c \
	%D%/routes.h \
	%D%/seen.c \
	%D%/seen.h \
	%D%/state.h \
	%D%/watches.c \
	%D%/watches.h \
	%D%/writer.c \
	%D%/writer.h
