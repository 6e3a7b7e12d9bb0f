#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# An agent that is killed at any system call, while it says that the host is new and that it has
# lived long enough, says neither twice nor not at all once it is started again, and leaves a host
# that knows its age.
set -u
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
kill_at=$top_builddir/tests/fault/kill_at_syscall
life=$top_builddir/tests/cli/record_life
breakglass=$top_builddir/tests/lib/breakglass
work=$(mktemp -d -p /dev/shm 2>/dev/null || mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
	echo "killed before system call $n: $*" >&2
	exit 1
}

make_template() {
	export BREAKGLASS_TEST_ROOT=$work/template
	mkdir -p "$BREAKGLASS_TEST_ROOT"/{run/breakglass,etc/breakglass,usr/lib,var/lib/breakglass}
	chmod 755 "$BREAKGLASS_TEST_ROOT/run/breakglass"
	mkdir -m 700 "$BREAKGLASS_TEST_ROOT/var/lib/breakglass"/{events,boots,sinks}
	"$breakglass" boot || exit 1
}

new_host() {
	rm -rf "$work/host"
	cp -a "$work/template" "$work/host"
	export BREAKGLASS_TEST_ROOT=$work/host
}

# Both events, once, in this order.
check_events() {
	"$breakglass" events >"$work/events" 2>&1 || fail "$1: the chain is broken: $(cat "$work/events")"
	[ "$(awk '{ print $3 }' "$work/events" | tr '\n' ' ')" = "host.fresh taint.lifetime " ] || fail "$1: $(cat "$work/events")"
}

start() {
	"$life" 1 2 >"$work/log" || fail "$1: it fails"
	[ ! -s "$work/log" ] || fail "$1: $(cat "$work/log")"
	check_events "$1"
}

"$kill_at" 1 /bin/true
if [ $? = 77 ]; then
	echo "ptrace is not allowed here: nothing was tested" >&2
	exit 77
fi
make_template
for ((n = 1; n < 3000; n++)); do
	new_host
	"$kill_at" "$n" "$life" 1 2 >"$work/out" 2>&1
	case $? in
	0) ;;
	1) break ;;
	*) fail "it fails by itself: $(cat "$work/out")" ;;
	esac
	start "started again"
	rm -rf "$BREAKGLASS_TEST_ROOT"/run/breakglass/*
	"$breakglass" boot || fail "the next boot fails"
	start "after a reboot"
	[ -z "$(find "$BREAKGLASS_TEST_ROOT" -name '.tmp*')" ] || fail "half-written files stay"
done
[ "$n" -gt 150 ] || fail "too few system calls to be true"
echo "killed before each of $((n - 1)) system calls"
