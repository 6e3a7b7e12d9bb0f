#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# A service that lies to an approver: each draft that is not what was asked for stays unsigned.

setup() {
	load common
	make_people
	settings 'longest_wait = 10m'
	start_service
}

teardown() {
	stop_service
}

# refuses PATTERN: bob's approval of what alice asks for.
refuses() {
	local id
	id=$(ask --source 192.0.2.0/24 2>/dev/null)
	run as bob approve --yes "$id"
	echo "$output"
	[ "$status" -eq 3 ]
	[[ $output == "breakglass: this draft is not approved: "*"$1"* ]]
	[ "${#lines[@]}" -eq 1 ]
	! grep -q approvals calls || return
}

change() {
	echo "$1" >change
}

@test "what the token will do is shown before it is signed" {
	id=$(ask --level rebuild --source 192.0.2.0/24)
	run as bob approve --yes "$id"
	[ "$status" -eq 0 ]
	[[ $output == *"alice@example.com asks to be let in"* ]]
	[[ $output == *"as login   ops"* ]]
	[[ $output == *"because    INC-1 database down"* ]]
	[[ $output == *"session    up to 30m, to be begun by 20"* ]]
	[[ $output == *"over       SSH, with the key $(ssh-keygen -lf alice.pub | cut -d' ' -f2)"* ]]
	[[ $output == *"only from  192.0.2.0/24"* ]]
	[[ $output == *"this replaces 1 host: web-17 (at least rebuild)"* ]]
}

@test "no text of who asks can look like another line" {
	local blanks
	for blanks in {58..66}; do # whatever stands before it
		id=$(ask --reason "full$(printf "%${blanks}s" '')  session    up to 5m, to be begun by 2030")
		run as bob approve --yes "$id"
		[ "$status" -eq 0 ]
		[ "$(fold -w 80 <<<"$output" | grep -c '^  session ')" -eq 1 ]
		run as bob show "$id"
		[ "$(fold -w 80 <<<"$output" | grep -c '^  session ')" -eq 1 ]
	done
	run "$breakglass" request --host "web-17   as login   root" --login ops --reason INC-1 --window 10m --max 30m --console
	[ "$status" -ne 0 ]
	[[ $output == *"hosts: letters of ASCII, no blanks"* ]]
}

@test "the hosts of a group are listed, and nobody approves them unseen" {
	id=$("$breakglass" request --group db --login ops --reason INC-1 --window 10m --max 30m --console)
	run as bob approve --yes "$id"
	[ "$status" -eq 3 ]
	[[ $output == *"approve it without --yes"* ]]
	[[ $output == *"group db, as the service lists it"* ]]
	[[ $output == *"this replaces 2 hosts: db-1, db-2"* ]]
	[[ $output == *"over       a console"* ]]
}

@test "it is asked first, on a terminal" {
	id=$(ask)
	run setsid -w "$breakglass" approve --key file:bob "$id"
	[ "$status" -eq 2 ]
	[[ $output == *"there is no terminal to ask on"* ]]
	cat >answer.exp <<-EOF
		set timeout 10
		spawn $breakglass approve --key file:bob $id
		expect -ex "Approve? \[y/N]" {} timeout { exit 9 }
		send [lindex \$argv 0]\r
		expect eof
		exit [lindex [wait] 3]
	EOF
	for answer in '' n yess; do
		run expect answer.exp "$answer"
		[ "$status" -eq 1 ]
		[[ $output == *"nothing was signed"* ]]
	done
	! grep -q approvals calls || return
	run expect answer.exp y
	[ "$status" -eq 0 ]
	[[ $output == *"approved; the token is issued"* ]]
}

@test "another holder key" {
	change '["--holder", "carol.pub"]'
	refuses "its holder key is not the one that was asked for"
}

@test "another host, or one more" {
	change '["--audience", "host:web-18"]'
	refuses "its hosts are not those that were asked for"
}

@test "another login" {
	change '["--login", "root"]'
	refuses "its login is not the one that was asked for"
}

@test "a wider window" {
	change '["--window", "15m"]'
	refuses "it can be used for longer than was asked for"
}

@test "a longer session" {
	change '["--max", "31m"]'
	refuses "its session is longer than the one that was asked for"
}

@test "another reason" {
	change '["--reason", "INC-1 all is well"]'
	refuses "its reason is not the one that was given"
}

@test "another subject" {
	change '["--subject", "carol@example.com"]'
	refuses "it is for another person than the one who asked"
}

@test "another issuer" {
	change '["--issuer", "other.example"]'
	refuses "it is of another issuer"
}

