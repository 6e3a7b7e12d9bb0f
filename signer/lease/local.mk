# SPDX-License-Identifier: BSD-2-Clause
noinst_LTLIBRARIES += libbglease.la
libbglease_la_CFLAGS = $(AM_CFLAGS) $(CURL_CFLAGS)
libbglease_la_SOURCES = \
	%D%/courier.c \
	%D%/courier.h \
	%D%/entry.c \
	%D%/entry.h \
	%D%/event.c \
	%D%/event.h \
	%D%/lease.h \
	%D%/leases.c \
	%D%/progress.c \
	%D%/progress.h \
	%D%/sink.h \
	%D%/sink_exec.c \
	%D%/sink_webhook.c \
	%D%/webhook_signature.c \
	%D%/webhook_signature.h
