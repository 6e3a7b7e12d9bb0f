#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Each sink gets each event: breakglass-agent deliver, on a host in a folder.

load ../cli/host.bash
load sinks.bash

@test "the journal gets each event once, in order" {
	journal
	login 1 close
	"$agent" deliver
	"$breakglass" taint add --reason third
	"$agent" deliver
	"$agent" deliver
	sleep 0.2
	kill "$listener"
	[ "$(grep -c ^BREAKGLASS_EVENT= "$host"/journal)" = 3 ]
	grep ^BREAKGLASS_EVENT= "$host"/journal | cut -d= -f2- >"$host"/got
	grep -h "^{" "$events"/*.json | cmp - "$host"/got
	grep -q '^MESSAGE=breakglass.taint.opened: alice@example.com: INC-1' "$host"/journal
	grep -q '^SYSLOG_IDENTIFIER=breakglass$' "$host"/journal
}

@test "that a host is new is no warning" {
	printf 'IMAGE_ID=web\nIMAGE_VERSION=7\n' >"$host"/usr/lib/os-release
	journal
	"$breakglass" boot
	life 1 2 # new, and old enough
	"$agent" deliver
	sleep 0.2
	kill "$listener"
	grep -A 1 '^MESSAGE=breakglass.host.fresh: new host: image web 7$' "$host"/journal | grep -q '^PRIORITY=5$'
	grep -A 1 '^MESSAGE=breakglass.taint.lifetime: its age: .* old: to be' "$host"/journal | grep -q '^PRIORITY=4$'
}

@test "the journal explains each type of event, and has its parts in fields" {
	journal
	"$breakglass" boot
	life 1 2 # new, and old enough
	login 1 close
	"$breakglass" taint add --reason 'by hand'
	"$agent" deliver
	within 5 '[ "$(grep -c ^BREAKGLASS_EVENT= "$host"/journal)" = 5 ]'
	grep ^MESSAGE_ID= "$host"/journal | cut -d= -f2 | sort >"$host"/sent
	sed -n 's/^-- //p' "$top_srcdir"/policy/systemd/breakglass.catalog | sort >"$host"/explained
	diff "$host"/sent "$host"/explained
	[ "$(sort -u "$host"/sent | wc -l)" = 5 ]
	# What the explanations name is there, but for a host that is new, which is no taint.
	for field in $(grep -o '@BREAKGLASS_[A-Z_]*@' "$top_srcdir"/policy/systemd/breakglass.catalog | tr -d @ | sort -u); do
		[ "$(grep -c "^$field=." "$host"/journal)" -ge 4 ] || { echo "$field"; false; }
	done
	grep -q '^BREAKGLASS_REPLACE_BY=20[0-9-]*T' "$host"/journal
}

@test "the command line delivers, too" {
	journal
	sink all "cat >>$host/got"
	login 1
	"$breakglass" events deliver
	[ "$(wc -l <"$host"/got)" = 1 ]
}

@test "no journal: it is said, and delivered later" {
	login 1
	run "$agent" deliver
	[ "$status" = 1 ]
	[[ "$output" == *"sink journal stopped after event 0"* ]]
	journal
	"$agent" deliver
	sleep 0.2
	kill "$listener"
	[ "$(grep -c ^BREAKGLASS_EVENT= "$host"/journal)" = 1 ]
}

@test "programs get each event on standard input, in order" {
	journal
	sink orchestrator "cat >>$host/got"
	sink count 'cat >/dev/null'
	login 1 close
	login 2
	"$agent" deliver
	"$agent" deliver
	kill "$listener"
	grep -h "^{" "$events"/*.json | cmp - "$host"/got
}

@test "a program that fails gets the event again; the others go on" {
	journal
	sink a-broken "cat >>$host/tried; test -e $host/healed"
	sink b-good "cat >>$host/got"
	login 1
	login 2
	run "$agent" deliver
	[ "$status" = 1 ]
	[[ "$output" == *"sink exec.a-broken stopped after event 0"* ]]
	[ "$(wc -l <"$host"/tried)" = 1 ]
	[ "$(wc -l <"$host"/got)" = 2 ]
	touch "$host"/healed
	"$agent" deliver
	kill "$listener"
	[ "$(wc -l <"$host"/tried)" = 3 ]
	[ "$(wc -l <"$host"/got)" = 2 ]
}

@test "programs that others could change, links and copies are not run" {
	journal
	sink writable "touch $host/ran"
	chmod 777 "$host"/etc/breakglass/sinks.d/writable
	sink plain "touch $host/ran"
	chmod 644 "$host"/etc/breakglass/sinks.d/plain
	sink old.bak "touch $host/ran"
	printf '#!/bin/sh\ntouch %s/ran\n' "$host" >"$host"/elsewhere
	chmod 755 "$host"/elsewhere
	ln -s "$host"/elsewhere "$host"/etc/breakglass/sinks.d/link
	login 1
	run "$agent" deliver
	[ "$status" = 1 ]
	[[ "$output" == *writable*"not run"* ]]
	[[ "$output" == *"old.bak is not run: rename it"* ]]
	chmod 777 "$host"/etc/breakglass/sinks.d
	rm "$host"/etc/breakglass/sinks.d/{writable,plain,link}
	sink good "touch $host/ran"
	run "$agent" deliver
	kill "$listener"
	[ "$status" = 1 ]
	[ ! -e "$host"/ran ]
}

@test "a program with another name is told to be renamed, a hidden file is passed by" {
	journal
	sink .hidden "touch $host/ran"
	login 1
	run "$agent" deliver
	[ "$status" = 0 ]
	[ -z "$output" ]
	sink notify.sh "touch $host/ran"
	run "$agent" deliver
	kill "$listener"
	[ "$status" = 1 ]
	[ "${#lines[@]}" = 1 ]
	[[ "$output" == *"/notify.sh is not run: rename it, a program's name has letters, digits, _ and - only" ]]
	[ ! -e "$host"/ran ]
}

@test "a lost cursor delivers again, one beyond the events too" {
	journal
	sink all "cat >>$host/got"
	login 1
	"$agent" deliver
	echo garbage >"$host"/var/lib/breakglass/sinks/exec.all
	rm "$host"/run/breakglass/sinks/exec.all
	"$agent" deliver
	printf 99 >"$host"/var/lib/breakglass/sinks/exec.all
	"$agent" deliver
	kill "$listener"
	[ "$(wc -l <"$host"/got)" = 3 ]
}

@test "a disk that takes no cursor holds up no delivery" {
	journal
	sink all "cat >>$host/got"
	rmdir "$host"/var/lib/breakglass/sinks
	: >"$host"/var/lib/breakglass/sinks
	login 1
	run "$agent" deliver
	[[ "$output" == *"the disk does not take the cursor of sink exec.all"* ]]
	mv "$events" "$host"/away # nor any event
	login 2 close
	run "$agent" deliver
	login 3
	run "$agent" deliver
	run "$agent" deliver
	kill "$listener"
	[ "$(grep -o '"number":[0-9]*' "$host"/got | tr '\n' ' ')" = '"number":1 "number":2 "number":3 "number":4 ' ]
}

@test "events that wait on run are delivered before they are on disk" {
	journal
	sink all "cat >>$host/got"
	mv "$events" "$host"/away
	login 1
	run "$agent" deliver
	[ "$status" = 1 ]
	[[ "$output" == *"not on disk"* ]]
	[ "$(wc -l <"$host"/got)" = 1 ]
	mv "$host"/away "$events"
	"$agent" deliver
	kill "$listener"
	cmp "$events"/0000000001.json "$host"/got
}

@test "a number that was delivered from run alone may be given again" {
	sink all "cat >>$host/got"
	mv "$events" "$host"/away
	login 1
	run "$agent" deliver
	mv "$host"/away "$events"
	reboot # by a power cut
	login 2
	run "$agent" deliver
	[ "$(grep -o '"token_id":"[0-9]*' "$host"/got | cut -c13-16 | tr '\n' ' ')" = '0101 0202 ' ]
}

@test "what may not be on disk yet is not delivered" {
	sink all "cat >>$host/got"
	login 1
	# As while a writer waits for its disk: the event stands there, and the head does not know it.
	cp -p "$host"/run/breakglass/head "$host"/head
	login 2
	cp -p "$host"/head "$host"/run/breakglass/head
	flock "$host"/run/breakglass/lock sleep 4 &
	sleep 0.2
	run "$agent" deliver
	[ "$status" = 1 ]
	wait
	[ "$(grep -c . "$host"/got)" = 1 ]
	run "$agent" deliver
	[ "$(grep -c . "$host"/got)" = 2 ]
}

@test "what is recorded while events are delivered waits for the next time" {
	cat >"$host"/etc/breakglass/sinks.d/all <<-END
		#!/bin/sh
		cat >>$host/got
		[ -e $host/recorded ] || BREAKGLASS_TEST_ROOT=$host $top_builddir/tests/cli/record_login 2 >$host/recorded
	END
	chmod 700 "$host"/etc/breakglass/sinks.d/all
	"$breakglass" boot
	login 1
	run "$agent" deliver
	[ -e "$host"/recorded ]
	[ "$(grep -c . "$host"/got)" = 1 ] # the writer may not have waited for the disk yet
	run "$agent" deliver
	[ "$(grep -o '"number":[0-9]*' "$host"/got | tr '\n' ' ')" = '"number":1 "number":2 ' ]
}

@test "a forged event begins no line of the journal, and keeps none of the others" {
	journal
	sink all "cat >>$host/got"
	for reason in '\u001b[2K\r false' 'a\nPRIORITY=0' 'a\u202eb' $'\n'; do
		rm -rf "$events" "$host"/run/breakglass "$host"/got "$host"/var/lib/breakglass/sinks/*
		mkdir -m 700 "$events"
		mkdir "$host"/run/breakglass
		login 1
		login 2
		login 3
		forge "$reason"
		run "$agent" deliver
		[ "$status" = 1 ]
		[[ "$output" == *"sink exec.all: what could not be read was passed over"* ]]
		[ "$(grep -o '"number":[0-9]*' "$host"/got | tr '\n' ' ')" = '"number":1 "number":3 ' ]
	done
	sleep 0.2
	kill "$listener"
	! grep -q 'PRIORITY=0\|false' "$host"/journal || return
}
