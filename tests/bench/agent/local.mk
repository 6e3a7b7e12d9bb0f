# SPDX-License-Identifier: BSD-2-Clause
# make bench-agent, as root: the agent on a host in a folder of /var/tmp, with a real NATS server.
EXTRA_PROGRAMS += %D%/bench_events %D%/bench_nats
EXTRA_DIST += %D%/run.sh

%C%_bench_events_SOURCES = %D%/bench_events.c tests/lib/test_state.c tests/lib/test_state.h
%C%_bench_events_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_bench_events_LDADD = libbgstate.la libbgtoken.la libbgssh.la libbgcore.la $(TEST_LIBS) \
	$(SYSTEM_LIBS)
%C%_bench_nats_SOURCES = %D%/bench_nats.c
%C%_bench_nats_CFLAGS = $(AM_CFLAGS) $(NATS_CFLAGS)
%C%_bench_nats_LDADD = $(NATS_LIBS)

bench-agent: %D%/bench_events %D%/bench_nats tests/lib/breakglass tests/lib/breakglass-agent \
		tests/agent/breakglass-nats
	here='$(abs_top_builddir)/%D%' top_srcdir='$(abs_top_srcdir)' top_builddir='$(abs_top_builddir)' \
	  unshare -m '$(abs_top_srcdir)/%D%/run.sh'
.PHONY: bench-agent
