# SPDX-License-Identifier: BSD-2-Clause
# How old the host is, and when it is to be replaced for that.
noinst_LTLIBRARIES += libbglifetime.la
libbglifetime_la_SOURCES = \
	%D%/age.c \
	%D%/age.h \
	%D%/born.c \
	%D%/born.h \
	%D%/lifetime.c \
	%D%/lifetime.h \
	%D%/say.c \
	%D%/say.h \
	%D%/traces.c \
	%D%/traces.h \
	%D%/turnover.c \
	%D%/turnover.h
