# SPDX-License-Identifier: BSD-2-Clause
TOKEN_TEST_LIBS = $(MINT_LIBS) libbgtoken.la libbgssh.la libbgcore.la $(TEST_LIBS) $(SYSTEM_LIBS) \
	$(CMOCKA_LIBS)
TEST_REVOCATIONS = tests/lib/test_revocations.c tests/lib/test_revocations.h
TOKEN_TEST_PEOPLE = tests/lib/test_token.c tests/lib/test_token.h

EXTRA_DIST += tests/vectors

TOKEN_TESTS = %D%/test_agent %D%/test_codec %D%/test_mint %D%/test_revocations %D%/test_sign \
	%D%/test_vectors %D%/test_verdict
check_PROGRAMS += $(TOKEN_TESTS)
TESTS += $(TOKEN_TESTS)

%C%_test_agent_SOURCES = %D%/test_agent.c $(TOKEN_TEST_PEOPLE)
%C%_test_agent_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_agent_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_agent_LDADD = $(TOKEN_TEST_LIBS)
%C%_test_codec_SOURCES = %D%/test_codec.c $(TOKEN_TEST_PEOPLE)
%C%_test_codec_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_codec_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_codec_LDADD = $(TOKEN_TEST_LIBS)
%C%_test_mint_SOURCES = %D%/private_key.c %D%/private_key.h %D%/test_mint.c $(TOKEN_TEST_PEOPLE)
%C%_test_mint_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_mint_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_mint_LDADD = $(TOKEN_TEST_LIBS)
%C%_test_revocations_SOURCES = %D%/test_revocations.c $(TEST_REVOCATIONS) $(TOKEN_TEST_PEOPLE)
%C%_test_revocations_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_revocations_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_revocations_LDADD = $(TOKEN_TEST_LIBS)
%C%_test_sign_SOURCES = %D%/private_key.c %D%/private_key.h %D%/test_sign.c $(TOKEN_TEST_PEOPLE)
%C%_test_sign_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_sign_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_sign_LDADD = $(TOKEN_TEST_LIBS)
%C%_test_vectors_SOURCES = %D%/test_vectors.c
%C%_test_vectors_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_vectors_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_vectors_LDADD = $(TOKEN_TEST_LIBS) $(JANSSON_LIBS)
%C%_test_verdict_SOURCES = %D%/test_verdict.c $(TOKEN_TEST_PEOPLE)
%C%_test_verdict_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_verdict_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_verdict_LDADD = $(TOKEN_TEST_LIBS)
