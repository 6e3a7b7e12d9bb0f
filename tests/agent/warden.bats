#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# breakglass-agent warden: sessions end. Their processes and audit sessions are the machine's own; the cases that need such
# are skipped where nobody may begin an audit session.

load ../cli/host.bash
load sinks.bash

# see_processes: the machine's own are the host's.
see_processes() {
	rm -rf "$host"/proc
	ln -s /proc "$host"/proc
	journal
}

teardown() {
	local each
	stop_agent TERM
	stop_journal
	for each in "${owner:-}" "${child:-}"; do
		[ -z "$each" ] || kill -KILL "$each" 2>/dev/null || true
	done
	rm -rf "$host"
}

# start_warden [PROGRAM…]: run by that program.
start_warden() {
	"$@" "$agent" warden 2>>"$host"/said 3>&- &
	service=$!
	within 5 '[ "$(status_json "d[\"agent\"][\"warden\"]")" = True ]'
}

# hold TOKEN_BYTE SECONDS [leave]: sets $owner and $child.
hold() {
	rm -f "$host"/held
	"$top_builddir"/tests/agent/hold_session "$@" >"$host"/held 3>&- &
	owner=$!
	within 5 '[ -s "$host"/held ] || ! kill -0 "$owner" 2>/dev/null'
	if [ ! -s "$host"/held ]; then
		wait "$owner" || [ $? != 77 ] || skip "nobody may begin an audit session here"
	fi
	read -r owner child _ <"$host"/held
}

gone() {
	local state
	state=$(sed -n 's/^State:[[:space:]]*\([A-Z]\).*/\1/p' /proc/"$1"/status 2>/dev/null) || true
	[ -z "$state" ] || [ "$state" = Z ]
}

