# SPDX-License-Identifier: BSD-2-Clause
# The signing service's program on a host in a folder, with a clock that a test can set.
check_PROGRAMS += %D%/breakglass-signer
%C%_breakglass_signer_SOURCES = $(SIGNER_SOURCES) %D%/movable_clock.c
%C%_breakglass_signer_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=bg_clock_now
%C%_breakglass_signer_LDADD = $(SIGNER_LIBS) $(TEST_LIBS)

# Needs python3, which signs by libsodium; a PostgreSQL server where there is one.
SIGNER_TESTS = %D%/hostile.bats %D%/kills.bats %D%/liar.bats \
	%D%/refusals.bats %D%/revocations.bats %D%/trust.bats %D%/way.bats
TESTS += %D%/check.bats
TESTS += $(SIGNER_TESTS)
SLOW_TESTS += $(SIGNER_TESTS)
EXTRA_DIST += %D%/check.bats $(SIGNER_TESTS) %D%/calls.py %D%/common.bash %D%/hostile.py %D%/kills.py \
	%D%/liar.py %D%/refusals.py
# What the signing service makes, used as people use it.
check_PROGRAMS += %D%/certify
%C%_certify_SOURCES = %D%/certify.c
%C%_certify_LDADD = $(MINT_LIBS) libbgtoken.la libbgssh.la libbgcore.la $(SODIUM_LIBS)
TESTS += %D%/sshd.bats
SLOW_TESTS += %D%/sshd.bats
EXTRA_DIST += %D%/sshd.bats

# Leases, and who gets them; needs certtool for those over TLS, a PostgreSQL server for those of two services.
LEASE_TESTS = %D%/leases.bats
TESTS += $(LEASE_TESTS)
SLOW_TESTS += $(LEASE_TESTS)
EXTRA_DIST += $(LEASE_TESTS) %D%/hook.py %D%/leases.bash %D%/leases.py %D%/postgres.bash

# The page of the routes; needs python3-yaml and python3-jsonschema.
check_PROGRAMS += %D%/print_routes
%C%_print_routes_SOURCES = %D%/print_routes.c
%C%_print_routes_LDADD = $(SIGNER_LIBS) $(TEST_LIBS)
# serve.bats needs certtool, and what systemd has of tools.
TESTS += %D%/ledger.bats %D%/openapi.bats %D%/serve.bats
SLOW_TESTS += %D%/ledger.bats %D%/openapi.bats %D%/serve.bats
EXTRA_DIST += %D%/ledger.bats %D%/openapi.bats %D%/openapi.py %D%/serve.bats %D%/service.bash
