#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The worker that brings a host's events into a stream of JetStream, with a real server.

bats_require_minimum_version 1.5.0

setup() {
	command -v nats-server >/dev/null || skip 'nats-server is not installed'
	load agent
	make_host
}

teardown() {
	[ -z "${servers+x}" ] || end_servers
}

# start_with_stream: a server on which events are kept.
start_with_stream() {
	start_nats "$@"
	configure '[nats]' "url = nats://127.0.0.1:$port"
	stream "$port" create EVENTS 'breakglass.events.>'
}

ids() {
	seq -f 'e%g' "$1" "$2" | paste -sd' '
}

@test "events are kept in order, under the host's subject, and each once however often it is sent" {
	start_with_stream
	says ok "$nats" --check
	[ "$code" -eq 0 ]
	[ "$(stream "$port" count EVENTS)" -eq 0 ]
	events 200 >in
	told in "$nats" >/dev/null
	[ "$code" -eq 0 ]
	[ "$(cat answers)" = "$(yes ok | head -200)" ]
	[ "$(stream "$port" ids EVENTS)" = "$(ids 1 200)" ]
	[ "$(stream "$port" subjects EVENTS)" = breakglass.events.web_17 ]
	events 50 171 >in
	told in "$nats" >/dev/null
	[ "$(cat answers)" = "$(yes ok | head -50)" ]
	[ "$(stream "$port" ids EVENTS)" = "$(ids 1 220)" ]
}

@test "without a stream for it, an event has failed" {
	start_nats
	configure '[nats]' "url = nats://127.0.0.1:$port" 'subject = other.place'
	stream "$port" create EVENTS 'breakglass.events.>'
	events 2 >in
	told in "$nats"
	[ "$code" -eq 1 ]
	[ "$(cat answers)" = $'failed no stream takes the subject\nfailed not tried' ]
	says 'no stream takes other.place.web_17' "$nats" --check
	[ "$code" -eq 1 ]
	configure '[nats]' "url = nats://127.0.0.1:$port"
	told in "$nats"
	[ "$code" -eq 0 ]
	stream "$port" delete EVENTS
	told in "$nats"
	[ "$code" -eq 1 ]
}

@test "an answer that is no stream's is none" {
	start_nats
	configure '[nats]' "url = nats://127.0.0.1:$port"
	events 1 >in
	for answer in '{}' '{"stream":"X"}' '{"stream":"","seq":1}' 'yes' '{"stream":"X","seq":0}'; do
		stream "$port" answer answering "breakglass.events.>" "$answer" 3>&- &
		servers+=("$!")
		until_true test -e answering
		told in "$nats"
		[ "$code" -eq 1 ]
		[[ $(cat answers) == 'failed '* ]]
		kill "$!" && wait "$!" 2>/dev/null || true
		rm answering
	done
}

@test "a stream that is full refuses, and nothing behind the refused is sent" {
	start_nats
	configure '[nats]' "url = nats://127.0.0.1:$port"
	stream "$port" create EVENTS 'breakglass.events.>' '{"max_msgs": 5, "discard": "new"}'
	events 8 >in
	told in "$nats"
	[ "$code" -eq 1 ]
	[ "$(head -5 answers)" = "$(yes ok | head -5)" ]
	[ "$(sed -n 6p answers)" = 'failed maximum messages exceeded' ]
	[ "$(wc -l <answers)" -eq 8 ]
	[ "$(stream "$port" ids EVENTS)" = "$(ids 1 5)" ]
	stream "$port" delete EVENTS
	# One that is too large for it goes alone.
	stream "$port" create EVENTS 'breakglass.events.>' '{"max_msg_size": 2000}'
	{ events 3; events 1 4 4000; events 3 5; } >in
	told in "$nats"
	[ "$(cat answers)" = $'ok\nok\nok\nfailed message size exceeds maximum allowed\nfailed not tried\nfailed not tried\nfailed not tried' ]
	[ "$(stream "$port" ids EVENTS)" = "$(ids 1 3)" ]
}

@test "what is no event waits for those before it, and nothing behind it is sent" {
	start_with_stream
	{ events 20; echo '{}'; events 5 30; } >in
	told in "$nats" >/dev/null
	[ "$code" -eq 1 ]
	[ "$(head -20 answers)" = "$(yes ok | head -20)" ]
	[ "$(tail -n +21 answers | sort | uniq -c | xargs)" = '5 failed not tried 1 none' ]
	[ "$(stream "$port" ids EVENTS)" = "$(ids 1 20)" ]
}

