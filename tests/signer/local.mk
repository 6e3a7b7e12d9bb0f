# SPDX-License-Identifier: BSD-2-Clause
# The signing service's program on a host in a folder.
check_PROGRAMS += %D%/breakglass-signer
%C%_breakglass_signer_SOURCES = $(SIGNER_SOURCES)
%C%_breakglass_signer_LDADD = $(SIGNER_LIBS) $(TEST_LIBS)

SIGNER_TESTS = %D%/check.bats
TESTS += $(SIGNER_TESTS)
EXTRA_DIST += $(SIGNER_TESTS)
# What the signing service makes, used as people use it.
check_PROGRAMS += %D%/certify
%C%_certify_SOURCES = %D%/certify.c
%C%_certify_LDADD = $(MINT_LIBS) libbgtoken.la libbgssh.la libbgcore.la $(SODIUM_LIBS)
TESTS += %D%/sshd.bats
EXTRA_DIST += %D%/sshd.bats
