# SPDX-License-Identifier: BSD-2-Clause
# What every unit test links, besides the archives it tests.
TEST_LIBS = %D%/lib/libtest.la
TOLD_SOURCES = %D%/lib/test_told.c %D%/lib/test_told.h
TEST_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/lib -DSRCDIR=\"$(abs_top_srcdir)\"
AM_TESTS_ENVIRONMENT = \
	top_srcdir='$(abs_top_srcdir)' top_builddir='$(abs_top_builddir)'; \
	export top_srcdir top_builddir;

check_LTLIBRARIES += %D%/lib/libtest.la
%C%_lib_libtest_la_SOURCES = %D%/lib/test_check.h %D%/lib/test_paths.c %D%/lib/test_paths.h
%C%_lib_libtest_la_CPPFLAGS = $(TEST_CPPFLAGS)

# The tests are always part of a tarball; make check stops here, before it builds one.
if !TESTS_POSSIBLE
EXTRA_%C%_lib_libtest_la_DEPENDENCIES = tests-impossible
tests-impossible:
	@echo 'make check needs cmocka, libcbor and bats: install them and configure again' >&2; exit 1
endif

# The command line as a test's user runs it: everything below one folder.
check_PROGRAMS += %D%/lib/breakglass
%C%_lib_breakglass_SOURCES = $(CLI_SOURCES)
%C%_lib_breakglass_CPPFLAGS = $(AM_CPPFLAGS) \
	-DREMOTE_PROGRAM=\"$(abs_top_builddir)/tests/remote/breakglass-remote\" \
	-DAGENT_PROGRAM=\"$(abs_top_builddir)/tests/lib/breakglass-agent\"
%C%_lib_breakglass_LDADD = %D%/pam/libfakeaudit.la $(CLI_LIBS) %D%/lib/libtest.la

# The agent likewise.
check_PROGRAMS += %D%/lib/breakglass-agent
%C%_lib_breakglass_agent_SOURCES = $(AGENT_SOURCES)
%C%_lib_breakglass_agent_CPPFLAGS = $(AM_CPPFLAGS) \
	-DWEBHOOK_PROGRAM=\"$(abs_top_srcdir)/tests/agent/start-webhook\" \
	-DNATS_PROGRAM=\"$(abs_top_srcdir)/tests/agent/start-nats\" \
	-DREMOTE_FOLDER=\"$(abs_top_srcdir)/tests/agent\" -DREMOTE_NAME=\"start-remote\" \
	-DFETCHER_SECOND=20 -DFETCHER_LIMIT=6 -DMEND_EACH=1000000 -DTEXTFILE_EACH=3000
%C%_lib_breakglass_agent_LDADD = %D%/pam/libfakeaudit.la $(AGENT_LIBS) %D%/lib/libtest.la

include tests/unit/core/local.mk
include tests/unit/ssh/local.mk
include tests/unit/token/local.mk
include tests/unit/state/local.mk
include tests/unit/policy/local.mk
include tests/unit/audit/local.mk
include tests/unit/issuing/local.mk
include tests/unit/service/local.mk
include tests/unit/ledger/local.mk
include tests/unit/program/local.mk
include tests/unit/agent/local.mk
include tests/unit/lease/local.mk
include tests/unit/http/local.mk
include tests/unit/desk/local.mk
include tests/unit/lifetime/local.mk
include tests/unit/session/local.mk
include tests/remote/local.mk
include tests/signer/local.mk
include tests/agent/local.mk
include tests/pam/local.mk
include tests/cli/local.mk
include tests/fuzz/local.mk
include tests/fault/local.mk
include tests/lint/local.mk
include tests/bench/local.mk
include tests/bench/agent/local.mk
include tests/bench/signer/local.mk

# What runs servers, kills what runs, and waits for it: after make check.
-include $(top_srcdir)/tests/slow.mk
EXTRA_DIST += %D%/slow.mk
check-service:
	$(MAKE) $(AM_MAKEFLAGS) check SLOW=yes
.PHONY: check-service
