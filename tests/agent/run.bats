#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# breakglass-agent run: events leave the host as they come.

load ../cli/host.bash
load sinks.bash

teardown() {
	stop_agent
	stop_journal
	rm -rf "$host"
}

start_agent() {
	"$agent" run 2>>"$host"/said 3>&- &
	service=$!
	within 5 'grep -qs started "$host"/run/breakglass/agent'
}

stop_agent() {
	[ -z "${service:-}" ] || { kill "$service" && wait "$service"; } 2>/dev/null || true
	service=
}

# numbers FILE: of the events in it, in the order in which they came.
numbers() { grep -os '"number":[0-9]*' "$1" | cut -d: -f2 | tr '\n' ' '; }

@test "events arrive as they are recorded, in order, at each sink" {
	journal
	sink all "cat >>$host/got"
	login 1
	start_agent
	within 2 '[ "$(numbers "$host"/got)" = "1 " ]' # what waited
	login 2 close
	within 2 '[ "$(numbers "$host"/got)" = "1 2 3 " ]'
	"$breakglass" taint add --reason fourth
	within 2 '[ "$(numbers "$host"/got)" = "1 2 3 4 " ]'
	within 2 '[ "$(grep -c ^BREAKGLASS_EVENT= "$host"/journal)" = 4 ]'
	[ ! -s "$host"/said ]
	within 6 '[ "$(ls "$events" | wc -l)" = 20 ]' # files for the next ones
}

@test "a sink that fails holds up no other, and gets all once it works, in order" {
	journal
	sink a-broken "test -e $host/healed && cat >>$host/late"
	sink b-good "cat >>$host/got"
	start_agent
	for i in 1 2 3; do login $i; done
	within 3 '[ "$(numbers "$host"/got)" = "1 2 3 " ]'
	within 3 'grep -q "sink exec.a-broken: exit code 1; it is tried again until it works" "$host"/said'
	touch "$host"/healed
	within 20 '[ "$(numbers "$host"/late)" = "1 2 3 " ]'
	within 3 'grep -q "sink exec.a-broken: it works again" "$host"/said'
	[ "$(grep -c "exec.a-broken: exit code 1" "$host"/said)" = 1 ] # and not at each attempt
}

@test "a sink that hangs holds up no other, nor the end" {
	journal
	sink a-hangs "sleep 60"
	sink b-good "cat >>$host/got"
	start_agent
	login 1
	within 3 '[ "$(numbers "$host"/got)" = "1 " ]'
	begin=$SECONDS
	stop_agent
	[ $((SECONDS - begin)) -le 3 ]
}

@test "killed at random, it loses nothing and disorders nothing" {
	journal
	sink all "cat >>$host/got"
	for i in {1..120}; do "$breakglass" taint add --reason "number $i"; done 3>&- &
	writer=$!
	for _ in {1..25}; do
		start_agent
		sleep 0.0$((RANDOM % 9))
		kill -9 "$service"
		wait "$service" 2>/dev/null || true
	done
	wait "$writer"
	start_agent
	within 30 'numbers "$host"/got | grep -q " 120 $"'
	python3 - "$host"/got <<-'PYTHON'
		import json, sys
		# One that was killed may have told a sink and not noted it: the same event again, and nothing else.
		seen, last = {}, 0
		for line in open(sys.argv[1]):
		    event = json.loads(line)
		    number = event["data"]["number"]
		    assert seen.setdefault(number, event["id"]) == event["id"], number
		    assert number in (last, last + 1), (last, number)
		    last = number
		assert sorted(seen) == list(range(1, 121))
	PYTHON
}

@test "what waits on run is delivered at once, and brought to disk once there is one" {
	journal
	sink all "cat >>$host/got"
	start_agent
	mv "$events" "$host"/away
	login 1
	within 3 '[ "$(numbers "$host"/got)" = "1 " ]'
	within 3 'grep -q "some events are not on disk" "$host"/said'
	within 3 '[[ "$("$breakglass" status)" == *"events are not on disk"* ]]'
	mv "$host"/away "$events"
	within 10 '[ -s "$events"/0000000001.json ]'
	within 3 'grep -q "all events are on disk" "$host"/said'
	cmp "$events"/0000000001.json "$host"/got
}

