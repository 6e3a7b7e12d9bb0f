# SPDX-License-Identifier: BSD-2-Clause
noinst_LTLIBRARIES += libbgcore.la libbgpaths.la
libbgcore_la_SOURCES = \
	%D%/address.c \
	%D%/base64.c \
	%D%/buf.c \
	%D%/cbor_major.h \
	%D%/cbor_read.c \
	%D%/cbor_write.c \
	%D%/error.c \
	%D%/file_read.c \
	%D%/file_blank.c \
	%D%/file_write.c \
	%D%/host_clock.c \
	%D%/json.c \
	%D%/numbers.c \
	%D%/spread.c \
	%D%/text.c \
	%D%/time.c \
	%D%/utf8.c \
	%D%/utf8.h \
	include/breakglass/buf.h \
	include/breakglass/cbor.h \
	include/breakglass/error.h \
	include/breakglass/file.h \
	include/breakglass/host_clock.h \
	include/breakglass/json.h \
	include/breakglass/paths.h \
	include/breakglass/spread.h \
	include/breakglass/text.h

# Not part of the core: tests link a table of their own.
libbgpaths_la_SOURCES = %D%/paths.c
libbgpaths_la_CPPFLAGS = $(AM_CPPFLAGS) -DSECUREDIR=\"$(securedir)\"
