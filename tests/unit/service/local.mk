# SPDX-License-Identifier: BSD-2-Clause
check_PROGRAMS += %D%/test_chain
TESTS += %D%/test_chain
%C%_test_chain_SOURCES = %D%/test_chain.c
%C%_test_chain_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_chain_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_chain_LDADD = libbgservice.la libbgcore.la $(SYSTEM_LIBS) $(CMOCKA_LIBS)
