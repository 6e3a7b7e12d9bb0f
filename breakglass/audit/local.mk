# SPDX-License-Identifier: BSD-2-Clause
noinst_LTLIBRARIES += libbgaudit.la
libbgaudit_la_SOURCES = \
	%D%/auditd_disk.c \
	%D%/auditd_disk.h \
	%D%/record.c \
	%D%/status.c \
	%D%/tty.c \
	include/breakglass/audit.h
