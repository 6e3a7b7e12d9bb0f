#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The whole way with the service itself: asked for, approved, collected, taken by the host.

bats_require_minimum_version 1.5.0

setup_file() {
	load common
	make_world "$BATS_FILE_TMPDIR"
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

@test "two people of different groups approve, and host and sshd can use what is issued" {
	id=$(ask --source 192.0.2.0/24 --level rebuild 2>told)
	[[ $(cat told) == "waiting for sre (0 of 1) and security (0 of 1)"* ]]
	run as bob approve --yes "$id"
	[ "$status" -eq 0 ]
	[[ $output == *"approved; waiting for sre (1 of 1: bob@example.com) and security (0 of 1)"* ]] || { echo "$output"; false; }
	run remote show --token "$id"
	[ "$status" -eq 3 ]
	[[ $output == *"refused (not-issued)"* ]]
	run as dave approve --yes "$id"
	[ "$status" -eq 0 ]
	[[ $output == *"approved; the token is issued"* ]]
	remote show --token "$id" >issued
	token=$(head -1 issued)
	run verify "$token" --holder alice.pub --address 192.0.2.7
	[ "$output" = accepted ]
	run verify "$token" --holder bob.pub --address 192.0.2.7
	[ "$status" -eq 3 ]
	sed -n 2p issued >issued-cert.pub
	ssh-keygen -Lf issued-cert.pub >certificate
	grep -q 'Type: ssh-ed25519-cert-v01@openssh.com user certificate' certificate
	grep -q "Public key: .* $(ssh-keygen -lf alice.pub | cut -d' ' -f2)" certificate
	grep -q "Signing CA: .* $(ssh-keygen -lf ca.pub | cut -d' ' -f2)" certificate
	grep -q "Key ID: \"alice@example.com $id\"" certificate
	grep -qx '                ops' certificate
	grep -q 'token@breakglass' certificate
	# sshd's clock may be behind: it is valid a minute early, and as long as the token.
	read -r from to <<<"$(sed -n 's/.*Valid: from \(.*\) to /\1 /p' certificate)"
	[[ $from < $(date -d '-50 seconds' +%FT%T) && $from > $(date -d '-5 minutes' +%FT%T) ]]
	expires=$(remote show --json "$id" | python3 -c 'import json, sys; print(json.load(sys.stdin)["expires"])')
	[ "$to" = "$(date -d "@$expires" +%FT%T)" ]
}

@test "waiting in the command line ends with the token once the last person has approved" {
	ask --wait >waited 2>told &
	waiting=$!
	for _ in $(seq 200); do grep -q '^waiting' told 2>/dev/null && break || sleep 0.05; done
	id=$(sed -n 's/^request //p' told)
	as carol approve --yes "$id"
	as dave approve --yes "$id"
	wait "$waiting"
	[ "$(verify "$(head -1 waited)" --holder alice.pub)" = accepted ]
}

@test "a rule without approvals issues at once, for the hosts of a group; a host wants an approver all the same" {
	remote request --group db --login ops --reason INC-2 --window 10m --max 30m --holder alice.pub --wait >issued
	remote requests --state issued --json | grep -q '"hosts":\["db-1","db-2"\],"group":"db"'
	bg=$top_builddir/tests/lib/breakglass
	at_host() {
		run "$bg" token verify --config gate.conf --trusted trusted --host "$1" --login ops --holder alice.pub "$2"
	}
	token=$(head -1 issued)
	at_host db-1 "$token"
	[ "$status" -eq 3 ]
	token=$("$bg" token sign --key file:bob "$token" 2>/dev/null)
	for host in db-1 db-2; do
		at_host "$host" "$token"
		[ "$output" = accepted ]
	done
	at_host db-3 "$token"
	[ "$status" -eq 3 ]
}

@test "a console's token has no key and no certificate, and a rule says whether it gives any" {
	remote request --group db --login ops --reason INC-3 --window 10m --max 30m --console --wait >issued
	[ "$(wc -l <issued)" -eq 1 ]
	"$top_builddir/tests/lib/breakglass" token inspect "$(cat issued)" >told
	run -1 grep -i '^holder.*SHA256' told
	run remote request --host web-17 --login ops --reason INC-3 --window 10m --max 30m --console
	[ "$status" -eq 3 ]
	[[ $output == *"refused-by-rules"*console* ]] || { echo "$output"; false; }
}

@test "the answer to a host's challenge: neither token nor certificate heed the clock" {
	challenge=00112233445566778899aabbccddeeff
	ask --challenge "$challenge" --wait >issued 2>told &
	waiting=$!
	for _ in $(seq 200); do grep -q '^waiting' told 2>/dev/null && break || sleep 0.05; done
	id=$(sed -n 's/^request //p' told)
	as bob approve --yes "$id"
	as dave approve --yes "$id"
	wait "$waiting"
	run verify "$(head -1 issued)" --holder alice.pub --challenge "$challenge" --at 2020-01-01T00:00:00Z
	[ "$output" = accepted ]
	run verify "$(head -1 issued)" --holder alice.pub --challenge ffffffffffffffffffffffffffffffff
	[ "$status" -eq 3 ]
	sed -n 2p issued >issued-cert.pub
	ssh-keygen -Lf issued-cert.pub | grep -q 'Valid: forever'
}

@test "a denial is told to who asked; the ledger has it all, and its chain holds" {
	id=$(ask 2>/dev/null)
	run as dave deny --reason 'ask the database people' "$id"
	[ "$status" -eq 0 ]
	run remote show "$id"
	[[ $output == *"denied by dave@example.com: ask the database people"* ]]
	run as bob approve --yes "$id"
	[ "$status" -eq 3 ]
	remote ledger entries --key file:bob >entries
	for kind in request approval issue denial; do grep -q "\"kind\":\"$kind\"" entries; done
	python3 -c 'import calls; calls.check_chain(open("entries", "rb").read().split(b"\n")[:-1])'
	run remote ledger checkpoint --key file:bob
	[ "${lines[0]}" = signer.example/ledger ]
	[ "${lines[1]}" = "$(wc -l <entries)" ]
	[ "${lines[2]}" = "$(python3 -c 'import base64, hashlib
print(base64.b64encode(hashlib.sha256(open("entries", "rb").read().split(b"\n")[-2]).digest()).decode())')" ]
	token=$(head -1 issued) # of the test before
	run -1 grep -F "$token" entries
	run remote ledger entries
	[ "$status" -eq 3 ]
	[[ $output == *"refused (not-allowed)"* ]]
}

# The issuer's key alone, as whoever has stolen it would use it: each token is the issuer's by its signature.
@test "with the issuer's key alone no token opens a host, however it is signed" {
	bg=$top_builddir/tests/lib/breakglass
	mint() {
		"$bg" token mint --key file:issuer --audience host:web-17 --login ops --window 10m --max 30m --reason INC-1 "$@"
	}
	ssh-keygen -q -t ed25519 -N '' -f thief
	for name in signer.example offline bob@example.com; do
		for holder in '' alice.pub thief.pub bob.pub; do
			token=$(mint --issuer "$name" --subject alice@example.com ${holder:+--holder $holder}) || continue
			again=$("$bg" token sign --key file:thief - <<<"$token" 2>/dev/null)
			twice=$("$bg" token sign --key file:issuer - <<<"$token" 2>/dev/null) || twice=
			for each in "$token" "$again" "$twice"; do
				[ -n "$each" ] || continue
				run verify "$each" ${holder:+--holder $holder}
				echo "$name $holder: $output"
				[ "$status" -eq 3 ]
			done
		done
	done
	# The same with an approver's signature opens it: nothing else has kept it shut.
	token=$(mint --issuer signer.example --subject alice@example.com --holder alice.pub)
	run verify "$("$bg" token sign --key file:bob - <<<"$token" 2>/dev/null)" --holder alice.pub
	[ "$output" = accepted ]
}

@test "a request that another client made, without an idempotency key, is approved as well" {
	id=$(python3 -c 'import calls
alice = calls.Key("alice")
print(calls.Service().request(alice, calls.ask(alice)).json["id"])')
	as bob approve --yes "$id"
	run as dave approve --yes "$id"
	[ "$status" -eq 0 ]
	[[ $output == *"the token is issued"* ]]
}
