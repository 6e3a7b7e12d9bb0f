# SPDX-License-Identifier: BSD-2-Clause
SSH_TESTS = %D%/test_auth_info %D%/test_ssh_key %D%/test_sshsig %D%/test_trusted_signers
check_PROGRAMS += $(SSH_TESTS)
TESTS += $(SSH_TESTS)
EXTRA_DIST += %D%/data

SSH_TEST_LIBS = libbgssh.la libbgcore.la $(TEST_LIBS) $(SODIUM_LIBS) $(CMOCKA_LIBS)
%C%_test_auth_info_SOURCES = %D%/test_auth_info.c %D%/fixtures.c %D%/fixtures.h
%C%_test_auth_info_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_auth_info_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_auth_info_LDADD = $(SSH_TEST_LIBS)
%C%_test_ssh_key_SOURCES = %D%/test_ssh_key.c %D%/fixtures.c %D%/fixtures.h
%C%_test_ssh_key_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_ssh_key_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_ssh_key_LDADD = $(SSH_TEST_LIBS)
%C%_test_sshsig_SOURCES = %D%/test_sshsig.c %D%/fixtures.c %D%/fixtures.h
%C%_test_sshsig_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_sshsig_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_sshsig_LDADD = $(SSH_TEST_LIBS)
%C%_test_trusted_signers_SOURCES = %D%/test_trusted_signers.c
%C%_test_trusted_signers_CPPFLAGS = $(TEST_CPPFLAGS) -I$(top_srcdir)/breakglass/ssh
%C%_test_trusted_signers_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_trusted_signers_LDADD = $(SSH_TEST_LIBS) $(JANSSON_LIBS)
