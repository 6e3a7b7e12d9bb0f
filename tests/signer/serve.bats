#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The service under systemd: its sockets, what it tells, its credentials, its signals and exit codes; and its units.

bats_require_minimum_version 1.5.0

setup() {
	load service
	make_service
}

teardown() {
	stop_service || true
	[ -z "${listener-}" ] || kill "$listener" 2>/dev/null || true
	[ -z "${agent-}" ] || kill -KILL "$agent" 2>/dev/null || true
}

# until_true COMMAND…: within ten seconds.
until_true() {
	local try
	for try in $(seq 200); do
		! "$@" || return 0
		sleep 0.05
	done
	"$@"
}

# listen_to_notices: what the service tells systemd, a line each, into the file notices.
listen_to_notices() {
	export NOTIFY_SOCKET=$PWD/notify
	python3 - 3>&- <<-'PYTHON' &
		import os, socket
		listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		listener.bind(os.environ["NOTIFY_SOCKET"])
		with open("notices", "w", buffering=1) as notices:
		    while True:
		        notices.write(listener.recv(4096).decode() + "\n")
	PYTHON
	listener=$!
	until_true test -S notify
}

told() {
	grep -qxF "$1" notices
}

make_certificate() {
	printf 'cn = localhost\ndns_name = localhost\nip_address = 127.0.0.1\nexpiration_days = 2\n' >template
	certtool --generate-privkey --key-type=ecdsa --outfile tls.key 2>/dev/null
	certtool --generate-self-signed --load-privkey tls.key --template template --outfile tls.pem 2>/dev/null
	sed -i "s,^socket = .*,certificate = $PWD/tls.pem\nkey = $PWD/tls.key," etc/breakglass/signer.conf
}

