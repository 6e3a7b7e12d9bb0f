# SPDX-License-Identifier: BSD-2-Clause
# A program that links it adds HTTP_LIBS.
HTTP_LIBS = libbghttp.la libbgcore.la $(MICROHTTPD_LIBS) $(GNUTLS_LIBS) $(SYSTEMD_LIBS) \
	$(SODIUM_LIBS) -lpthread

noinst_LTLIBRARIES += libbghttp.la
libbghttp_la_CFLAGS = $(AM_CFLAGS) $(MICROHTTPD_CFLAGS) $(GNUTLS_CFLAGS)
libbghttp_la_SOURCES = \
	%D%/answer.c \
	%D%/connection.c \
	%D%/credentials.c \
	%D%/credentials.h \
	%D%/exchange.c \
	%D%/head.c \
	%D%/http.h \
	%D%/listener.c \
	%D%/request.c \
	%D%/route.c \
	%D%/route.h \
	%D%/server.c \
	%D%/server.h \
	%D%/socket.c \
	%D%/socket.h \
	%D%/watch.c
