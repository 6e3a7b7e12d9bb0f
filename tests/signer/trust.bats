#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What the issuer does not take on trust from its own store, and what of the store a later moment takes back.

bats_require_minimum_version 1.5.0

setup() {
	load common
	make_world "$BATS_TEST_TMPDIR"
	# Two of sre, so that more of them than one is natural.
	sed -i '0,/^approvals = .*/s//approvals = sre:2 + security:1/' signer.conf
	start_service
}

teardown() {
	load common
	stop_service
}

reload() {
	kill -HUP "$service"
	sleep 0.3
}

# change SQL: of the store, behind the service's back.
change() {
	python3 -c 'import sqlite3, sys
with sqlite3.connect("ledger/db", timeout=5) as store:
    store.execute(sys.argv[1])
    assert store.total_changes == 1, "nothing was changed"' "$1"
}

approves() {
	run as "$1" approve --yes "$id"
	[ "$status" -eq 0 ] || { echo "$output"; return 1; }
}

# approves_by_hand WHO: a program that shows nothing and checks nothing; the service refuses.
approves_by_hand() {
	python3 - "$1" "$id" <<-'END'
		import sys
		import calls
		answer = calls.Service().approve(calls.Key(sys.argv[1]), sys.argv[2])
		assert answer.status == 409 and answer.code == "ask-again", (answer.status, answer.body)
	END
}

is_refused() {
	[ "$status" -eq 3 ] && [[ $output == *"$1"* ]] || { echo "$status: $output"; return 1; }
}

@test "who is not needed any more cannot fill up the token" {
	id=$(ask)
	approves bob
	approves carol
	run as erin approve --yes "$id" # no key of that name here
	python3 - "$id" <<-'END'
		import sys
		import calls
		erin = calls.HardwareKey("erin")
		service = calls.Service()
		assert service.approve(erin, sys.argv[1]).status == 200 # as security
	END
	run remote show --token "$id"
	[ "$status" -eq 0 ]
}

@test "a group that has approved enough is told so, and keeps nobody else out" {
	sed -i '0,/^approvals = .*/s//approvals = sre:1 + security:1/' signer.conf
	reload
	id=$(ask)
	approves bob
	run as carol approve --yes "$id"
	is_refused "enough have approved for carol@example.com"
	approves dave
	run remote show --token "$id"
	[ "$status" -eq 0 ]
}

@test "an approval does not outlive its approver's key" {
	id=$(ask)
	approves bob
	approves carol
	sed -i '/^bob@.*approver/d' trusted
	reload
	approves dave
	[[ $output == *"waiting for sre (1 of 2: carol@example.com)"* ]] || { echo "$output"; false; }
	run remote show --token "$id"
	is_refused not-issued
}

@test "a request does not outlive its requester's key" {
	id=$(ask)
	approves bob
	approves carol
	sed -i '/^alice@/d' trusted
	reload
	approves_by_hand dave
}

@test "rules that have changed meanwhile are those that count" {
	id=$(ask)
	approves bob
	approves carol
	sed -i '0,/^hosts = web-17/s//hosts = web-18/' signer.conf
	reload
	run as dave approve --yes "$id"
	is_refused "ask again"
}

@test "who can write to the store has not the issuer's key" {
	id=$(ask)
	approves bob
	change "update ledger_requests set record = cast(replace(cast(record as text), '\"count\":2', '\"count\":1') as blob)"
	run as dave approve --yes "$id"
	is_refused "ask again"
	id=$(ask)
	python3 - <<-'END'
		import base64, json, sqlite3
		with sqlite3.connect("ledger/db", timeout=5) as store:
		    (number, record), = store.execute("select id, record from ledger_requests order by number desc limit 1")
		    record = json.loads(record)
		    claims = base64.urlsafe_b64decode(record["payload"] + "==")
		    assert b"web-17" in claims
		    claims = claims.replace(b"web-17", b"prd-01")
		    record["payload"] = base64.urlsafe_b64encode(claims).rstrip(b"=").decode()
		    record["signatures"] = []
		    record["view"]["approvals"] = []
		    record["needs"] = [{"group": "security", "count": 1}]
		    store.execute("update ledger_requests set record = ? where id = ?", (json.dumps(record).encode(), number))
	END
	approves_by_hand dave
}

@test "a holder that SSH has no certificates for is refused at once" {
	rsa=$(ssh-keygen -q -t rsa -b 2048 -N '' -f rsa && cut -d' ' -f2 rsa.pub | base64 -d | base64 -w0)
	for line in "ssh-foo $(printf '\0\0\0\7ssh-foo\0\0\0\1x' | base64 -w0)" \
		"ssh-rsa $( (base64 -d <<<"$rsa"; printf '\0\0\0\1x') | base64 -w0)"; do
		python3 - "$line" <<-'END'
			import sys
			import calls
			answer = calls.Service().request(calls.Key("alice"), calls.ask(calls.Key("alice"), holder=sys.argv[1]))
			assert answer.status == 400, (answer.status, answer.body)
		END
	done
}

@test "a holder's line may have more than one blank, up to the certificate" {
	sed 's/ /  /' alice.pub >blanks.pub
	id=$(python3 - "$(cut -d' ' -f1-3 blanks.pub)" <<-'END'
		import sys
		import calls
		answer = calls.Service().request(calls.Key("alice"), calls.ask(calls.Key("alice"), holder=sys.argv[1]))
		assert answer.status == 201, (answer.status, answer.body)
		print(answer.json["id"])
	END
	)
	approves bob
	approves carol
	approves dave
	remote show --token "$id" | sed -n 2p >got-cert.pub
	ssh-keygen -Lf got-cert.pub | grep -q "Public key: .* $(ssh-keygen -lf alice.pub | cut -d' ' -f2)"
}

@test "an id is 32 hex digits, and nothing else is taken for one" {
	id=$(ask)
	python3 - "${id}deadbeef" <<-'END'
		import sys
		import calls
		bob, service, name = calls.Key("bob"), calls.Service(), sys.argv[1]
		for answer in (service.read(bob, f"/v1/requests/{name}"), service.deny(bob, name),
		               service.read(bob, f"/v1/requests/{name}?wait=1"),
		               service.send("POST", f"/v1/requests/{name}/approvals", bob.approval(b"x"))):
		    assert answer.status == 404, (answer.status, answer.body)
	END
	run as bob show "$id"
	[ "$status" -eq 0 ]
}
