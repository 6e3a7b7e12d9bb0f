# SPDX-License-Identifier: BSD-2-Clause
noinst_LTLIBRARIES += libbgstate.la
libbgstate_la_SOURCES = \
	%D%/challenge.c \
	%D%/cursor.c \
	%D%/event_dropped.c \
	%D%/event_dropped.h \
	%D%/event_files.c \
	%D%/event_files.h \
	%D%/event_glance.c \
	%D%/event_json.c \
	%D%/event_json.h \
	%D%/event_scan.c \
	%D%/event_store.c \
	%D%/grant.c \
	%D%/grant_codec.c \
	%D%/head.c \
	%D%/head.h \
	%D%/host_facts.c \
	%D%/host_facts.h \
	%D%/lock.c \
	include/breakglass/lock.h \
	%D%/mark.c \
	%D%/pending.c \
	%D%/pending.h \
	%D%/reserve.c \
	%D%/reserve.h \
	%D%/run_state.c \
	%D%/taint.c \
	%D%/told.c \
	include/breakglass/cursor.h \
	include/breakglass/event.h \
	include/breakglass/event_glance.h \
	include/breakglass/event_store.h \
	include/breakglass/grant.h \
	include/breakglass/run_state.h \
	include/breakglass/session.h \
	include/breakglass/taint.h
