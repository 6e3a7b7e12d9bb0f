#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What a session may be: a shell, a command, a copy, a forwarded port. Each by a token of its own.
load lib/checks.bash

setup_file() {
	use_machine
}

teardown_file() {
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
	local key port before banner=
	key=$(certificate alice ops "$(token alice ops)")
	port=$(free_port)
	before=$(guest "breakglass events --json" | wc -l)
	with_key ssh "$key" -N -L "$port:localhost:22" ops@web-7 3>&- &
	for _ in $(seq 50); do
		banner=$( (exec 9<>"/dev/tcp/127.0.0.1/$port" && IFS= read -r -t 5 -u 9 line && say "$line") 2>/dev/null) && break
		sleep 0.3
	done
	kill %1
	wait || true
	[[ $banner == SSH-2.0-* ]]
	[ "$(guest "breakglass events --json" | wc -l)" -gt "$before" ]
}

@test "without a token a connection that asks for nothing is no connection" {
	run ssh_bare alice ops -N
	refused_as no-token
}

@test "several channels of one connection are one session, without the agent" {
	local key control=$BATS_TEST_TMPDIR/control
	key=$(certificate alice ops "$(token alice ops)")
	run ssh_with "$key" ops -A -o ControlMaster=yes -o "ControlPath=$control" -o ControlPersist=20 'echo agent=$SSH_AUTH_SOCK; cat /proc/self/sessionid; echo' 3>&-
	succeeds
	[[ $output != *agent=/* ]]
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

@test "two sessions of one login each keep their own end" {
	ssh_carrying alice ops "$(MAX=8s token alice ops)" 'sleep 60' >/dev/null 2>&1 &
	sleep 2
	SSH_SECONDS=90 run ssh_carrying alice ops "$(token alice ops)" 'sleep 14; sudo echo still here'
	wait || true
	succeeds
	shows "still here"
}

@test "a user's processes end with the session" {
	run ssh_carrying alice app "$(token alice app)" 'setsid sleep 600 >/dev/null 2>&1 & systemd-run --user --quiet sleep 601; echo end'
	shows end
	run guest 'for i in $(seq 40); do pgrep -u app >/dev/null || exit 0; sleep 0.5; done; ps -u app -f; exit 1'
	succeeds
}
