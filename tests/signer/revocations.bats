#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What is taken back: asked of a real service on a local socket, and put into force on a host.

bats_require_minimum_version 1.5.0
load service

setup() {
	cd "$BATS_TEST_TMPDIR"
	export HOME=$BATS_TEST_TMPDIR XDG_RUNTIME_DIR=$BATS_TEST_TMPDIR/runtime
	export BREAKGLASS_TEST_ROOT=$BATS_TEST_TMPDIR/root
	unset SSH_AUTH_SOCK SSH_AGENT_PID XDG_CONFIG_HOME
	umask 022
	signer=$top_builddir/tests/signer/breakglass-signer
	breakglass=$top_builddir/tests/lib/breakglass
	revoked=root/var/lib/breakglass/revoked
	mkdir -p runtime .config/breakglass root/etc/breakglass root/run/breakglass
	mkdir -p -m 0700 ledger root/var/lib/breakglass
	for person in issuer alice bob carol dave; do
		ssh-keygen -q -t ed25519 -N '' -C "$person" -f "$person"
	done
	{
		trusted signer.example issuer issuer
		trusted alice@example.com requester alice
		for person in bob carol dave; do
			trusted "$person@example.com" approver "$person"
		done
	} >trusted
	cp trusted root/etc/breakglass/trusted_signers
	cat >signer.conf <<-CONF
		[signer]
		name = signer.example
		issuer_key = file:$PWD/issuer
		socket = $PWD/socket
		ledger = sqlite:$PWD/ledger/db
		trusted_signers = $PWD/trusted
		[people]
		team = alice@example.com
		sec = bob@example.com carol@example.com dave@example.com
		[rule all]
		hosts = *
		logins = ops
		requesters = team
		approvals = sec:1
		approval_wait = 10m
		longest_window = 1h
		longest_session = 1h
	CONF
	printf '[host]\nid = web-17\n[token]\nsignatures = issuer:1+approver:1\n' >gate.conf
	cat >.config/breakglass/config <<-CONF
		[service]
		url = unix:$PWD/socket
		issuer = signer.example
		key = file:~/alice
		trusted_signers = ~/trusted
	CONF
	start_service --config signer.conf
}

teardown() {
	stop_service
}

# as PERSON COMMAND [ARGUMENT…]
as() {
	local person=$1
	shift
	"$breakglass" "$1" --key "file:$person" "${@:2}"
}

fingerprint() {
	ssh-keygen -lf "$1.pub" | cut -d' ' -f2
}

ask() {
	"$breakglass" request --host web-17 --login ops --reason 'INC-1 down' --window 10m --max 30m \
		--holder alice.pub
}

# token APPROVER: of a request that this one approves; prints id and token.
token() {
	local id
	id=$(ask)
	as "$1" approve --yes "$id" >/dev/null
	echo "$id" "$("$breakglass" show --token "$id" | head -n 1)"
}

verify() {
	run "$breakglass" token verify --config gate.conf --trusted trusted --host web-17 --login ops \
		--holder alice.pub --revocations "$revoked" "$1"
}

fetch_file() {
	python3 - "$PWD/socket" >"$1" <<-'PYTHON'
		import http.client, socket, sys
		connection = http.client.HTTPConnection("localhost")
		connection.sock = socket.socket(socket.AF_UNIX)
		connection.sock.connect(sys.argv[1])
		connection.request("GET", "/v1/revocations")
		answer = connection.getresponse()
		assert answer.status == 200 and answer.getheader("Content-Type") == "application/cbor"
		sys.stdout.buffer.write(answer.read())
	PYTHON
}

# number: of the list that the host has.
number() {
	"$breakglass" revocations show | sed -n 's/^number *//p'
}

# is_healthy STATUS: what /healthz answers.
is_healthy() {
	[ "$(curl -s -o /dev/null -w '%{http_code}' --unix-socket socket http://localhost/healthz)" = "$1" ]
}

@test "a fresh service has an empty list, and a host takes it" {
	run "$breakglass" revocations show
	[ "$status" -eq 1 ]
	run "$breakglass" revocations fetch
	[ "$status" -eq 0 ]
	[[ $output =~ ^installed:\ number\ ([0-9]+)\ of\ signer.example$ ]]
	number=${BASH_REMATCH[1]}
	((number >= $(date +%s) - 60))
	[ "$(stat -c %a "$revoked")" = 600 ]
	run "$breakglass" revocations show
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "issuer    signer.example" ]
	[ "${lines[1]}" = "number    $number" ]
	[ "${#lines[@]}" -eq 4 ]
	run "$breakglass" revocations fetch
	[ "$status" -eq 0 ]
	[ "$output" = "installed already: number $number of signer.example" ]
}

