#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# breakglass token with keys from ssh-keygen and a real ssh-agent.

setup() {
	export BREAKGLASS_TEST_ROOT=$BATS_TEST_TMPDIR
	cd "$BATS_TEST_TMPDIR" || return
	breakglass=$top_builddir/tests/lib/breakglass
	for person in issuer bob carol alice; do
		ssh-keygen -q -t ed25519 -N '' -C "$person" -f "$person"
	done
	{
		line signer.example issuer issuer
		line bob@example.com approver bob
		line carol@example.com approver carol
	} >trusted
	printf '[host]\nid = web-1\n[token]\nsignatures = issuer:1+approver:1 | approver:2\n' >gate.conf
	chmod 644 trusted gate.conf
	unset SSH_AUTH_SOCK SSH_AGENT_PID
}

teardown() {
	[ -z "${SSH_AGENT_PID:-}" ] || kill "$SSH_AGENT_PID"
}

line() {
	echo "$1 namespaces=\"breakglass-$2\" $(cut -d' ' -f1,2 "$3.pub")"
}

# mint [OPTION…]: by the issuer, for alice; later options override.
mint() {
	"$breakglass" token mint --key file:issuer --issuer signer.example --subject alice@example.com \
		--audience host:web-1 --login ops --window 10m --max 30m --reason 'INC-1 database down' "$@"
}

sign() {
	"$breakglass" token sign --key "$1" "$2" 2>shown
}

# verify [OPTION…] TOKEN: as the host would, for alice.
verify() {
	"$breakglass" token verify --config gate.conf --trusted trusted --host web-1 --login ops \
		--holder alice.pub --address 192.0.2.7 "$@"
}

fingerprint() {
	ssh-keygen -l -f "$1.pub" | cut -d' ' -f2
}

start_agent() {
	eval "$(ssh-agent -s)" >/dev/null
}

@test "a token of two people opens its host, from a pipe too" {
	token=$(sign file:bob "$(mint --holder alice.pub)")
	run verify "$token"
	[ "$status" -eq 0 ]
	[ "$output" = accepted ]
	run verify - <<<"$token"
	[ "$status" -eq 0 ]
	run verify --json "$token"
	[ "$status" -eq 0 ]
	[[ $output == '{"accepted":true,'*'"subject":"alice@example.com"'*'{"principal":"bob@example.com","role":"approver"}]}' ]]
}

@test "a refusal is a code, an exit status of 3 and JSON if wanted" {
	token=$(mint --holder alice.pub)
	run verify "$token"
	[ "$status" -eq 3 ]
	[ "$output" = 'refused: signatures-missing' ]
	run bash -c 'exec 2>/dev/null; "$@"' - "$breakglass" token verify --json --config gate.conf \
		--trusted trusted --host web-1 --login ops "$token"
	[ "$status" -eq 3 ]
	[ "$output" = '{"accepted":false,"code":"signatures-missing"}' ]
	run verify bg1_
	[ "$status" -eq 3 ]
	[ "$output" = 'refused: malformed' ]
	run verify "$(printf 'bg1_%01000d' 0)"
	[ "$status" -eq 3 ]
	[ "$output" = 'refused: too-long' ]
}

@test "each option of mint is a claim that verify holds against its own" {
	token=$(sign file:bob "$(mint --holder alice.pub --source 192.0.2.0/24 --source 2001:db8::/32 \
		--audience group:web --level reallocate)")
	verify "$token"
	verify --address 2001:db8::1 "$token"
	run verify --host web-2 "$token"
	[ "$output" = 'refused: wrong-host' ]
	run verify --host web-2 --group web "$token"
	[ "$output" = 'refused: wrong-host' ]
	echo 'group_audience = yes' >>gate.conf
	verify --host web-2 --group db --group web "$token"
	run verify --login root "$token"
	[ "$output" = 'refused: wrong-login' ]
	run verify --address 198.51.100.1 "$token"
	[ "$output" = 'refused: wrong-source' ]
	run verify --holder bob.pub "$token"
	[ "$output" = 'refused: wrong-holder' ]
	run verify --at 2030-01-01T00:00:00Z "$token"
	[ "$output" = 'refused: expired' ]
	run verify --at 1700000000 "$token"
	[ "$output" = 'refused: not-yet-valid' ]
	run verify --booted-at "$(date -u -d '1 minute' +%FT%TZ)" "$token"
	[ "$output" = 'refused: issued-before-boot' ]
}

@test "a challenge is answered whatever the clock says" {
	nonce=000102030405060708090a0b0c0d0e0f
	token=$(sign file:bob "$(mint --holder alice.pub --nonce $nonce)")
	verify --challenge $nonce --at 0 "$token"
	run verify "$token"
	[ "$output" = 'refused: wrong-challenge' ]
}

