# SPDX-License-Identifier: BSD-2-Clause
SERVICE_TEST_LIBS = $(SERVICE_LIBS) libbgtoken.la libbgssh.la libbgcore.la $(TEST_LIBS) \
	$(SODIUM_LIBS) $(JANSSON_LIBS) $(CMOCKA_LIBS)
SERVICE_TEST_PEOPLE = tests/lib/test_token.c tests/lib/test_token.h

SERVICE_TESTS = %D%/test_ask %D%/test_ask_covers %D%/test_call %D%/test_json_write %D%/test_note
check_PROGRAMS += $(SERVICE_TESTS)
TESTS += $(SERVICE_TESTS)

%C%_test_ask_SOURCES = %D%/test_ask.c $(SERVICE_TEST_PEOPLE)
%C%_test_ask_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_ask_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_ask_LDADD = $(SERVICE_TEST_LIBS)
%C%_test_ask_covers_SOURCES = %D%/test_ask_covers.c $(SERVICE_TEST_PEOPLE)
%C%_test_ask_covers_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_ask_covers_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_ask_covers_LDADD = $(SERVICE_TEST_LIBS)
%C%_test_call_SOURCES = %D%/test_call.c $(SERVICE_TEST_PEOPLE)
%C%_test_call_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_call_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_call_LDADD = $(SERVICE_TEST_LIBS)
%C%_test_json_write_SOURCES = %D%/test_json_write.c
%C%_test_json_write_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_json_write_LDADD = $(SERVICE_TEST_LIBS)
check_PROGRAMS += %D%/test_chain
TESTS += %D%/test_chain
%C%_test_chain_SOURCES = %D%/test_chain.c
%C%_test_chain_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_chain_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_chain_LDADD = libbgservice.la libbgcore.la $(SYSTEM_LIBS) $(CMOCKA_LIBS)
%C%_test_note_SOURCES = %D%/test_note.c $(SERVICE_TEST_PEOPLE)
%C%_test_note_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_note_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_note_LDADD = $(SERVICE_TEST_LIBS)
