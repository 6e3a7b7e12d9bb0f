# SPDX-License-Identifier: BSD-2-Clause
NATS_SOURCES = \
	%D%/connect.c \
	%D%/connection.h \
	%D%/creds.c \
	%D%/creds.h \
	%D%/main.c
NATS_WORKER_LIBS = $(WORKER_LIBS) $(SODIUM_LIBS) $(JANSSON_LIBS) $(NATS_LIBS)

pkglibexec_PROGRAMS += %D%/breakglass-nats
%C%_breakglass_nats_SOURCES = $(NATS_SOURCES)
%C%_breakglass_nats_CFLAGS = $(AM_CFLAGS) $(NATS_CFLAGS) -fPIE
%C%_breakglass_nats_LDFLAGS = $(AM_LDFLAGS) $(BG_PIE_LDFLAGS)
%C%_breakglass_nats_LDADD = $(NATS_WORKER_LIBS) libbgpaths.la