@test "a token may begin later, not be over already" {
	token=$(sign file:bob "$(mint --holder alice.pub --not-before 2090-01-01T00:00:00Z)")
	run verify "$token"
	[ "$output" = 'refused: not-yet-valid' ]
	verify --at 2090-01-01T00:05:00Z "$token"
	run mint --not-before 1700000000
	[ "$status" -eq 2 ]
}

@test "inspect shows a token and says that it has verified nothing" {
	token=$(mint --holder alice.pub --source 192.0.2.0/24 --level refresh)
	run "$breakglass" token inspect "$token"
	[ "$status" -eq 0 ]
	[[ ${lines[0]} == 'NOT VERIFIED'* ]]
	for text in alice@example.com ops host:web-1 'INC-1 database down' "$(fingerprint alice)" 192.0.2.0/24 \
		refresh signer.example "$(fingerprint issuer | cut -c1-17)"; do
		[[ $output == *"$text"* ]]
	done
	[[ $output == *'(in 10m)'* || $output == *'(in 9m 5'?'s)'* ]] # a slow machine
	run "$breakglass" token inspect --json - <<<"$token"
	[ "$status" -eq 0 ]
	[[ $output == '{"verified":false,"token_id":"'*'"max_seconds":1800,"level":"refresh"'* ]]
	run "$breakglass" token inspect nonsense
	[ "$status" -eq 3 ]
	[ "${lines[0]}" = 'refused: malformed' ]
	[ "${lines[1]}" = 'this is not a token; one that is in a file is given as: - <FILE' ]
	run "$breakglass" token inspect "$(printf 'bg1_%01000d' 0)"
	[ "$status" -eq 3 ]
	[ "${lines[0]}" = 'refused: too-long' ]
	[ "${lines[1]}" = 'the token is longer than any token' ]
	run bash -c 'exec 2>/dev/null; "$@"' - "$breakglass" token inspect --json nonsense
	[ "$status" -eq 3 ]
	[ "$output" = '{"verified":false,"code":"malformed"}' ]
}

@test "an approver sees what is signed, and nobody signs twice" {
	token=$(mint --holder alice.pub)
	signed=$(sign file:bob "$token")
	grep -q 'alice@example.com' shown
	grep -q 'INC-1 database down' shown
	run "$breakglass" token sign --key file:bob "$signed"
	[ "$status" -eq 1 ]
	[[ $output == *'signed the token already'* ]]
	run "$breakglass" token sign --key file:bob "bg1_AAAA"
	[ "$status" -eq 3 ]
	[ "${lines[0]}" = 'refused: malformed' ]
	[ "${lines[1]}" = 'this is not a token; one that is in a file is given as: - <FILE' ]
	run bash -c '"$@" 2>&-' - "$breakglass" token sign --key file:bob "$token"
	[ "$status" -eq 1 ]
	[ -z "$output" ]
}

@test "standard input that goes on behind the token is no token" {
	token=$(sign file:bob "$(mint --holder alice.pub)")
	run verify - <<<"  $token  "
	[ "$status" -eq 0 ]
	run verify "$token "
	[ "$status" -eq 3 ] # an argument is taken as it is
	printf '%s%4096s%s' "$token" '' "$token" >input
	run verify - <input
	[ "$status" -eq 3 ]
	[ "$output" = 'refused: too-long' ]
	run "$breakglass" token sign --key file:carol - <input
	[ "$status" -eq 3 ]
}

@test "output that cannot be written is no success" {
	token=$(sign file:bob "$(mint --holder alice.pub)")
	for command in "verify --config gate.conf --trusted trusted --host web-1 --login ops --holder alice.pub" \
		inspect "inspect --json" "sign --key file:carol"; do
		# shellcheck disable=SC2086
		run bash -c '"$@" >/dev/full' - "$breakglass" token $command "$token"
		[ "$status" -eq 1 ]
		[[ $output == *'standard output cannot be written' ]]
	done
}

@test "keys in an ssh-agent sign" {
	start_agent
	ssh-add -q issuer bob
	token=$(mint --holder alice.pub --key "agent:$(fingerprint issuer)")
	verify "$(sign "agent:$(fingerprint bob)" "$token")"
	run mint --key "agent:$(fingerprint carol)"
	[ "$status" -eq 1 ]
	[[ $output == *'the ssh-agent has no key'*'ssh-add'* ]]
}

