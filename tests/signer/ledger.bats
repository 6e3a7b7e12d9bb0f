#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# breakglass ledger verify: the lines and the checkpoint of a service, whole and damaged.

bats_require_minimum_version 1.5.0

# One ledger of six lines serves all tests.
setup_file() {
	export BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR
	load service
	make_service
	start_service
	local n
	for n in 1 2 3; do
		call alice request POST /v1/requests \
			'{"for":"console","hosts":["web-19"],"login":"guest","reason":"x","window":600,"max":60}'
		[ "$status" -eq 201 ]
	done
	call bob read GET /v1/ledger/entries
	mv answer entries
	call bob read GET /v1/ledger/checkpoint
	mv answer note
	stop_service
	# The same service's name, another key: what whoever steals the name would show.
	ssh-keygen -q -t ed25519 -N '' -f other
	sed -i "s,file:.*/issuer,file:$PWD/other," etc/breakglass/signer.conf
	start_service
	call bob read GET /v1/ledger/checkpoint
	mv answer note.other
	stop_service
	[ "$(wc -l <entries)" -eq 6 ]
}

setup() {
	cd "$BATS_FILE_TMPDIR" || return
	export BREAKGLASS_TEST_ROOT=$BATS_FILE_TMPDIR
	breakglass=$top_builddir/tests/lib/breakglass
	copy=$BATS_TEST_TMPDIR/copy
}

verify() {
	run --separate-stderr "$breakglass" ledger verify "$@"
}

# broken TEXT ARGUMENT…: exit 3, and it is said.
broken() {
	local text=$1
	shift
	verify "$@"
	[ "$status" -eq 3 ] || { echo "$status: $output $stderr"; return 1; }
	[[ $output == "broken: $text"* ]] || { echo "$output"; return 1; }
}

@test "a whole ledger is whole, with its checkpoint and without" {
	verify entries
	[ "$status" -eq 0 ]
	[[ $output == "whole: 6 entries; without a checkpoint "* ]]
	verify entries --checkpoint note
	[ "$status" -eq 0 ]
	[ "$output" = "whole: 6 entries, the first 6 of them signed for by signer.example" ]
	run -0 "$breakglass" ledger verify - --checkpoint note --trusted etc/breakglass/trusted_signers <entries
}

@test "entries behind the checkpoint are chained to it" {
	cp entries "$copy"
	hash=$(tail -1 entries | tr -d '\n' | sha256sum | cut -d' ' -f1)
	echo '{"number":7,"previous":"'"$hash"'","time":1,"kind":"denial","by":"x"}' >>"$copy"
	verify "$copy" --checkpoint note
	[ "$status" -eq 0 ]
	[ "$output" = "whole: 7 entries, the first 6 of them signed for by signer.example" ]
	sed 's/"number":7,"previous":"./"number":7,"previous":"x/' "$copy" >"$copy.2"
	broken "line 7: " "$copy.2" --checkpoint note
}

@test "a changed byte is found in the next line, or by the checkpoint" {
	for line in 1 2 3 4 5; do
		sed "${line}s/alice@example.com/alicf@example.com/" entries >"$copy"
		broken "line $((line + 1)): it does not carry the hash of the line before: this one or that was changed" "$copy"
	done
	sed '6s/alice@example.com/alicf@example.com/' entries >"$copy"
	verify "$copy"
	[ "$status" -eq 0 ]
	broken "line 6: it is not the line of the checkpoint" "$copy" --checkpoint note
	sed '4s/"previous":"./"previous":"x/' entries >"$copy"
	broken "line 4: it does not begin as an entry does" "$copy"
	sed '1s/"previous":"0/"previous":"1/' entries >"$copy"
	broken "line 1: it does not carry the hash of the line before" "$copy"
}

