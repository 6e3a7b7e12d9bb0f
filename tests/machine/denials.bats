#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Ways in that are none.
load lib/checks.bash

# An ordinary account has a password and jobs of its own. cron looks once a minute: what it did is looked at last.
PASSWORD="correct horse battery"

setup_file() {
	use_machine
	guest "usermod -p \"\$(perl -e 'print crypt(\"$PASSWORD\", q(\$6\$salt\$))')\" app"
	guest 'echo "* * * * * touch /tmp/cron-of-app" | crontab -u app -
		echo "* * * * * root touch /run/cron-of-root" >/etc/cron.d/of-root
		echo "touch /tmp/at-of-app" | setpriv --reuid app --regid app --init-groups at now
		echo "touch /run/at-of-root" | at now' >/dev/null
}

teardown_file() {
	guest "crontab -u app -r; rm -f /etc/cron.d/of-root; usermod -p '*' app"
	end_own_machine
}

# reload_sshd: and waits, since it listens to nobody for a moment.
reload_sshd() {
	guest "systemctl reload ssh; sleep 0.5"
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

# with_password PORT: an ssh inside the guest that has no key and answers every prompt with app's password.
with_password() {
	guest "printf '#!/bin/sh\necho \"$PASSWORD\"\n' >/run/testport/askpass; chmod 700 /run/testport/askpass
		SSH_ASKPASS=/run/testport/askpass SSH_ASKPASS_REQUIRE=force ssh -F none -p $1 -o KexAlgorithms=curve25519-sha256 -o PubkeyAuthentication=no \
			-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null app@localhost 'echo in as \$(id -un)'"
}

# sshd_at PORT PAM: an sshd that asks for nothing but a password.
sshd_at() {
	guest "printf 'PasswordAuthentication yes\nUsePAM $2\nPidFile /run/testport/sshd-$1.pid\n' >/run/testport/sshd-$1
		/usr/sbin/sshd -f /run/testport/sshd-$1 -p $1; until [ -s /run/testport/sshd-$1.pid ]; do sleep 0.1; done"
}

@test "a password opens nothing, though it is the right one and sshd asks for it" {
	sshd_at 2201 no
	sshd_at 2202 yes
	run with_password 2201
	shows "in as app"
	run with_password 2202
	guest 'kill $(cat /run/testport/sshd-220?.pid)'
	[[ $output != *"in as"* ]]
	refused_as wrong-holder
	run with_password 22
	[ "$status" -ne 0 ]
	shows "Permission denied (publickey)"
	run ssh_pasting alice app "$PASSWORD" true
	refused_as malformed
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
	[ "$(refusals | tail -n 2 | grep -c 'code="no-')" -eq 2 ]
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
	[ "$(refusals | grep -c 'code="wrong-login".*service="su"')" -ge 2 ]
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

@test "cron and at: root's jobs run, an ordinary user's do not" {
	GUEST_SECONDS=90 run guest 'for i in $(seq 140); do [ -e /run/cron-of-root ] && [ -e /run/at-of-root ] && break; sleep 0.5; done; ls /run/*-of-root'
	shows /run/cron-of-root
	shows /run/at-of-root
	run guest 'for service in cron atd; do
			for i in $(seq 20); do
				grep -qs "op=breakglass-refused .*acct=\"app\" service=\"$service\"" /var/log/audit/audit.log* && continue 2; sleep 0.5
			done; exit 1
		done'
	succeeds
	run guest "ls /tmp/cron-of-app /tmp/at-of-app"
	[ "$status" -ne 0 ]
}

@test "nothing but the token's holder key may be in the certificate" {
	local key
	key=$(certificate mallory ops "$(token alice ops)")
	run ssh_with "$key" ops true
	refused_as wrong-holder
}