@test "fetching needs neither a key nor a name" {
	printf '[service]\nurl = unix:%s/nowhere\n' "$PWD" >.config/breakglass/config
	run "$breakglass" revocations fetch --server "unix:$PWD/socket"
	[ "$status" -eq 0 ]
	run "$breakglass" revocations fetch --key file:alice
	[ "$status" -eq 2 ]
}

@test "a revoked token is not handed out any more, and no host takes it" {
	read -r id token < <(token bob)
	"$breakglass" revocations fetch
	verify "$token"
	[ "$output" = accepted ]
	run as bob revoke --reason 'sent to the wrong room' token "$id"
	[ "$status" -eq 0 ]
	[ "$output" = "revoked: token $id" ]
	run "$breakglass" show --token "$id"
	[ "$status" -eq 3 ]
	[[ $output == *"refused (revoked): "* ]]
	verify "$token"
	[ "$output" = accepted ] # nobody has told the host
	before=$(number)
	run "$breakglass" revocations fetch
	[[ $output == "installed: number "* ]]
	(($(number) > before))
	verify "$token"
	[ "$status" -eq 3 ]
	[ "$output" = "refused: revoked" ]
	run "$breakglass" revocations show
	[ "${lines[4]}" = "token     $id" ]
	# A second time changes nothing; of somebody else it is written down, and the list stays.
	as bob revoke --reason 'once more' token "$id"
	[ "$("$breakglass" ledger entries --key file:bob | grep -c '"kind":"revocation"')" -eq 1 ]
	as carol revoke --reason 'me too' token "$id"
	[ "$("$breakglass" ledger entries --key file:bob | grep -c '"kind":"revocation"')" -eq 2 ]
	run "$breakglass" revocations fetch
	[ "$output" = "installed already: number $(number) of signer.example" ]
	"$breakglass" ledger entries --key file:bob | grep -q '"kind":"revocation","revokes":"token","value":"'"$id"'","by":"bob@example.com","reason":"sent to the wrong room","call":{'
}

@test "a token that still waits is not issued once it is revoked" {
	id=$(ask)
	as bob revoke --reason no token "$id"
	run as carol approve --yes "$id"
	[ "$status" -eq 3 ]
	[[ $output == *"refused (revoked): "* ]]
}

@test "a revoked holder's key asks for nothing and opens nothing" {
	read -r id token < <(token bob)
	run as bob revoke --reason 'laptop lost' holder "$(fingerprint alice)"
	[ "$output" = "revoked: holder $(fingerprint alice)" ]
	run ask
	[ "$status" -eq 3 ]
	[[ $output == *"the holder key is revoked"* ]]
	run "$breakglass" show --token "$id"
	[ "$status" -eq 3 ]
	"$breakglass" revocations fetch
	verify "$token"
	[ "$output" = "refused: revoked" ]
	run "$breakglass" revocations show
	[ "${lines[4]}" = "holder    $(fingerprint alice)" ]
}

@test "an approver's key is revoked by two others, and no sooner" {
	read -r _ token < <(token carol)
	waiting=$(ask)
	carol=$(fingerprint carol)
	run as carol revoke --reason mine approver "$carol"
	[ "$status" -eq 3 ]
	[[ $output == *"nobody revokes their own key"* ]]
	run as issuer revoke --reason stolen approver "$carol"
	[ "$status" -eq 3 ]
	[[ $output == *"refused (not-allowed)"* ]]
	for _ in 1 2; do
		run as bob revoke --reason 'key leaked' approver "$carol"
		[ "$status" -eq 0 ]
		[ "$output" = "signed: approver $carol; it is revoked once another approver revokes it, too" ]
	done
	"$breakglass" revocations fetch
	verify "$token"
	[ "$output" = accepted ]
	as carol requests >requests
	run as dave revoke --reason 'key leaked' approver "$carol"
	[ "$output" = "revoked: approver $carol" ]
	run as carol requests
	[ "$status" -eq 3 ]
	[[ $output == *"refused (unknown-key)"* ]]
	run as carol approve --yes "$waiting"
	[ "$status" -eq 3 ]
	run "$breakglass" revocations fetch
	[ "$status" -eq 0 ]
	verify "$token"
	[ "$output" = "refused: revoked" ]
	run "$breakglass" revocations show
	[ "${lines[4]}" = "approver  $carol" ]
	# To a host that does not know dave, one approver is too few.
	sed -i /dave/d root/etc/breakglass/trusted_signers trusted
	run "$breakglass" revocations show
	[[ ${lines[4]} == "approver  $carol (not revoked here: "* ]]
	verify "$token"
	[ "$output" = accepted ]
}

@test "who neither approves nor issues revokes nothing, and the issuer's key stays" {
	run as alice revoke --reason mine token 00112233445566778899aabbccddeeff
	[ "$status" -eq 3 ]
	[[ $output == *"refused (unknown-key)"* ]]
	run as issuer revoke --reason 'by the service' token 00112233445566778899aabbccddeeff
	[ "$status" -eq 0 ]
	run as bob revoke --reason why approver "$(fingerprint issuer)"
	[ "$status" -eq 3 ]
	[[ $output == *"refused (not-allowed)"* ]]
}

