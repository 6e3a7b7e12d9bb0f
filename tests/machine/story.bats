#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The story: a sealed host refuses whom it knows, lets a token in once, is tainted, records, and cuts the session.
load lib/checks.bash

setup_file() {
	use_machine
}

teardown_file() {
	end_own_machine
}

@test "a fresh host is sealed and pristine" {
	run guest breakglass policy check
	succeeds
	run guest breakglass status
	succeeds
}

@test "a known key alone is refused, in one line that tells how to ask" {
	run "$MACHINE_TESTS/lib/refusal.exp" ssh -F "$MACHINE/ssh_config" -o NumberOfPasswordPrompts=3 -i "$PEOPLE/alice" ops@web-7
	shows "breakglass: refused"
	shows "in the channel break-glass"
	[ "$(grep -c 'breakglass: refused' <<<"$output")" -eq 1 ]
	[[ $output != *"\$ "* ]]
	status=1
	refused_as no-token
}

@test "a refusal taints nothing" {
	run guest breakglass status
	succeeds
}

@test "a token shows two people's signatures" {
	local token
	token=$(token alice ops)
	run breakglass token inspect "$token"
	succeeds
	shows alice@example.com
	shows web-7
	run breakglass token inspect --json "$token"
	[ "$(jq -r '.signatures[].kid' <<<"$output")" = "$(key_id issuer; key_id bob)" ]
}

@test "a certificate that carries the token goes in without a prompt, and the event was there first" {
	run ssh_carrying alice ops "$(token alice ops)" 'id -un; sudo sh -c "grep -h ^{ /var/lib/breakglass/events/*"; cat /run/breakglass/tainted >/dev/null && echo marked'
	succeeds
	[[ $'\n'$output == *$'\n'ops$'\n'* ]]
	shows '"breakglass.taint.opened"'
	shows '"subject":"alice@example.com"'
	shows '"bob@example.com"'
	shows '"durability":"durable"'
	shows marked
}

@test "the bare key and the pasted token go in" {
	token alice ops >"$MACHINE/spent"
	run ssh_pasting alice ops "$(<"$MACHINE/spent")" 'echo in as $(id -un)'
	succeeds
	shows "in as ops"
}

@test "the same token again is already used" {
	run ssh_pasting alice ops "$(<"$MACHINE/spent")" true
	refused_as already-used
	shows "used already"
	run ssh_carrying alice ops "$(<"$MACHINE/spent")" true
	refused_as already-used
}

@test "the serial console takes a token" {
	run "$MACHINE_TESTS/lib/console.exp" "$(console_socket)" ops "$(console_token alice ops)" 'echo in as $(id -un) on $(tty)'
	succeeds
	shows "in as ops on /dev/ttyS0"
}

@test "the serial console refuses without" {
	run "$MACHINE_TESTS/lib/console.exp" "$(console_socket)" ops nothing
	[ "$status" -eq 3 ]
	shows "breakglass: refused"
	refused_as malformed
}

@test "status inside says who, why and until when; the audit log has that and every command" {
	local record session
	run ssh_carrying alice ops "$(WHY='INC-4713 look' token alice ops)" 'uname -n; sudo breakglass status'
	shows tainted
	shows alice@example.com
	shows "INC-4713 look"
	shows "left)"
	record=$(audit_records opened | tail -n 1)
	for word in 'subject="alice@example.com"' 'approver="bob@example.com"' 'issuer="prod-1"' 'acct="ops"'; do
		[[ $record == *"$word"* ]]
	done
	session=$(sed -n 's/.* session=\([0-9]*\).*/\1/p' <<<"$record")
	run guest "ausearch --input-logs -i --session $session -m EXECVE"
	shows uname
	shows sudo
	run guest "ausearch --input-logs -i -m TRUSTED_APP"
	shows "why=INC-4713 look"
	[ -n "$(audit_records accepted)" ]
	[ -n "$(audit_records closed)" ]
}

@test "the orchestrator is told" {
	run guest "for i in 1 2 3 4 5; do ! breakglass status | grep -q ' waits\? ' || sleep 1; done; cat /run/orchestrator/events.jsonl"
	succeeds
	shows '"type":"breakglass.taint.opened"'
	shows '"type":"breakglass.taint.closed"'
	shows '"source":"urn:breakglass:host:web-7"'
	run guest "journalctl --no-pager -x -t breakglass | grep -A1 'Subject: Somebody was let in'"
	succeeds
	run guest "journalctl --no-pager -o cat | grep -c breakglass.taint.opened"
	succeeds
}
