#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The whole way: a person asks the signing service, others approve, and the sealed host lets them in.
load lib/checks.bash

setup_file() {
	use_machine
	export SERVICE XDG_RUNTIME_DIR
	SERVICE=$(mktemp -d "$MACHINE/service.XXXXXX")
	XDG_RUNTIME_DIR=$(mktemp -d) # no other machine's, and short enough for a socket's path
	write_service
	start_service
}

teardown_file() {
	stop_service
	rm -rf "$XDG_RUNTIME_DIR"
	end_own_machine
}

key_line() {
	cut -d' ' -f1,2 "$PEOPLE/$1.pub"
}

# write_service: its keys are those that the host trusts. Where it listens is known once it does.
write_service() {
	local name
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
		-addext subjectAltName=DNS:localhost,IP:10.0.2.2 -keyout "$SERVICE/tls.key" -out "$SERVICE/tls.pem" 2>/dev/null
	{
		trusted_signers
		say "alice@example.com namespaces=\"breakglass-requester\" $(key_line alice)"
	} >"$SERVICE/trusted_signers"
	mkdir -m 700 "$SERVICE/state"
	cat >"$SERVICE/signer.conf" <<-CONF
		[signer]
		name = prod-1
		listen = 127.0.0.1:$(free_port | tee "$SERVICE/port")
		certificate = $SERVICE/tls.pem
		key = $SERVICE/tls.key
		ledger = sqlite:$SERVICE/state/ledger.db
		issuer_key = file:$PEOPLE/issuer
		ca_key = file:$PEOPLE/ca
		trusted_signers = $SERVICE/trusted_signers
		[people]
		engineers = alice@example.com
		sre = bob@example.com dave@example.com
		security = carol@example.com
		[hosts]
		web = web-7
		[rule web]
		hosts = group:web
		logins = ops
		requesters = engineers
		for = ssh console
		approvals = sre:1 + security:1
		approval_wait = 10m
		longest_window = 10m
		longest_session = 30m
		reason = ^INC-[0-9]+
	CONF
	for name in alice bob carol dave; do
		mkdir -p "$SERVICE/$name/breakglass"
		cat >"$SERVICE/$name/breakglass/config" <<-CONF
			[service]
			url = https://localhost:$(<"$SERVICE/port")
			issuer = prod-1
			ca = $SERVICE/tls.pem
			key = file:$PEOPLE/$name
			trusted_signers = $SERVICE/trusted_signers
		CONF
	done
}

start_service() {
	"$BUILD/signer/breakglass-signer" serve --config "$SERVICE/signer.conf" >"$SERVICE/log" 2>&1 3>&- &
	say $! >"$SERVICE/pid"
	for _ in {1..50}; do
		! grep -q serving "$SERVICE/log" || return 0
		sleep 0.1
	done
	cat "$SERVICE/log"
	return 1
}

stop_service() {
	[ ! -f "$SERVICE/pid" ] || kill "$(<"$SERVICE/pid")" 2>/dev/null
	rm -f "$SERVICE/pid"
}

# as WHO COMMAND…: that person's command line.
as() {
	XDG_CONFIG_HOME=$SERVICE/$1 timeout "${SSH_SECONDS:-90}" "$BUILD/breakglass/remote/breakglass-remote" "${@:2}"
}

# newest: the id of the newest request.
newest() {
	as bob requests --state waiting --json | head -n 1 | jq -r .id
}

# approved_by NAME…: they approve whatever comes next, in the background.
approved_by() {
	local name
	(
		for _ in {1..100}; do
			id=$(newest)
			[ -z "$id" ] || break
			sleep 0.2
		done
		for name in "$@"; do
			as "$name" approve "$id" --yes
		done
	) >"$SERVICE/approvals" 2>&1 3>&- &
}

# logs_in PROGRAM [ARGUMENT…]: breakglass ssh, scp or sftp by alice.
logs_in() {
	as alice "$1" --reason 'INC-4711 checkout is down' --window 10m --max 20m -F "$MACHINE/ssh_config" "${@:2}" </dev/null
}

@test "from request to shell: asked, approved by two groups, let in, tainted" {
	approved_by bob carol
	run logs_in ssh ops@web-7 'echo in as $(id -un); sudo breakglass status; true'
	succeeds
	shows "in as ops"
	shows "waiting for sre (0 of 1) and security (0 of 1)"
	shows alice@example.com
	shows bob@example.com
	shows "INC-4711 checkout is down"
	event_has '"issuer":"prod-1"'
}

@test "nothing of it is left behind" {
	[ -z "$(ls -A "$XDG_RUNTIME_DIR")" ]
	[ "$(stat -c %Y "$XDG_RUNTIME_DIR")" -gt "$(stat -c %Y "$SERVICE/port")" ] # it was there
	! pgrep -f "ssh-agent.*$XDG_RUNTIME_DIR" >/dev/null || return
}

