# SPDX-License-Identifier: BSD-2-Clause
# Events over HTTP, as the signing service and a host send them.
noinst_LTLIBRARIES += libbgwebhook.la
libbgwebhook_la_CFLAGS = $(AM_CFLAGS) $(CURL_CFLAGS)
libbgwebhook_la_SOURCES = \
	%D%/event_key.c \
	%D%/post.c \
	include/breakglass/event_key.h \
	include/breakglass/webhook.h
