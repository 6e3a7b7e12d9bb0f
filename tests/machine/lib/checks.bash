# SPDX-License-Identifier: BSD-2-Clause
# What every bats file loads: one machine, questions to it, and checks that say what they saw.
# shellcheck shell=bash

here=$(dirname "${BASH_SOURCE[0]}")
for library in base apt people image tree machine; do
	# shellcheck source=/dev/null
	. "$here/$library.bash"
done

# use_machine: the machine that `run` has booted, or a new one of the file's own.
use_machine() {
	export MACHINE IMAGE VERSION
	if [ -n "${MACHINE:-}" ] && machine_alive "$MACHINE"; then
		return 0
	fi
	own_machine "$(basename "$BATS_TEST_FILENAME" .bats)"
}

# own_machine NAME [KERNEL-WORD…]: a new one; the file's teardown ends it.
own_machine() {
	local name=$1
	shift
	machine_start "$name-$VERSION" "$IMAGE" "$@" && write_ssh_config || return
	export MACHINE
	OWN_MACHINE=$MACHINE
	export OWN_MACHINE
}

end_own_machine() {
	[ -z "${OWN_MACHINE:-}" ] || machine_stop "$OWN_MACHINE"
}

# shows TEXT: the last run's output has it.
shows() {
	[[ $output == *"$1"* ]] && return 0
	printf 'expected to see: %s\nstatus %s, output:\n%s\n' "$1" "$status" "$output"
	return 1
}

# succeeds: the last run's status.
succeeds() {
	[ "$status" -eq 0 ] && return 0
	printf 'status %s, output:\n%s\n' "$status" "$output"
	return 1
}

# audit_records OPERATION: this machine's records of it, raw, oldest first. auditd may be a moment behind.
audit_records() {
	guest "grep -ahs 'type=TRUSTED_APP.*op=breakglass-$1 ' \$(ls -tr /var/log/audit/audit.log*)" || true
}

# refusals: of people; what cron and at were refused in their own time is left out.
refusals() {
	audit_records refused | grep -v 'service="\(cron\|atd\)"'
}

# refused_as CODE: the last run was no login, and the newest refusal on record has that code.
refused_as() {
	local record
	if [ "$status" -eq 0 ]; then
		printf 'let in:\n%s\n' "$output"
		return 1
	fi
	for _ in $(seq 20); do
		record=$(refusals | tail -n 1)
		[[ $record == *"code=\"$1\""* ]] && return 0
		sleep 0.3
	done
	printf 'expected code %s, the record is:\n%s\noutput:\n%s\n' "$1" "$record" "$output"
	return 1
}

# denied_in_journal CODE: for when the audit log cannot be written.
denied_in_journal() {
	local line
	if [ "$status" -eq 0 ]; then
		printf 'let in:\n%s\n' "$output"
		return 1
	fi
	for _ in $(seq 20); do
		line=$(guest "journalctl --no-pager -o cat -n 400" | grep 'denied: ' | tail -n 1)
		[[ $line == *"denied: $1:"* ]] && return 0
		sleep 0.3
	done
	printf 'expected code %s, the journal says:\n%s\noutput:\n%s\n' "$1" "$line" "$output"
	return 1
}

# last_event: the newest event, wherever it is.
last_event() {
	guest "breakglass events --json" | tail -n 1
}

# event_has TEXT: the newest event says so.
event_has() {
	local event
	event=$(last_event)
	[[ $event == *"$1"* ]] && return 0
	printf 'expected %s in the newest event:\n%s\n' "$1" "$event"
	return 1
}

# console_socket: from here, since a socket's path must be short.
console_socket() {
	realpath --relative-to=. "$MACHINE/console.sock"
}

# stay_for_ever LOGIN TOKEN: a session that never ends by itself, with a process that ignores being asked to.
# Prints how many seconds it lasted.
stay_for_ever() {
	local began=$SECONDS
	SSH_SECONDS=90 ssh_carrying alice "$1" "$2" '
		setsid sh -c "trap \"\" TERM HUP INT; echo \$\$ >/tmp/stubborn-$(id -un); while :; do sleep 1; done" >/dev/null 2>&1 &
		sleep 300' >/dev/null 2>&1 || true
	say "$((SECONDS - began))"
}