@test "systemd hands its sockets over: a network's with TLS, one of this machine without" {
	command -v systemd-socket-activate >/dev/null || skip 'systemd-socket-activate is not installed'
	make_certificate
	port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	systemd-socket-activate -l "127.0.0.1:$port" -l "$PWD/socket" -E BREAKGLASS_TEST_ROOT "$signer" serve \
		3>&- >service.log 2>&1 &
	service=$!
	until_true test -S socket
	# The first caller starts the service, and waits for it.
	[ "$(curl -sS --retry 5 --retry-connrefused --cacert tls.pem "https://localhost:$port/healthz")" = ok ]
	ask GET /healthz
	[ "$status" -eq 200 ]
	call alice read GET /v1/requests
	[ "$status" -eq 200 ]
	run ! curl -sS "http://localhost:$port/healthz"
	kill -TERM "$service"
	wait "$service"
	service=
	[ -S socket ] # not the service's to remove
}

@test "it tells when it is ready, that it lives, when it reads anew and when it ends" {
	listen_to_notices
	start_service
	until_true told READY=1
	until_true told WATCHDOG=1
	until_true told STATUS=serving
	: >notices.old
	kill -HUP "$service"
	until_true told RELOADING=1
	kill -TERM "$service"
	wait "$service"
	service=
	until_true told STOPPING=1
	[ "$(tail -n 1 notices)" = STOPPING=1 ]
}

@test "SIGHUP takes new rules, and keeps the old ones if the new are wrong" {
	start_service
	ask_for_web_20='{"for":"console","hosts":["web-20"],"login":"guest","reason":"x","window":600,"max":60}'
	call alice request POST /v1/requests "$ask_for_web_20"
	[ "$status" -eq 403 ]
	sed -i 's/^hosts = web-19/hosts = web-20/' etc/breakglass/signer.conf
	kill -HUP "$service"
	is_taken() {
		call alice request POST /v1/requests "$ask_for_web_20"
		[ "$status" -eq 201 ]
	}
	until_true is_taken
	echo nonsense >>etc/breakglass/signer.conf
	kill -HUP "$service"
	until_true grep -q 'the old ones stay in force' service.log
	is_taken
}

@test "keys come as credentials, also as systemd lends them to another user" {
	export CREDENTIALS_DIRECTORY=$PWD/credentials
	mkdir -m 700 credentials
	cp issuer credentials/issuer
	ssh-keygen -q -t ed25519 -N '' -f credentials/ca
	chmod 440 credentials/issuer credentials/ca
	sed -i 's/^issuer_key = .*/issuer_key = credential:issuer\nca_key = credential:ca/' etc/breakglass/signer.conf
	start_service
	ask GET /v1/keys
	[ "$(python3 -c 'import json; print(*json.load(open("answer"))["ca"])')" = "$(cut -d' ' -f1,2 credentials/ca.pub)" ]
	stop_service
	service=
	for mode in 444 460 640; do
		chmod 400 credentials/ca
		chmod "$mode" credentials/issuer
		run -"$([ $mode = 640 ] && echo 0 || echo 1)" timeout 5 sh -c '"$@" & sleep 1; kill $!; wait $!' - "$signer" serve
	done
}

@test "a key's agent that hangs keeps nobody waiting for long, and is asked again" {
	local begun
	waits='{"for":"console","hosts":["web-17"],"login":"ops","reason":"x","window":600,"max":60}'
	issues='{"for":"console","hosts":["web-19"],"login":"guest","reason":"x","window":600,"max":60}'
	export SSH_AUTH_SOCK=$PWD/agent
	ssh-agent -D -a "$SSH_AUTH_SOCK" 3>&- >/dev/null 2>&1 &
	agent=$!
	until_true test -S "$SSH_AUTH_SOCK"
	ssh-add -q issuer
	sed -i "s,^issuer_key = .*,issuer_key = agent:$(ssh-keygen -lf issuer.pub | cut -d' ' -f2)," etc/breakglass/signer.conf
	sed -i 's/^approvals = sre:1/for = console\n&/' etc/breakglass/signer.conf
	start_service
	unset SSH_AUTH_SOCK # ssh-keygen would ask it, too
	call alice request POST /v1/requests "$issues"
	[ "$status" -eq 201 ]
	kill -STOP "$agent"
	begun=$SECONDS
	for _ in {1..8}; do
		call alice request POST /v1/requests "$issues"
		[ "$status" -eq 503 ]
		grep -q "own key does not sign now" answer
	done
	call alice request POST /v1/requests "$waits"
	[ "$status" -eq 201 ]
	[ $((SECONDS - begun)) -lt 20 ] # and not three seconds each
	kill -CONT "$agent"
	is_issued() {
		call alice request POST /v1/requests "$issues"
		[ "$status" -eq 201 ]
	}
	until_true is_issued || until_true is_issued # in 12 seconds
	SSH_AUTH_SOCK=$PWD/agent ssh-add -qD
	call alice request POST /v1/requests "$issues" # which is refused
	[ "$status" -eq 503 ]
	SSH_AUTH_SOCK=$PWD/agent ssh-add -q issuer
	is_issued
	kill "$agent"
}

@test "its memory goes into no core file" {
	start_service
	grep -q '^Max core file size  *0  *0 ' "/proc/$service/limits"
}

@test "a wrong configuration is exit code 2, what the machine does not give is 1" {
	echo nonsense >>etc/breakglass/signer.conf
	run -2 "$signer" serve
	[[ $output == *signer.conf:*nonsense* || $output == *signer.conf:* ]]
	sed -i '$d' etc/breakglass/signer.conf
	run -2 "$signer" serve now
	mv issuer gone
	run -1 "$signer" serve
	[[ $output == *issuer_key* ]]
	mv gone issuer
	sed -i "s,^ledger = .*,ledger = sqlite:$PWD/nowhere/ledger.db," etc/breakglass/signer.conf
	run -1 "$signer" serve
	[[ $output == *"the ledger cannot be opened"* ]]
	sed -i "s,^ledger = .*,ledger = sqlite:$PWD/ledger.db,; /^socket/d" etc/breakglass/signer.conf
	run -2 "$signer" serve
	[[ $output == *"it cannot listen"* ]]
}

@test "the units are as systemd wants them, and the sandbox is as tight as it was" {
	command -v systemd-analyze >/dev/null || skip 'systemd-analyze is not installed'
	units=$BATS_TEST_TMPDIR/units
	mkdir "$units"
	cp "$top_srcdir/signer/systemd/breakglass-signer.socket" "$units"
	sed 's,@sbindir@/breakglass-signer serve,/bin/true,' "$top_srcdir/signer/systemd/breakglass-signer.service.in" \
		>"$units/breakglass-signer.service"
	sed -i /^Documentation=/d "$units"/*
	run -0 systemd-analyze verify --recursive-errors=no "$units/breakglass-signer.socket" "$units/breakglass-signer.service"
	[[ $output != *breakglass* ]] || { echo "$output"; false; }
	run -0 systemd-analyze security --offline=yes --threshold=15 "$units/breakglass-signer.service"
}
