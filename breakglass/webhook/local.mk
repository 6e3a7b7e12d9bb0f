# SPDX-License-Identifier: BSD-2-Clause
# Events over HTTP, as the signing service and a host send them.
noinst_LTLIBRARIES += libbgwebhook.la
libbgwebhook_la_CFLAGS = $(AM_CFLAGS) $(CURL_CFLAGS)
libbgwebhook_la_SOURCES = \
	%D%/post.c \
	include/breakglass/webhook.h
