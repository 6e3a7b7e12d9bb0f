#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What is taken back: asked of a real service on a local socket, and put into force on a host.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR"
	export HOME=$BATS_TEST_TMPDIR XDG_RUNTIME_DIR=$BATS_TEST_TMPDIR/runtime
	export BREAKGLASS_TEST_ROOT=$BATS_TEST_TMPDIR/root
	unset SSH_AUTH_SOCK SSH_AGENT_PID XDG_CONFIG_HOME
	umask 022
	breakglass=$top_builddir/tests/lib/breakglass
	revoked=root/var/lib/breakglass/revoked
	mkdir -p runtime .config/breakglass root/etc/breakglass root/run/breakglass
	mkdir -p -m 0700 ledger root/var/lib/breakglass
	for person in issuer alice bob carol dave; do
		ssh-keygen -q -t ed25519 -N '' -C "$person" -f "$person"
	done
	{
		line signer.example issuer issuer
		line alice@example.com requester alice
		for person in bob carol dave; do
			line "$person@example.com" approver "$person"
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
	start_signer
}

teardown() {
	stop_signer
}

line() {
	echo "$1 namespaces=\"breakglass-$2\" $(cut -d' ' -f1,2 "$3.pub")"
}

start_signer() {
	"$top_builddir/tests/signer/breakglass-signer" serve --config signer.conf 3>&- >>signer.log 2>&1 &
	signer_pid=$!
	for _ in $(seq 200); do
		! "$breakglass" requests >/dev/null 2>&1 || return 0
		sleep 0.05
	done
	cat signer.log
	return 1
}

stop_signer() {
	kill "$signer_pid"
	wait "$signer_pid" || true
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

@test "a fresh service has an empty list, and a host takes it" {
	run "$breakglass" revocations show
	[ "$status" -eq 1 ]
	run "$breakglass" revocations fetch
	[ "$status" -eq 0 ]
	[ "$output" = "installed: number 1 of signer.example" ]
	[ "$(stat -c %a "$revoked")" = 600 ]
	run "$breakglass" revocations show
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "issuer    signer.example" ]
	[ "${lines[1]}" = "number    1" ]
	[ "${#lines[@]}" -eq 4 ]
	run "$breakglass" revocations fetch
	[ "$status" -eq 0 ]
	[ "$output" = "installed already: number 1 of signer.example" ]
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
	run "$breakglass" revocations fetch
	[ "$output" = "installed: number 2 of signer.example" ]
	verify "$token"
	[ "$status" -eq 3 ]
	[ "$output" = "refused: revoked" ]
	run "$breakglass" revocations show
	[ "${lines[4]}" = "token     $id" ]
	# A second time changes nothing.
	as carol revoke --reason 'me too' token "$id"
	run "$breakglass" revocations fetch
	[ "$output" = "installed already: number 2 of signer.example" ]
	[ "$("$breakglass" ledger entries --key file:bob | grep -c '"kind":"revocation"')" -eq 1 ]
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
	stop_signer
	start_signer
	run ask
	[ "$status" -eq 3 ]
	run as carol requests
	[ "$status" -eq 3 ]
	fetch_file after
	"$breakglass" revocations install before
	run "$breakglass" revocations install after
	[[ $output == "installed: number "* ]]
	kill -HUP "$signer_pid"
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
	[[ $output == *"refused: number 1 of signer.example is not later than number 2"* ]]
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

@test "the list that two services make of one ledger is one" {
	sed "s,^socket = .*,socket = $PWD/second," signer.conf >second.conf
	"$top_builddir/tests/signer/breakglass-signer" serve --config second.conf 3>&- >>signer.log 2>&1 &
	second=$!
	for _ in $(seq 200); do
		! "$breakglass" requests --server "unix:$PWD/second" >/dev/null 2>&1 || break
		sleep 0.05
	done
	"$breakglass" revocations fetch
	run "$breakglass" revocations fetch --server "unix:$PWD/second"
	kill "$second"
	wait "$second" || true
	[ "$output" = "installed: number 2 of signer.example" ]
}
