# SPDX-License-Identifier: BSD-2-Clause
# What holds for the built files as a whole. A sanitized build links much more.
LINT_TESTS = %D%/layers.sh %D%/module_links.sh %D%/manuals.sh %D%/headers.sh
EXTRA_DIST += $(LINT_TESTS)
if !SANITIZERS
TESTS += $(LINT_TESTS)
endif
