# SPDX-License-Identifier: BSD-2-Clause
# What the signing service makes, used as people use it.
check_PROGRAMS += %D%/certify
%C%_certify_SOURCES = %D%/certify.c
%C%_certify_LDADD = $(MINT_LIBS) libbgtoken.la libbgssh.la libbgcore.la $(SODIUM_LIBS)
TESTS += %D%/sshd.bats
EXTRA_DIST += %D%/sshd.bats
