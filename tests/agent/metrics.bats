#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# breakglass.prom: what the agent tells Prometheus through the node exporter's folder.

load ../cli/host.bash
load sinks.bash

teardown() {
	end_host
}

# textfile FOLDER [LINE…]: agent.conf.
textfile() {
	mkdir -p "$1"
	printf '%s\n' '[metrics]' "textfile = $1" "${@:2}" >"$host"/etc/breakglass/agent.conf
	prom=$1/breakglass.prom
}

# metric NAME [LABEL=VALUE]: after everything in the file was found good.
metric() { python3 -B "$top_srcdir"/tests/agent/metrics.py "$prom" "$@"; }

# is VALUE NAME [LABEL=VALUE]
is() { [ -e "$prom" ] && [ "$(metric "${@:2}")" = "$1" ]; }

# state: of the agent's process, a letter; nothing if there is none.
state() { sed -n 's/^State:[[:space:]]*\([A-Z]\).*/\1/p' /proc/"$service"/status 2>/dev/null || true; }

@test "what the agent knows is in the folder for the node exporter, until it ends" {
	journal
	sink good "cat >>$host/got"
	sink broken false
	textfile "$host"/metrics
	begin=$(date +%s)
	start_agent
	within 5 'is 0 events_total'
	is 0 taint_level
	is - taint_deadline_timestamp_seconds
	is 0 sessions
	login 1
	"$breakglass" taint add --reason second --level reallocate
	login 3 close
	within 5 'is 4 sink_delivered_total sink=exec.good'
	within 5 'is 4 sink_pending_events sink=exec.broken'
	metric
	is 4 events_total
	is 4 sink_delivered_total sink=journal
	is 0 sink_pending_events sink=exec.good
	is 0 sink_delivered_total sink=exec.broken
	is 0 sink_failing sink=exec.good
	is 1 sink_failing sink=exec.broken
	is - sink_failing_since_timestamp_seconds sink=exec.good
	is - sink_last_success_timestamp_seconds sink=exec.broken
	[ "$(metric sink_failures_total sink=exec.broken)" -ge 1 ]
	[ "$(metric sink_failing_since_timestamp_seconds sink=exec.broken)" -ge "$begin" ]
	[ "$(metric sink_last_success_timestamp_seconds sink=exec.good)" -ge "$begin" ]
	[ "$(metric agent_start_timestamp_seconds)" -ge "$begin" ]
	is 3 taint_level
	[ "$(metric taint_deadline_timestamp_seconds)" -gt "$begin" ]
	is 1 sessions
	is 0 store_failing
	[ "$(stat -c %a "$prom")" = 644 ]
	[ "$(ls -A "$host"/metrics)" = breakglass.prom ]
	stop_agent
	[ -z "$(ls -A "$host"/metrics)" ]
	[ "$(grep -vc 'sink exec.broken' "$host"/said)" = 0 ]
}

@test "the file is replaced, and not written over" {
	journal
	textfile "$host"/metrics
	start_agent
	within 5 'is 0 events_total'
	exec 5<"$prom"
	login 1
	within 5 'is 1 events_total'
	cat <&5 >"$host"/old
	exec 5<&-
	prom=$host/old
	is 0 events_total
}

@test "the store that cannot be settled is told" {
	journal
	textfile "$host"/metrics
	start_agent
	mv "$events" "$host"/away
	login 1
	within 5 'is 1 store_failing'
	mv "$host"/away "$events"
	within 10 'is 0 store_failing'
}

@test "told to read its configuration anew, it writes elsewhere, or no more" {
	journal
	textfile "$host"/first
	start_agent
	within 5 'is 0 events_total'
	textfile "$host"/second
	kill -HUP "$service"
	within 5 'is 0 events_total'
	within 5 '[ -z "$(ls -A "$host"/first)" ]'
	textfile "$host"/second 'textfiles = x'
	kill -HUP "$service"
	within 5 'grep -q "agent.conf:3: unknown key .*there are no metrics" "$host"/said'
	within 5 '[ -z "$(ls -A "$host"/second)" ]'
	login 1
	within 5 'grep -q "\"delivered\":1" "$host"/run/breakglass/agent'
	run "$agent" check
	[ "$status" = 1 ]
	[[ "${lines[0]}" == *"agent.conf:3: unknown key"* ]]
	textfile "$host"/second
	kill -HUP "$service"
	within 5 'is 1 events_total'
}

@test "a folder that is not there is said once, and written to as soon as it is" {
	journal
	sink all "cat >>$host/got"
	textfile "$host"/metrics
	rmdir "$host"/metrics
	start_agent
	for i in 1 2 3; do
		login "$i"
		within 5 'numbers "$host"/got | grep -q "'"$i"' $"'
		sleep 1.1
	done
	[ "$(grep -c "metrics/breakglass.prom: " "$host"/said)" = 1 ]
	mkdir "$host"/metrics
	login 4
	within 5 'is 4 events_total'
	within 5 'grep -q "metrics/breakglass.prom: it is written again" "$host"/said'
}

@test "a folder that hangs holds up no sink, no reload, not the watchdog and not the end" {
	textfile "$host"/metrics
	disk "$host"/metrics
	journal
	sink all "cat >>$host/got"
	manager
	export NOTIFY_SOCKET=$host/notify WATCHDOG_USEC=400000
	start_agent
	unset NOTIFY_SOCKET WATCHDOG_USEC
	within 5 'is 0 events_total'
	fsfreeze -f "$disk"
	login 1
	within 5 '[ "$(numbers "$host"/got)" = "1 " ]'
	sleep 1.5 # it is written to now
	beats=$(grep -c ^WATCHDOG=1 "$host"/notified)
	login 2
	within 5 '[ "$(numbers "$host"/got)" = "1 2 " ]'
	within 5 'grep -q "\"delivered\":2" "$host"/run/breakglass/agent'
	kill -HUP "$service"
	within 5 '[ "$(grep -c ^READY=1 "$host"/notified)" = 2 ]'
	login 3
	within 5 '[ "$(numbers "$host"/got)" = "1 2 3 " ]'
	within 5 '[ "$(grep -c ^WATCHDOG=1 "$host"/notified)" -gt '"$((beats + 3))"' ]'
	kill "$service"
	within 9 '[[ $(state) =~ ^Z?$ ]]' # the thread that hangs keeps what is left of it
}

@test "what others change is in the file without an event, and its time tells that all is well" {
	journal
	textfile "$host"/metrics
	"$top_builddir"/tests/agent/take_back 1 1
	start_agent
	within 5 'is 1 revocations_list_number'
	"$top_builddir"/tests/agent/take_back 1 2
	within 30 'is 2 revocations_list_number'
	exec 5<"$prom"
	within 30 '[ ! "$prom" -ef /dev/fd/5 ]' # written again, with nothing new
	exec 5<&-
	rm "$host"/etc/breakglass/agent.conf
	kill -HUP "$service"
	within 5 '[ ! -e "$prom" ]'
	sleep 4 # nobody writes it now
	[ ! -e "$prom" ]
}