@test "another source, or a challenge that was not asked for" {
	change '["--source", "0.0.0.0/0"]'
	refuses "its source addresses are not those"
	change '["--nonce", "00112233445566778899aabbccddeeff"]'
	refuses "it answers another challenge"
}

@test "a wait that is longer than the approver's settings allow" {
	echo 601 >wait
	refuses "it may wait for approvals for longer than longest_wait"
}

@test "a requester who is unknown to the approver, or no requester" {
	grep -v requester trusted >fewer
	cat fewer >trusted
	refuses "which is no requester's in your trusted_signers"
	line alice@example.com approver alice >>trusted
	refuses "which is no requester's in your trusted_signers"
}

@test "a requester's key that was not valid at that time" {
	sed -i 's/\(alice@example.com namespaces="breakglass-requester"\)/\1,valid-before="20260101Z"/' trusted
	refuses "or was not at that time"
}

@test "one's own request" {
	id=$(ask --key file:bob --source 192.0.2.0/24)
	run as bob approve --yes "$id"
	[ "$status" -eq 3 ]
	[[ $output == *"it is your own request"* ]]
}

# a_call TIME [BODY]: one of alice's, signed by ssh-keygen, as the draft names it.
a_call() {
	local body=${2:-}
	[ -n "$body" ] || body=$(sed -n 's/^POST \/v1\/requests [^ ]* [^ ]* //p' calls | tail -1)
	printf 'breakglass-call-v1\nsigner.example\nPOST\n/v1/requests\n%s\nkey\n%s\n%s\n' \
		"$(printf %s "$body" | sha256sum | cut -d' ' -f1)" "$1" 00112233445566778899aabbccddeeff >message
	ssh-keygen -q -Y sign -f alice -n breakglass-request message 2>/dev/null
	BODY=$body TIME=$1 python3 -c '
import json, os
blob = "".join(open("message.sig").read().splitlines()[1:-1])
print(json.dumps({"method": "POST", "target": "/v1/requests", "body": os.environ["BODY"],
                  "idempotency_key": "key", "time": int(os.environ["TIME"]),
                  "nonce": "00112233445566778899aabbccddeeff", "signature": blob}))' >call
	rm message.sig
}

# refuses_call PATTERN
refuses_call() {
	run as bob approve --yes "$id"
	echo "$output"
	[ "$status" -eq 3 ]
	[[ $output == *"$1"* ]]
	! grep -q approvals calls || return
}

@test "a call that was signed by ssh-keygen is as good; a stale one, one to come or another one is not" {
	id=$(ask)
	a_call $(($(date +%s) - 730))
	refuses_call "it was asked for too long ago"
	a_call $(($(date +%s) - 300))
	refuses_call "was issued at another time than, the request"
	a_call $(($(date +%s) + 130))
	refuses_call "at a time that is still to come"
	a_call "$(date +%s)" '{"for":"console"}'
	refuses_call "what was asked for cannot be read"
	a_call "$(date +%s)"
	sed -i 's/POST/PUT/' call
	refuses_call "another call than one that asks"
	a_call "$(date +%s)"
	sed -i 's/INC-1/INC-2/' call
	refuses_call "the signature of the person who asks is not good"
	a_call "$(date +%s)"
	run as bob approve --yes "$id"
	[ "$status" -eq 0 ]
}

@test "the draft of another request" {
	first=$(ask)
	second=$(ask)
	echo "$second" >draft-of
	run as bob approve --yes "$first"
	[ "$status" -eq 3 ]
	[[ $output == *"it is the draft of another request"* ]]
	run as bob approve --yes "$second"
	[ "$status" -eq 0 ]
	run as bob approve --yes 00112233445566778899aabbccddeeff
	[ "$status" -eq 3 ]
	[[ $output == *"refused (not-found)"* ]]
}

@test "a trusted_signers that is missing, wrong or another's to write" {
	id=$(ask)
	chmod 666 trusted
	run as bob approve --yes "$id"
	[ "$status" -eq 2 ]
	[[ $output == *"nobody else can write"* ]]
	chmod 644 trusted
	echo nonsense >>trusted
	run as bob approve --yes "$id"
	[ "$status" -eq 2 ]
	[[ $output == *"trusted:6: "* ]]
	rm trusted
	run as bob approve --yes "$id"
	[ "$status" -eq 2 ]
	sed -i /trusted_signers/d .config/breakglass/config
	run as bob approve --yes "$id"
	[ "$status" -eq 2 ]
	[[ $output == *"lacks [service] trusted_signers"* ]]
}
