#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Ways in that are none.
load lib/checks.bash

setup_file() {
	use_machine
}

teardown_file() {
	end_own_machine
}

# reload_sshd: and waits, since it listens to nobody for a moment.
reload_sshd() {
	guest "systemctl reload ssh; sleep 1"
	until ssh_greets; do sleep 0.3; done
}

@test "another person's key does not fit the token" {
	run ssh_pasting mallory ops "$(token alice ops)" true
	refused_as wrong-holder
}

@test "a stranger's key gets no prompt" {
	ssh-keygen -q -t ed25519 -N '' -f "$BATS_TEST_TMPDIR/stranger"
	run ssh_with "$BATS_TEST_TMPDIR/stranger" ops true
	[ "$status" -ne 0 ]
	[[ $output != *oken* ]]
}

@test "a token for another host, another login, with one signature, or garbage" {
	run ssh_pasting alice ops "$(AUDIENCE=host:web-8 token alice ops)" true
	refused_as wrong-host
	run ssh_pasting alice app "$(token alice ops)" true
	refused_as wrong-login
	run ssh_pasting alice ops "$(mint issuer prod-1 alice ops --holder "$PEOPLE/alice.pub")" true
	refused_as signatures-missing
	run ssh_pasting alice ops bg1_garbage true
	refused_as malformed
}

@test "a token may be bound to an address" {
	run ssh_pasting alice ops "$(token alice ops --source 192.0.2.0/24)" true
	refused_as wrong-source
	run ssh_pasting alice ops "$(token alice ops --source 10.0.2.0/24)" true
	succeeds
}

@test "a password opens nothing" {
	run ssh_with /dev/null ops -o PreferredAuthentications=password,keyboard-interactive true
	[ "$status" -ne 0 ]
}

@test "public key alone, where a Match block forgets the second step, is denied" {
	guest "printf 'Match User app\n\tAuthenticationMethods publickey\n' >/etc/ssh/sshd_config.d/90-match.conf"
	reload_sshd
	run ssh_bare alice app true
	guest "rm /etc/ssh/sshd_config.d/90-match.conf"
	reload_sshd
	refused_as no-grant
}

@test "an sshd started by hand inside a session lets nobody else in" {
	local key=/run/testport/key
	guest "echo $(base64 -w0 "$PEOPLE/alice") | base64 -d >$key; chmod 600 $key"
	# Its own configuration asks for the public key only: the gate's auth step is never called.
	run ssh_carrying alice root "$(token alice root)" '
		/usr/sbin/sshd -p 2222 -o AuthenticationMethods=publickey -o PidFile=/run/second-sshd.pid
		/usr/sbin/sshd -p 2223 -o PidFile=/run/third-sshd.pid
		until [ -s /run/second-sshd.pid ] && [ -s /run/third-sshd.pid ]; do sleep 0.2; done
		for port in 2222 2223; do
			ssh -i /run/testport/key -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
				-p $port app@localhost id -un </dev/null && echo "let in at $port"
		done
		kill $(cat /run/second-sshd.pid /run/third-sshd.pid)'
	shows "Connection closed"
	[[ $output != *"let in"* ]]
	[ "$(audit_records refused | tail -n 2 | grep -c 'code="no-')" -eq 2 ]
}

@test "sudo and su from a process without a session are denied, root's too" {
	run guest "setpriv --reuid ops --regid ops --init-groups sudo true"
	refused_as no-grant
	run guest "sudo -u app true"
	refused_as no-grant
	run guest "su app -c true"
	refused_as no-grant
}

@test "sudo is denied once the session's grant is over" {
	ssh_carrying alice ops "$(token alice ops)" 'echo $$ >/tmp/outliving; until [ -e /run/testport/moved ]; do sleep 0.2; done;
		(until [ -e /run/testport/over ]; do sleep 0.2; done; sudo true; echo $? >/tmp/outliving.sudo) >/dev/null 2>&1 & disown' &
	guest 'until pid=$(cat /tmp/outliving 2>/dev/null); do sleep 0.2; done
		echo $pid >/sys/fs/cgroup/testport.slice/testport.service/cgroup.procs; touch /run/testport/moved'
	wait
	run guest 'touch /run/testport/over; for i in $(seq 50); do [ -s /tmp/outliving.sudo ] && break; sleep 0.2; done; cat /tmp/outliving.sudo'
	shows 1
	status=1
	refused_as no-grant
}

@test "inside, nothing leads further: su, lingering, systemd-run, units" {
	run ssh_carrying alice app "$(token alice app)" '
		su root -c "echo as root" </dev/null; su ops -c "echo as ops" </dev/null
		loginctl enable-linger && echo lingering
		systemd-run --no-ask-password --wait true && echo ran
		systemctl --no-ask-password stop cron && echo stopped; echo end'
	shows end
	for word in "as root" "as ops" lingering ran stopped; do
		[[ $output != *$'\n'"$word"* ]]
	done
	run guest "ls -A /var/lib/systemd/linger"
	[ -z "$output" ]
	[ "$(audit_records refused | grep -c 'code="wrong-login".*service="su"')" -ge 2 ]
}

@test "five refusals in a row do not lock a token out" {
	local i
	for i in 1 2 3 4 5; do
		run ssh_bare alice ops true
		[ "$status" -ne 0 ]
	done
	run ssh_pasting alice ops "$(token alice ops)" 'echo in'
	succeeds
	shows in
}

@test "nothing but the token's holder key may be in the certificate" {
	local key
	key=$(certificate mallory ops "$(token alice ops)")
	run ssh_with "$key" ops true
	refused_as wrong-holder
}
