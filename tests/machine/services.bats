#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What runs by itself: root's jobs go on, an ordinary user's are denied.
load lib/checks.bash

setup_file() {
	use_machine
	# cron looks once a minute: everything is laid out first, and looked at last.
	guest 'echo "* * * * * touch /tmp/cron-of-app" | crontab -u app -
		echo "* * * * * root touch /run/cron-of-root" >/etc/cron.d/of-root
		echo "touch /tmp/at-of-app" | setpriv --reuid app --regid app --init-groups at now
		echo "touch /run/at-of-root" | at now' >/dev/null
	LAID_OUT=$SECONDS
	export LAID_OUT
}

teardown_file() {
	guest "crontab -u app -r; rm -f /etc/cron.d/of-root"
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
	guest "printf '[token]\nlongest_window = soon\nno_such_key = 1\n[gate]\nmode = observe\n' >/etc/breakglass/gate.conf.d/bad.conf || {
		mkdir -p /etc/breakglass/gate.conf.d; printf '[token]\nlongest_window = soon\nno_such_key = 1\n[gate]\nmode = observe\n' >/etc/breakglass/gate.conf.d/bad.conf; }" 2>/dev/null
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
	event_has '"type":"breakglass.taint.manual"'
	event_has '"level":"reallocate"'
	run guest breakglass status
	[ "$status" -eq 1 ]
}

@test "no process of the project's own is needed" {
	run guest 'ps -e -o comm= | grep breakglass'
	[ "$status" -ne 0 ]
}

@test "commands through audit are those of people only" {
	run guest "auditctl -l"
	shows execve
	run guest "auditctl -s"
	shows "loginuid_immutable 1"
}

@test "a machine manager's shell and a new login on another terminal are denied" {
	run guest "timeout 10 login -f ops </dev/null"
	[ "$status" -ne 0 ]
}

@test "cron and at: root's jobs run, an ordinary user's do not" {
	GUEST_SECONDS=90 run guest 'for i in $(seq 140); do [ -e /run/cron-of-root ] && [ -e /run/at-of-root ] && break; sleep 0.5; done; ls /run/*-of-root /tmp/*-of-app 2>&1'
	shows /run/cron-of-root
	shows /run/at-of-root
	run guest "sleep 3; [ ! -e /tmp/cron-of-app ] && [ ! -e /tmp/at-of-app ]"
	succeeds
	run guest "journalctl --no-pager -o cat -t crond -t CRON -t cron -t atd | grep -c 'denied: '"
	succeeds
}
