#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# status, taint, events and boot, on a host in a folder.

load host.bash

@test "a host that nobody entered is pristine" {
	run "$breakglass" status
	[ "$status" = 0 ]
	[[ "$output" == *"tainted:  no"* ]]
	[ "$(status_json 'd["tainted"], d["events"]["count"]')" = "(False, 0)" ]
	run "$breakglass" events
	[ "$status" = 0 ]
	[ -z "$output" ]
}

@test "status says who is in, why and until when" {
	login 1
	run "$breakglass" status
	[ "$status" = 1 ]
	[[ "$output" == *"alice@example.com as ops by sshd from 192.0.2.7, until "*" left)"* ]]
	[[ "$output" == *'INC-1: "disk" \ full'* ]]
	[ "$(status_json 'd["level"], len(d["sessions"]), d["sessions"][0]["state"]')" = "('rebuild', 1, 'open')" ]
	login 2 close
	[ "$(status_json 'len(d["sessions"]), d["events"]["count"]')" = "(1, 3)" ]
}

@test "a person without rights gets the same answer from run/tainted" {
	login 1
	if [ "$(id -u)" = 0 ]; then
		as_other=(setpriv --reuid 65534 --regid 65534 --clear-groups)
	else
		chmod 000 "$events"
		as_other=()
	fi
	run "${as_other[@]}" "$breakglass" status
	chmod 700 "$events"
	[ "$status" = 1 ]
	[[ "$output" == *"sealed:   unknown"* ]]
	[[ "$output" == *"tainted:  YES"* ]]
	[[ "$output" == *"alice@example.com as ops by sshd"* ]]
	[[ "$output" != *"events:"* ]]
}

@test "a forged run/tainted steers no terminal" {
	login 1
	as_other=()
	[ "$(id -u)" != 0 ] || as_other=(setpriv --reuid 65534 --regid 65534 --clear-groups)
	chmod 000 "$events"
	sed -i 's/"ops"/null/g' "$host"/run/breakglass/tainted
	run "${as_other[@]}" "$breakglass" status
	[ "$status" = 1 ]
	[[ "$output" == *"session:  alice@example.com as unknown by sshd from 192.0.2.7, until "* ]]
	sed -i 's/alice@example.com/a\\u001b[2Kb/g; s/INC-1/a\\nsealed: yes/g' "$host"/run/breakglass/tainted
	for json in '' --json; do
		# shellcheck disable=SC2086
		run "${as_other[@]}" "$breakglass" status $json
		[ "$status" = 1 ]
		[[ "$output" == *unknown* ]]
		[[ "$output" != *$'\033'* && "$output" != *001b* && "$output" != *"sealed: yes"* ]]
	done
	chmod 700 "$events"
}

@test "taint add marks the host, at the policy's level or a given one" {
	run "$breakglass" taint add --reason 'found a rootkit'
	[ "$status" = 0 ]
	[ "$(json "$events"/0000000001.json 'd["type"], d["data"]["level"], d["data"]["evidence"]["reason"]')" = \
		"('breakglass.taint.manual', 'rebuild', 'found a rootkit')" ]
	"$breakglass" taint add --reason worse --level reallocate
	"$breakglass" taint add --reason 'not so bad' --level refresh
	run "$breakglass" status
	[ "$status" = 1 ]
	[[ "$output" == *"(reallocate)"* ]]
	[[ "$output" == *"not so bad"* ]]
}

@test "taint add refuses what it does not understand, and records nothing" {
	for arguments in "" "--level rebuild" "--reason" "--reason x --level worst" "--reason x y" "--raeson x"; do
		# shellcheck disable=SC2086
		run "$breakglass" taint add $arguments
		[ "$status" = 2 ]
	done
	run "$breakglass" taint add --reason ''
	[ "$status" = 2 ]
	run "$breakglass" taint add --reason $'two\nlines'
	[ "$status" = 2 ]
	run "$breakglass" taint add --reason "$(printf '%0201d' 0)"
	[ "$status" = 2 ]
	[ -z "$(ls "$events")" ]
}

