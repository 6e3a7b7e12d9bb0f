# SPDX-License-Identifier: BSD-2-Clause
noinst_LTLIBRARIES += libbgissuing.la
libbgissuing_la_SOURCES = \
	%D%/approved.c \
	%D%/check.c \
	%D%/decide.c \
	%D%/hours.c \
	%D%/issuing.h \
	%D%/judge.c \
	%D%/judge.h \
	%D%/lists.c \
	%D%/load.c \
	%D%/match.c \
	%D%/names.c \
	%D%/pattern.c \
	%D%/pattern.h \
	%D%/reach.c \
	%D%/read.c \
	%D%/reading.h \
	%D%/rule_keys.c \
	%D%/setting_keys.c \
	include/breakglass/issuing.h
