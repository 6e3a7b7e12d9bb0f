#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The agent and its workers: events recorded on a host arrive over the network, whatever breaks in between.

bats_require_minimum_version 1.5.0

setup() {
	command -v nats-server >/dev/null || skip 'nats-server is not installed'
	load agent
	make_host
	load sinks.bash
	mkdir -p run/breakglass
	mkdir -m 700 var/lib/breakglass/{events,boots,sinks}
	printf '[taint]\nsinks = journal webhook nats\n' >>etc/breakglass/gate.conf
	host=$PWD
	breakglass=$top_builddir/tests/lib/breakglass
}

teardown() {
	[ -z "${service:-}" ] || { kill "$service" && wait "$service"; } 2>/dev/null || true
	stop_journal
	[ -z "${servers+x}" ] || end_servers
}

start_agent() {
	[ -e "$host"/var/lib/breakglass/born ] || not_new
	"$agent" run 2>>said 3>&- &
	service=$!
	within 5 'grep -qs started run/breakglass/agent'
}

record() {
	local i
	for i in $(seq "$1" "$2"); do "$breakglass" taint add --reason "number $i"; done
}

# of_host: the ids of the events, in order.
of_host() {
	"$breakglass" events --json | python3 -c 'import json, sys; print(" ".join(json.loads(line)["id"] for line in sys.stdin))'
}

arrived() { [ "$(stream "$port" ids EVENTS)" = "$(of_host)" ]; }

@test "each event is in the stream once and in order, though the server and the agent are killed" {
	start_nats
	configure '[nats]' "url = nats://127.0.0.1:$port"
	sed -i 's/ webhook//' etc/breakglass/gate.conf
	stream "$port" create EVENTS 'breakglass.events.>'
	journal
	"$agent" check
	start_agent
	record 1 5
	within 10 arrived
	end_nats KILL
	record 6 10
	within 8 'grep -q "sink nats: " said'
	kill -9 "$service"
	wait "$service" 2>/dev/null || true
	start_nats
	start_agent
	within 20 arrived
	record 11 40
	within 10 arrived
	within 3 '"$breakglass" status | grep -q "nats: all delivered"'
}

@test "no worker is left where nothing has come for a while, nor after the end" {
	start_nats
	configure '[nats]' "url = nats://127.0.0.1:$port"
	sed -i 's/ webhook//' etc/breakglass/gate.conf
	stream "$port" create EVENTS 'breakglass.events.>'
	journal
	start_agent
	record 1 2
	within 10 arrived
	[ "$(pgrep -c -P "$service")" = 1 ]
	within 25 '! pgrep -P "$service" >/dev/null'
	record 3 3
	within 10 arrived
	worker=$(pgrep -P "$service")
	kill "$service"
	within 5 '! kill -0 "$worker" 2>/dev/null'
}

@test "what is wrong is said by check, and by status" {
	configure '[nats]' 'url = nats://127.0.0.1:1'
	sed -i 's/ webhook//' etc/breakglass/gate.conf
	journal
	run "$agent" check
	[ "$status" = 1 ]
	[[ "$output" == *"nats: "* ]]
	start_agent
	record 1 1
	within 8 '[[ "$("$breakglass" status)" == *"nats: 1 waits, failing since "* ]]'
	echo 'broken' >>etc/breakglass/agent.conf
	within 8 'grep -q "sink nats: .*agent.conf" said'
}
