# SPDX-License-Identifier: BSD-2-Clause
# Stands for an orchestrator with one host: it believes what it is told, and asks the host nothing.
# shellcheck shell=bash

# told_so_far: "tainted" or "pristine", how many sessions are open, and when the host is replaced whatever happens. Each
# event counts once, however often it came; what was before the machine that is there now counts for nothing.
told_so_far() {
	jq -rs 'unique_by(.id) | sort_by(.data.number)
		| map(select(.type | startswith("breakglass.taint.")))
		| [ (if length > 0 then "tainted" else "pristine" end),
		    (map(select(.type == "breakglass.taint.opened")) | length) - (map(select(.type == "breakglass.taint.closed")) | length),
		    (map(.data.replace.by) | max // "never") ] | join(" ")' "$MACHINE/told.jsonl"
}

# orchestrate IMAGE: waits until the host is tainted and nobody is in, or its time is over; then destroys it, boots a
# pristine one, and waits until that says that it is new.
orchestrate() {
	local state open by before=
	while :; do
		read -r state open by < <(told_so_far) || return # what was told is no event
		[ "$state $open" = "$before" ] || say "$(date +%T) web-7 is $state, $open inside; to be replaced by $by"
		before="$state $open"
		[ "$state" = pristine ] || { [ "$open" -gt 0 ] && [[ $(date -u +%FT%TZ) < $by ]]; } || break
		sleep 0.5
	done
	say "$(date +%T) web-7 is destroyed, and another boots from the same image"
	mv "$MACHINE/told.jsonl" "$MACHINE/told-before.jsonl"
	machine_replace "$1" || return
	for _ in {1..150}; do
		! grep -qs '"type":"breakglass.host.fresh"' "$MACHINE/told.jsonl" || break
		sleep 0.2
	done
	say "$(date +%T) web-7 says: $(jq -r '"\(.type), image \(.data.host.image.id) \(.data.host.image.version)"' "$MACHINE/told.jsonl" | head -n 1)"
}
