#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# breakglass-agent run: the host is said to be new once, and tainted once it has lived long enough.

load ../cli/host.bash
load sinks.bash

newborn=yes

teardown() {
	stop_agent
	rm -rf "$host"
}

# ages POLITE FORCED [LINE]: all of agent.conf.
ages() {
	printf '[lifetime]\npolite = %s\nforced = %s\n%s\n' "$1" "$2" "${3:-}" >"$host"/etc/breakglass/agent.conf
}

# recorded TYPE: how many events of that type there are.
recorded() {
	"$breakglass" events --json | grep -c "\"type\":\"breakglass.$1\"" || true
}

is_recorded() { [ "$(recorded "$1")" = "${2:-1}" ]; }

# lifetime EXPRESSION: Python, with what status says of it as d.
lifetime() {
	"$breakglass" status --json >"$host"/status || true
	json "$host"/status "(lambda d: $1)(d['agent']['lifetime'])"
}

is_known() { [ "$(lifetime 'd is not None')" = True ]; }

@test "a new host says so once, with its key, though the agent is killed" {
	"$breakglass" boot
	start_agent
	within 5 'is_recorded host.fresh'
	"$breakglass" events --json >"$host"/event
	grep -q '"key":"whpk_' "$host"/event
	for _ in 1 2 3; do
		stop_agent KILL
		start_agent
		within 5 is_known
	done
	is_recorded host.fresh
	[ "$(lifetime "[d['polite'], d['forced'], d['level']]")" = "[None, None, None]" ]
	"$breakglass" status | grep -qE "^age: +([0-9]+[dhm] )?[0-9]+[smhd]$"
}

@test "a host that has lived long enough is tainted once, at the level that is asked for" {
	"$breakglass" boot
	not_new
	ages 10m 20m 'level = rebuild'
	start_agent
	within 5 'is_recorded taint.lifetime'
	within 5 '"$breakglass" status | grep -q "old enough to be replaced, by "'
	stop_agent
	start_agent
	within 5 is_known
	kill -HUP "$service"
	within 5 is_known
	is_recorded taint.lifetime
	is_recorded host.fresh 0
	within 5 '[ "$(lifetime "d and d[\"level\"]")" = rebuild ]'
}

@test "a host that is young is not tainted; what is asked for since counts from a reload on" {
	"$breakglass" boot
	not_new
	ages 100d 200d
	start_agent
	within 5 is_known
	"$breakglass" status | grep -q '; to be replaced from 20.* on, by 20.* in any case$'
	is_recorded taint.lifetime 0
	ages 1s 2s
	kill -HUP "$service"
	within 5 'is_recorded taint.lifetime'
}

@test "a configuration that is wrong is told, and no host is replaced by it" {
	"$breakglass" boot
	not_new
	ages 10m 5m
	run "$agent" check
	[ "$status" -eq 1 ]
	[[ $output == *"agent.conf:3: [lifetime] forced: is less than polite"* ]]
	start_agent
	within 5 'grep -q "agent.conf:3: .*forced: is less than polite; the host.s age is not looked at" "$host"/said'
	[ "$(lifetime 'd is None')" = True ]
	is_recorded taint.lifetime 0
	ages 1s 2s
	kill -HUP "$service"
	within 5 'is_recorded taint.lifetime'
}

@test "the age is kept at a clean stop" {
	"$breakglass" boot
	not_new
	local before
	start_agent
	within 5 is_known
	before=$(json "$host"/var/lib/breakglass/born "d['age']")
	sleep 1.2
	stop_agent
	[ "$(json "$host"/var/lib/breakglass/born "d['age']")" -gt "$before" ]
}
