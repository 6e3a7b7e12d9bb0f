#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What a session may be: a shell, a command, a copy, a forwarded port. Each by a token of its own.
load lib/checks.bash

# Sessions of 20 s, app's and root's, run out while the other tests go on; one of app's beside them lasts.
setup_file() {
	local login
	use_machine
	for login in app root; do
		MAX=20s token alice "$login" >"$BATS_FILE_TMPDIR/$login.token"
		stay_for_ever "$login" "$(<"$BATS_FILE_TMPDIR/$login.token")" >"$BATS_FILE_TMPDIR/$login.seconds" 3>&- &
	done
	LASTING=$(token alice app)
	export LASTING
	SSH_SECONDS=300 ssh_carrying alice app "$LASTING" 'touch /tmp/lasting; until [ -e /run/testport/go-on ]; do sleep 0.5; done; id -un' \
		>"$BATS_FILE_TMPDIR/lasting" 2>&1 3>&- &
	for login in stubborn-app stubborn-root lasting; do
		guest "until [ -e /tmp/$login ]; do sleep 0.2; done"
	done
}

teardown_file() {
	guest 'touch /run/testport/go-on'
	end_own_machine
}

@test "scp copies with a token, and not without" {
	local key
	key=$(certificate alice ops "$(token alice ops)")
	echo payload >"$BATS_TEST_TMPDIR/file"
	run with_key scp "$key" "$BATS_TEST_TMPDIR/file" ops@web-7:copied
	succeeds
	run guest cat /home/ops/copied
	shows payload
	run with_key scp "$PEOPLE/alice" "$BATS_TEST_TMPDIR/file" ops@web-7:again </dev/null
	refused_as no-token
	run guest ls /home/ops/again
	[ "$status" -ne 0 ]
}

@test "sftp fetches with a token" {
	run with_key sftp "$(certificate alice ops "$(token alice ops)")" ops@web-7 <<<"get /etc/hostname $BATS_TEST_TMPDIR/got"
	succeeds
	[ "$(cat "$BATS_TEST_TMPDIR/got")" = web-7 ]
}

@test "a forwarded port works with a token, and the connection alone taints" {
	local token key port banner=
	token=$(token alice ops)
	key=$(certificate alice ops "$token")
	port=$(free_port)
	with_key ssh "$key" -N -L "$port:localhost:22" ops@web-7 3>&- &
	for _ in $(seq 50); do
		banner=$( (exec 9<>"/dev/tcp/127.0.0.1/$port" && IFS= read -r -t 5 -u 9 line && say "$line") 2>/dev/null) && break
		sleep 0.3
	done
	kill %1
	wait || true
	[[ $banner == SSH-2.0-* ]]
	[[ $(guest "breakglass events --json") == *"$(breakglass token inspect --json "$token" | jq -r .token_id)"* ]]
}

@test "without a token a connection that asks for nothing is no connection" {
	run ssh_bare alice ops -N
	refused_as no-token
}

@test "neither an agent nor a socket is forwarded" {
	local log=$BATS_TEST_TMPDIR/log
	cd "$BATS_TEST_TMPDIR" # a socket's path must be short
	AGENT=$(ssh-agent -a agent 3>&- | sed -n 's/.*SSH_AGENT_PID=\([0-9]*\);.*/\1/p')
	export SSH_AUTH_SOCK=agent
	ssh-add -q "$PEOPLE/bob"
	ssh_carrying alice ops "$(token alice ops)" -v -A -o "IdentityAgent=$PWD/agent" -L ./bus:/run/dbus/system_bus_socket -R /tmp/back:localhost:22 \
		'ls -l /tmp/back; ssh-add -l; echo in; until [ -e /run/testport/asked ]; do sleep 0.2; done' >out 2>"$log" 3>&- &
	for _ in $(seq 100); do
		grep -qs '^in' out && break
		sleep 0.2
	done
	run socat -t3 - UNIX-CONNECT:bus < <(printf '\0AUTH\r\n')
	[[ $output != *REJECTED* ]] # which is how a bus answers
	guest 'touch /run/testport/asked'
	wait %1
	output+=$(<out)$(<"$log")
	# Each was asked for, and worked at this end.
	shows "Requesting authentication agent forwarding"
	shows "open failed: connect failed"
	shows "Server has disabled streamlocal forwarding"
	shows "Could not open a connection to your authentication agent"
	shows "cannot access '/tmp/back'"
	run ssh-add -l
	shows "$(ssh-keygen -lf "$PEOPLE/bob.pub" | cut -d' ' -f2)"
}