# tainted ID LEVEL NOW FILE: what a taint says, and whether the host is to be replaced at once.
tainted() {
	[ "$(json "$events/$4" 'd["subject"], d["data"]["level"], d["data"]["replace"]["by"] == d["time"]')" = "('$1', '$2', $3)" ]
}

@test "what can be read of a broken configuration counts for a taint" {
	mkdir -p "$host"/etc/breakglass/gate.conf.d
	printf '[host]\nid = web-7\n[taint]\nlevel = refresh\n' >"$host"/etc/breakglass/gate.conf
	echo 'tyop = 1' >"$host"/etc/breakglass/gate.conf.d/50-other.conf
	run "$breakglass" taint add --reason 'a typo elsewhere'
	[ "$status" = 0 ]
	[[ "$output" == *"recorded as of host 'web-7', refresh: gate.conf is wrong"* ]]
	tainted web-7 refresh False 0000000001.json
	printf '[taint]\nlevel = refrehs\nlongest_tainted = soon\n' >"$host"/etc/breakglass/gate.conf.d/50-other.conf
	run "$breakglass" taint add --reason 'the level is not known'
	[ "$status" = 0 ]
	[[ "$output" == *"recorded as of host 'web-7', reallocate, now: gate.conf is wrong"* ]]
	tainted web-7 reallocate True 0000000002.json
}

@test "a broken configuration keeps no host from being tainted" {
	echo 0123456789abcdef0123456789abcdef >"$host"/etc/machine-id
	echo 'nonsense' >"$host"/etc/breakglass/gate.conf
	run "$breakglass" taint add --reason 'the configuration is not what it was'
	[ "$status" = 0 ]
	[[ "$output" == *"recorded as of host 'unknown', reallocate, now: gate.conf"* ]]
	[ "$(json "$events"/0000000001.json 'd["subject"], d["source"], d["data"]["level"], d["data"]["replace"]["by"] == d["time"], d["data"]["host"]["machine_id"], d["data"]["host"]["groups"]')" = \
		"('unknown', 'urn:breakglass:host:unknown', 'reallocate', True, '0123456789abcdef0123456789abcdef', [])" ]
	rm "$host"/etc/breakglass/gate.conf
	run "$breakglass" taint add --reason 'now it is gone' --level refresh
	[ "$status" = 0 ]
	[ "$(json "$events"/0000000002.json 'd["subject"], d["data"]["level"]')" = "('unknown', 'refresh')" ]
	run "$breakglass" status
	[ "$status" = 1 ]
	[[ "$output" == *"(reallocate)"*"now it is gone"* ]]
}

@test "a new host says so, and is none the worse for it" {
	printf 'ID=debian\nVERSION_ID="13"\nIMAGE_ID=web\nIMAGE_VERSION=7\n' >"$host"/usr/lib/os-release
	"$breakglass" boot
	life 2000000000 2100000000
	run "$breakglass" status
	[ "$status" = 0 ]
	[[ "$output" == *"tainted:  no"*"1 recorded"* ]]
	[ ! -e "$host"/run/breakglass/tainted ]
	run "$breakglass" events
	[ "$status" = 0 ]
	[[ "$output" == *"host.fresh      none        new host: image web 7" ]]
	reboot
	life 2000000000 2100000000
	run "$breakglass" status
	[ "$status" = 0 ]
	[[ "$output" == *"1 recorded"* ]]
	[ ! -e "$host"/run/breakglass/tainted ]
	login 1
	run "$breakglass" status
	[ "$status" = 1 ]
}

@test "a host that somebody entered first never says that it is new" {
	"$breakglass" boot
	login 1
	run life 2000000000 2100000000
	[[ "$output" == *"not said to be new"* ]]
	[ "$("$breakglass" events | grep -c .)" = 1 ]
}