@test "what was revoked stays so when the service starts anew, and lists go on counting" {
	as bob revoke --reason lost holder "$(fingerprint alice)"
	as bob revoke --reason leaked approver "$(fingerprint carol)"
	as dave revoke --reason leaked approver "$(fingerprint carol)"
	fetch_file before
	stop_service
	start_service --config signer.conf
	run ask
	[ "$status" -eq 3 ]
	run as carol requests
	[ "$status" -eq 3 ]
	fetch_file after
	"$breakglass" revocations install before
	run "$breakglass" revocations install after
	[[ $output == "installed: number "* ]]
	kill -HUP "$service"
	sleep 0.5
	run as carol requests
	[ "$status" -eq 3 ]
}

@test "an older list, a damaged one and a stranger's are refused" {
	fetch_file first
	as bob revoke --reason lost token 00112233445566778899aabbccddeeff
	fetch_file second
	"$breakglass" revocations install second
	run "$breakglass" revocations install first
	[ "$status" -eq 3 ]
	[[ $output == *"refused: number "*" of signer.example is not later than number "* ]]
	cmp -s second "$revoked"
	printf x >>second
	run "$breakglass" revocations install second
	[ "$status" -eq 3 ]
	[ "$output" = "refused: malformed" ]
	rm "$revoked"
	sed -i /issuer/d root/etc/breakglass/trusted_signers
	run "$breakglass" revocations install first
	[ "$status" -eq 3 ]
	[ "$output" = "refused: untrusted-key" ]
	[ ! -e "$revoked" ]
	run "$breakglass" revocations install nowhere
	[ "$status" -eq 1 ]
}

@test "who cannot have the folder for itself says so, and soon" {
	fetch_file list
	run timeout 10 flock root/var/lib/breakglass "$breakglass" revocations install list
	[ "$status" -eq 1 ]
	[ ! -e "$revoked" ]
	"$breakglass" revocations install list
}

@test "of two services at one ledger, a host keeps the later list" {
	sed "s,^socket = .*,socket = $PWD/second," signer.conf >second.conf
	"$top_builddir/tests/signer/breakglass-signer" serve --config second.conf 3>&- >second.log 2>&1 &
	second=$!
	for _ in $(seq 200); do
		! "$breakglass" requests --server "unix:$PWD/second" >/dev/null 2>&1 || break
		sleep 0.05
	done
	"$breakglass" revocations fetch
	before=$(number)
	run "$breakglass" revocations fetch --server "unix:$PWD/second"
	kill "$second"
	wait "$second" || true
	[[ $output == "installed: number "* ]]
	(($(number) > before))
	# A timer that meets the other one the next time has not failed.
	run "$breakglass" revocations fetch
	[ "$status" -eq 0 ]
	[ "$output" = "kept: number $(number) of signer.example, which is later than number $before of signer.example" ]
	fetch_file older
	run "$breakglass" revocations install older
	[ "$status" -eq 3 ]
}