@test "a server that is killed between events, and started again, gets those after it by the same worker" {
	start_with_stream
	start_worker "$nats"
	for n in 1 2 3; do
		events 1 "$n" >&7
		read -r -t 15 answer <&6
		[ "$answer" = ok ]
		end_nats KILL
		sleep 0.5
		start_nats
	done
	# While it is away an event fails, at once.
	end_nats
	events 1 4 >&7
	read -r -t 3 answer <&6
	[[ $answer == 'failed '* && $answer != *'timed out' ]]
	rc=0
	wait "$pid" || rc=$?
	[ "$rc" -eq 1 ]
	start_nats
	[ "$(stream "$port" ids EVENTS)" = 'e1 e2 e3' ]
}

@test "whenever the server is killed, each event is kept once and in order" {
	start_with_stream
	worker feed 4000 "$nats" >fed 2>failures 3>&- &
	feeding=$!
	for pause in 0.3 0.2 0.4 0.15; do
		sleep "$pause"
		end_nats KILL
		sleep 0.1
		start_nats
	done
	wait "$feeding"
	cat fed failures
	[[ $(cat fed) == 'taken 4000,'* ]]
	[ "$(stream "$port" ids EVENTS)" = "$(ids 1 4000)" ]
}

@test "nobody waits longer than 10 s for an answer, nor than 5 s for a connection" {
	start_with_stream
	start_worker "$nats"
	events 1 >&7
	read -r -t 15 answer <&6
	[ "$answer" = ok ]
	kill -STOP "$server"
	begin=$SECONDS
	events 2 2 >&7
	read -r -t 15 answer <&6
	kill -CONT "$server"
	[ "$answer" = 'failed timed out' ]
	[ $((SECONDS - begin)) -ge 9 ] && [ $((SECONDS - begin)) -le 12 ]
	read -r -t 5 answer <&6
	[ "$answer" = 'failed it is behind one that failed' ] || [ "$answer" = 'failed not tried' ]
	events 1 >in
	silent
	for url in nats tls; do
		configure '[nats]' "url = $url://127.0.0.1:$port"
		takes 7 told in "$nats"
		[ "$(cat answers)" = 'failed timed out' ]
		takes 7 says 'timed out' "$nats" --check
	done
	# One that says hello, and then takes no handshake.
	python3 - 3>&- <<-'PYTHON' &
		import os, socket, time
		listener = socket.create_server(("127.0.0.1", 0))
		with open("hello.new", "w") as file:
		    file.write(str(listener.getsockname()[1]))
		os.rename("hello.new", "hello.port")
		kept = []
		while True:
		    kept.append(listener.accept()[0])
		    kept[-1].sendall(b'INFO {"server_id":"x","version":"2.9.10","headers":true,"max_payload":1048576,"tls_required":%s}\r\n'
		                     % (b"true" if os.path.exists("tls") else b"false"))
	PYTHON
	servers+=("$!")
	until_true test -s hello.port
	for kind in nats tls; do
		configure '[nats]' "url = $kind://127.0.0.1:$(cat hello.port)"
		[ "$kind" = nats ] || touch tls
		takes 7 told in "$nats"
		[ "$(cat answers)" = 'failed timed out' ]
	done
}

@test "nobody at the address, and a name that is nobody's" {
	events 2 >in
	port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	configure '[nats]' "url = nats://127.0.0.1:$port"
	takes 3 told in "$nats"
	[ "$code" -eq 1 ]
	[[ $(head -1 answers) == 'failed '* && $(tail -1 answers) == 'failed not tried' ]]
	configure '[nats]' 'url = tls://nobody.invalid'
	takes 7 told in "$nats"
	[ "$code" -eq 1 ]
	[[ $(head -1 answers) == 'failed '* ]]
}

@test "with TLS the server's certificate is checked" {
	command -v certtool >/dev/null || skip 'certtool is not installed'
	make_certificates
	events 1 >in
	for certificate in right stranger other; do
		start_nats "tls { cert_file: \"$PWD/$certificate.pem\", key_file: \"$PWD/tls.key\" }"
		configure '[nats]' "url = tls://127.0.0.1:$port" "ca = $PWD/tls-ca.pem"
		if [ "$certificate" = right ]; then
			says "no stream takes breakglass.events.web_17" "$nats" --check
			stream --ca tls-ca.pem "$port" create EVENTS 'breakglass.events.>'
			says ok "$nats" --check
			told in "$nats"
			[ "$(cat answers)" = ok ]
			# Without the CA's file it is nobody's whom the machine knows, and no variable changes that.
			configure '[nats]' "url = tls://127.0.0.1:$port"
			export SSL_CERT_FILE=$PWD/tls-ca.pem
		fi
		told in "$nats"
		[ "$code" -eq 1 ]
		[[ $(cat answers) == 'failed '*certificate* || $(cat answers) == 'failed '*mismatch* ]] || { cat answers; false; }
		run -1 timeout 20 "$nats" --check
		unset SSL_CERT_FILE
		end_nats
	done
	configure '[nats]' "url = tls://127.0.0.1:$port" "ca = $PWD/nowhere.pem"
	told in "$nats"
	[[ $code -eq 1 && $(cat answers) == 'failed '* ]]
	# A server without TLS is not spoken to.
	start_nats
	configure '[nats]' "url = tls://127.0.0.1:$port" "ca = $PWD/tls-ca.pem"
	told in "$nats"
	[[ $code -eq 1 && $(cat answers) == 'failed '* ]]
}