@test "a host that has lived long enough is tainted, and stays so" {
	"$breakglass" boot
	life 1 2
	for _ in 1 2; do
		run "$breakglass" status
		[ "$status" = 1 ]
		[[ "$output" == *"to be replaced (refresh) by "*"last by its age: "*" old: to be replaced once nobody is in"* ]]
		reboot
	done
	run "$breakglass" events
	[ "$status" = 0 ]
	[[ "${lines[1]}" == *"taint.lifetime  refresh     its age: "* ]]
}

@test "a host's age gives nobody more time, and takes none from a session" {
	"$breakglass" boot
	python3 -c 'import json, time
print(json.dumps({"born": None, "first_boot": "", "boot": open("/proc/sys/kernel/random/boot_id").read().strip(),
    "age": 1000000, "at": int(time.clock_gettime(time.CLOCK_BOOTTIME)), "fresh": "said", "level": None}))' \
		>"$host"/var/lib/breakglass/born
	chmod 600 "$host"/var/lib/breakglass/born
	life 604800 1209600
	aged=$(status_json 'd["by"]') # for its age it may stand for most of a day more
	login 1
	deadline=$(json "$events"/0000000002.json 'd["data"]["session"]["deadline"]')
	[[ "$aged" > "$deadline" ]]
	[ "$(json "$host"/run/breakglass/tainted 'd["by"]')" = "$deadline" ]
	[ "$(status_json 'd["by"]')" = "$deadline" ]
	rm "$host"/run/breakglass/head "$host"/run/breakglass/tainted
	[ "$(status_json 'd["by"]')" = "$deadline" ]
	[ "$(json "$host"/run/breakglass/tainted 'd["by"]')" = "$deadline" ]
	reboot
	[ "$(json "$host"/run/breakglass/tainted 'd["by"], d["level"]')" = "('$deadline', 'rebuild')" ]
}

@test "every event is valid against its schema" {
	"$breakglass" boot
	life 1 2 # new, and old enough
	login 1 close
	"$breakglass" taint add --reason 'by hand'
	printf 'ID=debian\nVERSION_ID="13"\nIMAGE_ID=web\nIMAGE_VERSION=7\n' >"$host"/usr/lib/os-release
	printf 'id = rack-7\n' | sed -i '/^id/{r /dev/stdin
		d}' "$host"/etc/breakglass/gate.conf
	reboot
	"$breakglass" taint add --reason 'by hand, elsewhere'
	mv "$events" "$host"/away
	login 2
	mv "$host"/away "$events"
	mv "$host"/etc/breakglass/gate.conf "$host"/gate.conf
	"$breakglass" taint add --reason 'by hand, without a policy'
	"$breakglass" events --json >"$host"/all
	[ "$(wc -l <"$host"/all)" = 8 ]
	python3 - "$top_srcdir"/docs/schema/event.json "$host"/all <<-'END'
		import json, sys
		import jsonschema
		validator = jsonschema.Draft202012Validator(json.load(open(sys.argv[1])))
		validator.check_schema(validator.schema)
		for line in open(sys.argv[2]):
		    event = json.loads(line)
		    validator.validate(event)
		    for broken in ({**event, "type": "breakglass.taint.other"}, {**event, "extra": 1},
		                   {**event, "data": {**event["data"], "number": 0}}):
		        assert not validator.is_valid(broken), broken
	END
}

@test "events that were changed, taken away or put in are noticed" {
	for i in 1 2 3; do login $i; done
	run "$breakglass" events
	[ "$status" = 0 ]
	[ "${#lines[@]}" = 3 ]
	sed -i s/alice/mallory/ "$events"/0000000002.json
	run "$breakglass" events
	[ "$status" = 1 ]
	[[ "$output" == *"event 3 does not follow"* ]]
	sed -i s/mallory/alice/ "$events"/0000000002.json
	mv "$events"/0000000001.json "$host"/first
	run "$breakglass" events
	[ "$status" = 1 ]
	mv "$host"/first "$events"/0000000001.json
	echo '{}' >"$events"/0000000004.json
	chmod 600 "$events"/0000000004.json
	run "$breakglass" events
	[ "$status" = 1 ]
	[[ "$output" == *"event 4"* ]]
	run "$breakglass" status
	[ "$status" = 1 ]
	[[ "$output" == *"changed or lost"* ]]
}

