# SPDX-License-Identifier: BSD-2-Clause
# The people of the story and their keys: alice asks, bob approves, carol and dave with him when the service is down,
# mallory's key is known to the host too. The issuer stands for the signing service, ca for its certificates.
# shellcheck shell=bash

PEOPLE=$IMAGES/people

# make_people: once; a machine image holds their public keys.
make_people() {
	local name
	[ -f "$PEOPLE/orchestrator.pem" ] && return 0
	rm -rf "$PEOPLE" "$PEOPLE.part"
	(umask 077 && mkdir "$PEOPLE.part")
	for name in alice bob carol dave mallory issuer ca; do
		ssh-keygen -q -t ed25519 -N '' -C "$name" -f "$PEOPLE.part/$name"
	done
	make_receiver_certificate && mv "$PEOPLE.part" "$PEOPLE"
}

# The orchestrator's address, as a guest sees it: a certificate of its own, which the image trusts.
RECEIVER=10.0.2.4
make_receiver_certificate() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj /CN=orchestrator \
		-addext "subjectAltName=IP:$RECEIVER" -keyout "$PEOPLE.part/orchestrator" -out "$PEOPLE.part/orchestrator.pem" \
		2>/dev/null
}

# trusted_signers: whom the host believes.
trusted_signers() {
	local name
	printf 'prod-1 namespaces="breakglass-issuer" %s\n' "$(cut -d' ' -f1,2 "$PEOPLE/issuer.pub")"
	for name in bob carol dave; do
		printf '%s@example.com namespaces="breakglass-approver" %s\n' "$name" "$(cut -d' ' -f1,2 "$PEOPLE/$name.pub")"
	done
}

# The command line tool as built here.
breakglass() {
	"$BUILD/breakglass/cli/breakglass" "$@"
}

# mint KEY ISSUER WHO LOGIN [OPTION…]: a token for web-7 with one signature. MAX and WHY may be set.
mint() {
	breakglass token mint --key "file:$PEOPLE/$1" --issuer "$2" --subject "$3@example.com" --login "$4" \
		--audience "${AUDIENCE:-host:web-7}" --window 10m --max "${MAX:-10m}" \
		--reason "${WHY:-INC-4711 checkout is down}" "${@:5}"
}

# key_id NAME: how a token names that person's key.
key_id() {
	cut -d' ' -f2 "$PEOPLE/$1.pub" | base64 -d | sha256sum | cut -c1-16
}

# approve NAME: adds that person's signature to the token on standard input. What they are shown of it is not needed here.
approve() {
	breakglass token sign --key "file:$PEOPLE/$1" - 2>/dev/null
}

# token WHO LOGIN [OPTION…]: for that person's key, approved by bob.
token() {
	mint issuer prod-1 "$@" --holder "$PEOPLE/$1.pub" | approve bob
}

# console_token WHO LOGIN [OPTION…]: without a holder key, for where there is none.
console_token() {
	mint issuer prod-1 "$@" | approve bob
}

# offline_token WHO LOGIN [OPTION…]: three people in the place of the signing service.
offline_token() {
	mint bob offline "$@" --holder "$PEOPLE/$1.pub" | approve carol | approve dave
}

# certificate WHO LOGIN TOKEN: prints the path of a key whose certificate carries the token.
certificate() {
	local dir
	dir=$(mktemp -d "$MACHINE/certificate.XXXXXX")
	cp "$PEOPLE/$1" "$PEOPLE/$1.pub" "$dir/"
	ssh-keygen -q -s "$PEOPLE/ca" -I "$1@example.com" -n "$2" -V "${VALIDITY:--5m:+30m}" -O "extension:token@breakglass=$3" "$dir/$1.pub" &&
		say "$dir/$1"
}

# write_ssh_config: how this machine's people reach the guest, which they call web-7. The key exchange is one that an
# emulated processor is not slow at.
write_ssh_config() {
	cat >"$MACHINE/ssh_config" <<CONFIG
Host web-7
	HostName 127.0.0.1
	Port $(cat "$MACHINE/port")
	HostKeyAlias web-7
	UserKnownHostsFile $MACHINE/known_hosts
	IdentitiesOnly yes
	IdentityAgent none
	NumberOfPasswordPrompts 1
	ConnectTimeout 20
	KexAlgorithms curve25519-sha256
CONFIG
}

# with_key PROGRAM KEY [ARGUMENT…]: ssh, scp or sftp with a key file, and never more than SSH_SECONDS.
# A certificate is named: a client that found it beside the key would offer the plain key first.
with_key() {
	local program=$1 key=$2 options=()
	shift 2
	[ ! -f "$key-cert.pub" ] || options=(-o "CertificateFile=$key-cert.pub")
	timeout "${SSH_SECONDS:-40}" "$program" -F "$MACHINE/ssh_config" "${options[@]}" -i "$key" "$@"
}

# ssh_with KEY LOGIN [ARGUMENT…]
ssh_with() {
	with_key ssh "$1" "$2@web-7" "${@:3}" </dev/null
}

# ssh_bare WHO LOGIN [ARGUMENT…]: with the plain key and nothing to paste.
ssh_bare() {
	ssh_pasting "$1" "$2" "" "${@:3}"
}

# ssh_pasting WHO LOGIN TOKEN [ARGUMENT…]: with the plain key; the token answers the prompt.
ssh_pasting() {
	PASTED_TOKEN=$3 SSH_ASKPASS=$MACHINE_TESTS/lib/askpass SSH_ASKPASS_REQUIRE=force \
		ssh_with "$PEOPLE/$1" "$2" "${@:4}"
}

# ssh_carrying WHO LOGIN TOKEN [ARGUMENT…]: with a certificate that carries the token; no prompt is answered.
ssh_carrying() {
	local key
	key=$(certificate "$1" "$2" "$3") || return
	SSH_ASKPASS=/bin/false SSH_ASKPASS_REQUIRE=force ssh_with "$key" "$2" "${@:4}"
}
