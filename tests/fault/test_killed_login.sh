#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A login that is killed at any system call leaves no grant, or a taint that is
# found again; and nothing half-written is taken for real. With a first argument,
# that program is killed instead of login_steps; it must do the same steps.
set -u
here=$top_builddir/tests/fault
steps=${1:-$here/login_steps}
breakglass=$top_builddir/tests/lib/breakglass
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
	echo "killed before system call $n ($round): $*" >&2
	find "$BREAKGLASS_TEST_ROOT" -type f | sort >&2
	exit 1
}

new_host() {
	rm -rf "$work/host"
	mkdir -p "$work/host"/{run/breakglass,etc,usr/lib,var/lib/breakglass}
	chmod 755 "$work/host/run/breakglass"
	mkdir -m 700 "$work/host/var/lib/breakglass"/{events,boots,sinks}
	export BREAKGLASS_TEST_ROOT=$work/host
}

grants() { find "$BREAKGLASS_TEST_ROOT/run/breakglass/grants" -type f -size +0 2>/dev/null | wc -l; }
is_tainted() { "$breakglass" status >"$work/status" 2>&1; [ $? = 1 ]; }
chain_is_whole() { "$breakglass" events >"$work/events" 2>&1; }

# At each system call: what the host looks like then; after a reboot (run/ is
# gone) and a boot unit; and when the next login comes.
check() {
	local tainted=no
	is_tainted && tainted=yes
	[ "$tainted" = yes ] || [ "$(grants)" = 0 ] || fail "a grant and no taint"
	chain_is_whole || fail "the chain is broken: $(cat "$work/events")"
	if [ "$round" = reboot ]; then
		local durable
		durable=$(find "$BREAKGLASS_TEST_ROOT/var/lib/breakglass/events" -name '*.json' | wc -l)
		[ "$(grants)" = 0 ] || [ "$durable" = 1 ] || fail "a grant and nothing on disk"
		rm -rf "$BREAKGLASS_TEST_ROOT/run/breakglass"
		mkdir "$BREAKGLASS_TEST_ROOT/run/breakglass"
		"$breakglass" boot || fail "the next boot fails"
		is_tainted || [ "$durable" = 0 ] || fail "not tainted after a reboot"
		[ "$durable" = 0 ] || [ -e "$BREAKGLASS_TEST_ROOT/run/breakglass/tainted" ] ||
			fail "no run/tainted after a reboot"
		[ -z "$(find "$BREAKGLASS_TEST_ROOT/var/lib/breakglass/events" -name '.tmp*')" ] ||
			fail "half-written files stay"
		return
	fi
	"$here/login_steps" 2 >"$work/next" 2>&1 || fail "the next login fails: $(cat "$work/next")"
	is_tainted || fail "not tainted after the next login"
	chain_is_whole || fail "the next login breaks the chain: $(cat "$work/events")"
	[ "$tainted" = no ] || [ "$(wc -l <"$work/events")" = 2 ] || fail "a taint is lost"
	[ -z "$(find "$BREAKGLASS_TEST_ROOT/run/breakglass/events" -type f)" ] || fail "events still wait"
}

for round in next reboot; do
	for ((n = 1; n < 2000; n++)); do
		new_host
		"$here/kill_at_syscall" "$n" "$steps" 1 >"$work/out" 2>&1
		case $? in
		0) check ;;
		1) break ;;
		77)
			echo "ptrace is not allowed here: nothing was tested" >&2
			exit 77
			;;
		*) fail "the login fails by itself: $(cat "$work/out")" ;;
		esac
	done
	[ "$n" -gt 40 ] || fail "too few system calls to be true"
	echo "$round: killed before each of $((n - 1)) system calls"
done