@test "a missing line, swapped lines and a line more are found" {
	sed 3d entries >"$copy"
	broken "line 3: its number is not the next" "$copy"
	sed 1d entries >"$copy"
	broken "line 1: its number is not the next" "$copy"
	sed '2{h;d};3G' entries >"$copy"
	broken "line 2: its number is not the next" "$copy"
	{ cat entries; tail -1 entries; } >"$copy"
	broken "line 7: its number is not the next" "$copy"
	{ cat entries; echo; } >"$copy"
	broken "line 7: it does not begin as an entry does" "$copy"
	{ cat entries; head -c 20000 /dev/zero | tr '\0' x; } >"$copy"
	broken "line 7: it is too long" "$copy"
}

@test "an end that is cut off is found: within a line by itself, between lines by the checkpoint" {
	head -c -1 entries >"$copy"
	broken "line 6: it is cut off" "$copy"
	head -c -9 entries >"$copy"
	broken "line 6: it does not begin as an entry does" "$copy"
	head -4 entries >"$copy"
	verify "$copy"
	[ "$status" -eq 0 ]
	broken "line 5: it is missing, and all up to line 6 of the checkpoint" "$copy" --checkpoint note
	broken "line 1: it is missing" /dev/null --checkpoint note
}

@test "a forged checkpoint, another key's and another person's are found" {
	sed '2s/6/5/' note >"$copy"
	broken "the checkpoint: its signature is not good" entries --checkpoint "$copy"
	broken "the checkpoint: no issuer key that is trusted" entries --checkpoint note.other
	grep -v issuer etc/breakglass/trusted_signers >"$copy"
	broken "the checkpoint: no issuer key that is trusted" entries --checkpoint note --trusted "$copy"
	sed 3d note >"$copy"
	broken "the checkpoint: it is not the signed note" entries --checkpoint "$copy"
	broken "the checkpoint: it is not the signed note" entries --checkpoint /dev/null
	broken "the checkpoint: it is not the signed note" entries --checkpoint entries
}

@test "a good checkpoint of another ledger is found" {
	echo '{"number":1,"previous":"'"$(printf '%064d' 0)"'","time":1,"kind":"denial","by":"x"}' >"$copy"
	broken "line 2: it is missing" "$copy" --checkpoint note
	for n in 2 3 4 5 6; do
		hash=$(tail -1 "$copy" | tr -d '\n' | sha256sum | cut -d' ' -f1)
		echo '{"number":'$n',"previous":"'"$hash"'","time":1,"kind":"denial","by":"x"}' >>"$copy"
	done
	broken "line 6: it is not the line of the checkpoint" "$copy" --checkpoint note
}

@test "the document says the same" {
	verify entries --checkpoint note --json
	[ "$status" -eq 0 ]
	hash=$(tail -1 entries | tr -d '\n' | sha256sum | cut -d' ' -f1)
	[ "$output" = '{"whole":true,"entries":6,"hash":"'"$hash"'","checkpoint":{"issuer":"signer.example","number":6},"line":null,"problem":null}' ]
	verify entries --checkpoint note.other --json
	[ "$status" -eq 3 ]
	[[ $output == '{"whole":false,'*'"checkpoint":null,"line":null,"problem":"no issuer key '* ]]
	sed 3d entries >"$copy"
	verify --json "$copy"
	[ "$status" -eq 3 ]
	[[ $output == '{"whole":false,"entries":2,'*'"line":3,"problem":"its number is not the next"}' ]]
}

@test "what cannot be read is no broken ledger" {
	for arguments in "nowhere" "$BATS_TEST_TMPDIR" "/dev/null" "entries --checkpoint nowhere" \
		"entries --checkpoint note --trusted nowhere"; do
		# shellcheck disable=SC2086
		verify $arguments
		[ "$status" -eq 1 ]
		[ -z "$output" ]
		[ -n "$stderr" ]
	done
	for arguments in "" "entries entries" "entries --trusted x" "entries --key x" "entries --checkpoint note --trusted entries"; do
		# shellcheck disable=SC2086
		verify $arguments
		[ "$status" -eq 2 ]
	done
}