@test "scp and sftp take the same way" {
	say 'what was asked for' >"$SERVICE/file"
	approved_by dave carol
	run logs_in scp "$SERVICE/file" ops@web-7:/tmp/by-scp
	succeeds
	approved_by bob carol
	say "get /tmp/by-scp $SERVICE/back" >"$SERVICE/batch"
	run logs_in sftp ops@web-7:/tmp/by-scp "$SERVICE/back"
	succeeds
	cmp "$SERVICE/file" "$SERVICE/back"
}

@test "a denial ends the wait, and says who and why" {
	(
		for _ in {1..100}; do
			id=$(newest)
			[ -z "$id" ] || break
			sleep 0.2
		done
		as carol deny "$id" --reason 'use the runbook'
	) >"$SERVICE/approvals" 2>&1 3>&- &
	run logs_in ssh ops@web-7 true
	[ "$status" -eq 3 ]
	shows carol@example.com
	shows 'use the runbook'
}

@test "a token for a console works on the serial console" {
	local id token
	id=$(as alice request --console --host web-7 --login ops --reason 'INC-4712 no network' --window 10m --max 20m 2>/dev/null)
	as bob approve "$id" --yes 2>/dev/null
	as carol approve "$id" --yes 2>/dev/null
	token=$(as alice show "$id" --token | grep '^bg1_')
	[[ $token == bg1_* ]]
	run "$MACHINE_TESTS/lib/console.exp" "$(console_socket)" ops "$token" 'echo in as $(id -un)'
	succeeds
	shows "in as ops"
}

@test "a certificate for a challenge works on a host whose clock says 1970" {
	local challenge
	guest "date -s '1970-01-02 00:00:00'" >/dev/null
	run ssh_carrying alice ops "$(token alice ops)" true
	[ "$status" -ne 0 ]
	run ssh_pasting alice ops "$(token alice ops)" true
	challenge=$(grep -oE '\b[0-9a-f]{32}\b' <<<"$output" | head -n 1)
	[ -n "$challenge" ] || { say "$output"; false; }
	approved_by bob carol
	run logs_in ssh --challenge "$challenge" ops@web-7 'date +%Y; id -un'
	guest "date -s @$(date +%s)" >/dev/null
	succeeds
	shows 1970
	shows ops
}

# ended_as TOKEN_ID: how its session ended, once it has.
ended_as() {
	local ended
	for _ in $(seq 40); do
		ended=$(guest "breakglass events --json" | jq -r --arg id "$1" \
			'select(.type == "breakglass.taint.closed" and .data.session.token_id == $id) | .data.session.ended')
		[ -z "$ended" ] || break
		sleep 0.5
	done
	say "$ended"
}

@test "revocation: a token that was issued and revoked opens no host that has fetched the list; one in use ends there" {
	local id token port running used
	running=$(token alice ops)
	used=$(breakglass token inspect --json "$running" | jq -r .token_id)
	SSH_SECONDS=120 ssh_carrying alice ops "$running" 'sleep 110' >/dev/null 2>&1 3>&- &
	guest "until breakglass events --json | grep -q '\"token_id\":\"$used\"'; do sleep 0.5; done"
	port=$(<"$SERVICE/port")
	id=$(as alice request --host web-7 --login ops --reason 'INC-4713 too late' --window 10m --max 20m \
		--holder "$PEOPLE/alice.pub" 2>/dev/null)
	as bob approve "$id" --yes 2>/dev/null
	as carol approve "$id" --yes 2>/dev/null
	token=$(as alice show "$id" --token | grep '^bg1_')
	run as bob revoke --reason 'sent to the wrong room' token "$id"
	succeeds
	run as bob revoke --reason 'the laptop was stolen' token "$used"
	succeeds
	guest "cat >/run/service.pem <<'PEM'
$(<"$SERVICE/tls.pem")
PEM"
	run guest "HOME=/root breakglass revocations fetch --server https://10.0.2.2:$port --ca /run/service.pem"
	succeeds
	shows "installed: number "
	run guest "breakglass revocations show"
	shows "token     $id"
	[ "$(ended_as "$used")" = revoked ]
	wait $! || true
	run ssh_carrying alice ops "$token" true
	refused_as revoked
	# It denies nobody else.
	run ssh_carrying alice ops "$(token alice ops)" 'echo in as $(id -un)'
	succeeds
	shows "in as ops"
	guest "rm /run/service.pem /var/lib/breakglass/revoked"
}

