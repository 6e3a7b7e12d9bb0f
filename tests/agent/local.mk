# SPDX-License-Identifier: BSD-2-Clause
# The agent on a host in a folder; needs python3 as a stand-in for the journal.
AGENT_TESTS = %D%/deliver.bats %D%/run.bats
TESTS += $(AGENT_TESTS)
SLOW_TESTS += %D%/run.bats
EXTRA_DIST += $(AGENT_TESTS) %D%/sinks.bash

check_PROGRAMS += %D%/test_sink_worker
TESTS += %D%/test_sink_worker
%C%_test_sink_worker_SOURCES = %D%/test_sink_worker.c agent/sink.c agent/sink.h agent/sink_worker.c
%C%_test_sink_worker_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_sink_worker_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_sink_worker_LDADD = libbgprogram.la libbgcore.la $(TEST_LIBS) $(SODIUM_LIBS) $(CMOCKA_LIBS)
