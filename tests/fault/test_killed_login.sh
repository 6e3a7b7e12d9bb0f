#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A login that is killed at any system call leaves no grant, or a taint that is
# found again; and nothing half-written is taken for real.
set -u
# The leak sanitizer works by ptrace itself.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
here=$top_builddir/tests/fault
breakglass=$top_builddir/tests/lib/breakglass
work=$(mktemp -d -p /dev/shm 2>/dev/null || mktemp -d)
template=$work/template
trap 'rm -rf "$work"' EXIT

fail() {
	echo "killed before system call $n ($round): $*" >&2
	find "$BREAKGLASS_TEST_ROOT" -type f | sort >&2
	exit 1
}

make_template() {
	export BREAKGLASS_TEST_ROOT=$template
	mkdir -p "$template"/{run/breakglass,etc/breakglass,usr/lib,var/lib/breakglass}
	chmod 755 "$template/run/breakglass"
	mkdir -m 700 "$template/var/lib/breakglass"/{events,boots,sinks}
	"$here/login_steps" prepare || exit 1
}

new_host() {
	rm -rf "$work/host"
	cp -a "$template" "$work/host"
	export BREAKGLASS_TEST_ROOT=$work/host
	[ "$round" != bare ] || rm "$work"/host/var/lib/breakglass/events/*.json
}

# has FILE…: is one of them there, and not empty? By what the shell itself can do: this is asked a thousand times.
has() {
	local file
	for file; do
		[ ! -s "$file" ] || return 0
	done
	return 1
}

has_grant() { has "$BREAKGLASS_TEST_ROOT"/run/breakglass/grants/[!.]*; }
# A file that lies ready for an event holds none.
has_durable() {
	local file line
	for file in "$BREAKGLASS_TEST_ROOT"/var/lib/breakglass/events/*.json; do
		line=
		[ ! -e "$file" ] || read -r line <"$file" || true
		[ -z "$line" ] || return 0
	done
	return 1
}

# What `breakglass status` goes by, too; it asks sshd as well, which takes its time. Sets found.
read_events() {
	local lines
	"$breakglass" events >"$work/events" 2>&1 || fail "the chain is broken: $(cat "$work/events")"
	mapfile -t lines <"$work/events"
	found=${#lines[@]}
}

# At each system call: what the host looks like then; when the next login comes; and, on a copy of it, after a reboot
# (run/ is gone) and a boot unit.
check() {
	read_events
	[ "$found" = 1 ] || ! has_grant || fail "a grant and no taint"
	rm -rf "$work/copy"
	cp -a "$work/host" "$work/copy"
	check_next "$found"
	BREAKGLASS_TEST_ROOT=$work/copy
	check_reboot
}

check_reboot() {
	! has_grant || has_durable || fail "a grant and nothing on disk"
	rm -rf "$BREAKGLASS_TEST_ROOT/run/breakglass"
	mkdir "$BREAKGLASS_TEST_ROOT/run/breakglass"
	"$breakglass" boot || fail "the next boot fails"
	! has_durable || has "$BREAKGLASS_TEST_ROOT/run/breakglass/tainted" || fail "not tainted after a reboot"
	[ -z "$(compgen -G "$BREAKGLASS_TEST_ROOT/var/lib/breakglass/events/.tmp*")" ] || fail "half-written files stay"
}

check_next() {
	"$here/login_steps" 2 >"$work/next" 2>&1 || fail "the next login fails: $(cat "$work/next")"
	read_events
	[ "$found" = $(($1 + 1)) ] || fail "a taint is lost"
	has "$BREAKGLASS_TEST_ROOT/run/breakglass/tainted" || fail "the flag is not up"
	[ -z "$(compgen -G "$BREAKGLASS_TEST_ROOT/run/breakglass/events/*.json")" ] || fail "events still wait"
}

# The calls of a run that does nothing: the loader's, before which there is nothing to see.
loader_calls() {
	local calls=1
	while "$here/kill_at_syscall" "$calls" "$here/login_steps" 0 2>/dev/null; do
		calls=$((calls + 1))
	done
	echo "$calls"
}

kill_everywhere() {
	round=$1
	work=$work/$round
	mkdir "$work"
	for ((n = first; n < 2000; n++)); do
		new_host
		"$here/kill_at_syscall" "$n" "$here/login_steps" 1 >"$work/out" 2>&1
		case $? in
		0) check ;;
		1) break ;;
		*) fail "the login fails by itself: $(cat "$work/out")" ;;
		esac
	done
	[ "$n" -gt $((first + 150)) ] || fail "too few system calls to be true"
	echo "$round: killed before each of $((n - first)) system calls"
}

"$here/kill_at_syscall" 1 /bin/true
if [ $? = 77 ]; then
	echo "ptrace is not allowed here: nothing was tested" >&2
	exit 77
fi
make_template
first=$(($(loader_calls) - 5))
# With files that lie ready for the events, and without.
(kill_everywhere provided) &
provided=$!
(kill_everywhere bare) && wait "$provided"
