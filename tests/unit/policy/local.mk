# SPDX-License-Identifier: BSD-2-Clause
POLICY_TEST_LIBS = libbgpolicy.la libbgtoken.la libbgssh.la libbgcore.la $(TEST_LIBS) \
	$(SYSTEM_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += %D%/test_files
TESTS += %D%/test_files
%C%_test_files_SOURCES = %D%/test_files.c %D%/policy_test.c %D%/policy_test.h $(TOLD_SOURCES)
%C%_test_files_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_files_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_files_LDADD = $(POLICY_TEST_LIBS)
check_PROGRAMS += %D%/test_host_id
TESTS += %D%/test_host_id
%C%_test_host_id_SOURCES = %D%/test_host_id.c %D%/policy_test.c %D%/policy_test.h $(TOLD_SOURCES)
%C%_test_host_id_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_host_id_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_host_id_LDADD = $(POLICY_TEST_LIBS)
check_PROGRAMS += %D%/test_keys
TESTS += %D%/test_keys
%C%_test_keys_SOURCES = %D%/test_keys.c %D%/policy_test.c %D%/policy_test.h $(TOLD_SOURCES)
%C%_test_keys_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_keys_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_keys_LDADD = $(POLICY_TEST_LIBS)
