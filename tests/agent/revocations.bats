#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The agent keeps the host's list of what was taken back fresh: from a real service over TLS, or by a stand-in for the
# program that fetches it. A second of the agent's timer is 20 ms here, and an attempt may take 6 s.

bats_require_minimum_version 1.5.0
load agent
load ../signer/service
load ../cli/host.bash
load sinks.bash

setup() {
	# The agent runs nothing that others could have changed.
	[ -z "$(find "$top_srcdir"/tests/agent -maxdepth 0 \( -perm /022 -o ! -user "$(id -un)" ! -user 0 \))" ] ||
		skip 'others can write to the folder of the sources'
	make_host
	host=$BATS_TEST_TMPDIR
	mkdir -p -m 700 var/lib/breakglass/{events,boots,sinks}
	mkdir -p run/breakglass etc/breakglass/sinks.d
	breakglass=$top_builddir/tests/lib/breakglass
	journal
}

teardown() {
	stop_agent
	service=${signer_pid:-}
	stop_service 2>/dev/null || true
	stop_journal
}

# start_signer: over TLS; its address goes into $url.
start_signer() {
	command -v certtool >/dev/null || skip 'certtool is not installed'
	make_service
	make_certificates
	chmod 600 tls.key
	sed -i "s|^socket = .*|&\nlisten = 127.0.0.1:${1:-0}\ncertificate = $PWD/right.pem\nkey = $PWD/tls.key|" etc/breakglass/signer.conf
	start_service
	signer_pid=$service service=
	url=https://127.0.0.1:$(sed -n 's/.*serving, port //p' service.log)
}

# revocations LINE…: that section of agent.conf.
revocations() { configure '[revocations]' "$@"; }

# fetcher COMMAND: in the place of the program that fetches.
fetcher() {
	printf '#!/bin/bash\n%s\n' "$1" >remote
	chmod 755 remote
	revocations 'url = https://signer.example' "${@:2}"
}

# told EXPRESSION: of what the agent says of fetching, as d.
told() { json run/breakglass/agent "(lambda d: $1)(d['revocations'])"; }

number() { "$breakglass" revocations show | sed -n 's/^number *//p'; }

@test "the list is there soon after the start, and a later one at SIGHUP" {
	start_signer
	revocations "url = $url" "ca = $PWD/tls-ca.pem"
	run "$breakglass" status
	[[ $output == *'revoked:  the host has no list'* ]]
	start_agent
	within 10 '[ -e var/lib/breakglass/revoked ]'
	first=$(number)
	within 5 '[ "$(told "d[\"fetched\"] is not None and d[\"error\"] is None")" = True ]'
	run "$breakglass" status
	[[ $output == *"revoked:  list $first of signer.example, made "*", good until "* ]]
	[[ $output == *'          fetched 20'* ]]
	printf '[service]\nurl = unix:%s/socket\nissuer = signer.example\nkey = file:%s/bob\n' "$PWD" "$PWD" >.config/breakglass/config
	"$breakglass" revoke --reason lost token 00112233445566778899aabbccddeeff
	kill -HUP "$service"
	within 10 '[ "$(number)" -gt '"$first"' ]'
	"$breakglass" revocations show | grep -qx 'token     00112233445566778899aabbccddeeff'
}