@test "a tainted host is tainted after a reboot, with or without the boot unit" {
	login 1
	reboot
	[ -s "$host"/run/breakglass/tainted ]
	run "$breakglass" status
	[ "$status" = 1 ]
	[[ "$output" != *"session:"* ]]
	rm -rf "$host"/run/breakglass
	mkdir "$host"/run/breakglass
	run "$breakglass" status
	[ "$status" = 1 ]
	[ -s "$host"/run/breakglass/tainted ]
}

@test "the boot unit keeps the vouched time and a whole chain" {
	login 1
	rm -rf "$host"/run/breakglass
	mkdir "$host"/run/breakglass
	issued=$(date -d "$(json "$events"/0000000001.json 'd["data"]["session"]["issued_at"]')" +%s)
	touch "$events"/.tmp.1.2.3 "$host"/var/lib/breakglass/.tmp.4.5
	"$breakglass" boot
	[ "$(stat -c %Y "$host"/run/breakglass/mark)" = "$issued" ]
	[ ! -e "$events"/.tmp.1.2.3 ]
	[ ! -e "$host"/var/lib/breakglass/.tmp.4.5 ]
	login 2
	run "$breakglass" events
	[ "$status" = 0 ]
	[ "${#lines[@]}" = 2 ]
}

# blanks: how many files lie ready for an event.
blanks() { find "$events" -name '*.json' -size 16 -exec grep -L '^{' {} + | wc -l; }

@test "files lie ready for the next events, and no reader takes them for events" {
	[ "$(blanks)" = 0 ]
	"$breakglass" boot
	[ "$(blanks)" = 16 ]
	login 1 close
	[ "$(blanks)" = 14 ]
	run "$breakglass" events
	[ "$status" = 0 ]
	[ "${#lines[@]}" = 2 ]
	run "$breakglass" status
	[ "$status" = 1 ]
}

@test "only a clean end of an earlier boot proves anything" {
	last=$host/var/lib/breakglass/boots/last
	proof=$host/run/breakglass/boot-proof
	other=00000000-0000-4000-8000-000000000000
	"$breakglass" boot
	[ ! -e "$proof" ]
	[ "$(json "$last" 'd["ended"]')" = None ]
	"$breakglass" boot --end
	[ "$(json "$last" 'd["ended"]')" != None ]
	"$breakglass" boot # the unit was restarted: the boot goes on
	[ ! -e "$proof" ]
	[ "$(json "$last" 'd["ended"]')" = None ]
	"$breakglass" boot --end
	sed -i "s/\"boot_id\":\"[^\"]*\"/\"boot_id\":\"$other\"/" "$last" # the store is of this boot
	"$breakglass" boot
	[ ! -e "$proof" ]
	printf '{"boot_id":"%s","store_boot_id":"%s","ended":null,"gap":false}\n' $other $other >"$last"
	reboot
	[ ! -e "$proof" ]
	[ "$(json "$last" 'd["gap"]')" = True ]
	printf '{"boot_id":"%s","store_boot_id":"%s","ended":"2026-11-01T00:00:00Z","gap":true}\n' $other $other >"$last"
	reboot # one clean boot does not say what an earlier one lost
	[ ! -e "$proof" ]
	printf '{"boot_id":"%s","store_boot_id":"%s","ended":"2026-11-01T00:00:00Z","gap":false}\n' $other $other >"$last"
	reboot
	[ "$(stat -c %Y "$proof")" = "$(date -d 2026-11-01T00:00:00Z +%s)" ] # it proves nothing of later tokens
	[ "$(json "$last" 'd["ended"]')" = None ]
	[ "$(json "$last" 'd["store_boot_id"]')" = $other ]
	printf '{"boot_id":"%s","store_boot_id":"%s","ended":"2126-11-01T00:00:00Z","gap":false}\n' $other $other >"$last"
	reboot # one of the two clocks is wrong
	[ ! -e "$proof" ]
}

