#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The layer rule of docs/ARCHITECTURE.md, over the built archives: which archive
# may use a function of which. bg_paths() is each program's own.
set -eu
: "${top_srcdir:?run by make check}" "${top_builddir:?}"
LC_ALL=C
export LC_ALL
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

allowed() {
  case $1 in
    core) echo "" ;;
    ssh) echo "core" ;;
    token) echo "core ssh" ;;
    mint) echo "core ssh token" ;;
    audit) echo "core token" ;;
    state) echo "core token" ;;
    policy) echo "core ssh token" ;;
    issuing) echo "core token policy" ;;
    agentconf) echo "core token policy" ;;
    gate) echo "core ssh token audit state policy" ;;
    service) echo "core ssh token" ;;
    program) echo "core" ;;
    ledger) echo "core" ;;
    webhook) echo "core" ;;
    worker) echo "core token service policy agentconf" ;;
    lease) echo "core token service program ledger webhook" ;;
    http) echo "core" ;;
    lifetime) echo "core token state service" ;;
    session) echo "core token state audit gate service" ;;
    desk) echo "core ssh token mint issuing service ledger lease http" ;;
  esac
}

parts="core ssh token mint audit state policy issuing agentconf gate service program ledger webhook worker lease http desk lifetime session"
for part in $parts; do
  archive=$top_builddir/.libs/libbg$part.a
  nm -g --defined-only "$archive" | awk 'NF == 3 { print $3 }' | sort -u >"$scratch/$part.has"
  nm -g --undefined-only "$archive" | awk '$1 == "U" { print $2 }' | sort -u |
    comm -23 - "$scratch/$part.has" >"$scratch/$part.wants"
  test -s "$scratch/$part.has" || { echo "libbg$part.a defines nothing"; exit 1; }
done

bad=0
for part in $parts; do
  for other in $parts; do
    test "$part" != "$other" || continue
    case " $(allowed "$part") " in *" $other "*) continue ;; esac
    used=$(comm -12 "$scratch/$part.wants" "$scratch/$other.has")
    if [ -n "$used" ]; then
      echo "$part must not use $other: $(echo "$used" | tr "\n" " ")"
      bad=1
    fi
  done
done
exit $bad
