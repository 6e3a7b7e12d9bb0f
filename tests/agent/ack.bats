#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# ack = delivered from end to end: the gate's module, the agent, and sinks that acknowledge or do not.

bats_require_minimum_version 1.5.0

setup() {
	load agent
	make_host
	load sinks.bash
	mkdir -p run/breakglass etc/breakglass/sinks.d
	mkdir -m 700 var/lib/breakglass/{events,boots,sinks}
	host=$PWD
	breakglass=$top_builddir/tests/lib/breakglass
}

teardown() {
	stop_agent
	stop_journal
	[ -z "${servers+x}" ] || end_servers
}

# policy LINE…: of [taint]; the journal is there.
policy() {
	"$top_builddir"/tests/agent/log_in prepare "$(printf '%s\n' '[taint]' "$@")"
	journal
}

log_in() {
	timeout 120 "$top_builddir"/tests/agent/log_in
}

# refused_with CODE: a login is.
refused_with() {
	run log_in
	[ "$status" -eq 1 ]
	grep -q "^refused code=$1 " audit.log
	! grep -q "^accepted " audit.log || return
}

# receiver: of a webhook, at $port; takes what is no session's only once the file `go` is there.
receiver() {
	python3 - 3>&- <<-'PYTHON' &
		import http.server, os, time
		class Receiver(http.server.BaseHTTPRequestHandler):
		    protocol_version = "HTTP/1.1"
		    def do_POST(self):
		        event = self.rfile.read(int(self.headers["Content-Length"]))
		        while b'"breakglass.taint.opened"' not in event and not os.path.exists("go"):
		            time.sleep(0.05)
		        self.send_response(204)
		        self.end_headers()
		    def log_message(self, *arguments):
		        pass
		server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
		with open("receiver.new", "w") as file:
		    file.write(str(server.server_address[1]))
		os.rename("receiver.new", "receiver.port")
		server.serve_forever()
	PYTHON
	servers+=("$!")
	until_true test -s receiver.port
	port=$(cat receiver.port)
}

# heard FILE: the types of the events in it.
heard() { grep -os '"type":"[a-z.]*"' "$1" | cut -d'"' -f4 | sed 's/breakglass\.//' | tr '\n' ' '; }

@test "let in once a program has taken the event" {
	policy 'ack = delivered' 'ack_timeout = 60s'
	sink orchestrator "sleep 1; ! grep -qs ^accepted $host/audit.log || touch $host/too_early; cat >>$host/got"
	start_agent
	log_in
	[ "$(heard got)" = 'taint.opened ' ]
	grep -q ^accepted audit.log
	[ ! -e too_early ]
}

@test "refused while the program fails; who waits for nobody is let in" {
	policy 'ack = delivered' 'ack_timeout = 3s'
	sink orchestrator "test -e $host/healed && cat >>$host/got"
	start_agent
	refused_with ack-timeout
	[ -e run/breakglass/tainted ]
	[ "$(grep -c ^BREAKGLASS_EVENT= journal)" -ge 1 ] # which is not enough
	sed -i 's/^ack = .*/ack = spool/' etc/breakglass/gate.conf
	log_in
	# Later it is told of both, and that nobody was let in by the first.
	touch healed
	within 20 '[ "$(heard got)" = "taint.opened taint.closed taint.opened " ]'
	grep -q '"ended":"unused"' got
}

@test "refused while the agent is dead; who waits for nobody is let in" {
	policy 'ack = delivered' 'ack_timeout = 1s'
	sink orchestrator "cat >>$host/got"
	start_agent
	kill -KILL "$service"
	wait "$service" 2>/dev/null || true
	service=
	refused_with ack-timeout
	sed -i 's/^ack = .*/ack = spool/' etc/breakglass/gate.conf
	log_in
}

@test "let in, though the agent comes only while somebody waits" {
	policy 'ack = delivered' 'ack_timeout = 60s'
	sink orchestrator "cat >>$host/got"
	log_in 3>&- &
	person=$!
	within 20 '[ -e run/breakglass/tainted ]'
	start_agent
	wait "$person"
}

@test "who is killed while he waits is not let in by what comes later" {
	policy 'ack = delivered' 'ack_timeout = 60s'
	sink orchestrator "cat >>$host/got"
	"$top_builddir"/tests/agent/log_in 3>&- &
	person=$!
	within 20 '[ -e run/breakglass/tainted ]'
	kill -KILL "$person"
	wait "$person" || true
	start_agent
	within 20 '[ "$(heard got)" = "taint.opened " ]'
	[ -z "$(ls run/breakglass/grants)" ]
	[ ! -e audit.log ]
	[ "$(ls run/breakglass/spent | wc -l)" = 1 ]
}

@test "two at once are let in, and a sink that hangs holds up neither" {
	policy 'ack = delivered' 'ack_timeout = 60s'
	sink a-hangs 'sleep 60'
	sink b-works "until test -e $host/both; do sleep 0.1; done; cat >>$host/got"
	start_agent
	log_in 3>&- &
	first=$!
	log_in 3>&- &
	second=$!
	within 20 '[ "$(grep -l taint.opened var/lib/breakglass/events/* | wc -l)" = 2 ]'
	touch both
	wait "$first"
	wait "$second"
}

@test "an event that no disk takes is acknowledged all the same" {
	policy 'ack = delivered' 'ack_timeout = 60s'
	sink orchestrator "cat >>$host/got"
	start_agent
	mv var/lib/breakglass/events away
	log_in
	grep -q '"durability":"volatile"' got
}

@test "let in once a receiver has taken the event, though it holds up those behind it" {
	policy 'sinks = journal webhook' 'ack = delivered' 'ack_timeout = 60s'
	receiver
	configure '[webhook]' "url = http://127.0.0.1:$port/"
	log_in 3>&- &
	person=$!
	within 20 '[ -e run/breakglass/tainted ]'
	for each in 1 2 3; do "$breakglass" taint add --reason "behind $each"; done
	start_agent
	wait "$person"
	! grep -q webhook said || return # has not failed, as it does once the others have taken too long
}

@test "a NATS server's acknowledgement counts; without it nobody is let in" {
	command -v nats-server >/dev/null || skip 'nats-server is not installed'
	policy 'sinks = journal nats' 'ack = delivered' 'ack_timeout = 60s'
	start_nats
	configure '[nats]' "url = nats://127.0.0.1:$port"
	stream "$port" create EVENTS 'breakglass.events.>'
	start_agent
	log_in
	end_nats KILL
	rm audit.log
	sed -i 's/^ack_timeout = .*/ack_timeout = 3s/' etc/breakglass/gate.conf
	refused_with ack-timeout
}
