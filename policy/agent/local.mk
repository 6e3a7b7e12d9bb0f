# SPDX-License-Identifier: BSD-2-Clause
noinst_LTLIBRARIES += libbgagentconf.la
libbgagentconf_la_SOURCES = \
	%D%/keys.c \
	%D%/read.c \
	%D%/reading.h \
	%D%/subject.c \
	include/breakglass/agent_conf.h
