#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The worker that posts a host's events: what it answers, whatever the receiver does.

bats_require_minimum_version 1.5.0

setup() {
	load agent
	make_host
}

teardown() {
	end_servers
}

@test "events are posted in order, as they are, over one connection, each signed with the host's key" {
	hook hook
	configure '[webhook]' "url = http://127.0.0.1:$port/events?x=y"
	events 20 >in
	told in "$webhook"
	[ "$code" -eq 0 ]
	[ "$(cat answers)" = "$(yes ok | head -20)" ]
	[ "$(stat -c %a var/lib/breakglass/event_key)" = 600 ]
	public=$("$webhook" --public-key)
	[[ $public == whpk_* ]]
	worker verify "$public" hook.got
	run ! worker verify "whpk_$(head -c 32 /dev/urandom | base64)" hook.got
	python3 - <<-'PYTHON'
		import json
		notes = [json.loads(line) for line in open("hook.got")]
		assert [note["body"] for note in notes] == open("in", newline="").read().splitlines(keepends=True)
		assert len({note["port"] for note in notes}) == 1, "one connection"
		for note in notes:
		    assert note["method"] == "POST" and note["path"] == "/events?x=y"
		    assert note["headers"]["Content-Type"].split(";")[0] == "application/cloudevents+json"
	PYTHON
	# The key stays.
	told in "$webhook"
	worker verify "$public" hook.got
}

@test "what is not 2xx has failed, nothing behind it is sent, and a redirect leads nowhere" {
	hook hook
	configure '[webhook]' "url = http://127.0.0.1:$port/secret-path?secret=1"
	events 3 >in
	for answer in 500 401 404 301 redirect; do
		echo "$answer" >hook.mode
		rm -f hook.got
		told in "$webhook"
		[ "$code" -eq 1 ]
		[ "$(cat answers)" = "failed it answered ${answer/redirect/307}"$'\nfailed not tried\nfailed not tried' ]
		[ "$(wc -l <hook.got)" -eq 1 ]
	done
	echo 202 >hook.mode
	told in "$webhook"
	[ "$code" -eq 0 ]
}

@test "a receiver that closes without an answer, or within it, does not have the event" {
	hook hook
	configure '[webhook]' "url = http://127.0.0.1:$port/secret-path"
	events 2 >in
	for mode in close half; do
		echo "$mode" >hook.mode
		told in "$webhook"
		[ "$code" -eq 1 ]
		[[ $(head -1 answers) == 'failed '* && $(tail -1 answers) == 'failed not tried' ]]
		run ! grep secret answers
	done
	# And one that closes an idle connection is asked again.
	echo 204 >hook.mode
	told in "$webhook"
	[ "$code" -eq 0 ]
}

@test "nobody waits longer than 10 s for an answer, nor than 5 s for a connection" {
	hook hook
	configure '[webhook]' "url = http://127.0.0.1:$port/"
	events 2 >in
	for mode in hang drip; do
		echo "$mode" >hook.mode
		takes 12 told in "$webhook"
		[ "$code" -eq 1 ]
		[ "$(cat answers)" = $'failed timed out\nfailed not tried' ]
	done
	silent
	configure '[webhook]' "url = https://127.0.0.1:$port/"
	takes 7 told in "$webhook"
	[ "$(cat answers)" = $'failed timed out\nfailed not tried' ]
	takes 7 says 'timed out' "$webhook" --check
	[ "$code" -eq 1 ]
}

@test "nobody at the address, and a name that is nobody's" {
	events 2 >in
	port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	configure '[webhook]' "url = http://127.0.0.1:$port/"
	told in "$webhook"
	[ "$code" -eq 1 ]
	[ "$(cat answers)" = $'failed Couldn\'t connect to server\nfailed not tried' ]
	configure '[webhook]' 'url = https://nobody.invalid/secret-path'
	takes 7 told in "$webhook"
	[ "$code" -eq 1 ]
	[[ $(head -1 answers) == 'failed Could not resolve host: nobody.invalid' || $(head -1 answers) == 'failed timed out' ]]
	run ! grep secret answers
}

@test "the certificate is checked, and --check sends nothing" {
	command -v certtool >/dev/null || skip 'certtool is not installed'
	make_certificates
	events 1 >in
	for certificate in right stranger other; do
		hook "$certificate" "$certificate.pem" tls.key
		configure '[webhook]' "url = https://127.0.0.1:$port/" "ca = $PWD/tls-ca.pem"
		if [ "$certificate" = right ]; then
			says ok "$webhook" --check
			[ "$code" -eq 0 ]
			[ ! -e right.got ]
			told in "$webhook"
			[ "$(cat answers)" = ok ]
			# Without the CA's file it is nobody's whom the machine knows.
			configure '[webhook]' "url = https://127.0.0.1:$port/"
			rm right.got
		fi
		run -1 timeout 20 "$webhook" --check
		[[ $output == *certificate* ]] || { echo "$output"; false; }
		told in "$webhook"
		[ "$code" -eq 1 ]
		[[ $(cat answers) == 'failed '*certificate* ]]
		[ ! -e "$certificate.got" ]
	done
	configure '[webhook]' "url = https://127.0.0.1:$port/" "ca = $PWD/nowhere.pem"
	told in "$webhook"
	[[ $code -eq 1 && $(cat answers) == 'failed '* ]]
}

