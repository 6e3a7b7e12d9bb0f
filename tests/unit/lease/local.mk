# SPDX-License-Identifier: BSD-2-Clause
LEASE_TEST_CPPFLAGS = $(TEST_CPPFLAGS) -I$(top_srcdir)/signer/lease
LEASE_TEST_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
LEASE_TEST_LIBS = libbglease.la libbgwebhook.la libbgprogram.la libbgservice.la libbgledger.la libbgtoken.la \
	libbgssh.la libbgcore.la $(SODIUM_LIBS) $(SQLITE_LIBS) $(PQ_LIBS) $(CURL_LIBS) $(JANSSON_LIBS) \
	$(CMOCKA_LIBS) $(TEST_LIBS)
LEASE_UNIT_TESTS = %D%/test_event %D%/test_webhook_signature
check_PROGRAMS += $(LEASE_UNIT_TESTS)
TESTS += $(LEASE_UNIT_TESTS)

%C%_test_event_SOURCES = %D%/test_event.c
%C%_test_event_CPPFLAGS = $(LEASE_TEST_CPPFLAGS)
%C%_test_event_CFLAGS = $(LEASE_TEST_CFLAGS)
%C%_test_event_LDADD = $(LEASE_TEST_LIBS)
%C%_test_webhook_signature_SOURCES = %D%/test_webhook_signature.c
%C%_test_webhook_signature_CPPFLAGS = $(LEASE_TEST_CPPFLAGS)
%C%_test_webhook_signature_CFLAGS = $(LEASE_TEST_CFLAGS)
%C%_test_webhook_signature_LDADD = $(LEASE_TEST_LIBS)
