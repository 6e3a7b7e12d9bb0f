# SPDX-License-Identifier: BSD-2-Clause
ISSUING_TEST_LIBS = libbgissuing.la libbgpolicy.la libbgtoken.la libbgssh.la libbgcore.la \
	$(TEST_LIBS) $(SYSTEM_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += %D%/test_approved
TESTS += %D%/test_approved
%C%_test_approved_SOURCES = %D%/test_approved.c %D%/issuing_test.c %D%/issuing_test.h $(TOLD_SOURCES)
%C%_test_approved_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_approved_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_approved_LDADD = $(ISSUING_TEST_LIBS)
check_PROGRAMS += %D%/test_decide
TESTS += %D%/test_decide
%C%_test_decide_SOURCES = %D%/test_decide.c %D%/issuing_test.c %D%/issuing_test.h $(TOLD_SOURCES)
%C%_test_decide_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_decide_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_decide_LDADD = $(ISSUING_TEST_LIBS)
check_PROGRAMS += %D%/test_hours
TESTS += %D%/test_hours
%C%_test_hours_SOURCES = %D%/test_hours.c %D%/issuing_test.c %D%/issuing_test.h $(TOLD_SOURCES)
%C%_test_hours_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_hours_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_hours_LDADD = $(ISSUING_TEST_LIBS)
check_PROGRAMS += %D%/test_read
TESTS += %D%/test_read
%C%_test_read_SOURCES = %D%/test_read.c %D%/issuing_test.c %D%/issuing_test.h $(TOLD_SOURCES)
%C%_test_read_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_read_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_read_LDADD = $(ISSUING_TEST_LIBS)
