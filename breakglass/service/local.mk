# SPDX-License-Identifier: BSD-2-Clause
# What the signing service and its callers agree on.
noinst_LTLIBRARIES += libbgservice.la
libbgservice_la_SOURCES = \
	%D%/ask_covers.c \
	%D%/ask_parse.c \
	%D%/ask_write.c \
	%D%/call.c \
	%D%/call_json.c \
	%D%/chain.c \
	%D%/json_read.c \
	%D%/json_write.c \
	%D%/note.c \
	include/breakglass/ask.h \
	include/breakglass/call.h \
	include/breakglass/call_json.h \
	include/breakglass/chain.h \
	include/breakglass/json_read.h \
	include/breakglass/json_write.h \
	include/breakglass/note.h
SERVICE_LIBS = libbgservice.la
