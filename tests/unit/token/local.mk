# SPDX-License-Identifier: BSD-2-Clause
TOKEN_TEST_LIBS = $(MINT_LIBS) libbgtoken.la libbgssh.la libbgcore.la $(TEST_LIBS) $(SYSTEM_LIBS) \
	$(CMOCKA_LIBS)

check_PROGRAMS += %D%/test_vectors
TESTS += %D%/test_vectors
%C%_test_vectors_SOURCES = %D%/test_vectors.c
%C%_test_vectors_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_vectors_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_vectors_LDADD = $(TOKEN_TEST_LIBS) $(JANSSON_LIBS)
