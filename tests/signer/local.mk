# SPDX-License-Identifier: BSD-2-Clause
# The signing service's program on a host in a folder.
check_PROGRAMS += %D%/breakglass-signer
%C%_breakglass_signer_SOURCES = $(SIGNER_SOURCES)
%C%_breakglass_signer_LDADD = $(SIGNER_LIBS) $(TEST_LIBS)

SIGNER_TESTS = %D%/check.bats
TESTS += $(SIGNER_TESTS)
EXTRA_DIST += $(SIGNER_TESTS)
