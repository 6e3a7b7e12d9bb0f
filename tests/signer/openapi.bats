#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# docs/openapi.yaml is what the service does: its table of routes, and the answers of a running one.

bats_require_minimum_version 1.5.0

setup() {
	load service
	python3 -c 'import jsonschema, yaml' 2>/dev/null || skip 'python3-jsonschema and python3-yaml are needed'
	openapi=$top_srcdir/tests/signer/openapi.py
}

teardown() {
	stop_service
}

# is STATUS METHOD PATH: that was the answer, and it is one of those on the page.
is() {
	[ "$status" = "$1" ] || { echo "$status, not $1: $(cat answer)"; return 1; }
	python3 "$openapi" answer "$2" "$3" "$1" "$type" <answer
}

member() {
	python3 -c 'import json, sys; print(json.load(open("answer"))[sys.argv[1]])' "$1"
}

ssh_body() {
	echo '{"for":"ssh","hosts":["web-17"],"login":"ops","reason":"INC-1","window":600,"max":900,"holder":"'"$(cat alice.pub)"'"}'
}

@test "the page has the routes of the table, with their methods and limits, and no others" {
	diff <("$top_builddir/tests/signer/print_routes" | sort) <(python3 "$openapi" routes | sort)
}

@test "every example is as its schema says" {
	run -0 python3 "$openapi" examples
	[ "$output" -gt 20 ]
}

@test "the codes are those of the protocol and of the code" {
	run -0 python3 "$openapi" problems
	for code in $output; do
		grep -qF "\`$code\`" "$top_srcdir/docs/PROTOCOL.signer.md" || { echo "no $code in the protocol"; false; }
		grep -rqF "\"$code\"" "$top_srcdir/signer" || { echo "nothing answers $code"; false; }
	done
	grep -rhoE '(http_problem|answer_problem|job_refuse|refuse)\([a-z>-]+, ([0-9]{3}|MHD_HTTP_[A-Z_]+),[[:space:]]*"[a-z-]+"' \
		"$top_srcdir"/signer | sed 's/.*"\(.*\)"/\1/' | sort -u >"$BATS_TEST_TMPDIR/said"
	[ -s "$BATS_TEST_TMPDIR/said" ]
	[ -z "$(comm -23 "$BATS_TEST_TMPDIR/said" <(echo "$output"))" ]
}

@test "a running service answers as the page says" {
	make_service
	start_service
	ask GET /v1/keys
	is 200 GET /v1/keys
	ask GET /healthz
	is 200 GET /healthz
	ask GET /metrics
	is 200 GET /metrics
	ask PUT /healthz
	is 405 GET /healthz
	ask GET /v1/requests
	is 401 GET /v1/requests
	ask POST /v1/requests "$(head -c 8193 /dev/zero | tr '\0' x)"
	is 413 POST /v1/requests
	call alice request POST /v1/requests '{}'
	is 400 POST /v1/requests
	call alice read POST /v1/requests '{}'
	is 401 POST /v1/requests
	call alice request POST /v1/requests "$(ssh_body | sed s/web-17/db-1/)"
	is 403 POST /v1/requests
	call alice request POST /v1/requests "$(ssh_body)" once
	is 201 POST /v1/requests
	id=$(member id)
	call alice request POST /v1/requests "$(ssh_body | sed s/INC-1/INC-2/)" once
	is 409 POST /v1/requests
	call alice read GET "/v1/requests/$id"
	is 200 GET '/v1/requests/{id}'
	call alice read GET "/v1/requests/$id?wait=1"
	is 200 GET '/v1/requests/{id}'
	call alice read GET '/v1/requests/0?wait=31'
	is 400 GET '/v1/requests/{id}'
	call alice read GET "/v1/requests/$id/token"
	is 409 GET '/v1/requests/{id}/token'
	call bob read GET "/v1/requests/$id/token"
	is 403 GET '/v1/requests/{id}/token'
	call bob read GET "/v1/requests/$id/draft"
	is 200 GET '/v1/requests/{id}/draft'
	ask POST "/v1/requests/$id/approvals" '{}'
	is 400 POST '/v1/requests/{id}/approvals'
	printf '[service]\nurl = unix:%s/socket\nissuer = signer.example\nkey = file:~/bob\ntrusted_signers = %s\n' \
		"$PWD" "$PWD/etc/breakglass/trusted_signers" >.config/breakglass/config
	"$breakglass" approve --yes "$id"
	call alice read GET "/v1/requests/$id/token"
	is 200 GET '/v1/requests/{id}/token'
	call bob deny POST "/v1/requests/$id/denials" '{"reason":"late"}'
	is 409 POST '/v1/requests/{id}/denials'
	call alice request POST /v1/requests "$(ssh_body)"
	is 201 POST /v1/requests
	id=$(member id)
	call bob deny POST "/v1/requests/$id/denials" '{"reason":""}'
	is 400 POST '/v1/requests/{id}/denials'
	call bob deny POST "/v1/requests/$id/denials" '{"reason":"no"}'
	is 200 POST '/v1/requests/{id}/denials'
	call bob deny POST "/v1/requests/0/denials" '{"reason":"no"}'
	is 404 POST '/v1/requests/{id}/denials'
	call alice request POST /v1/requests \
		'{"for":"console","hosts":["web-19"],"login":"guest","reason":"x","window":600,"max":60}'
	is 201 POST /v1/requests
	[ "$(member state)" = issued ]
	call bob revoke POST /v1/revocations '{"revokes":"token","value":"'"$id"'","reason":"x"}'
	is 201 POST /v1/revocations
	call bob revoke POST /v1/revocations '{"revokes":"token","value":"'"$id"'"}'
	is 400 POST /v1/revocations
	call alice revoke POST /v1/revocations '{"revokes":"token","value":"'"$id"'","reason":"x"}'
	is 401 POST /v1/revocations
	call bob revoke POST /v1/revocations '{"revokes":"approver","value":"'"$(printf '%064d' 0)"'","reason":"x","signature":"'"$(printf '%086d' 0 | tr 0 A)"'"}'
	is 401 POST /v1/revocations
	ask GET /v1/revocations
	is 200 GET /v1/revocations
	call bob read GET '/v1/requests?limit=2'
	is 200 GET /v1/requests
	call bob read GET '/v1/requests?state=gone'
	is 400 GET /v1/requests
	call bob read GET "/v1/requests?after=$(printf '%032d' 0)"
	is 404 GET /v1/requests
	call bob read GET /v1/ledger/entries
	is 200 GET /v1/ledger/entries
	[ "$(wc -l <answer)" -eq 8 ]
	call bob read GET /v1/ledger/entries?limit=0
	is 400 GET /v1/ledger/entries
	call bob read GET /v1/ledger/checkpoint
	is 200 GET /v1/ledger/checkpoint
	call alice read GET /v1/ledger/checkpoint
	is 403 GET /v1/ledger/checkpoint
}
