# SPDX-License-Identifier: BSD-2-Clause
# What holds for the built files as a whole. A sanitized build links much more.
LINT_TESTS = %D%/layers.sh %D%/module_links.sh %D%/manuals.sh %D%/headers.sh
EXTRA_DIST += $(LINT_TESTS)
if !SANITIZERS
TESTS += $(LINT_TESTS)
endif

# The unit tests under valgrind; races are for the sanitizers, whose threads of time are real, and
# pidfd_open(2), which programs are waited for and sessions ended by, is unknown to the valgrind of Debian 12.
check-valgrind:
	$(MAKE) $(AM_MAKEFLAGS) check LOG_COMPILER=valgrind \
	  AM_LOG_FLAGS='-q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite' \
	  TESTS="`echo $(TESTS) | tr ' ' '\n' | grep '^tests/unit/' | grep -v -e race -e /program/ -e /session/ | tr '\n' ' '`"

# clang-tidy and cppcheck over every source; -Wconversion and -Werror are the compilers' part.
LINT_FLAGS = -std=c11 -D_GNU_SOURCE -DSRCDIR=\"\" -DSECUREDIR=\"\" -DREMOTE_PROGRAM=\"\" -DAGENT_PROGRAM=\"\" -DWEBHOOK_PROGRAM=\"\" -DREMOTE_FOLDER=\"\" -DREMOTE_NAME=\"\" \
	-DNATS_PROGRAM=\"\" -I$(abs_top_builddir) -I$(abs_top_srcdir) \
	-I$(abs_top_srcdir)/include -I$(abs_top_srcdir)/tests/lib -I$(abs_top_srcdir)/tests/pam \
	-I$(abs_top_srcdir)/breakglass/cli -I$(abs_top_srcdir)/breakglass/ssh \
	-I$(abs_top_srcdir)/breakglass/remote -I$(abs_top_srcdir)/signer/ledger -I$(abs_top_srcdir)/signer/desk \
	-I$(abs_top_srcdir)/signer/lease -I$(abs_top_srcdir)/agent -I$(abs_top_srcdir)/agent/lifetime -I$(abs_top_srcdir)/agent/session $(PQ_CFLAGS) $(SYSTEMD_CFLAGS)
lint:
	cd $(top_srcdir) && find agent breakglass pam_module policy signer tests -name '*.c' | sort >$(abs_top_builddir)/lint.files
	cd $(top_srcdir) && xargs -n 1 -P 2 sh -c 'clang-tidy --quiet "$$@" -- $(LINT_FLAGS)' lint \
	  <$(abs_top_builddir)/lint.files
	cd $(top_srcdir) && cppcheck --quiet --error-exitcode=1 --enable=warning,performance,portability \
	  --inline-suppr --suppress=missingIncludeSystem -Iinclude -D_GNU_SOURCE \
	  --file-list=$(abs_top_builddir)/lint.files
.PHONY: check-valgrind lint
CLEANFILES += lint.files
