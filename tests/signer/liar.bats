#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# A service that was broken into: the drafts it makes up are not approved, and with the issuer's key alone it opens nothing.

bats_require_minimum_version 1.5.0

setup() {
	load common
	make_world "$BATS_TEST_TMPDIR"
	start_service
	python3 "$top_srcdir/tests/signer/liar.py" liar 3>&- >liar.log 2>&1 &
	echo $! >>pids
	for _ in $(seq 200); do [ ! -S liar ] || break; sleep 0.05; done
	id=$(ask 2>/dev/null)
	key=$(cut -d' ' -f2 alice.pub | base64 -d | sha256sum | cut -d' ' -f1)
}

teardown() {
	stop_service
}

hex() {
	printf %s "$1" | od -An -tx1 | tr -d ' \n'
}

# refuses WHY TRUTH LIE
refuses() {
	printf '[["%s", "%s"]]' "$2" "$3" >lie
	run remote approve --key file:bob --server "unix:$PWD/liar" --yes "$id"
	echo "$output"
	cat liar.log
	[ "$status" -eq 3 ]
	[[ $output == "breakglass: this draft is not approved: "*"$1"* ]]
}

@test "what a lying service changes in a draft keeps the approver from signing" {
	refuses 'its holder key is not the one' "$key" "$(cut -d' ' -f2 mallory.pub | base64 -d | sha256sum | cut -d' ' -f1)"
	refuses 'its hosts are not those' "$(hex host:web-17)" "$(hex host:web-18)"
	refuses 'its login is not the one' "$(hex loginc)$(hex ops)" "$(hex loginc)$(hex bin)"
	refuses 'it is for another person' "$(hex alice@example.com)" "$(hex carol@example.com)"
	refuses 'its reason is not the one' "$(hex database)" "$(hex datebase)"
	refuses 'it is of another issuer' "$(hex signer.example)" "$(hex signet.example)"
	refuses 'its session is longer' "$(hex max)190708" "$(hex max)190e10"
	# The times are the claims 4 (expires), 5 (not before) and 6.
	expires=$(remote show --json "$id" | python3 -c 'import json, sys; print(json.load(sys.stdin)["expires"])')
	refuses 'it can be used for longer' "041a$(printf %08x "$expires")" "041a$(printf %08x $((expires + 600)))"
	remote ledger entries --key file:bob >entries
	run -1 grep '"kind":"approval"' entries
}

@test "nor does the call of another request, or one that was changed" {
	other=$(ask --max 20m 2>/dev/null)
	call_of() {
		python3 -c 'import calls, json, sys
draft = calls.Service().read(calls.Key("bob"), f"/v1/requests/{sys.argv[1]}/draft").json
sys.argv[2:] and draft["call"].update(json.loads(sys.argv[2]))
print(json.dumps(json.dumps(draft["call"])))' "$@"
	}
	lie_of() {
		printf '[["call", %s]]' "$1" >lie
		run remote approve --key file:bob --server "unix:$PWD/liar" --yes "$id"
		echo "$output"
		[ "$status" -eq 3 ]
		[[ $output == "breakglass: this draft is not approved: "* ]]
	}
	lie_of "$(call_of "$other")"
	lie_of "$(call_of "$id" '{"time": 1795000000}')"
	lie_of "$(call_of "$id" '{"nonce": "00112233445566778899aabbccddeeff"}')"
	lie_of "$(call_of "$id" '{"target": "/v1/requests?x=y"}')"
	# The truth is approved.
	echo '[]' >lie
	remote approve --key file:bob --server "unix:$PWD/liar" --yes "$id"
}
