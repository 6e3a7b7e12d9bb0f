#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What a sealed host says of itself, and who else might open a session on it: managers, not people.
load lib/checks.bash

setup_file() {
	use_machine
}

teardown_file() {
	guest 'rm -f /home/app/.bash_profile'
	end_own_machine
}

@test "every login service reaches the gate" {
	run guest breakglass policy check
	succeeds
	[[ $output != *"NOT SEALED"* ]]
}

@test "a service that does not reach the gate is named" {
	guest "printf 'auth required pam_permit.so\naccount required pam_permit.so\n' >/etc/pam.d/leaky"
	run guest breakglass policy check
	guest "rm /etc/pam.d/leaky"
	[ "$status" -ne 0 ]
	shows "NOT SEALED"
	shows leaky
}

@test "all that is wrong with a policy is said at once" {
	guest "mkdir -p /etc/breakglass/gate.conf.d
		printf '[token]\nlongest_window = soon\nno_such_key = 1\n[gate]\nmode = observe\n' >/etc/breakglass/gate.conf.d/bad.conf"
	run guest breakglass policy check
	guest "rm -f /etc/breakglass/gate.conf.d/bad.conf"
	[ "$status" -ne 0 ]
	shows longest_window
	shows no_such_key
	shows mode
}

@test "policy show names where a value came from" {
	run guest breakglass policy show
	succeeds
	shows "/etc/breakglass/gate.conf"
	shows "/usr/lib/breakglass/gate.conf"
}

@test "a taint by hand" {
	run guest 'breakglass taint add --reason "looks wrong" --level reallocate'
	succeeds
	# Not the newest of all: a session of before may be ending just now.
	guest 'breakglass events --json' | grep '"type":"breakglass.taint.manual"' | tail -n 1 | grep '"level":"reallocate"'
	run guest breakglass status
	[ "$status" -eq 1 ]
}

@test "no process of the project's own is needed" {
	guest "systemctl stop breakglass-agent breakglass-warden"
	run guest 'ps -e -o comm= | grep breakglass'
	[ "$status" -ne 0 ]
	run ssh_pasting alice ops "$(token alice ops)" 'echo in'
	guest "systemctl start breakglass-agent breakglass-warden"
	shows in
}

@test "commands through audit are those of people only" {
	run guest "auditctl -l"
	shows execve
	run guest "auditctl -s"
	shows "loginuid_immutable 1"
}

# denied_login SERVICE COMMAND: run in the guest by root, it would touch /tmp/let-in in a new session of app's; the gate
# refuses, whatever the command makes of that.
denied_login() {
	local before
	before=$(refusals | wc -l)
	run guest "rm -f /tmp/let-in; timeout 20 $2; test -e /tmp/let-in"
	[ "$status" -ne 0 ]
	for _ in $(seq 10); do
		[ "$(refusals | wc -l)" -gt "$before" ] && break
		sleep 0.2
	done
	[[ $(refusals | tail -n +$((before + 1))) == *'code="no-grant"'*"service=\"$1\""* ]]
}

@test "root opens no session for another: login, a machine manager's shell, a service with PAM, run0" {
	guest 'echo "touch /tmp/let-in; exit" >/home/app/.bash_profile'
	denied_login login 'systemd-run --quiet --wait --property=StandardInput=tty --property=TTYPath=/dev/tty9 login -f app'
	denied_login login 'machinectl --quiet shell app@.host /bin/touch /tmp/let-in'
	denied_login login 'systemd-run --quiet --wait --property=PAMName=login --property=User=app touch /tmp/let-in'
	[ "$VERSION" = 12 ] || denied_login systemd-run0 'run0 --user=app touch /tmp/let-in'
}

# until_refused_from SERVICE: the newest refusal is that service's; auditd may be a moment behind.
until_refused_from() {
	for _ in $(seq 10); do
		[[ $(refusals | tail -n 1) == *'code="no-grant"'*"service=\"$1\""* ]] && return 0
		sleep 0.2
	done
	refusals | tail -n 3
	return 1
}

@test "inside, a machine manager's shell and pkexec lead nowhere" {
	guest 'rm -f /tmp/let-in'
	run ssh_carrying alice root "$(token alice root)" 'machinectl --quiet shell app@.host /bin/touch /tmp/let-in; echo end'
	shows end
	until_refused_from login
	run with_key ssh "$(certificate alice ops "$(token alice ops)")" -tt ops@web-7 'pkexec touch /tmp/let-in; echo end' </dev/null
	shows "Not authorized"
	shows end
	until_refused_from polkit-1
	run guest 'ls /tmp/let-in'
	[ "$status" -ne 0 ]
}
