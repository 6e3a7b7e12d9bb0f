#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Asking, waiting, listing, denying, revoking, and the ledger.

setup() {
	load common
	make_people
	start_service
}

teardown() {
	stop_service
}

@test "a request is asked for, approved by another person, and its token opens the host" {
	echo 2 >needs
	id=$(ask --source 192.0.2.0/24 --level rebuild 2>told)
	[[ $id =~ ^[0-9a-f]{32}$ ]]
	[[ $(cat told) == "waiting for sre (0 of 2) and security (0 of 0) · "*" left" ]]
	run as bob approve --yes "$id"
	[ "$status" -eq 0 ]
	[[ $output == *"approved; waiting for sre (1 of 2: bob)"* ]]
	run "$breakglass" show --token "$id"
	[ "$status" -eq 3 ]
	[[ $output == *"refused (not-issued)"* ]]
	run as carol approve --yes "$id"
	[ "$status" -eq 0 ]
	[[ $output == *"approved; the token is issued"* ]]
	"$breakglass" show --token "$id" >issued
	[[ $(sed -n 2p issued) == "ssh-ed25519-cert-v01@openssh.com "* ]]
	run "$breakglass" token verify --config gate.conf --trusted trusted --host web-17 --login ops \
		--holder alice.pub --address 192.0.2.7 "$(head -1 issued)"
	[ "$output" = accepted ]
}

@test "waiting in a pipe tells in plain lines for whom, and ends with the token" {
	ask --wait >issued 2>told &
	waiting=$!
	for _ in $(seq 100); do grep -q waiting told && break || sleep 0.05; done
	id=$(sed -n 's/^request //p' told)
	as bob approve --yes "$id"
	wait "$waiting"
	[[ $(cat issued) == bg1_* ]]
	! grep -q $'[\r\033]' told || return
	[ "$(grep -c '^waiting for sre (0 of 1)' told)" -eq 1 ]
}

@test "on a terminal one line lives" {
	cat >asks <<-EOF
		#!/bin/sh
		"$breakglass" request --host web-17 --login ops --reason INC-1 --window 10m --max 30m --holder alice.pub --wait
	EOF
	chmod +x asks
	(sleep 2; as bob deny --reason 'not now' "$(as bob requests | cut -d' ' -f1)") 3>&- &
	TERM=xterm run script -qec ./asks /dev/null
	[ "$status" -eq 3 ]
	[[ $output == *$'\r\033[K'"waiting for sre (0 of 1)"*" · 0:5"*" left"* ]]
	[[ $output == *"denied by bob@example.com: not now"* ]]
}

@test "a denial ends the waiting with exit code 3" {
	ask --wait >issued 2>told &
	waiting=$!
	for _ in $(seq 100); do grep -q waiting told && break || sleep 0.05; done
	run as bob deny --reason 'ask the database people' "$(sed -n 's/^request //p' told)"
	[ "$status" -eq 0 ]
	[[ $output == *"alice@example.com's request is denied" ]]
	status=0
	wait "$waiting" || status=$?
	[ "$status" -eq 3 ]
	grep -q '^breakglass: denied by bob@example.com: ask the database people$' told
	[ ! -s issued ]
}

@test "a rule without approvals issues at once; a console has no key and no certificate" {
	echo 0 >needs
	token=$("$breakglass" request --group db --login ops --reason INC-1 --window 10m --max 30m \
		--console --challenge 00112233445566778899aabbccddeeff --wait 2>told)
	[[ $token == bg1_* && $token != *$'\n'* ]]
	grep -q '"for":"console","group":"db"' calls
	grep -q '"nonce":"00112233445566778899aabbccddeeff"' calls
}

@test "programs get JSON" {
	id=$(ask --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["id"])')
	"$breakglass" show --json "$id" | python3 -c 'import json, sys; assert json.load(sys.stdin)["state"] == "waiting"'
	"$breakglass" requests --json | python3 -c 'import json, sys; assert json.load(sys.stdin)["login"] == "ops"'
}

@test "requests are listed page by page, and by state" {
	first=$(ask)
	second=$(ask)
	run "$breakglass" requests
	[ "${lines[0]}" = "$first  waiting  alice@example.com as ops on web-17  INC-1 database down" ]
	[[ ${lines[1]} == "$second "* ]]
	as bob deny --reason no "$first"
	run "$breakglass" requests --state denied
	[ "${#lines[@]}" -eq 1 ]
	run "$breakglass" show "$first"
	[[ $output == *"denied by bob@example.com: no"* ]]
	run "$breakglass" requests --state over
	[ "$status" -eq 2 ]
}

@test "what is missing or wrong in a request is said before anything is sent" {
	run "$breakglass" request
	[ "$status" -eq 2 ]
	[[ $output == *"request needs --host or --group, --holder (or --console), --login, --window, --max, --reason;"* ]]
	run ask --group db
	[ "$status" -eq 2 ]
	run ask --console
	[ "$status" -eq 2 ]
	run ask --window 30s
	[ "$status" -eq 2 ]
	[[ $output == *"window: a whole number of seconds, 60 to 86400"* ]]
	run ask --host web-17
	[ "$status" -eq 2 ]
	run ask --holder trusted
	[ "$status" -eq 2 ]
	run ask --wait more
	[ "$status" -eq 2 ]
	[ ! -e calls ]
}

@test "revocations say what and why" {
	carol=$(ssh-keygen -lf carol.pub | cut -d' ' -f2)
	run as bob revoke --reason 'laptop lost' approver "$carol"
	[ "$status" -eq 0 ]
	[ "$output" = "revoked: approver $carol" ]
	hex=$(cut -d' ' -f2 carol.pub | base64 -d | sha256sum | cut -d' ' -f1)
	grep -q '{"revokes":"approver","value":"'"$hex"'","reason":"laptop lost","signature":"[A-Za-z0-9_-]\{86\}"}' calls
	run as bob revoke --reason lost approver carol@example.com
	[ "$status" -eq 2 ]
	run as bob revoke --reason lost holder "$(ssh-keygen -lf alice.pub | cut -d' ' -f2)"
	[ "$status" -eq 0 ]
	run as bob revoke --reason lost token 1234
	[ "$status" -eq 2 ]
	run as bob revoke --reason lost host web-17
	[ "$status" -eq 2 ]
	run as bob revoke token 00112233445566778899aabbccddeeff
	[ "$status" -eq 2 ]
}

@test "the ledger's entries come all, as they are for a program, without control characters on a terminal" {
	"$breakglass" ledger entries >entries
	[ "$(wc -l <entries)" -eq 150 ]
	[ "$(sed -n 100p entries)" = $'{"number":100,"kind":"\u009b31mtest"}' ]
	[ "$("$breakglass" ledger entries --from 149 | wc -l)" -eq 2 ]
	run script -qec "$breakglass ledger entries --from 150" /dev/null
	[[ $output == '{"number":150,"kind":"??31mtest"}'* ]]
	run "$breakglass" ledger checkpoint
	[ "${lines[0]}" = signer.example/ledger ]
	[ "${lines[3]}" = '— signer.example BBBB' ]
}
