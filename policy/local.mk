# SPDX-License-Identifier: BSD-2-Clause
noinst_LTLIBRARIES += libbgpolicy.la
libbgpolicy_la_SOURCES = \
	%D%/conf.c \
	%D%/conf.h \
	%D%/files.c \
	%D%/host_id.c \
	%D%/ini.c \
	%D%/ini.h \
	%D%/keys.c \
	%D%/lists.c \
	%D%/policy.c \
	%D%/signatures.c \
	include/breakglass/policy.h