@test "without the service three approvers still open a host" {
	stop_service
	run logs_in ssh ops@web-7 true
	[ "$status" -eq 1 ]
	shows breakglass:
	run ssh_carrying alice ops "$(offline_token alice ops)" 'echo in as $(id -un)'
	succeeds
	shows "in as ops"
	start_service
}

@test "the ledger holds it all" {
	as bob ledger entries | jq -r .kind | sort | uniq -c >"$SERVICE/kinds"
	cat "$SERVICE/kinds"
	[ "$(awk '$2 == "issue" { print $1 }' "$SERVICE/kinds")" -eq 6 ]
	[ "$(awk '$2 == "denial" { print $1 }' "$SERVICE/kinds")" -eq 1 ]
	[ "$(awk '$2 == "revocation" { print $1 }' "$SERVICE/kinds")" -eq 2 ]
}

# The service in the guest, as the unit has it: keys from the credential store, a program that is told of leases.
write_guest_service() {
	guest 'set -e
		export HOME=/root
		systemd-sysusers
		mkdir -p /etc/breakglass/signer-sinks.d /etc/credstore /root/.config/breakglass
		chmod 700 /etc/credstore
		for key in /etc/credstore/breakglass-signer.issuer /etc/credstore/breakglass-signer.ca /root/alice; do
			ssh-keygen -q -t ed25519 -N "" -C "" -f "$key"
		done
		{
			echo "alice@example.com namespaces=\"breakglass-requester\" $(cat /root/alice.pub)"
			echo "guest-1 namespaces=\"breakglass-issuer\" $(cat /etc/credstore/breakglass-signer.issuer.pub)"
		} >/etc/breakglass/signer_people
		printf "#!/bin/sh\ncat >>/var/lib/breakglass-signer/told\n" >/etc/breakglass/signer-sinks.d/tell
		chmod 755 /etc/breakglass/signer-sinks.d/tell'
	guest 'cat >/etc/breakglass/signer.conf <<-CONF
			[signer]
			name = guest-1
			socket = /run/breakglass-signer/socket
			issuer_key = credential:issuer
			ca_key = credential:ca
			trusted_signers = /etc/breakglass/signer_people
			sink_exec = yes
			[people]
			engineers = alice@example.com
			[hosts]
			web = web-9
			[rule web]
			hosts = web-9
			logins = ops
			requesters = engineers
			for = console
			approvals = none
			longest_window = 10m
			longest_session = 30m
		CONF
		cat >/root/.config/breakglass/config <<-CONF
			[service]
			url = unix:/run/breakglass-signer/socket
			issuer = guest-1
			key = file:/root/alice
			trusted_signers = /etc/breakglass/signer_people
		CONF
		chmod 644 /etc/breakglass/signer.conf /etc/breakglass/signer_people'
}

guest_request() {
	guest 'HOME=/root breakglass request --console --host web-9 --login ops --reason x --window 10m --max 20m 2>&1'
}

guest_service_is() {
	for _ in {1..40}; do
		[ "$(guest 'systemctl show --property=ActiveState --value breakglass-signer')" != "$1" ] || return 0
		sleep 0.5
	done
	guest 'systemctl status breakglass-signer; journalctl -u breakglass-signer -n 20'
	return 1
}

guest_is_restarted() {
	for _ in {1..40}; do
		[ "$(guest 'systemctl show --property=NRestarts --value breakglass-signer')" != 1 ] || return 0
		sleep 0.5
	done
	return 1
}

# guest_is_told HOST: of the lease, by the program.
guest_is_told() {
	for _ in {1..40}; do
		! guest "grep -qs 'breakglass.token.issued.*\"$1\"' /var/lib/breakglass-signer/told" || return 0
		sleep 0.5
	done
	guest 'journalctl -u breakglass-signer -n 20; ls -l /var/lib/breakglass-signer'
	return 1
}

@test "systemd runs the service within its bounds, and starts it again when it was killed" {
	local GUEST_SECONDS=60
	write_guest_service
	run guest 'systemctl start breakglass-signer || journalctl -u breakglass-signer -n 20'
	succeeds
	guest_service_is active
	run guest_request
	succeeds
	run guest_is_told web-9
	succeeds
	[ "$(guest 'stat -c "%U %a" /var/lib/breakglass-signer/ledger.db /var/lib/breakglass-signer/told' | sort -u)" = 'breakglass-signer 600' ]
	guest 'systemctl reload breakglass-signer'
	guest 'systemctl kill --signal=KILL breakglass-signer'
	run guest_is_restarted
	succeeds
	guest_service_is active
	run guest_request
	succeeds
	run guest 'systemctl stop breakglass-signer; systemctl show --property=Result --value breakglass-signer'
	[ "$output" = success ]
	run guest 'journalctl -u breakglass-signer'
	succeeds
	shows "serving"
	[[ $output != *"not permitted"* && $output != *"denied"* ]]
}
