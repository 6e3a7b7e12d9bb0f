#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# breakglass-signer check and explain: signer.conf before the service reads it.

bats_require_minimum_version 1.5.0

setup() {
	export BREAKGLASS_TEST_ROOT=$BATS_TEST_TMPDIR/root
	root=$BREAKGLASS_TEST_ROOT
	signer=$top_builddir/tests/signer/breakglass-signer
	umask 022
	mkdir -p "$root/etc/breakglass/signer.conf.d" "$root/usr/lib/breakglass"
	cp "$top_srcdir/policy/signer.conf" "$root/usr/lib/breakglass/signer.conf"
	chmod -R u=rwX,go=rX "$root"
	cat >"$root/etc/breakglass/signer.conf" <<-'CONF'
		[signer]
		name = signer.example
		issuer_key = credential:issuer
		[people]
		sre = alice@x bob@x
		sec = dave@x
		[hosts]
		web = web-1 web-2
		[rule web]
		hosts = group:web
		logins = deploy
		requesters = sre
		approvals = sre:1 + sec:1
		longest_window = 10m
		longest_session = 1h
		reason = ^INC-
		hours = Mon-Fri 09:00-18:00
		level = rebuild
		[rule alone]
		hosts = web-2
		logins = guest
		requesters = sre
		for = console
		approvals = none
		longest_window = 10m
		longest_session = 30m
	CONF
	wish=(--subject alice@x --login deploy --reason 'INC-7 disk' --at 2026-01-28T12:00:00Z)
}

explain() {
	run --separate-stderr "$signer" explain "$@"
}

@test "a right configuration is said to be right" {
	run --separate-stderr "$signer" check
	[ "$status" -eq 0 ]
	[ "$output" = "the configuration is right" ]
	[ -z "$stderr" ]
}

@test "check tells everything that is wrong, with file and line, and exits with 2" {
	printf '[rule web]\nlogins = *\nhours = soon\n[rule b]\nhosts = *\n' >"$root/etc/breakglass/signer.conf.d/a.conf"
	run --separate-stderr "$signer" check
	[ "$status" -eq 2 ]
	[ -z "$output" ]
	[[ $stderr == *"/etc/breakglass/signer.conf.d/a.conf:2: [rule web] logins: '*' is refused"* ]]
	[[ $stderr == *"a.conf:3: [rule web] hours: "* ]]
	[[ $stderr == *"a.conf:4: [rule b] approvals is not set: where none is wanted, write none"* ]]
}

@test "check tells all that is wrong with the sinks of leases at once" {
	printf '[signer]\nsink_exec = maybe\nwebhook = http://hook.example/\nwebhook_ca = ca.pem\nwebhook_secret = secret\n' \
		>"$root/etc/breakglass/signer.conf.d/a.conf"
	run --separate-stderr "$signer" check
	[ "$status" -eq 2 ]
	[[ $stderr == *"a.conf:2: [signer] sink_exec: must be yes or no"* ]]
	[[ $stderr == *"a.conf:3: [signer] webhook: must be https:// unless it is this machine"* ]]
	[[ $stderr == *"a.conf:4: [signer] webhook_ca: must be an absolute path"* ]]
	[[ $stderr == *"a.conf:5: [signer] webhook_secret: must be file: and an absolute path, or credential:NAME"* ]]
	[ "$(wc -l <<<"$stderr")" -eq 4 ]
	printf '[signer]\nsink_exec = yes\nwebhook = https://hook.example:8443/a?b\nwebhook_ca = /ca.pem\nwebhook_secret = credential:webhook\n' \
		>"$root/etc/breakglass/signer.conf.d/a.conf"
	"$signer" check
}

@test "check judges another file alone" {
	printf '[signer]\nname = x\n' >"$BATS_TEST_TMPDIR/other.conf"
	run --separate-stderr "$signer" check --config "$BATS_TEST_TMPDIR/other.conf"
	[ "$status" -eq 2 ]
	[ "$stderr" = "$BATS_TEST_TMPDIR/other.conf: [signer] issuer_key is not set, and has no default" ]
	echo 'issuer_key = file:/k' >>"$BATS_TEST_TMPDIR/other.conf"
	"$signer" check --config "$BATS_TEST_TMPDIR/other.conf"
}

