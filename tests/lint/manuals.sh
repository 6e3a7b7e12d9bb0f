#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Every manual is clean mdoc(7).
set -eu
: "${top_srcdir:?run by make check}" "${top_builddir:?}"
bad=0
count=0
if ! command -v mandoc >/dev/null; then
  echo "mandoc is not installed"
  exit 1
fi
for page in "$top_srcdir"/docs/man/*.[1-8]; do
  count=$((count + 1))
  mandoc -Tlint -Wwarning "$page" || bad=1
done
echo "$count manuals"
[ "$count" -gt 0 ] || bad=1
exit $bad