# earlier_boot: makes boots/last one of another boot, which ended clean.
earlier_boot() {
	"$breakglass" boot --end
	sed -i "s/\"\(store_\)\?boot_id\":\"[^\"]*\"/\"\1boot_id\":\"00000000-0000-4000-8000-000000000000\"/g" \
		"$host"/var/lib/breakglass/boots/last
}

@test "a store that is damaged proves nothing, and taints" {
	"$breakglass" boot
	login 1
	login 2
	earlier_boot
	cp -a "$events" "$host"/away
	reboot
	[ -e "$host"/run/breakglass/boot-proof ]
	for damage in 'head -c 512 /dev/zero >"$events"/0000000001.json' ': >"$events"/0000000002.json' \
		'rm "$events"/0000000001.json' 'for e in "$events"/*.json; do head -c 512 /dev/zero >"$e"; done'; do
		earlier_boot
		rm -rf "$events"
		cp -a "$host"/away "$events"
		eval "$damage"
		run reboot
		echo "$damage: $output"
		[ "$status" = 0 ]
		[[ "$output" == *"events were changed or lost"* ]]
		[ ! -e "$host"/run/breakglass/boot-proof ]
		grep -q '"level":"reallocate"' "$host"/run/breakglass/tainted
		run "$breakglass" status
		[ "$status" = 1 ]
		[[ "$output" == *"tainted:  YES"* ]]
	done
}

@test "nobody ends another boot" {
	"$breakglass" boot
	sed -i "s/\"boot_id\":\"[^\"]*\"/\"boot_id\":\"00000000-0000-4000-8000-000000000000\"/" "$host"/var/lib/breakglass/boots/last
	run "$breakglass" boot --end
	[ "$status" = 1 ]
	[[ "$output" == *"the begin of this boot was not noted"* ]]
	[ "$(json "$host"/var/lib/breakglass/boots/last 'd["ended"]')" = None ]
	rm "$host"/var/lib/breakglass/boots/last
	run "$breakglass" boot --end
	[ "$status" = 1 ]
	[[ "$output" == *"the begin of this boot was not noted"* ]]
}

@test "a boot that leaves events behind does not end clean" {
	"$breakglass" boot
	mv "$events" "$host"/away
	login 1
	run "$breakglass" boot --end
	[ "$status" = 1 ]
	[ "$(json "$host"/var/lib/breakglass/boots/last 'd["ended"]')" = None ]
	run "$breakglass" status
	[ "$status" = 1 ]
	[[ "$output" == *"1 of them not on disk yet"* ]]
	mv "$host"/away "$events"
	"$breakglass" boot --end
	[ "$(json "$host"/var/lib/breakglass/boots/last 'd["ended"]')" != None ]
	[ -e "$events"/0000000001.json ]
}

@test "a forged event steers no terminal and begins no line" {
	for reason in '\u001b[2K\r false' 'a\nPRIORITY=0' 'a\u202eb' $'\n'; do
		rm -rf "$events" "$host"/run/breakglass
		mkdir -m 700 "$events"
		mkdir "$host"/run/breakglass
		login 1
		login 2
		login 3
		forge "$reason"
		run "$breakglass" events
		[ "$status" = 1 ]
		[ "$(grep -c "unreadable" <<<"$output")" = 1 ]
		[[ "$output" != *$'\033'* && "$output" != *false* ]]
		run bash -c '"$@" 2>"$0"' "$host"/said "$breakglass" events --json
		[ "$status" = 1 ]
		[ "${#lines[@]}" = 2 ]
		grep -q "event 2 cannot be read, and is left out" "$host"/said
	done
}

