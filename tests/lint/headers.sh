#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Each public header stands alone, and each source file says its licence.
set -eu
: "${top_srcdir:?run by make check}" "${top_builddir:?}"
bad=0
for header in "$top_srcdir"/include/breakglass/*.h; do
  echo "#include \"$header\"" |
    ${CC:-cc} -std=c11 -D_GNU_SOURCE -I"$top_srcdir/include" -Wall -Wextra -Werror -fsyntax-only -x c - || bad=1
done
for file in $(cd "$top_srcdir" && find agent breakglass include pam_module policy signer tests packaging m4 -name '*.[ch]' -o -name '*.sh' -o -name '*.mk' -o -name '*.m4' | grep -v -e '/libtool.m4' -e '/lt'); do
  head -3 "$top_srcdir/$file" | grep -q 'SPDX-License-Identifier: BSD-2-Clause' || {
    echo "$file: no licence line"
    bad=1
  }
done
exit $bad