@test "the shipped file alone is refused until names are filled in, and no tool complains under another's name" {
	rm "$root/etc/breakglass/signer.conf"
	run --separate-stderr "$signer" check
	[ "$status" -eq 2 ]
	[[ $stderr == *'[signer] name is not set'* ]]
	run --separate-stderr "$signer" check --colour
	[ "$status" -eq 2 ]
	[[ $stderr == "breakglass-signer: '--colour' is no option of breakglass-signer check"* ]]
}

@test "explain goes through the rules and says what would be needed" {
	explain "${wish[@]}" --group web
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "yes web: it takes the wish" ]
	[ "${lines[1]}" = "no  alone: it is not for this group of hosts" ]
	[ "${lines[2]}" = "rule: web" ]
	[ "${lines[3]}" = "hosts: web-1 web-2" ]
	[ "${lines[4]}" = "approvals: 1 of sre and 1 of sec, within 30m" ]
	[ "${lines[5]}" = "level: at least rebuild" ]
}

@test "explain of a rule without approvals says that the token is issued at once" {
	explain "${wish[@]}" --host web-2 --login guest --console --level reallocate
	[ "$status" -eq 0 ]
	[[ $output == *"rule: alone"*"approvals: none, issued at once"*"level: at least reallocate"* ]]
}

@test "explain says what the requester of a refused wish is told, and exits with 3" {
	explain "${wish[@]}" --host web-1 --max 2h
	[ "$status" -eq 3 ]
	[ "${lines[0]}" = "no  web: the session is at most 1h" ]
	[ "${lines[2]}" = "refused: rule web: the session is at most 1h" ]
	explain "${wish[@]}" --host web-1 --at 2026-01-31T12:00:00Z
	[ "$status" -eq 3 ]
	[[ $output == *"refused: rule web: its hours (UTC) are Mon-Fri 09:00-18:00" ]]
	explain "${wish[@]}" --host web-1 --subject mallory@x
	[ "$status" -eq 3 ]
	[[ $output == *"refused: no rule lets you ask for this host" ]]
}

@test "explain --json gives one document" {
	explain "${wish[@]}" --host web-1 --json
	[ "$status" -eq 0 ]
	[ "$output" = '{"rules":[{"rule":"web","takes":true,"why":"it takes the wish"},{"rule":"alone","takes":false,"why":"it is not for these hosts"}],"decision":{"rule":"web","hosts":["web-1"],"needs":[{"group":"sre","count":1},{"group":"sec","count":1}],"approval_wait":1800,"level":"rebuild"},"reason":null}' ]
	explain "${wish[@]}" --host web-1 --window 11m --json
	[ "$status" -eq 3 ]
	[[ $output == *'"decision":null,"reason":"rule web: the window is at most 10m"}' ]]
}

@test "explain refuses usage that says no wish" {
	explain --subject alice@x --login deploy
	[ "$status" -eq 2 ]
	explain "${wish[@]}" --host web-1 --group web
	[ "$status" -eq 2 ]
	explain "${wish[@]}" --host web-1 --host web-1
	[ "$status" -eq 2 ]
	[ "$stderr" = "breakglass-signer: a host is named twice" ]
	explain "${wish[@]}" --host web-1 --window soon
	[ "$status" -eq 2 ]
	explain "${wish[@]}" --host web-1 --level none
	[ "$status" -eq 2 ]
	explain "${wish[@]}" --host web-1 further
	[ "$status" -eq 2 ]
}

@test "explain takes no wrong configuration" {
	echo 'colour = red' >>"$root/etc/breakglass/signer.conf"
	explain "${wish[@]}" --host web-1
	[ "$status" -eq 2 ]
	[ -z "$output" ]
	[[ $stderr == *"unknown key 'colour' in [rule alone]" ]]
}
