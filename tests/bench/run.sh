#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The benchmark: ratios between what was measured in turns, in one run.
# Runs inside bench_host. $here: the build's tests/bench.
set -euo pipefail
: "${BREAKGLASS_TEST_ROOT:?run by make bench}" "${here:?}"
root=$BREAKGLASS_TEST_ROOT
turns=${BENCH_TURNS:-50}
each=16 # no more than there are blanks for events: a host has one or two logins, and prepares for the next
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C

pam() { "$here/bench_pam" "$@"; }
tokens() { "$here/bench_host" --tokens "$@"; }
provide() { "$here/bench_host" --provide; }
median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }

signatures_of() { # the policy that needs so many
  local rule='issuer:1+approver:1'
  [ "$1" = 1 ] && rule='approver:1'
  sed -i "s/^signatures = .*/signatures = $rule/" "$root/etc/breakglass/gate.conf"
}

for_scale() { # name, measured, what it is measured against
  printf '%-58s %9.1f us  %5s  (for scale)\n' "$1" "$2" "$(ratio "$2" "$3")"
}

row() { # name, measured, what it is measured against, limit
  local got
  got=$(ratio "$2" "$3")
  printf '%-58s %9.1f us  %5s  (at most %s)  %s\n' "$1" "$2" "$got" "$4" \
    "$(awk -v g="$got" -v l="$4" 'BEGIN { print (g <= l) ? "ok" : "TOO SLOW" }')"
}

oath_user() { # a fresh counter
  printf 'HOTP\tops\t-\t00112233445566778899aabbccddeeff00112233\t0\n' >"$root/users.oath"
  chmod 0600 "$root/users.oath"
}

one_turn() {
  local n
  for n in 1 2; do
    signatures_of $n
    "$here/bench_floor" $n "$each" "$root/run/breakglass" "$root/var/lib/breakglass" >>"$work/floor$n"
    tokens "$each" $n good >"$work/good"
    provide
    RESIDENT=1 pam stage login accept <"$work/good" >>"$work/accept$n"
    pam auth login refuse <"$work/good" >>"$work/replay$n"
    tokens "$each" $n bad >"$work/bad"
    pam auth login refuse <"$work/bad" >>"$work/bad$n"
  done
  oath_user
  seq "$each" | sed 's/.*/000000/' | pam auth oath refuse >>"$work/oath-refuse"
  oathtool --hotp -w "$((each - 1))" 00112233445566778899aabbccddeeff00112233 >"$work/codes"
  pam auth oath accept <"$work/codes" >>"$work/oath-accept"
  seq "$each" | pam spawn empty accept >>"$work/empty-spawn"
  pam spawn login refuse <"$work/bad" >>"$work/bad-spawn"
  oath_user
  seq "$each" | sed 's/.*/000000/' | pam spawn oath refuse >>"$work/oath-refuse-spawn"
  oath_user
  pam spawn oath accept <"$work/codes" >>"$work/oath-spawn"
  tokens "$each" 2 good | RESIDENT=1 pam stage login accept >>"$work/unprovided"
  provide
  tokens "$each" 2 good | pam spawn login accept >>"$work/spawn"
}

count_calls() {
  strace -f -c -o "$work/strace" "$here/bench_pam" "$@" >/dev/null
  awk '/ total$/ { print $4 }' "$work/strace"
}

measure_calls() {
  local one few many refused
  signatures_of 2
  tokens 1 2 good | pam all login accept >/dev/null # what only the first of a boot does
  echo 4000000000 >"$root/run/audit.session"
  provide
  one=$(tokens 1 2 good | count_calls quiet login accept)
  few=$(tokens 1 2 good | RESIDENT=1 count_calls all login accept)
  provide
  many=$(tokens 11 2 good | RESIDENT=1 count_calls all login accept)
  printf '%-58s %9d     (at most 260)\n' 'system calls, auth to open, a whole fresh process' "$one"
  printf '%-58s %9d     (at most 150)\n' 'system calls, auth to open, each further one in process' "$(((many - few) / 10))"
  tokens 1 2 bad >"$work/bad"
  strace -f -o "$work/trace" "$here/bench_pam" auth login refuse <"$work/bad" >/dev/null
  refused=$(grep -cE 'fsync|fdatasync' "$work/trace" || true)
  printf '%-58s %9d     (none)\n' 'fsync calls of a refusal' "$refused"
  printf '%-58s %9d     (none)\n' 'audit status queries of a refusal' \
    "$(grep -cE 'nlmsg_type=(0x3e8|AUDIT_GET)[ ,]' "$work/trace" || true)"
}

