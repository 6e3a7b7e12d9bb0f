# SPDX-License-Identifier: BSD-2-Clause
DESK_TEST_LIBS = $(SIGNER_LIBS) $(TEST_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += %D%/test_revocation_rows
TESTS += %D%/test_revocation_rows
%C%_test_revocation_rows_SOURCES = %D%/test_revocation_rows.c $(TEST_REVOCATIONS) \
	$(TOKEN_TEST_PEOPLE)
%C%_test_revocation_rows_CPPFLAGS = $(TEST_CPPFLAGS) -I$(top_srcdir)/signer/desk
%C%_test_revocation_rows_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_revocation_rows_LDADD = $(DESK_TEST_LIBS)
