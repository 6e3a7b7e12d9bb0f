# SPDX-License-Identifier: BSD-2-Clause
noinst_LTLIBRARIES += libbgprogram.la
libbgprogram_la_SOURCES = \
	%D%/folder.c \
	%D%/run.c \
	include/breakglass/program.h
