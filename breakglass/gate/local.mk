# SPDX-License-Identifier: BSD-2-Clause
noinst_LTLIBRARIES += libbggate.la
libbggate_la_SOURCES = \
	%D%/acknowledge.c \
	%D%/admit.c \
	%D%/close.c \
	%D%/evidence.c \
	%D%/evidence.h \
	%D%/gate.c \
	%D%/gate_internal.h \
	%D%/owner.c \
	%D%/record.c \
	%D%/refusal.c \
	%D%/revoked.c \
	%D%/revoked.h \
	%D%/route.c \
	%D%/session.c \
	include/breakglass/gate.h \
	include/breakglass/policy.h \
	include/breakglass/session.h