# endings: those of the closed events, in their order.
endings() {
	grep -h '"type":"breakglass.taint.closed"' "$events"/*.json 2>/dev/null | grep -o '"ended":"[a-z]*"' | cut -d'"' -f4 | tr '\n' ' '
}

# closed_once ENDING: one closed event comes, and stays the only one.
closed_once() {
	within 15 '[ -n "$(endings)" ]'
	[ "$(endings)" = "$1 " ] || { endings; cat "$host"/said; false; }
	within 15 'ls "$host"/run/breakglass/grants/*.ended' >/dev/null
	[ "$(endings)" = "$1 " ]
}

@test "a session is ended at its deadline" {
	see_processes
	start_warden
	hold 1 6
	closed_once deadline
	# And not before, but for the parts of a second that neither clock counts.
	python3 - "$(grep -l '"type":"breakglass.taint.closed"' "$events"/*.json)" <<-'PYTHON'
		import datetime, json, sys
		session = json.load(open(sys.argv[1]))["data"]["session"]
		closed, deadline = (datetime.datetime.strptime(session[key], "%Y-%m-%dT%H:%M:%SZ") for key in ("closed", "deadline"))
		assert closed >= deadline - datetime.timedelta(seconds=1), session
	PYTHON
	gone "$child"
	within 2 'gone "$owner"'
	grep -q "session [0-9]* of alice@example.com (ops): its time is over, it is ended" "$host"/said
}

@test "one that was opened while no agent ran is ended, too" {
	see_processes
	hold 1 1
	sleep 1.2
	! gone "$child" || return
	start_warden
	closed_once deadline
	gone "$child"
}

@test "what a logout leaves behind is ended" {
	see_processes
	start_warden
	hold 1 600 leave
	closed_once logout
	gone "$child"
}

@test "a session whose owner is killed is ended" {
	see_processes
	start_warden
	hold 1 600
	kill -KILL "$owner"
	closed_once killed
	gone "$child"
}

@test "one that was lost with all its processes is closed" {
	see_processes
	start_warden
	hold 1 600
	kill -STOP "$service"
	kill -KILL "$owner" "$child"
	kill -CONT "$service"
	closed_once lost
}

@test "a running session whose token is taken back is ended" {
	see_processes
	start_warden
	hold 1 600
	"$top_builddir"/tests/agent/take_back 2 1
	"$top_builddir"/tests/agent/take_back 1 2 unsigned
	within 3 'grep -q "the revocation list ends no session: " "$host"/said'
	! gone "$child" || return
	"$top_builddir"/tests/agent/take_back 1 3
	closed_once revoked
	gone "$child"
	within 2 'gone "$owner"'
}

@test "a list that came while no agent ran ends the session, and says so" {
	see_processes
	hold 1 600
	"$top_builddir"/tests/agent/take_back 1 1
	start_warden
	closed_once revoked
	gone "$child"
}

@test "a session that begins with a token that the list had taken back already is ended" {
	see_processes
	"$top_builddir"/tests/agent/take_back 1 1
	start_warden
	hold 2 600
	stays=$owner other=$child
	hold 1 600 || true # may be ended before it has said who it is
	closed_once revoked
	! gone "$other" || return
	kill -KILL "$stays" "$other"
}

@test "an agent that is killed while it ends a session is followed by one that ends it" {
	see_processes
	start_warden
	hold 1 2
	kill -STOP "$owner" # it does not close the session
	within 6 'gone "$child"'
	stop_agent KILL
	[ -z "$(endings)" ]
	start_warden
	closed_once deadline
	gone "$owner"
	stop_agent TERM
	start_warden
	sleep 1
	[ "$(endings)" = "deadline " ]
}

@test "agents that are killed again and again close it once" {
	see_processes
	hold 1 1
	for _ in {1..12}; do
		start_warden
		sleep "0.$((RANDOM % 9))"
		stop_agent KILL
	done
	start_warden
	closed_once deadline
	gone "$child"
}

@test "a store that answers nobody holds up no other session's end" {
	local lost=() lock each
	see_processes
	start_warden
	for each in {1..5}; do
		hold "$each" 600
		lost+=("$owner")
	done
	hold 9 4
	exec {lock}>>"$host"/run/breakglass/lock
	flock "$lock"
	kill -KILL "${lost[@]}"
	within 15 'grep -q "its time is over" "$host"/said'
	# Each event waits for the lock for two seconds, and goes to run/ without it: some are still to come.
	[ "$(find "$host"/run/breakglass/events -type f | wc -l)" -lt 5 ]
	within 2 'gone "$child"'
	exec {lock}>&-
	within 20 '[ "$(endings | wc -w)" = 6 ]'
}

@test "a reload lets go of no session that is half-way in its end" {
	see_processes
	start_warden
	hold 1 2
	kill -STOP "$owner"
	within 6 'gone "$child"'
	echo broken >>"$host"/etc/breakglass/gate.conf
	kill -HUP "$service"
	within 3 'grep -q "gate.conf cannot be read: the ends of sessions are recorded as it was last" "$host"/said'
	kill -HUP "$service"
	closed_once deadline
	gone "$owner"
	# Whose it is, as gate.conf said before.
	grep -h '"type":"breakglass.taint.closed"' "$events"/*.json | grep -q '"subject":"web-1"'
	[ "$(grep -c "its time is over" "$host"/said)" = 1 ]
}

@test "a session that went down with the host is closed by the next boot" {
	see_processes
	login 1
	sed -i "s/$(cat /proc/sys/kernel/random/boot_id)/00000000-0000-4000-8000-000000000000/" "$events"/*1.json
	reboot
	start_warden
	within 5 '[ "$(endings)" = "reboot " ]'
	stop_agent TERM
	start_warden
	sleep 1
	[ "$(endings)" = "reboot " ]
}

@test "a folder of grants that is made anew is looked into" {
	see_processes
	start_warden
	rm -rf "$host"/run/breakglass/grants
	sleep 0.3
	hold 1 1
	closed_once deadline
	gone "$child"
}

@test "without a look at processes it goes on, and ends sessions once it has one" {
	see_processes
	rm "$host"/proc
	start_warden
	within 3 'grep -q "sessions cannot be followed: " "$host"/said'
	hold 1 1
	ln -s /proc "$host"/proc
	closed_once deadline
	gone "$child"
}

@test "whoever is root without capabilities, as the programs in sinks.d are, gets at nothing of it" {
	[ "$(id -u)" = 0 ] && command -v setpriv >/dev/null || skip "only root has what is to be given up"
	see_processes
	start_warden
	: 3<>/proc/"$service"/mem # who has them does
	run setpriv --no-new-privs --bounding-set=-all bash -c ": 3<>/proc/$service/mem"
	[ "$status" != 0 ]
	[[ $output == *'Permission denied'* ]]
}

@test "the units are as systemd wants them, and their sandboxes as tight as they were" {
	local unit
	command -v systemd-analyze >/dev/null || skip 'systemd-analyze is not installed'
	for unit in agent:20 warden:29; do
		sed 's,@sbindir@/breakglass-agent [a-z]*,/bin/true,; /^Documentation=/d' \
			"$top_srcdir/policy/systemd/breakglass-${unit%:*}.service.in" >"$host"/breakglass-"${unit%:*}".service
		run systemd-analyze verify --recursive-errors=no "$host"/breakglass-"${unit%:*}".service
		[ "$status" = 0 ]
		[[ $output != *breakglass* ]] || { echo "$output"; false; }
		systemd-analyze security --offline=yes --threshold="${unit#*:}" "$host"/breakglass-"${unit%:*}".service >/dev/null
	done
}
