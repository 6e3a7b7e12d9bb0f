#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The host agent on a booted machine: what the orchestrator is told, whatever breaks on the way, and how old the host is.
load lib/checks.bash

setup_file() {
	use_machine
}

# What comes after finds a pristine machine.
teardown_file() {
	end_own_machine
	[ -n "${OWN_MACHINE:-}" ] || { machine_replace "$IMAGE" && write_ssh_config; }
}

teardown() {
	[ -z "${MEND:-}" ] || guest "now=$(date +%s.%N); $MEND"
}

# of_host: the ids of the events that the host has, in order; of_orchestrator: of those that were told.
of_host() { guest "breakglass events --json" | jq -r .id; }
of_orchestrator() { jq -r .id "$MACHINE/told.jsonl"; }

# in_order WANTED GOT: each, in order; one may come again by the same id, no further back than what a worker has at once.
in_order() {
	awk -v window=64 '
		NR == FNR { at[$0] = ++count; next }
		!($0 in at) || at[$0] > last + 1 || at[$0] <= last - window { bad = 1 }
		at[$0] > last { last = at[$0] }
		END { exit bad || last != count }' <(echo "$1") <(echo "$2")
}

# all_told: within 40 seconds the orchestrator has all that the host has.
all_told() {
	local wanted got
	for _ in $(seq 40); do
		wanted=$(of_host) got=$(of_orchestrator)
		in_order "$wanted" "$got" && return 0
		sleep 1
	done
	diff <(echo "$wanted") <(echo "$got")
}

@test "the host said first that it is new: its image, its key" {
	[ "$(jq -rs '.[0] | .type, .data.host.image.id, .data.number' "$MACHINE/told.jsonl" | xargs)" = "breakglass.host.fresh web 1" ]
	[ "$(jq -r 'select(.type == "breakglass.host.fresh") | .id' "$MACHINE/told.jsonl" | sort -u | wc -l)" = 1 ]
	jq -rs '.[0].data.key' "$MACHINE/told.jsonl" | grep '^whpk_'
}

@test "a login is told over HTTPS, signed by the host's key" {
	run ssh_pasting alice ops "$(token alice ops)" true
	succeeds
	all_told
}

@test "network gone, agent killed: what was recorded meanwhile is told once it is back" {
	local link='$(ls /sys/class/net | grep -v lo)'
	MEND="ip link set $link up; networkctl reconfigure $link"
	guest "ip link set $link down"
	guest 'for i in 1 2 3; do breakglass taint add --reason "nobody hears $i"; done; systemctl kill -s KILL breakglass-agent'
	guest 'for i in 4 5 6; do breakglass taint add --reason "nobody hears $i"; done'
	run guest 'for i in $(seq 20); do breakglass status | grep "webhook: [1-9]" && exit; sleep 0.5; done; false'
	succeeds
	guest "$MEND"
	MEND=
	all_told
}

@test "the disk is read-only: an event that is on /run alone is told, too" {
	MEND='mount -o remount,rw / && journalctl --flush'
	guest 'journalctl --relinquish-var; mount -o remount,ro / && ! touch /x 2>/dev/null'
	run ssh_pasting alice ops "$(token alice ops)" true
	succeeds
	all_told
	guest "$MEND"
	MEND=
	guest 'for i in $(seq 20); do [ -z "$(ls /run/breakglass/events)" ] && exit; sleep 0.5; done; false'
	all_told
}

# born: when the host was born by its own clock of now, and how old it is by that.
age() {
	guest 'breakglass status --json' | jq -r '.agent.lifetime.born | fromdate' >"$BATS_TEST_TMPDIR/born"
	echo $(($(guest 'date +%s') - $(<"$BATS_TEST_TMPDIR/born")))
}

restart_agent() {
	guest 'systemctl restart breakglass-agent; for i in $(seq 20); do grep -qs "\"lifetime\":{" /run/breakglass/agent && exit; sleep 0.5; done; false'
}

@test "a clock that is set back or forward makes the host neither younger nor older" {
	local before after
	MEND='date -s @$now'
	restart_agent
	before=$(age)
	[ "$before" -gt 0 ]
	for clock in 2001-02-03 2099-01-01; do
		guest "date -s $clock"
		restart_agent
		after=$(age)
		[ "$after" -ge "$before" ] && [ "$after" -lt $((before + 300)) ] || { echo "$clock: $before, then $after"; false; }
	done
}

@test "a session ends at its deadline, whatever is done to the clock meanwhile" {
	local token id begin end
	MEND='date -s @$now'
	token=$(MAX=30s token alice ops)
	id=$(breakglass token inspect --json "$token" | jq -r .token_id)
	SSH_SECONDS=120 ssh_carrying alice ops "$token" 'sleep 100' >/dev/null 2>&1 3>&- &
	begin=$(guest "until breakglass events --json | grep -q '\"token_id\":\"$id\"'; do sleep 0.2; done; cut -d. -f1 /proc/uptime")
	guest 'date -s "-3 hours"'
	sleep 8
	guest 'date -s "+1 day"'
	end=$(guest "until breakglass events --json | grep '\"token_id\":\"$id\"' | grep -q taint.closed; do sleep 0.2; done
		cut -d. -f1 /proc/uptime")
	echo "$((end - begin)) s"
	[ "$((end - begin))" -ge 27 ]
	[ "$((end - begin))" -le 40 ]
	[ "$(guest "breakglass events --json" | jq -r --arg id "$id" \
		'select(.type == "breakglass.taint.closed" and .data.session.token_id == $id) | .data.session.ended')" = deadline ]
}

@test "a host that has lived long enough is tainted, and the orchestrator knows" {
	MEND='rm -r /etc/breakglass/agent.conf.d; systemctl reload breakglass-agent'
	guest "mkdir /etc/breakglass/agent.conf.d; printf '[lifetime]\npolite = 1s\nforced = 2s\n' >/etc/breakglass/agent.conf.d/age.conf
		systemctl reload breakglass-agent"
	for _ in $(seq 20); do
		! grep -q breakglass.taint.lifetime "$MACHINE/told.jsonl" || break
		sleep 1
	done
	[ "$(jq -r 'select(.type == "breakglass.taint.lifetime") | .data.level' "$MACHINE/told.jsonl")" = refresh ]
	run guest "breakglass status"
	shows "old enough to be replaced"
}

# The last: after a boot that ended so, no disk proves that an older token is unused.
@test "a session that the host went down with is closed by the next boot, and that is told" {
	local id token
	token=$(token alice ops)
	id=$(breakglass token inspect --json "$token" | jq -r .token_id)
	SSH_SECONDS=60 ssh_carrying alice ops "$token" 'sleep 50' >/dev/null 2>&1 3>&- &
	guest "until breakglass events --json | grep -q '\"token_id\":\"$id\"'; do sleep 0.5; done"
	machine_stop "$MACHINE" # as if the power had failed
	wait $! || true
	machine_boot "$IMAGE" && write_ssh_config
	all_told
	[ "$(jq -r --arg id "$id" 'select(.type == "breakglass.taint.closed" and .data.session.token_id == $id) | .data.session.ended' \
		"$MACHINE/told.jsonl" | sort -u)" = reboot ]
}