@test "an event that its writer could not finish is found" {
	journal
	sink all "cat >>$host/got"
	login 1
	cp -p "$host"/run/breakglass/head "$host"/head
	login 2
	start_agent
	within 3 '[ "$(numbers "$host"/got)" = "1 2 " ]'
	stop_agent
	rm -rf "$host"/got "$host"/{var/lib,run}/breakglass/sinks/*
	cp -p "$host"/head "$host"/run/breakglass/head # killed before it could tell of the second
	start_agent
	within 6 '[ "$(numbers "$host"/got)" = "1 2 " ]'
}

@test "the lock of the store, held for long, keeps no event from being delivered" {
	journal
	sink all "cat >>$host/got"
	login 1
	flock "$host"/run/breakglass/lock sleep 6 3>&- &
	holder=$!
	sleep 0.2
	start_agent
	within 4 '[ "$(numbers "$host"/got)" = "1 " ]'
	login 2 # has no number yet
	wait "$holder"
	within 8 '[ "$(numbers "$host"/got)" = "1 2 " ]'
}

@test "told to, it reads gate.conf and the folder of programs anew" {
	journal
	start_agent
	login 1
	sink late "cat >>$host/got"
	sleep 0.3
	[ ! -e "$host"/got ]
	kill -HUP "$service"
	within 3 '[ "$(numbers "$host"/got)" = "1 " ]'
	sed -i 's/^sinks = .*/sinks = journal/' "$host"/etc/breakglass/gate.conf
	kill -HUP "$service"
	sleep 0.5
	login 2
	within 3 '[ "$(grep -c ^BREAKGLASS_EVENT= "$host"/journal)" = 2 ]'
	[ "$(numbers "$host"/got)" = "1 " ]
	echo broken >>"$host"/etc/breakglass/gate.conf
	kill -HUP "$service"
	within 3 'grep -q "gate.conf is wrong .*: only the journal is told" "$host"/said'
}

@test "one at a time delivers" {
	journal
	start_agent
	run "$agent" run
	[ "$status" = 1 ]
	[[ "$output" == *"another one runs already" ]]
	run "$agent" deliver
	[ "$status" = 1 ]
	[[ "$output" == *"the agent runs, and delivers: breakglass status" ]]
	stop_agent
	"$agent" deliver
}

@test "with nothing to do it sleeps" {
	journal
	sink all "cat >>$host/got"
	start_agent
	login 1
	within 3 '[ "$(numbers "$host"/got)" = "1 " ]'
	sleep 4 # until the files for the next events are there
	switches() { cat /proc/"$service"/task/*/status | awk '/ctxt_switches/ { n += $2 } END { print n }'; }
	before=$(switches)
	sleep 3
	[ "$(switches)" = "$before" ]
}

@test "status says whether it runs, and how far each sink is" {
	journal
	sink broken "false"
	run "$breakglass" status
	[[ "$output" == *"agent:    does not run"* ]]
	start_agent
	login 1
	within 3 'grep -q "exit code 1" "$host"/run/breakglass/agent'
	run "$breakglass" status
	[[ "$output" == *"agent:    runs since "* ]]
	[[ "$output" == *"journal: all delivered"* ]]
	[[ "$output" == *"exec.broken: 1 waits, failing since "*": exit code 1"* ]]
	[ "$(status_json 'd["agent"]["running"], [(s["sink"], s["delivered"], s["pending"]) for s in d["agent"]["sinks"]]')" = \
		"(True, [('journal', 1, 0), ('exec.broken', 0, 1)])" ]
	stop_agent
	[ "$(status_json 'd["agent"]["running"]')" = False ]
}

@test "check tries each sink, and sends nothing" {
	sink good "cat >>$host/got"
	login 1
	run "$agent" check
	[ "$status" = 1 ]
	[[ "$output" == *"journal: the journal takes no event: "* ]]
	journal
	run "$agent" check
	[ "$status" = 0 ]
	[ "$output" = "journal: ok"$'\n'"exec.good: ok" ]
	sink bad.sh true
	run "$agent" check
	[ "$status" = 1 ]
	[[ "$output" == *"/bad.sh is not run: rename it"* ]]
	[ ! -s "$host"/got ]
	[ ! -s "$host"/journal ]
}