@test "a service whose certificate nobody vouches for gives no list" {
	start_signer
	revocations "url = $url"
	start_agent
	within 10 'grep -q "the revocation list cannot be fetched: exit code 1; it is tried again" said'
	grep -q certificate said
	[ ! -e var/lib/breakglass/revoked ]
	within 5 '[ "$(told "d[\"error\"]")" = "exit code 1" ]'
	run "$breakglass" status
	[[ ${output//$'\n'/} == *'not fetched yet, failing since 20'*': '*'exit code 1'* ]]
}

@test "a list that nobody trusted has signed is not kept, and that is told" {
	start_signer
	sed -i /issuer/d etc/breakglass/trusted_signers
	revocations "url = $url" "ca = $PWD/tls-ca.pem"
	start_agent
	within 10 'grep -q "cannot be fetched: exit code 3" said'
	[ ! -e var/lib/breakglass/revoked ]
}

@test "a person is not asked: only what agent.conf says is used" {
	start_signer
	printf '[service]\nurl = unix:%s/nowhere\nnonsense\n' "$PWD" >.config/breakglass/config
	revocations "url = $url" "ca = $PWD/tls-ca.pem"
	run "$breakglass" revocations fetch
	[ "$status" = 0 ]
	[[ $output == 'installed: number '* ]]
	run "$breakglass" revocations fetch --server "unix:$PWD/nowhere"
	[ "$status" = 1 ]
	revocations "url = $url" 'every = never'
	run "$breakglass" revocations fetch
	[ "$status" = 2 ]
	[[ $output == *"agent.conf:3: [revocations] every: is not a duration like"* ]]
}

@test "without a server nothing is started, and nothing is shown of it" {
	fetcher "touch $PWD/started"
	revocations 'every = 1m'
	start_agent
	sleep 2
	[ ! -e started ]
	[ "$(told 'd')" = None ]
	run "$breakglass" status
	[[ $output == *'revoked:  the host has no list'* && $output != *fetched* ]]
}

@test "it is fetched again and again, each host at moments of its own, one at a time" {
	fetcher "[ ! -e $PWD/busy ] || touch $PWD/twice; touch $PWD/busy; date +%s.%N >>$PWD/times; sleep 0.2; rm $PWD/busy" 'every = 8m'
	sed -i s/web.17/web.16/ etc/breakglass/gate.conf
	start_agent
	within 30 '[ "$(wc -l <times)" -ge 3 ]'
	stop_agent
	[ ! -e twice ]
	python3 - <<-'PYTHON'
		import hashlib
		every = 480 * 0.020
		hash = hashlib.blake2b(b"web.16", digest_size=16, key=b"breakglass revocations 1").digest()
		first = every - every * int.from_bytes(hash[:4], "big") / 2**32
		at = [float(line) for line in open("times")]
		pauses = [b - a for a, b in zip(at, at[1:])]
		print(first, every, pauses)
		assert first + 3 < every # or it shows little
		for pause, least in zip(pauses, (first, every)):
		    assert least <= pause <= least + 3
	PYTHON
}

@test "told to reload, each host fetches at a moment of its own within a minute" {
	fetcher "date +%s.%N >>$PWD/times" 'every = 1h'
	sed -i s/web.17/web.38/ etc/breakglass/gate.conf
	start_agent
	within 10 '[ "$(wc -l <times)" = 1 ]'
	date +%s.%N >told
	kill -HUP "$service"
	within 10 '[ "$(wc -l <times)" = 2 ]'
	python3 - <<-'PYTHON'
		import hashlib
		minute = 60 * 0.020
		hash = hashlib.blake2b(b"web.38", digest_size=16, key=b"breakglass reload 1").digest()
		wait = minute * int.from_bytes(hash[:4], "big") / 2**32
		waited = float(open("times").readlines()[1]) - float(open("told").read())
		print(wait, waited)
		assert wait > 1 # or it shows little
		assert wait - 0.01 <= waited <= wait + 5
	PYTHON
}

@test "a failure is followed by ever longer pauses, and is said once" {
	fetcher "date +%s.%N >>$PWD/times; exit 1" 'every = 1h'
	start_agent
	within 40 '[ "$(wc -l <times)" -ge 4 ]'
	[ "$(told 'd["failures"] >= 3 and d["fetched"] is None and d["failing_since"] is not None')" = True ]
	[ "$(grep -c 'cannot be fetched' said)" = 1 ]
	python3 - <<-'PYTHON'
		at = [float(line) for line in open("times")]
		for number, (a, b) in enumerate(zip(at, at[1:4])):
		    pause = 60 * 0.020 * 2 ** number
		    assert 0.5 * pause <= b - a <= 1.5 * pause + 3, (number, b - a)
	PYTHON
	printf '#!/bin/sh\n' >remote
	kill -HUP "$service"
	within 10 '[ "$(told "d[\"failures\"] == 0 and d[\"fetched\"] is not None")" = True ]'
}

@test "one that works again is said, and counts" {
	fetcher "[ -e $PWD/healed ]"
	start_agent
	within 5 'grep -q "cannot be fetched: exit code 1" said'
	touch healed
	within 20 'grep -q "the revocation list is fetched again" said'
	# What is shown may be a second old.
	within 5 '[ "$(told "d[\"failures\"] >= 1 and d[\"fetched\"] is not None and d[\"failing_since\"] is None and d[\"error\"] is None")" = True ]'
}

@test "one that hangs is ended with all that it started, and holds up no event, no reload and not the end" {
	fetcher "sleep 50 & echo \$! >$PWD/child; wait"
	sink all "cat >>$PWD/got"
	printf '[taint]\nsinks = journal exec\n' >>etc/breakglass/gate.conf
	start_agent
	within 5 '[ -s child ]'
	first=$(cat child) # the next attempt comes soon
	login 1
	within 5 '[ "$(numbers got)" = "1 " ]'
	within 15 'grep -q "cannot be fetched: it took longer than 6 s" said'
	within 5 '! kill -0 '"$first"' 2>/dev/null'
	rm child
	kill -HUP "$service"
	within 5 '[ -s child ]'
	first=$(cat child)
	rm child
	kill -HUP "$service"
	within 5 '! kill -0 '"$first"' 2>/dev/null'
	within 5 '[ -s child ]'
	kill "$service"
	within 5 '! kill -0 "$service" 2>/dev/null'
	within 5 '! kill -0 "$(cat child)" 2>/dev/null'
	run ! grep -q 'does not let go' said
}

@test "what fetches has nothing of the agent's but its output" {
	fetcher "ls /proc/\$\$/fd >$PWD/open; { env; pwd; grep -E '^Sig(Blk|Ign)' /proc/self/status; echo \"\$@\"; } >$PWD/seen.new 2>&1; mv $PWD/seen.new $PWD/seen"
	SECRET=1 start_agent
	within 5 '[ -s seen ]'
	run ! grep -q SECRET seen
	[ "$(grep -c '^[A-Za-z_]*=' seen)" -le 4 ] # PATH, and what bash adds
	grep -qx / seen
	[ "$(tr '\n' ' ' <open)" = '0 1 2 255 ' ] # the last is the script
	[ "$(grep -cE "^Sig(Blk|Ign):.0{7}[01]?(0+|80000000)$" seen)" = 2 ] # signals 32 and 33 are the C library's own
	[ "$(tail -1 seen)" = 'revocations fetch' ]
}

@test "Prometheus is told of the list and of fetching it" {
	start_signer
	mkdir metrics
	configure '[metrics]' "textfile = $PWD/metrics" '[revocations]' "url = $url" "ca = $PWD/tls-ca.pem"
	metric() { python3 -B "$top_srcdir"/tests/agent/metrics.py metrics/breakglass.prom "$@"; }
	begin=$(date +%s)
	start_agent
	within 10 '[ "$(metric revocations_list_number 2>/dev/null)" = "$(number)" ]'
	within 5 '[ "$(metric revocations_fetched_timestamp_seconds)" -ge '"$begin"' ]'
	[ "$(metric revocations_expires_timestamp_seconds)" = "$(($(metric revocations_issued_timestamp_seconds) + 86400))" ]
	[ "$(metric revocations_fetch_failing)" = 0 ]
	[ "$(metric revocations_fetch_failures_total)" = 0 ]
	configure '[metrics]' "textfile = $PWD/metrics" '[revocations]' 'url = https://127.0.0.1:1'
	kill -HUP "$service"
	within 10 '[ "$(metric revocations_fetch_failing)" = 1 ]'
	[ "$(metric revocations_fetched_timestamp_seconds)" = - ]
	[ "$(metric revocations_fetch_failures_total)" -ge 1 ]
	[ "$(metric revocations_list_number)" = "$(number)" ]
	configure '[metrics]' "textfile = $PWD/metrics"
	rm var/lib/breakglass/revoked
	kill -HUP "$service"
	within 10 '[ "$(metric revocations_list_number)" = - ]'
	[ "$(metric revocations_fetch_failing)" = - ]
}

@test "a list that has expired is shown as such" {
	start_signer
	revocations "url = $url" "ca = $PWD/tls-ca.pem"
	"$breakglass" revocations fetch
	[ "$(status_json 'd["revocations"]["current"], d["revocations"]["problem"]')" = '(True, None)' ]
	(umask 077 && touch -d '2 days' run/breakglass/mark) # of such a moment somebody has vouched
	run "$breakglass" status
	[[ $output == *"revoked:  list $(number) of signer.example, made "*", NOT OF NOW: good until "* ]]
	[ "$(status_json 'd["revocations"]["current"], d["revocations"]["number"] > 0')" = '(False, True)' ]
	head -c 100 /dev/zero >var/lib/breakglass/revoked
	run "$breakglass" status
	[[ $output == *'revoked:  the host has no list that counts: malformed'* ]]
}