@test "whoever is not known is called unknown" {
	"$breakglass" taint add --reason 'found a rootkit'
	sed -i 's/"actor":\("[^"]*"\|null\)/"actor":null/' "$events"/0000000001.json
	run "$breakglass" events
	[[ "${lines[0]}" == *"taint.manual"*"  unknown: found a rootkit" ]]
	rm "$events"/0000000001.json # what is missing says of nobody either
	run "$breakglass" status
	[[ "$output" == *"last by unknown: event 1 is missing"* ]]
}

@test "an event that waits and cannot be read is no success" {
	login 1
	mkdir -p -m 700 "$host"/run/breakglass/events
	printf '{"id":"a\u001bc"' >"$host"/run/breakglass/events/00000000000000000000000000000000.loose
	chmod 600 "$host"/run/breakglass/events/*.loose
	for option in "" --json; do
		# shellcheck disable=SC2086
		run "$breakglass" events $option
		[ "$status" = 1 ]
		[[ "$output" == *alice* && "$output" != *$'\033'* ]]
	done
}

@test "an end says whose it is, and how" {
	login 1
	login 2 close
	run "$breakglass" events
	[[ "${lines[0]}" == *"alice@example.com: INC-1: "*"  [ops by sshd from 192.0.2.7, token 01010101]" ]]
	[[ "${lines[2]}" == *"taint.closed"*"  [ops by sshd from 192.0.2.7, token 02020202: logout]" ]]
}

@test "a chain that grows while it is looked at is whole" {
	for i in {1..150}; do "$breakglass" taint add --reason "number $i"; done &
	while kill -0 $! 2>/dev/null; do
		run "$breakglass" events
		[ "$status" = 0 ]
	done
}

@test "half an event that a power cut left taints the host, and holds up nobody" {
	login 1
	"$breakglass" boot
	{ head -c 512 "$events"/0000000001.json && head -c 7680 /dev/zero | tr '\0' '\n'; } |
		dd of="$events"/0000000002.json conv=notrunc status=none
	run reboot
	[[ "$output" == *"event 2"* ]]
	run "$breakglass" status
	[ "$status" = 1 ]
	[[ "$output" == *"reallocate"* ]]
	login 2
	[ -s "$events"/0000000003.json ]
	[ ! -e "$host"/run/breakglass/boot-proof ]
}

@test "events that are gone take no taint away" {
	"$breakglass" boot
	login 1
	mv "$events" "$events.away"
	mkdir -m 700 "$events"
	run "$breakglass" status
	[ "$status" -eq 1 ]
	[[ "$output" == *"alice@example.com"* ]]
}

@test "tokens of the events on disk are spent after a reboot, whatever the clock says" {
	"$breakglass" boot
	login 1
	login 2 close
	reboot
	[ -e "$host"/run/breakglass/spent/01010101010101010101010101010101 ]
	[ -e "$host"/run/breakglass/spent/02020202020202020202020202020202 ]
	run login 1
	[ "$status" -ne 0 ]
}

@test "the end of the chain is held against what this boot recorded" {
	login 1
	login 2
	mv "$events"/0000000002.json "$host"/last
	run "$breakglass" events
	[ "$status" = 1 ]
	[[ "$output" == *"event 2 is missing"* ]]
	run "$breakglass" status
	[ "$status" = 1 ]
	[[ "$output" == *"event 2 is missing"* ]]
	[ "$(status_json 'd["events"]["chain_intact"], d["events"]["broken_at"]')" = "(False, 2)" ]
	sed s/alice/mallory/ "$host"/last >"$events"/0000000002.json
	chmod 600 "$events"/0000000002.json
	run "$breakglass" events
	[ "$status" = 1 ]
	[[ "$output" == *"event 2 does not follow"* ]]
	cat "$host"/last >"$events"/0000000002.json
	"$breakglass" events
	[ "$(status_json 'd["events"]["chain_intact"]')" = True ]
}

@test "without the folder of events nobody is told that the host is pristine" {
	rmdir "$events"
	rm -rf "$host"/run/breakglass
	run "$breakglass" status
	[ "$status" = 2 ]
	[[ "$output" == *"there is no $events"* ]]
	run "$breakglass" events
	[ "$status" = 1 ]
	[[ "$output" == *"$events: not found"* ]]
}

@test "a session whose end nobody recorded is over" {
	login 1
	sh -c '"$@"; :' - "$top_builddir"/tests/cli/record_login 2 # its owner is gone
	run "$breakglass" status
	[ "$status" = 1 ]
	[ "$(grep -c '^session: .* left)$' <<<"$output")" = 1 ]
	[ "$(grep -c '^session: .* (over)$' <<<"$output")" = 1 ]
	[ "$(status_json 'sorted(s["state"] for s in d["sessions"])')" = "['open', 'over']" ]
}

@test "output that cannot be written is no success" {
	login 1
	for command in "events" "events --json" "policy show" "policy show --json" "--version" "events --help"; do
		# shellcheck disable=SC2086
		run sh -c '"$@" >/dev/full' - "$breakglass" $command
		[ "$status" = 1 ]
		[[ "$output" == *"standard output cannot be written"* ]]
	done
	for command in "status" "status --json" "policy check" "policy check --json"; do
		# shellcheck disable=SC2086
		run sh -c '"$@" >/dev/full' - "$breakglass" $command
		[ "$status" = 2 ]
	done
}

@test "every subcommand has help, and says under its own name what is wrong" {
	for command in status events boot "taint add" "policy check" "policy show" "token mint" "token sign" \
		"token inspect" "token verify"; do
		# shellcheck disable=SC2086
		run "$breakglass" $command --help
		[ "$status" = 0 ]
		[[ "$output" == "usage: breakglass $command"* ]]
		# shellcheck disable=SC2086
		run "$breakglass" $command --surprise
		[ "$status" = 2 ]
		[[ "$output" == *"breakglass $command"* ]]
	done
	run "$breakglass" taint add --reas x
	[ "$status" = 2 ]
	[ "$output" = "breakglass: '--reas' is no option of breakglass taint add; --help shows all" ]
	run "$breakglass" taint add --reason
	[[ "$output" == *"'--reason' of breakglass taint add needs a value"* ]]
	run "$breakglass" taint add --reason x --level nope
	[ "$status" = 2 ]
	[[ "$output" == *"--level nope: write refresh, rebuild or reallocate"* ]]
	run "$breakglass" policy show -xy
	[ "$status" = 2 ]
	[[ "$output" == *"'-xy'"* ]]
	run "$breakglass" --version x
	[ "$status" = 2 ]
	run "$breakglass" tokn
	[ "$status" = 2 ]
	[ "${lines[0]}" = "breakglass: 'tokn' is no command of breakglass" ]
	run "$breakglass" $'\e[31mred'
	[ "$status" = 2 ]
	[[ "$output" == *"'?[31mred'"* ]]
}

@test "who may not do it is told so" {
	as_other=()
	[ "$(id -u)" != 0 ] || as_other=(setpriv --reuid 65534 --regid 65534 --clear-groups)
	# The program as it is installed: in a folder, whoever runs it is its root.
	for command in boot events; do
		run "${as_other[@]}" "$top_builddir"/breakglass/cli/breakglass $command
		[ "$status" = 1 ]
		[[ "$output" == *"(only root can do this)"* ]]
	done
}

@test "an event nested too deep is not read" {
	login 1
	deep=$(printf '%014d' 0)
	sed "s/^{/{\"x\":[${deep//0/[}${deep//0/]}],/" "$events"/0000000001.json >"$host"/deepest
	sed "s/^{/{\"x\":[\"]\",${deep//0/[}[${deep//0/]}]],/" "$events"/0000000001.json >"$host"/deeper
	cat "$host"/deepest >"$events"/0000000001.json
	run "$breakglass" events
	[[ "$output" == *alice* ]]
	cat "$host"/deeper >"$events"/0000000001.json
	run "$breakglass" events
	[[ "$output" == *unreadable* ]]
}