teardown() {
	[ -z "${AGENT:-}" ] || kill "$AGENT"
}

@test "several channels of one connection are one session" {
	local key control=$BATS_TEST_TMPDIR/control
	key=$(certificate alice ops "$(token alice ops)")
	run ssh_with "$key" ops -o ControlMaster=yes -o "ControlPath=$control" -o ControlPersist=20 'cat /proc/self/sessionid; echo' 3>&-
	succeeds
	local first=$output
	run ssh_with "$key" ops -o "ControlPath=$control" 'cat /proc/self/sessionid; echo'
	ssh -o "ControlPath=$control" -O exit ops@web-7 2>/dev/null
	succeeds
	[ "$(tail -n 1 <<<"$first")" = "$(tail -n 1 <<<"$output")" ]
}

@test "a terminal session is told its deadline" {
	run with_key ssh "$(certificate alice ops "$(token alice ops)")" -tt ops@web-7 <<<'tty; exit'
	succeeds
	shows "this session is recorded and ends in"
}

@test "sudo works inside, for the grant's login" {
	run ssh_carrying alice ops "$(token alice ops)" 'sudo id -u; sudo -u app id -un; sudo -i id -u'
	succeeds
	shows app
	run ssh_carrying alice app "$(token alice app)" 'sudo -n true && echo rooted; echo end'
	shows end
	[[ $output != *rooted* ]]
}

@test "root comes in with a token for root" {
	run ssh_pasting alice root "$(token alice root)" 'id -u; sudo -u app id -un'
	succeeds
	shows 0
	shows app
}

# ended TOKEN: how that session ended, as its closing event says.
ended() {
	local id
	id=$(breakglass token inspect --json "$1" | jq -r .token_id)
	guest "breakglass events --json" | jq -r "select(.type == \"breakglass.taint.closed\" and .data.session.token_id == \"$id\") | .data.session.ended"
}

@test "a session is cut at its deadline with all it started, an ordinary login's and root's" {
	local login
	for login in app root; do
		until [ -s "$BATS_FILE_TMPDIR/$login.seconds" ]; do sleep 0.2; done
		output=$(<"$BATS_FILE_TMPDIR/$login.seconds")
		printf '%s: %s\n' "$login" "$output"
		# 20 s, the grace for those that ignore being asked, and a slow machine's own time.
		[ "$output" -ge 15 ]
		[ "$output" -le 60 ]
		# It ignored TERM; KILL comes 3 s later.
		run guest "for i in \$(seq 20); do kill -0 \$(cat /tmp/stubborn-$login) || exit 0; sleep 0.5; done; exit 1"
		succeeds
		[ "$(ended "$(<"$BATS_FILE_TMPDIR/$login.token")")" = deadline ]
	done
}

@test "two sessions of one login each keep their own end" {
	# It was in before the other one was cut, and is in still.
	[ ! -s "$BATS_FILE_TMPDIR/lasting" ]
	[ -z "$(ended "$LASTING")" ]
	guest 'touch /run/testport/go-on'
	for _ in $(seq 50); do
		[ "$(ended "$LASTING")" != "" ] && break
	done
	[ "$(<"$BATS_FILE_TMPDIR/lasting")" = app ]
	[ "$(ended "$LASTING")" = logout ]
}

@test "a user's processes end with the session" {
	run ssh_carrying alice app "$(token alice app)" 'setsid sleep 600 >/dev/null 2>&1 & systemd-run --user --quiet sleep 601; echo end'
	shows end
	run guest 'for i in $(seq 40); do pgrep -u app >/dev/null || exit 0; sleep 0.5; done; ps -u app -f; exit 1'
	succeeds
}