@test "a file of authorities counts in place of the system's, not beside them" {
	command -v certtool >/dev/null || skip 'certtool is not installed'
	system=$(find /etc/ssl/certs -name '*.pem' -print -quit 2>/dev/null)
	[ -n "$system" ] || skip 'the machine knows no authorities'
	make_certificates
	start_nats "tls { cert_file: \"$PWD/right.pem\", key_file: \"$PWD/tls.key\" }"
	configure '[nats]' "url = tls://127.0.0.1:$port" "ca = $system"
	events 1 >in
	told in "$nats"
	[[ $(cat answers) == 'failed '*certificate* ]]
	strace -f -o trace -e trace=openat,open,stat,newfstatat "$nats" --check || true
	[ -s trace ] || skip 'nothing can be traced here'
	run ! grep -E 'ssl/certs/[0-9a-f]{8}\.0|ssl/cert\.pem' trace
}

@test "credentials: the right ones, others, ones that anybody can read, and ones that may not publish" {
	stream accounts . || skip 'libsodium cannot be loaded by python3'
	start_nats 'include accounts.conf'
	use() { configure '[nats]' "url = nats://127.0.0.1:$port" "${1:+credentials = $PWD/$1}"; }
	stream --creds good.creds "$port" create EVENTS 'breakglass.events.>'
	events 2 >in
	use good.creds
	says ok "$nats" --check
	told in "$nats"
	[ "$(cat answers)" = $'ok\nok' ]
	for who in other.creds ''; do
		use "$who"
		takes 4 told in "$nats"
		[ "$code" -eq 1 ]
		[[ $(head -1 answers) == 'failed Authorization Violation' ]] || { cat answers; false; }
		[ "$(tail -1 answers)" = 'failed not tried' ]
		run -1 timeout 20 "$nats" --check
		[[ $output == *'Authorization Violation'* ]]
	done
	use silent.creds
	events 2 3 >in
	takes 4 told in "$nats"
	[ "$code" -eq 1 ]
	[[ $(head -1 answers) == 'failed '*[Pp]'ermissions'* ]] || { cat answers; false; }
	chmod 640 good.creds
	use good.creds
	told in "$nats"
	[ "$code" -eq 1 ]
	[[ $(head -1 answers) == 'failed [nats] credentials: '* ]]
	run ! grep -q "$(sed -n 2p good.creds)" answers
	use nowhere.creds
	told in "$nats"
	[[ $(head -1 answers) == 'failed [nats] credentials: '* ]]
	[ "$(stream --creds silent.creds "$port" ids EVENTS)" = 'e1 e2' ]
}

@test "a configuration that is wrong is one clear line, and exit code 2" {
	configure '[nats]' 'url = nats://nats.example'
	run --separate-stderr -2 "$nats"
	[[ $stderr == "breakglass-nats: "*"agent.conf:2: [nats] url: must be tls:// unless"* ]]
	[ "${#stderr_lines[@]}" -eq 1 ]
	configure '[webhook]' 'url = https://x'
	run --separate-stderr -2 "$nats"
	[ "$stderr" = 'breakglass-nats: agent.conf: [nats] url is not set' ]
	configure '[nats]' 'url = tls://x'
	rm etc/breakglass/gate.conf
	run --separate-stderr -2 "$nats"
	[[ $stderr == "breakglass-nats: gate.conf: the host's id cannot be had: "* ]]
	[ "${#stderr_lines[@]}" -eq 1 ]
}

@test "ten thousand events at once" {
	start_with_stream
	worker feed 10000 "$nats" >fed 3>&-
	sed 's/^/# /' fed >&3
	[[ $(cat fed) == 'taken 10000, failed 0,'* ]]
	[ "$(stream "$port" count EVENTS)" -eq 10000 ]
}
