# SPDX-License-Identifier: BSD-2-Clause
# What every other library here leans on: where things are, progress, logs, bounded steps.
# Sourced by quickstart, by tests/machine/run and by the bats files; reads and writes nothing outside $BUILD.
# shellcheck shell=bash

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
MACHINE_TESTS=$TOP/tests/machine
BUILD=$TOP/build
IMAGES=$BUILD/images
LOGS=$BUILD/logs
# Half-made trees lie here; a program that may be interrupted sets a folder of its own and removes it.
SCRATCH=${SCRATCH:-$BUILD}

mkdir -p "$IMAGES" "$LOGS"

say() {
	printf '%s\n' "$*"
}

die() {
	printf '%s\n' "$*" >&2
	exit 1
}

# step TEXT LOG COMMAND…: one line of progress for a long command; its output goes to LOG and is shown when it fails.
step() {
	local text=$1 log=$LOGS/$2.log began=$SECONDS rc=0
	shift 2
	printf '%-56s ' "$text …"
	"$@" >"$log" 2>&1 </dev/null || rc=$?
	if [ "$rc" -eq 0 ]; then
		printf 'done, %d s\n' "$((SECONDS - began))"
		return 0
	fi
	printf 'FAILED (%d) after %d s\n' "$rc" "$((SECONDS - began))"
	printf -- '--- the end of %s:\n' "$log" >&2
	tail -n 40 "$log" >&2
	return "$rc"
}

# The owner of the checkout builds in it, so that `sudo ./quickstart …` leaves no file of root's behind.
as_owner() {
	local uid
	uid=$(stat -c %u "$TOP")
	if [ "$(id -u)" -ne 0 ] || [ "$uid" -eq 0 ]; then
		"$@"
	else
		setpriv --reuid "$uid" --regid "$(stat -c %g "$TOP")" --init-groups -- "$@"
	fi
}

# digest: a short name for whatever arrives on standard input.
digest() {
	sha256sum | cut -c1-16
}

# suite_name 12|13: the archive's name for a release.
suite_name() {
	case $1 in
	12) say bookworm ;;
	13) say trixie ;;
	*) die "no such Debian release here: $1 (12 or 13)" ;;
	esac
}
