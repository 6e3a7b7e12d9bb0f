#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Whom and what the service refuses, and what a stranger learns: refusals.py says each.

setup_file() {
	load common
	make_world "$BATS_FILE_TMPDIR"
	export signer=$top_builddir/tests/signer/breakglass-signer # its clock can be set
	start_service
}

setup() {
	load common
	cd "$BATS_FILE_TMPDIR" || return
}

teardown_file() {
	load common
	stop_service "$BATS_FILE_TMPDIR/pids"
}

check() {
	python3 "$top_srcdir/tests/signer/refusals.py" "$@"
}

@test "one's own request, one person twice, people of no needed group" { check approvers; }
@test "a holder key that is another person's" { check holder; }
@test "security keys ask and approve, but not untouched" { check hardware; }
@test "requesters see their own requests, a token is for who asked, the ledger for approvers" { check privacy; }
@test "strangers: unknown keys, unsigned calls, and what they learn" { check strangers; }
@test "a call made twice, byte for byte" { check replays; }
@test "a clock that is off by more than two minutes" { check clocks; }
@test "a call changed after it was signed, or signed for something else" { check changes; }
@test "the same idempotency key: one answer, one entry" { check idempotency; }
@test "a watched request answers when it changes, and at the end of the wait" { check watching; }
@test "lists page by page, by state" { check pages; }
@test "expiry while it waits, too late to issue, and after the issue" { check expiry; }
@test "malformed bodies: deep, doubled, no UTF-8, NUL, too long, unknown, no whole numbers" { check bodies; }
@test "malformed heads: too long, unknown paths and methods" { check heads; }
