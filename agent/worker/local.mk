# SPDX-License-Identifier: BSD-2-Clause
# What the workers of the network sinks share: their protocol on standard input and output.
noinst_LTLIBRARIES += libbgworker.la
libbgworker_la_SOURCES = \
	%D%/event.c \
	%D%/event.h \
	%D%/lines.c \
	%D%/lines.h \
	%D%/program.c \
	%D%/program.h \
	%D%/queue.c \
	%D%/queue.h \
	%D%/run.c \
	%D%/tell.c \
	%D%/watch.c \
	%D%/worker.h
WORKER_LIBS = libbgworker.la libbgagentconf.la libbgservice.la libbgpolicy.la libbgtoken.la \
	libbgssh.la libbgcore.la
