#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# breakglass-agent run: events leave the host as they come.

bats_require_minimum_version 1.5.0
load ../cli/host.bash
load sinks.bash

teardown() {
	end_host
}

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

# blocks: that the files of the events take of the disk, of 512 bytes
blocks() {
	find "$events" -type f -printf '%b\n' 2>/dev/null | awk '{ sum += $1 } END { print sum }'
}

@test "the events keep within their bound: the oldest that are no taint go, and the record says so" {
	journal
	sink all "cat >>$host/got"
	printf '[spool]\nlimit = 1M\n' >"$host"/etc/breakglass/agent.conf
	for i in {1..150}; do login "$i" close; done
	[ "$(blocks)" -gt 2048 ]
	start_agent
	within 20 'grep -q "the oldest that are no taint are dropped" "$host"/said'
	within 20 '[ "$(blocks)" -le 2048 ]'
	"$breakglass" events >"$host"/list # the chain is whole
	[ "$(grep -c ' taint.opened ' "$host"/list)" = 150 ]
	[ "$(grep -c ' taint.closed ' "$host"/list)" = 150 ]
	[ "$(grep -c 'dropped, since' "$host"/list)" -ge 10 ]
	! grep 'dropped, since' "$host"/list | grep -v ' taint.closed ' || return
	grep -q '  taint.closed    dropped, since .*  \[token 01010101: logout\]' "$host"/list
	[ "$("$breakglass" events --json | jq -s 'length, (map(select(.data.dropped)) | length > 9)' | xargs)" = '300 true' ]
	run "$breakglass" status
	[[ $output == *"300 recorded"*"of them dropped"* ]]
	stop_agent
	reboot
	run status_json 'd["events"]["chain_intact"], d["events"]["count"]'
	[ "$output" = '(True, 300)' ]
	# A taint is not dropped: whoever says so has removed it.
	line="0000000003 $(head -n 1 "$events"/0000000003.json | b2sum -l 256 | cut -d' ' -f1) $(jq -c '.data.level = "refresh"' "$events"/0000000003.json)"
	rm "$events"/0000000003.json
	{ head -n 1 "$events"/dropped; echo "$line"; tail -n +2 "$events"/dropped; } >"$host"/forged
	cat "$host"/forged >"$events"/dropped
	run -1 "$breakglass" events
	[[ $output == *"event 3 does not follow"* ]]
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

# AGENT_KILLS: how often; ten times as many events come meanwhile.
@test "killed at random, it loses nothing and disorders nothing" {
	local kills=${AGENT_KILLS:-25}
	journal
	sink all "cat >>$host/got"
	for i in $(seq $((10 * kills))); do "$breakglass" taint add --reason "number $i"; done 3>&- &
	writer=$!
	for _ in $(seq "$kills"); do
		start_agent
		sleep 0.0$((RANDOM % 9))
		kill -9 "$service"
		wait "$service" 2>/dev/null || true
	done
	wait "$writer"
	start_agent
	within 120 'numbers "$host"/got | grep -q " ${kills}0 $"'
	python3 - "$host"/got "$kills" <<-'PYTHON'
		import json, sys
		# One that was killed may have told a sink and not noted it, and its program, which no systemd ends here, may be
		# slow: the same event again, once for each kill, soon, and nothing else.
		seen, last, lines, kills = {}, 0, 0, int(sys.argv[2])
		for line in open(sys.argv[1]):
		    event = json.loads(line)
		    number = event["data"]["number"]
		    assert seen.setdefault(number, event["id"]) == event["id"], number
		    assert last - 32 < number <= last + 1, (last, number)
		    last = max(last, number)
		    lines += 1
		assert lines <= 11 * kills, lines
		assert sorted(seen) == list(range(1, 10 * kills + 1))
	PYTHON
}

@test "what waits on run is delivered at once, and brought to disk once there is one" {
	journal
	sink all "cat >>$host/got"
	start_agent
	mv "$events" "$host"/away
	login 1
	within 3 '[ "$(numbers "$host"/got)" = "1 " ]'
	within 3 'grep -q "the store cannot be settled" "$host"/said'
	within 3 '[[ "$("$breakglass" status)" == *"the store cannot be settled"* ]]'
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
	flock "$host"/run/breakglass/lock sleep 12 3>&- &
	holder=$!
	sleep 0.2
	start_agent
	within 9 '[ "$(numbers "$host"/got)" = "1 " ]'
	"$breakglass" taint add --reason 'it has no number yet'
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
	[ "$output" = "journal: ok"$'\n'"exec.good: would be run" ]
	sink bad.sh true
	run "$agent" check
	[ "$status" = 1 ]
	[[ "$output" == *"/bad.sh is not run: rename it"* ]]
	[ ! -s "$host"/got ]
	[ ! -s "$host"/journal ]
}

@test "a folder of events that is away for a while takes no event with it" {
	journal
	sink all "test -e $host/healed && cat >>$host/got"
	start_agent
	for i in 1 2 3; do login $i; done
	within 3 'grep -q "exec.all: exit code 1" "$host"/said'
	for away in 'mv "$events" "$host"/away' 'chmod 777 "$events"'; do
		eval "$away"
		touch "$host"/healed
		sleep 3
		[ ! -e "$host"/away ] || mv "$host"/away "$events"
		chmod 700 "$events"
	done
	login 4
	within 20 '[ "$(numbers "$host"/got)" = "1 2 3 4 " ]'
}

@test "a file of a far number keeps nobody busy" {
	journal
	sink all "cat >>$host/got"
	login 1
	login 2
	sed 's/"number":2,/"number":9999999000,/' "$events"/0000000002.json | tr -d '\n' >"$events"/9999999000.json
	echo >>"$events"/9999999000.json
	chmod 600 "$events"/9999999000.json
	rm -rf "$host"/run/breakglass/head
	start_agent
	login 3
	within 10 'numbers "$host"/got | grep -q "9999999001 $"'
}

@test "a store that cannot be settled for a moment delivers nothing twice" {
	journal
	sink all "cat >>$host/got"
	start_agent
	for i in 1 2 3; do login $i; done
	within 3 '[ "$(numbers "$host"/got)" = "1 2 3 " ]'
	mv "$host"/run/breakglass/lock "$host"/lock
	mkdir "$host"/run/breakglass/lock
	touch "$host"/run/breakglass/head
	within 5 'grep -q "the store cannot be settled" "$host"/said'
	rmdir "$host"/run/breakglass/lock
	login 4
	within 8 '[ "$(numbers "$host"/got)" = "1 2 3 4 " ]'
	sleep 1
	[ "$(numbers "$host"/got)" = "1 2 3 4 " ]
}

@test "a forged run/agent steers no terminal, and breaks nothing" {
	journal
	start_agent
	login 1
	stop_agent
	flock "$host"/run/breakglass/agent.lock sleep 30 3>&- & # somebody runs
	holder=$!
	for name in "$(printf 'x%.0s' {1..1030})" "$(printf 'x%.0s' {1..5000})" 'a\u001b[2Jb'; do
		printf '{"started":null,"problem":null,"sinks":[{"sink":"%s","delivered":-9223372036854775808,"error":"x"}]}\n' \
			"$name" >"$host"/run/breakglass/agent
		chmod 600 "$host"/run/breakglass/agent
		run "$breakglass" status
		[ "$status" = 1 ]
		[[ "$output" == *"agent:    runs since"* && "$output" != *$'\033'* ]]
	done
	kill "$holder"
}

@test "a standard error that nobody reads holds up no sink, no reload and not the end" {
	journal
	sink a-noisy "head -c 300000 /dev/zero >&2"
	sink b-good "cat >>$host/got"
	mkfifo "$host"/stuck
	exec 4<>"$host"/stuck
	"$agent" run 2>&4 3>&- &
	service=$!
	within 5 'grep -qs started "$host"/run/breakglass/agent'
	login 1
	within 3 '[ "$(numbers "$host"/got)" = "1 " ]'
	kill -HUP "$service"
	sleep 0.5
	login 2
	within 8 '[ "$(numbers "$host"/got)" = "1 2 " ]'
	kill "$service"
	within 8 '! kill -0 "$service" 2>/dev/null'
	exec 4>&-
}

@test "told to end, it delivers what was recorded just now" {
	journal
	sink all "cat >>$host/got"
	start_agent
	for i in {1..8}; do
		login "$i"
		stop_agent
		[ "$(numbers "$host"/got | wc -w)" = "$i" ]
		start_agent
	done
	[ ! -s "$host"/said ]
}

@test "the journal takes whatever an event says, and one that is busy is waited for" {
	login 1
	login 2
	long=$(head -c 6000 /dev/zero | tr '\0' x)
	sed -i "s/\"type\":\"[^\"]*\"/\"type\":\"$long\"/" "$events"/0000000001.json
	truncate -s 8192 "$events"/0000000001.json
	python3 - "$events"/0000000001.json <<-'PYTHON'
		import sys
		text = open(sys.argv[1]).read().rstrip("\0\n")
		open(sys.argv[1], "w").write(text + "\n")
	PYTHON
	for i in {3..60}; do "$breakglass" taint add --reason "number $i"; done
	journal
	kill -STOP "$listener" # its queue is short
	start_agent
	sleep 1
	kill -CONT "$listener"
	within 8 '[ "$(grep -c ^BREAKGLASS_EVENT= "$host"/journal)" = 60 ]'
	! grep -q "takes no event" "$host"/said || return
}

@test "a sink that keeps failing is tried less and less often, each host at times of its own" {
	journal
	sink broken "date +%s%N >>$host/tried; false"
	start_agent
	login 1
	sleep 13
	stop_agent
	python3 - "$host"/tried <<-'PYTHON'
		import sys
		at = [int(line) / 1e9 for line in open(sys.argv[1])]
		pauses = [b - a for a, b in zip(at, at[1:])]
		print(pauses)
		assert 3 <= len(pauses) <= 6
		for number, pause in enumerate(pauses[:3]):
		    assert 0.5 * 2 ** number <= pause <= 1.5 * 2 ** number + 1
		assert abs(pauses[1] - 2 * pauses[0]) > 0.001
	PYTHON
}

@test "what is recorded while a sink pauses is tried soon, whatever the pause" {
	journal
	sink healing "echo >>$host/tried; test -e $host/healed && cat >>$host/got"
	start_agent
	login 1
	within 40 '[ "$(wc -l <"$host"/tried)" -ge 5 ]' # the next pause is 8 s at least
	touch "$host"/healed
	login 2
	within 5 '[ "$(numbers "$host"/got)" = "1 2 " ]'
}

@test "systemd is told that it is ready, lives, reloads and ends" {
	journal
	manager
	NOTIFY_SOCKET=$host/notify WATCHDOG_USEC=400000 "$agent" run 2>>"$host"/said 3>&- &
	service=$!
	within 5 'grep -qs "^READY=1" "$host"/notified'
	within 3 '[ "$(grep -c "^WATCHDOG=1" "$host"/notified)" -ge 3 ]'
	kill -HUP "$service"
	within 5 'grep -q "^RELOADING=1" "$host"/notified && [ "$(grep -c "^READY=1" "$host"/notified)" = 2 ]'
	stop_agent
	grep -q "^STOPPING=1" "$host"/notified
}

@test "a disk that hangs under the cursors holds up no sink, no reload and not the end" {
	disk "$host"/var/lib/breakglass/sinks
	chmod 700 "$disk"
	journal
	sink all "cat >>$host/got"
	start_agent
	login 1
	within 3 '[ "$(numbers "$host"/got)" = "1 " ]'
	sleep 4
	fsfreeze -f "$disk"
	login 2
	sleep 4 # the keeper hangs now
	login 3
	within 3 '[ "$(numbers "$host"/got)" = "1 2 3 " ]'
	kill -HUP "$service"
	sleep 4
	login 4
	within 3 'numbers "$host"/got | grep -q " 4 $"'
	kill "$service"
	sleep 7
	state=$(sed -n 's/^State:[[:space:]]*\([A-Z]\).*/\1/p' /proc/"$service"/status || true)
	release_disk # the thread that hangs keeps what is left of it
	wait "$service" 2>/dev/null || true
	service=
	[ -z "$state" ] || [ "$state" = Z ]
}

@test "a sink that cannot be killed keeps its own thread at a reload, and no more" {
	mkdir "$host"/frozen
	disk "$host"/frozen
	journal
	sink a-stuck "echo >>$host/stuck; cat >>$disk/got"
	sink b-good "cat >>$host/got"
	start_agent
	fsfreeze -f "$disk"
	login 1
	within 5 '[ "$(numbers "$host"/got)" = "1 " ]'
	# Each thread that is not waited for keeps its stack, and the guard page below it.
	stacks() {
		python3 - "$service" <<-'PYTHON'
			import sys
			at = [line.split()[:2] for line in open(f"/proc/{sys.argv[1]}/maps")]
			ends = [[int(end, 16) for end in place.split("-")] for place, rights in at if rights == "---p"]
			print(sum(end - begin == 4096 for begin, end in ends))
		PYTHON
	}
	before=$(stacks)
	for reload in 1 2 3; do
		within 5 '[ "$(wc -l <"$host"/stuck)" = '"$reload"' ]'
		kill -HUP "$service"
		within 10 '[ "$(grep -c "does not let go" "$host"/said)" = '"$reload"' ]'
	done
	login 2
	within 5 '[ "$(numbers "$host"/got)" = "1 2 " ]'
	echo "$before stacks, then $(stacks)"
	[ "$(stacks)" -le $((before + 4)) ]
	release_disk # what was left comes back, and finds all that it uses
	kill "$service"
	wait "$service"
	service=
	[ ! -e "$host"/run/breakglass/agent ]
}

@test "folders of run that are made anew are heard again" {
	journal
	sink all "cat >>$host/got"
	start_agent
	"$breakglass" taint add --reason first
	within 5 '[ "$(numbers "$host"/got)" = "1 " ]'
	run=$host/run/breakglass
	local number=1
	for anew in 'mv "$run"/events "$host"/events.$number' 'rm -r "$run"/events'; do
		sleep 3.5 # the keeper has nothing to do
		eval "$anew"
		mkdir -m 700 "$run"/events
		# One without a number moves no head.
		flock "$run"/lock sleep 4 3>&- &
		sleep 0.2
		"$breakglass" taint add --reason 'it has no number yet'
		wait $!
		within 15 'numbers "$host"/got | grep -q " '$((++number))' $"'
	done
	mv "$run" "$host"/run/away
	within 10 'grep -q "run/breakglass cannot be watched: No such file" "$host"/said'
	cp -a "$host"/run/away "$run"
	"$breakglass" taint add --reason after
	within 15 '[ "$(numbers "$host"/got)" = "1 2 3 4 " ]'
	"$breakglass" taint add --reason later
	within 5 '[ "$(numbers "$host"/got)" = "1 2 3 4 5 " ]'
	[ "$(grep -c "cannot be watched" "$host"/said)" = 1 ]
}

@test "a configuration that was wrong is read again once it is mended" {
	journal
	sink all "cat >>$host/got"
	cp -p "$host"/etc/breakglass/gate.conf "$host"/good
	echo broken >>"$host"/etc/breakglass/gate.conf
	start_agent
	grep -q "gate.conf is wrong .*: only the journal is told" "$host"/said
	login 1
	within 5 '[ "$(grep -c ^BREAKGLASS_EVENT= "$host"/journal)" = 1 ]'
	sleep 2.5 # it is looked at, and still wrong
	[ ! -e "$host"/got ]
	[ "$(grep -c "only the journal is told" "$host"/said)" = 1 ]
	cp -p "$host"/good "$host"/etc/breakglass/gate.conf
	within 10 '[ "$(numbers "$host"/got)" = "1 " ]'
	printf '[metrics]\ntextfile = nowhere\n' >"$host"/etc/breakglass/agent.conf
	kill -HUP "$service"
	within 5 'grep -q "agent.conf:2: .*there are no metrics" "$host"/said'
	mkdir "$host"/metrics
	printf '[metrics]\ntextfile = %s\n' "$host"/metrics >"$host"/etc/breakglass/agent.conf
	within 10 '[ -s "$host"/metrics/breakglass.prom ]'
	[ "$(grep -c "mended, and is read anew" "$host"/said)" = 2 ]
}

@test "where memory is short of a sink, it ends with an error" {
	journal
	for number in {1..60}; do sink "number-$number" true; done
	( ulimit -v 300000 && "$agent" check ) >/dev/null || skip "it needs more memory than it is given"
	not_new
	( ulimit -v 300000 && exec timeout 60 "$agent" run ) 2>"$host"/said 3>&- && status=0 || status=$?
	[ "$status" = 1 ]
	grep -q "sink exec.number-[0-9]* is not told: out of memory" "$host"/said
	grep -q "it does not start: " "$host"/said
}