@test "a ledger that begins anew counts on, and hosts take its list" {
	"$breakglass" revocations fetch
	before=$(number)
	stop_service
	rm ledger/*
	sleep 1
	start_service --config signer.conf
	run "$breakglass" revocations fetch
	[ "$status" -eq 0 ]
	(($(number) > before))
}

@test "a stolen approver's key fills no list, and is still revoked, and what it revoked falls out" {
	bob=$(cut -d' ' -f2 bob.pub | base64 -d | sha256sum | cut -c 1-16)
	python3 - "$bob" <<-'PYTHON'
		import sqlite3, sys
		ledger = sqlite3.connect("ledger/db", timeout=10)
		rows = [(f"{i:064x}:{sys.argv[1]}",) for i in range(500)]
		ledger.executemany("INSERT INTO ledger_revocations VALUES ('holder', ?, 253402300799)", rows)
		ledger.commit()
	PYTHON
	run as bob revoke --reason mine holder "$(fingerprint alice)"
	[ "$status" -eq 3 ]
	[[ $output == *"refused (conflict): your key has revoked 500 already"* ]]
	run ask
	[ "$status" -eq 0 ]
	[ "$("$breakglass" ledger entries --key file:bob | grep -c '"kind":"revocation"')" -eq 0 ]
	as dave revoke --reason lost token 00112233445566778899aabbccddeeff
	"$breakglass" revocations fetch
	[ "$("$breakglass" revocations show | grep -c ^holder)" -eq 500 ]
	as carol revoke --reason stolen approver "$(fingerprint bob)"
	run as dave revoke --reason stolen approver "$(fingerprint bob)"
	[ "$output" = "revoked: approver $(fingerprint bob)" ]
	run as bob revoke --reason mine token 00000000000000000000000000000000
	[ "$status" -eq 3 ]
	[[ $output == *"refused (unknown-key)"* ]]
	"$breakglass" revocations fetch
	run "$breakglass" revocations show
	[ "${lines[4]}" = "token     00112233445566778899aabbccddeeff" ]
	[ "${lines[5]}" = "approver  $(fingerprint bob)" ]
	[ "${#lines[@]}" -eq 6 ]
}

@test "one approver's many postings keep no other from revoking a key" {
	carol=$(fingerprint carol)
	for _ in 1 2 3; do
		as bob revoke --reason leaked approver "$carol"
	done
	[ "$("$breakglass" ledger entries --key file:bob | grep -c '"kind":"revocation"')" -eq 1 ]
	run as dave revoke --reason leaked approver "$carol"
	[ "$output" = "revoked: approver $carol" ]
}

@test "a revoked token for a challenge stays in the list while a host may take it" {
	id=$("$breakglass" request --host web-17 --login ops --reason 'INC-1 clock' --window 10m --max 30m \
		--holder alice.pub --challenge 00112233445566778899aabbccddeeff)
	as bob approve --yes "$id" >/dev/null
	token=$("$breakglass" show --token "$id" | head -n 1)
	as bob revoke --reason 'not needed' token "$id"
	for ahead in 1700 7400; do # past its expiry; not past two hours
		stop_service
		echo "$ahead" >root/clock
		start_service --config signer.conf
		fetch_file late
		run "$breakglass" token verify --config gate.conf --trusted trusted --host web-17 --login ops \
			--holder alice.pub --challenge 00112233445566778899aabbccddeeff --revocations late "$token"
		[ "$output" = "refused: revoked" ]
	done
	stop_service
	echo 7600 >root/clock
	start_service --config signer.conf
	fetch_file late
	run "$breakglass" token verify --config gate.conf --trusted trusted --host web-17 --login ops \
		--holder alice.pub --challenge 00112233445566778899aabbccddeeff --revocations late "$token"
	[ "$output" = accepted ]
}

@test "what cannot be put into the list is not answered as revoked, and is in force here" {
	read -r id _ < <(token bob)
	stop_service
	export SSH_AUTH_SOCK=$PWD/agent
	eval "$(ssh-agent -a "$SSH_AUTH_SOCK" 3>&-)" >/dev/null
	ssh-add -q issuer
	sed -i "s,^issuer_key = .*,issuer_key = agent:$(fingerprint issuer)," signer.conf
	start_service --config signer.conf
	is_healthy 200
	fetch_file before
	kill "$SSH_AGENT_PID"
	while kill -0 "$SSH_AGENT_PID" 2>/dev/null; do sleep 0.05; done
	run as bob revoke --reason lost token "$id"
	[ "$status" -eq 1 ]
	[[ $output == *"hosts do not get to know it"* ]]
	is_healthy 503
	run "$breakglass" show --token "$id"
	[ "$status" -eq 3 ]
	[[ $output == *"refused (revoked)"* ]]
	run as bob revoke --reason lost token "$id" # the same again is no success either
	[ "$status" -eq 1 ]
	fetch_file after
	cmp before after
	rm -f "$SSH_AUTH_SOCK"
	eval "$(ssh-agent -a "$SSH_AUTH_SOCK" 3>&-)" >/dev/null
	ssh-add -q issuer
	run as bob revoke --reason lost token "$id" # of the new agent
	[ "$status" -eq 0 ]
	is_healthy 200
	"$breakglass" revocations fetch
	kill "$SSH_AGENT_PID"
	[ "$output" = "revoked: token $id" ]
	"$breakglass" revocations show | grep -qx "token     $id"
}

@test "a host takes a list of now, give or take five minutes" {
	printf 'revocations = require\n' >>gate.conf
	read -r _ token < <(token bob)
	while read -r ahead answer; do
		stop_service
		echo "$ahead" >root/clock
		start_service --config signer.conf
		fetch_file list
		run "$breakglass" revocations install list
		[[ $output == "$answer"* ]]
		run "$breakglass" token verify --config gate.conf --trusted trusted --host web-17 --login ops \
			--holder alice.pub --revocations list "$token"
		[ "$output" = "refused: revoked" ] # a policy that requires one allows its own clock_skew, of 30 s
	done <<-LISTS
		-86800 refused: expired
		-86600 installed: number
		400 refused: not-yet-valid
		250 installed: number
	LISTS
	stop_service
	rm root/clock
	start_service --config signer.conf
	fetch_file list
	run "$breakglass" token verify --config gate.conf --trusted trusted --host web-17 --login ops \
		--holder alice.pub --revocations list "$token"
	[ "$output" = accepted ]
}
