# SPDX-License-Identifier: BSD-2-Clause
noinst_LTLIBRARIES += libbgledger.la
libbgledger_la_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS) $(PQ_CFLAGS)
libbgledger_la_SOURCES = \
	%D%/chain.c \
	%D%/cursors.c \
	%D%/forget.c \
	%D%/handle.c \
	%D%/handle.h \
	%D%/ledger.c \
	%D%/ledger.h \
	%D%/nonces.c \
	%D%/pg_line.c \
	%D%/pg_line.h \
	%D%/postgres.c \
	%D%/replies.c \
	%D%/requests.c \
	%D%/revocations.c \
	%D%/sqlite.c \
	%D%/sqlite_files.c \
	%D%/sqlite_files.h \
	%D%/statements.c \
	%D%/statements.h \
	%D%/store.h
