# SPDX-License-Identifier: BSD-2-Clause
HTTP_TESTS = %D%/test_crowd %D%/test_defer %D%/test_requests %D%/test_route \
	%D%/test_sockets %D%/test_tls
HTTP_TEST_SOURCES = %D%/client.c %D%/fixture.c %D%/fixture.h
HTTP_TEST_CPPFLAGS = $(TEST_CPPFLAGS) -I$(top_srcdir)
HTTP_TEST_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(GNUTLS_CFLAGS)
HTTP_TEST_LIBS = $(HTTP_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += $(HTTP_TESTS)
TESTS += $(HTTP_TESTS)

%C%_test_crowd_SOURCES = %D%/test_crowd.c $(HTTP_TEST_SOURCES)
%C%_test_crowd_CPPFLAGS = $(HTTP_TEST_CPPFLAGS)
%C%_test_crowd_CFLAGS = $(HTTP_TEST_CFLAGS)
%C%_test_crowd_LDADD = $(HTTP_TEST_LIBS)
%C%_test_defer_SOURCES = %D%/test_defer.c $(HTTP_TEST_SOURCES)
%C%_test_defer_CPPFLAGS = $(HTTP_TEST_CPPFLAGS)
%C%_test_defer_CFLAGS = $(HTTP_TEST_CFLAGS)
%C%_test_defer_LDADD = $(HTTP_TEST_LIBS)
%C%_test_requests_SOURCES = %D%/test_requests.c $(HTTP_TEST_SOURCES)
%C%_test_requests_CPPFLAGS = $(HTTP_TEST_CPPFLAGS)
%C%_test_requests_CFLAGS = $(HTTP_TEST_CFLAGS)
%C%_test_requests_LDADD = $(HTTP_TEST_LIBS)
%C%_test_route_SOURCES = %D%/test_route.c
%C%_test_route_CPPFLAGS = $(HTTP_TEST_CPPFLAGS)
%C%_test_route_CFLAGS = $(HTTP_TEST_CFLAGS)
%C%_test_route_LDADD = $(HTTP_TEST_LIBS)
%C%_test_sockets_SOURCES = %D%/test_sockets.c $(HTTP_TEST_SOURCES)
%C%_test_sockets_CPPFLAGS = $(HTTP_TEST_CPPFLAGS)
%C%_test_sockets_CFLAGS = $(HTTP_TEST_CFLAGS)
%C%_test_sockets_LDADD = $(HTTP_TEST_LIBS)
%C%_test_tls_SOURCES = %D%/test_tls.c $(HTTP_TEST_SOURCES)
%C%_test_tls_CPPFLAGS = $(HTTP_TEST_CPPFLAGS)
%C%_test_tls_CFLAGS = $(HTTP_TEST_CFLAGS)
%C%_test_tls_LDADD = $(HTTP_TEST_LIBS)
