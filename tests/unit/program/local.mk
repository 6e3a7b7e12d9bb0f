# SPDX-License-Identifier: BSD-2-Clause
check_PROGRAMS += %D%/test_program
TESTS += %D%/test_program
%C%_test_program_SOURCES = %D%/test_program.c
%C%_test_program_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_program_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_program_LDADD = libbgprogram.la libbgcore.la $(TEST_LIBS) $(SODIUM_LIBS) $(CMOCKA_LIBS)