@test "an agent's refusal is explained" {
	start_agent
	SSH_ASKPASS=/bin/false SSH_ASKPASS_REQUIRE=force ssh-add -q -c bob
	run "$breakglass" token sign --key "agent:$(fingerprint bob)" "$(mint)"
	[ "$status" -eq 1 ]
	[[ $output == *'refused to sign'*'ssh-add -c'*'ssh-add -h'* ]]
}

@test "a key that the agent keeps for logins is explained" {
	start_agent
	echo "web-1 $(cut -d' ' -f1,2 carol.pub)" >known_hosts
	ssh-add -q -H known_hosts -h web-1 bob
	run "$breakglass" token sign --key "agent:$(fingerprint bob)" "$(mint)"
	[ "$status" -eq 1 ]
	[[ $output == *'refused to sign'*'ssh-add -h'* ]]
}

@test "no agent is an error that says how to start one" {
	run mint --key "agent:$(fingerprint bob)"
	[ "$status" -eq 1 ]
	[[ $output == *'no ssh-agent answers'*'ssh-agent'* ]]
}

@test "a key file that is open to others, encrypted or of another type says what to do" {
	chmod 640 issuer
	run mint
	[ "$status" -eq 1 ]
	[[ $output == *'chmod 600 issuer'* ]]
	ssh-keygen -q -t ed25519 -N secret -a 1 -f locked
	run mint --key file:locked
	[ "$status" -eq 1 ]
	[[ $output == *'encrypted'*'ssh-add locked'* ]]
	ssh-keygen -q -t ecdsa -N '' -f other
	run mint --key file:other
	[ "$status" -eq 1 ]
	[[ $output == *'no ed25519 key'* ]]
	run mint --key file:nowhere
	[ "$status" -eq 1 ]
	[[ $output == *'no such file'* ]]
	run mint --key bob
	[ "$status" -eq 2 ]
	[[ $output == *'file:PATH or agent:'* ]]
}

@test "a token that is too long names the claim to shorten" {
	audiences=()
	for i in 1 2 3 4 5 6 7; do
		audiences+=(--audience "host:$(printf '%0100d' "$i")")
	done
	run mint "${audiences[@]}"
	[ "$status" -eq 1 ]
	[[ $output == *'longer than 1000 characters'*'shorten the audience'* ]]
}

@test "wrong usage exits with 2 and says what is right" {
	run mint --audience web-1
	[ "$status" -eq 2 ]
	[[ $output == *'host:ID or group:NAME'* ]]
	run mint --window soon
	[ "$status" -eq 2 ]
	[[ $output == *'90s, 10m'* ]]
	run mint --window 1000d
	[ "$status" -eq 2 ]
	[[ $output == *'at most 7d'* ]]
	mint --window 7d >/dev/null
	run mint --source 192.0.2.1/24
	[ "$status" -eq 2 ]
	run mint --level total
	[ "$status" -eq 2 ]
	run mint --nonce 00
	[ "$status" -eq 2 ]
	run mint --reason ''
	[ "$status" -eq 2 ]
	run mint --holder bob
	[ "$status" -eq 2 ]
	run mint extra
	[ "$status" -eq 2 ]
	run "$breakglass" token mint
	[ "$status" -eq 2 ]
	[ "$output" = 'breakglass: mint needs --key --issuer --subject --audience --login --window --max --reason; breakglass token mint --help shows all' ]
	run "$breakglass" token mint --issuer a --subject b --login c --window 10m --max 30m --reason d
	[ "$status" -eq 2 ]
	[ "$output" = 'breakglass: mint needs --key --audience; breakglass token mint --help shows all' ]
	run "$breakglass" token
	[ "$status" -eq 2 ]
	run "$breakglass" token verify --host web-1
	[ "$status" -eq 2 ]
	run "$breakglass" token verify --host '' --login ops bg1_
	[ "$status" -eq 2 ]
	[[ $output == *'must not be empty' ]]
	run "$breakglass" token verify --host web-1 --login '' bg1_
	[ "$status" -eq 2 ]
	[[ $output == *'must not be empty' ]]
}

@test "a broken configuration is no refusal" {
	token=$(sign file:bob "$(mint --holder alice.pub)")
	echo 'surprise = yes' >>gate.conf
	run verify "$token"
	[ "$status" -eq 2 ]
	[[ $output == *'gate.conf:5'* ]]
	run verify --config nowhere "$token"
	[ "$status" -eq 2 ]
	[ "$output" = 'breakglass: nowhere: No such file or directory' ]
	sed -i '$d' gate.conf
	echo '* namespaces="breakglass-issuer" ssh-ed25519 AAAA' >>trusted
	run verify "$token"
	[ "$status" -eq 2 ]
	[[ $output == *'trusted:4'* ]]
	chmod 666 gate.conf
	run verify "$token"
	[ "$status" -eq 2 ]
}