@test "what is no event is said to be none, and not sent" {
	hook hook
	configure '[webhook]' "url = http://127.0.0.1:$port/"
	bad=("{}" "no json" "" "$(head -c 9000 /dev/zero | tr '\0' x)" '{"specversion":"1.0","id":"a b","source":"x","type":"t"}')
	for line in "${bad[@]}"; do
		{ events 1; printf '%s\n' "$line"; events 1 2; } >in
		told in "$webhook"
		[ "$code" -eq 1 ]
		[ "$(cat answers)" = $'ok\nnone\nfailed not tried' ]
	done
	{ events 1; printf '{"specversion":"1.0","id":"a\0","source":"x","type":"t"}\n'; } >in
	told in "$webhook"
	[ "$(cat answers)" = $'ok\nnone' ]
	events 1 | head -c -1 >in # without its end
	told in "$webhook"
	[ "$(cat answers)" = 'none' ]
	events 1 1 8192 >in
	[ "$(wc -c <in)" -eq 8192 ]
	told in "$webhook"
	[ "$(cat answers)" = ok ]
	events 1 1 8193 >in
	told in "$webhook"
	[ "$(cat answers)" = 'none' ]
	[ "$(grep -c '"method": "POST"' hook.got)" -eq 7 ]
}

@test "a key that others can read, or that is none, signs nothing" {
	hook hook
	configure '[webhook]' "url = http://127.0.0.1:$port/"
	events 1 >in
	"$webhook" --public-key
	chmod 644 var/lib/breakglass/event_key
	told in "$webhook"
	[[ $code -eq 1 && $(cat answers) == "failed the host's key: "* ]]
	run -1 "$webhook" --check
	[[ $output == "the host's key: "* ]]
	chmod 600 var/lib/breakglass/event_key
	echo whsk_AAAA >var/lib/breakglass/event_key
	told in "$webhook"
	[[ $code -eq 1 && $(cat answers) == "failed the host's key: "* ]]
	[ ! -e hook.got ]
}

@test "a configuration that is wrong is one clear line, and exit code 2" {
	configure '[webhook]' 'url = ftp://x' 'colour = red'
	run --separate-stderr -2 "$webhook"
	[ "$output" = '' ]
	[[ $stderr == "breakglass-webhook: "*"/etc/breakglass/agent.conf:2: [webhook] url: must be https://HOST"*" (and 1 more)" ]]
	[ "${#stderr_lines[@]}" -eq 1 ]
	configure '[nats]' 'url = tls://x'
	run --separate-stderr -2 "$webhook" --check
	[ "$stderr" = 'breakglass-webhook: agent.conf: [webhook] url is not set' ]
	configure '[webhook]' 'url = https://x'
	chmod 666 etc/breakglass/agent.conf
	run --separate-stderr -2 "$webhook"
	[ "${#stderr_lines[@]}" -eq 1 ]
	run -2 "$webhook" --what
	[[ $output == usage:* ]]
	run -2 "$webhook" --check --check
	run -0 "$webhook" --version
	[[ $output == 'breakglass '* ]]
	run -0 "$webhook" --help
	[[ $output == usage:* ]]
}

@test "SIGTERM ends it at once, whoever blocked it; so does a closed output" {
	hook hook
	echo hang >hook.mode
	configure '[webhook]' "url = http://127.0.0.1:$port/"
	start_worker python3 -c 'import os, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.execv(sys.argv[1], sys.argv[1:])' "$webhook"
	events 1 >&7
	until_true test -e hook.got
	kill "$pid"
	rc=0
	takes 2 wait "$pid" || rc=$?
	[ "$rc" -eq 143 ]
	mkfifo answers
	rm hook.got
	# shellcheck disable=SC2016
	{ events 1; exec sleep 30 3>&-; } | sh -c 'echo $$ >pid; exec "$0" >answers 2>stderr' "$webhook" 3>&- &
	exec 5<answers
	until_true test -e hook.got
	exec 5<&-
	gone() { ! kill -0 "$(cat pid)" 2>/dev/null; }
	begin=$SECONDS
	until_true gone
	[ $((SECONDS - begin)) -le 4 ]
}

@test "it ends when nothing has come for half a minute, and not before" {
	hook hook
	configure '[webhook]' "url = http://127.0.0.1:$port/"
	start_worker "$webhook"
	begin=$SECONDS
	events 1 >&7
	read -r -t 10 answer <&6
	[ "$answer" = ok ]
	sleep 20
	events 1 2 >&7
	read -r -t 10 answer <&6
	[ "$answer" = ok ]
	wait "$pid"
	[ $((SECONDS - begin)) -ge 48 ] && [ $((SECONDS - begin)) -le 56 ]
}
