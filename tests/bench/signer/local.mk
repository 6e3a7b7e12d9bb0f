# SPDX-License-Identifier: BSD-2-Clause
# make bench-signer: the signing service under load, each ledger in a folder of /var/tmp.
EXTRA_PROGRAMS += %D%/bench_load %D%/bench_floor %D%/breakglass-signer-single
EXTRA_DIST += %D%/run.sh

%C%_bench_load_SOURCES = %D%/bench_load.c
%C%_bench_load_CFLAGS = $(AM_CFLAGS) $(GNUTLS_CFLAGS)
%C%_bench_load_LDADD = libbgservice.la $(MINT_LIBS) libbgtoken.la libbgssh.la libbgcore.la \
	libbgpaths.la $(SODIUM_LIBS) $(GNUTLS_LIBS) $(JANSSON_LIBS)
%C%_bench_floor_SOURCES = %D%/bench_floor.c
%C%_bench_floor_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
%C%_bench_floor_LDADD = $(SODIUM_LIBS) $(SQLITE_LIBS)
# The service with one call a commit: what group commit is measured against. Its own writer.c comes
# before the archive's.
%C%_breakglass_signer_single_SOURCES = $(SIGNER_SOURCES) signer/desk/writer.c
%C%_breakglass_signer_single_CPPFLAGS = $(AM_CPPFLAGS) -DBATCH_MAX=1
%C%_breakglass_signer_single_LDADD = $(SIGNER_LIBS) libbgpaths.la

bench-signer: signer/breakglass-signer %D%/bench_load %D%/bench_floor %D%/breakglass-signer-single
	here='$(abs_top_builddir)/%D%' signer='$(abs_top_builddir)/signer/breakglass-signer' \
	  '$(abs_top_srcdir)/%D%/run.sh'
.PHONY: bench-signer
