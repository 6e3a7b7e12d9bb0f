# SPDX-License-Identifier: BSD-2-Clause
# make bench, as root: the module with the real audit archive on a host in a folder.
EXTRA_PROGRAMS += %D%/bench_floor %D%/bench_host %D%/bench_pam
EXTRA_LTLIBRARIES = %D%/pam_breakglass_bench.la
EXTRA_DIST += %D%/run.sh %D%/timing.h
BENCH_LIBS = $(GATE_LIBS) $(TEST_LIBS) $(SYSTEM_LIBS)

%C%_bench_floor_SOURCES = %D%/bench_floor.c
%C%_bench_floor_LDADD = $(SYSTEM_LIBS)
%C%_bench_pam_SOURCES = %D%/bench_pam.c
%C%_bench_pam_LDADD = $(PAM_LIBS)
%C%_bench_host_SOURCES = %D%/bench_host.c tests/lib/test_token.c
%C%_bench_host_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_bench_host_LDADD = $(BENCH_LIBS)
%C%_pam_breakglass_bench_la_SOURCES = $(MODULE_SOURCES)
%C%_pam_breakglass_bench_la_LDFLAGS = $(MODULE_LDFLAGS) -rpath /nowhere
%C%_pam_breakglass_bench_la_LIBADD = $(GATE_LIBS) $(TEST_LIBS) $(PAM_LIBS) $(SYSTEM_LIBS)

bench: $(EXTRA_LTLIBRARIES) %D%/bench_floor %D%/bench_host %D%/bench_pam
	here='$(abs_top_builddir)/%D%' TMPDIR='$(abs_top_builddir)' \
	  ./%D%/bench_host '$(abs_top_builddir)/%D%/.libs/pam_breakglass_bench.so' \
	  '$(abs_top_srcdir)/%D%/run.sh'
.PHONY: bench