# added KIND FROM: by how much that memory grew since then, in KiB.
added() {
  awk -v kind="$1" -v from="$2" '$1 == kind && $2 == from { b = $NF } $1 == kind && $2 == "at" { e = $NF } END { print e - b }' "$work/rss"
}

measure_memory() {
  local i
  for i in {1..9}; do # address space layout moves it by pages
    tokens 1 2 good | RSS=1 pam all login accept 2>"$work/rss" >/dev/null
    added private before >>"$work/private"
    added resident before >>"$work/resident"
    echo | RSS=1 pam all empty accept 2>"$work/rss" >/dev/null
    added resident before >>"$work/resident-empty"
  done
  printf '%-58s %9d KiB (at most 800)\n' 'memory that one transaction adds, its own' "$(median "$work/private")"
  printf '%-58s %9d KiB (at most 800)\n' 'resident memory, more than an empty module adds' \
    "$(($(median "$work/resident") - $(median "$work/resident-empty")))"
  printf '%-58s %9d KiB (for scale)\n' "the same with what an empty module adds: libpam's" "$(median "$work/resident")"
  tokens 5000 2 good | RSS=1 pam auth login accept 2>"$work/rss" >/dev/null
  printf '%-58s %9d KiB (none)\n' 'growth from the 100th to the 5,000th' "$(added resident after)"
}

measure_age() {
  local i
  "$here/bench_host" --age
  for i in $(seq "$turns"); do
    provide
    tokens "$each" 2 good | RESIDENT=1 pam stage login accept >>"$work/aged"
    "$here/bench_floor" 2 "$each" "$root/run/breakglass" "$root/var/lib/breakglass" >>"$work/aged-floor"
    printf '\raged: turn %d of %d' "$i" "$turns" >&2
  done
  printf '\r%40s\r' '' >&2
}

for turn in $(seq "$turns"); do
  one_turn
  printf '\rturn %d of %d' "$turn" "$turns" >&2
done
printf '\r%40s\r' '' >&2

floor1=$(median "$work/floor1") floor2=$(median "$work/floor2")
refuse=$(median "$work/oath-refuse")
printf 'floor: %s us with one signature, %s us with two; libpam-oath: %s us refusing, %s us accepting\n\n' \
  "$floor1" "$floor2" "$refuse" "$(median "$work/oath-accept")"
row 'auth stage, accepted, one signature, to the floor' "$(median "$work/accept1")" "$floor1" 1.30
row 'auth stage, accepted, two signatures, to the floor' "$(median "$work/accept2")" "$floor2" 1.30
for_scale 'the same where no file was prepared for the event' "$(median "$work/unprovided")" "$floor2"
row 'bad signature, one, to libpam-oath refusing' "$(median "$work/bad1")" "$refuse" 1.50
row 'bad signature, two, to libpam-oath refusing' "$(median "$work/bad2")" "$refuse" 2.00
row 'replay, one signature, to libpam-oath refusing' "$(median "$work/replay1")" "$refuse" 1.50
row 'replay, two signatures, to libpam-oath refusing' "$(median "$work/replay2")" "$refuse" 2.00
row 'fresh process, auth to open, to libpam-oath accepting' "$(median "$work/spawn")" "$(median "$work/oath-spawn")" 1.15
for_scale 'fresh process, an empty module and the floor, to the same' \
  "$(awk -v a="$(median "$work/empty-spawn")" -v b="$floor2" 'BEGIN { print a + b }')" "$(median "$work/oath-spawn")"
for_scale 'fresh process, bad signature, to libpam-oath refusing' "$(median "$work/bad-spawn")" "$(median "$work/oath-refuse-spawn")"
measure_calls
measure_memory
measure_age
row 'the same, 100,000 spent and 10,000 events' "$(median "$work/aged")" "$(median "$work/aged-floor")" 1.30
printf '%-58s %9.1f us  (young %.1f us)\n' 'auth stage, accepted, aged' "$(median "$work/aged")" "$(median "$work/accept2")"
