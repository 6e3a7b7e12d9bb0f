#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Leases: each token that was issued is told to every sink, host by host, whatever happens in between.

bats_require_minimum_version 1.5.0

setup() {
	load common
	load leases
	load postgres
	make_world "$BATS_TEST_TMPDIR"
	signer=$top_builddir/tests/signer/breakglass-signer
}

teardown() {
	end_hooks
	stop_service
	stop_server
}

@test "a token for a group is an event for each of its hosts, to every sink, as the schema says" {
	hook a
	program b "cat >>$PWD/b.got"
	setting 'sink_exec = yes' "webhook = http://127.0.0.1:$port/leases?x=y"
	start_service
	remote request --group db --login ops --reason 'INC-2 "both"' --window 10m --max 30m --holder alice.pub \
		--level rebuild >/dev/null
	id=$(remote request --host soon-1 --login ops --reason INC-3 --window 10m --max 20m --holder alice.pub)
	as bob approve --yes "$id"
	until_true lines a.got 3
	until_true lines b.got 3
	until_true waits webhook 0
	[ "$(leases hosts a.got)" = 'db-1 db-2 soon-1' ]
	[ "$(leases hosts b.got)" = 'db-1 db-2 soon-1' ]
	[ "$(leases ids a.got)" = "$(leases ids b.got)" ]
	[ "$(leases ids a.got | tr ' ' '\n' | sort -u | wc -l)" -eq 3 ]
	python3 -c 'import jsonschema' && leases valid "$top_srcdir/docs/schema/issued.json" b.got
	remote ledger entries --key file:bob >entries
	python3 - "$id" <<-'PYTHON'
		import calendar, json, sys, time
		notes = [json.loads(line) for line in open("a.got")]
		for note in notes:
		    assert note["method"] == "POST" and note["path"] == "/leases?x=y", note
		    assert note["headers"]["Content-Type"].split(";")[0] == "application/cloudevents+json"
		    assert note["headers"]["webhook-id"] == json.loads(note["body"])["id"]
		    assert "webhook-signature" not in note["headers"]
		events = [json.loads(note["body"]) for note in notes]
		issues = [json.loads(line) for line in open("entries") if '"kind":"issue"' in line]
		assert [event["data"]["number"] for event in events] == [issues[0]["number"]] * 2 + [issues[1]["number"]]
		seconds = lambda text: calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))
		for event, issue in zip(events, [issues[0], issues[0], issues[1]]):
		    data, token = event["data"], event["data"]["token"]
		    assert event["source"] == "urn:breakglass:signer:signer.example"
		    assert event["subject"] == data["host"]["id"] and seconds(event["time"]) == issue["time"]
		    assert token["token_id"] == issue["request"] and token["subject"] == "alice@example.com"
		    assert token["login"] == "ops" and seconds(token["expires"]) == issue["expires"]
		    assert seconds(data["replace"]["by"]) == issue["expires"] + 300 + token["max"]
		first, _, last = events
		assert first["data"]["level"] == "rebuild" and last["data"]["level"] is None
		assert first["data"]["token"]["reason"] == 'INC-2 "both"' and first["data"]["token"]["max"] == 1800
		assert first["data"]["token"]["approvers"] == [] and first["data"]["token"]["rule"] == "alone"
		assert last["data"]["token"]["approvers"] == ["bob@example.com"] and last["data"]["token"]["rule"] == "soon"
		assert last["data"]["token"]["token_id"] == sys.argv[1]
	PYTHON
}

@test "a token that answers a challenge is told until the challenge has died out" {
	program a "cat >>$PWD/a.got"
	setting 'sink_exec = yes'
	start_service
	remote request --host db-1 --login ops --reason INC --window 10m --max 30m --holder alice.pub \
		--challenge "$(printf '%032d' 7)" >/dev/null
	until_true lines a.got 1
	python3 - <<-'PYTHON'
		import calendar, json, time
		event = json.load(open("a.got"))
		seconds = lambda text: calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))
		assert seconds(event["data"]["replace"]["by"]) == seconds(event["data"]["token"]["not_before"]) + 7200 + 1800
	PYTHON
}

@test "a service that is killed between the issue and the delivery delivers after its start, and all others once" {
	program a "cat >>$PWD/a.got"
	setting 'sink_exec = yes'
	start_service
	issue 1
	until_true lines a.got 2
	until_true waits exec.a 0
	until_true kept exec.a 1
	program a 'exit 1'
	issue 3
	kill -9 "$service"
	wait "$service" || true
	rm pids
	program a "cat >>$PWD/a.got"
	start_service
	until_true lines a.got 8
	[ "$(leases hosts a.got)" = 'db-1 db-2 db-1 db-2 db-1 db-2 db-1 db-2' ]
	[ "$(leases ids a.got | tr ' ' '\n' | sort -u | wc -l)" -eq 8 ]
	until_true waits exec.a 0
	stop_service
	start_service
	issue 1
	until_true lines a.got 10
	[ "$(leases ids a.got | tr ' ' '\n' | sort -u | wc -l)" -eq 10 ]
}

@test "a cursor that cannot be written keeps nobody from a token, and is written once it can be" {
	program a "cat >>$PWD/a.got"
	setting 'sink_exec = yes'
	start_service
	issue 1
	until_true kept exec.a 1
	sql() { python3 -c 'import sqlite3, sys; sqlite3.connect("ledger/db", isolation_level=None).execute(sys.argv[1])' "$1"; }
	sql "CREATE TRIGGER no BEFORE INSERT ON ledger_cursors BEGIN SELECT RAISE(ABORT, 'not now'); END"
	for _ in 1 2 3 4 5 6; do # in batches, and between them
		issue 5
		sleep 0.6
	done
	until_true lines a.got 62
	[ "$(grep -c 'how far the leases are cannot be written down: .*not now' socket.log)" -eq 1 ]
	run ! grep -q 'the ledger takes nothing' socket.log
	run ! kept exec.a 31
	sql 'DROP TRIGGER no'
	until_true kept exec.a 31
	# The last of them is written at the stop, however soon that is.
	issue 1
	until_true lines a.got 64
	stop_service
	kept exec.a 32
}

@test "a sink that fails, and one that hangs, hold up neither the issuing nor each other" {
	hook hook
	echo hang >hook.mode
	program a-fails "cat >/dev/null; date +%s.%N >>$PWD/tried; test -e $PWD/healed"
	program b-good "cat >>$PWD/b.got"
	program c-hangs "echo \$\$ >>$PWD/hung; sleep 60 & wait"
	setting 'sink_exec = yes' "webhook = http://127.0.0.1:$port/"
	start_service
	took=$(issue 10)
	[ -n "$took" ]
	awk -v took="$took" 'BEGIN { exit !(took < 2) }' || { echo "$took"; false; }
	until_true lines b.got 20
	# Told in order, as far as it was taken.
	[ "$(leases hosts b.got | tr ' ' '\n' | paste -sd' ' - | sed 's/db-1 db-2 \?//g')" = '' ]
	health=$(get /healthz)
	[[ $health == ok$'\n'*"leases: 20 wait for exec.a-fails since $(date -u +%Y-)"* ]] || { echo "$health"; false; }
	[[ $health != *b-good* && $health == *"20 wait for exec.c-hangs"* && $health == *"20 wait for webhook"* ]]
	[ "$(curl -sS -o /dev/null -w '%{http_code}' --unix-socket socket http://localhost/healthz)" = 200 ]
	[ "$(metric waiting exec.a-fails)" = 20 ]
	since=$(metric waiting_since_seconds exec.a-fails)
	[ "$since" -gt $(($(date +%s) - 60)) ]
	[ "$(metric delivered_total exec.b-good)" = 20 ]
	# The pauses grow, and the log has one line.
	until_true lines tried 4
	python3 -c 't = [float(line) for line in open("tried")]; p = [b - a for a, b in zip(t, t[1:])]; print(p); assert 0.8 < p[0] < 3 and p[1] > 1.6 and p[2] > 3.2'
	[ "$(grep -c 'leases: sink exec.a-fails: entry [0-9]* for host:db-1: exit code 1; it is tried again until it works' socket.log)" -eq 1 ]
	until_true grep -q 'leases: sink exec.c-hangs: entry [0-9]* for host:db-1: it took longer than 10 s' socket.log
	until_true grep -q 'leases: sink webhook: entry [0-9]* for host:db-1: Timeout was reached' socket.log
	run ! kill -0 "$(head -1 hung)"
	touch healed
	echo 204 >hook.mode
	until_true waits exec.a-fails 0
	until_true grep -q 'leases: sink exec.a-fails: it works again, after [0-9]* failures' socket.log
	until_true waits webhook 0
	[ "$(metric waiting_since_seconds webhook)" = 0 ]
	# It ends at once, whatever hangs.
	begin=$SECONDS
	stop_service
	[ $((SECONDS - begin)) -lt 5 ]
	run ! kill -0 "$(tail -1 hung)"
}

@test "a webhook's certificate is checked: of another authority and for another name it gets nothing" {
	command -v certtool >/dev/null || skip 'certtool is not installed'
	make_certificates
	hook hook stranger.pem tls.key
	setting "webhook = https://127.0.0.1:$port/" "webhook_ca = $PWD/tls-ca.pem"
	export HOOK_PORT=$port
	start_service
	issue 1
	until_true grep -q 'leases: sink webhook: .*certificate' socket.log
	end_hook hook
	hook hook other.pem tls.key
	sleep 5
	[ ! -e hook.got ]
	[ "$(metric delivered_total webhook)" = 0 ]
	end_hook hook
	hook hook right.pem tls.key
	until_true lines hook.got 2
	[ "$(leases hosts hook.got)" = 'db-1 db-2' ]
	until_true grep -q 'leases: sink webhook: it works again' socket.log
	# Without the CA's file it is nobody's whom the machine knows.
	stop_service
	unset HOOK_PORT
	hook again right.pem tls.key
	sed -i "/^webhook_ca/d; s|^webhook = .*|webhook = https://127.0.0.1:$port/|" signer.conf
	start_service
	issue 1
	until_true grep -q 'leases: sink webhook: .*certificate' socket.log
	[ ! -e again.got ]
}

@test "what is not 2xx is told again, in order; a redirect leads nowhere; an answer without end is not waited for" {
	hook hook
	setting "webhook = http://127.0.0.1:$port/"
	start_service
	echo redirect >hook.mode
	issue 2
	until_true grep -q 'leases: sink webhook: entry [0-9]* for host:db-1: it answered 307' socket.log
	echo 500 >hook.mode
	until_true grep -q '"mode": "500"' hook.got
	echo drip >hook.mode
	until_true grep -q '"mode": "drip"' hook.got
	echo 404 >hook.mode
	until_true grep -q '"mode": "404"' hook.got
	until_true grep -q 'leases: sink webhook: entry [0-9]* for host:db-1: it answered 404; it is tried again' socket.log
	rm hook.mode
	until_true waits webhook 0
	run ! grep -q elsewhere hook.got
	# Until it was taken, it was the first that was told.
	grep -v '"mode": "204"' hook.got >refused
	[ "$(leases ids refused | tr ' ' '\n' | sort -u | wc -l)" -eq 1 ]
	grep '"mode": "204"' hook.got >taken
	[ "$(leases hosts taken)" = 'db-1 db-2 db-1 db-2' ]
}

@test "with a secret each request is signed, each attempt anew" {
	hook hook
	secret=whsec_$(head -c 32 /dev/urandom | base64)
	(umask 077 && echo "$secret" >secret)
	setting "webhook = http://127.0.0.1:$port/" "webhook_secret = file:$PWD/secret"
	echo 503 >hook.mode
	start_service
	issue 1
	until_true lines hook.got 2
	rm hook.mode
	until_true waits webhook 0
	leases signed "$secret" hook.got
	run ! leases signed "whsec_$(head -c 32 /dev/urandom | base64)" hook.got
	run ! grep -q "${secret#whsec_}" socket.log
	stop_service
	export CREDENTIALS_DIRECTORY=$PWD/credentials
	mkdir -m 700 credentials
	(umask 077 && printf %s "$secret" >credentials/webhook)
	sed -i 's/^webhook_secret.*/webhook_secret = credential:webhook/' signer.conf
	rm hook.got
	start_service
	issue 1
	until_true lines hook.got 2
	leases signed "$secret" hook.got
}

@test "a secret that others can read, or that is none, keeps the service from starting" {
	hook hook
	setting "webhook = http://127.0.0.1:$port/" "webhook_secret = file:$PWD/secret"
	for content in '' whsec_ "whsec_$(head -c 23 /dev/urandom | base64)" "whsec_$(head -c 65 /dev/urandom | base64 -w0)" \
		"$(head -c 32 /dev/urandom | base64)"; do
		(umask 077 && echo "$content" >secret)
		run -1 timeout 10 "$signer" serve --config signer.conf
		[[ $output == *'[signer] webhook_secret: '* ]] || { echo "$output"; false; }
		[ ${#content} -lt 7 ] || [[ $output != *"$content"* ]]
	done
	echo "whsec_$(head -c 32 /dev/urandom | base64)" >secret
	chmod 644 secret
	run -1 timeout 10 "$signer" serve --config signer.conf
	[[ $output == *'[signer] webhook_secret: '* ]]
}

@test "a program has a clean environment, no descriptor of the service's, and no more than root lets run" {
	program a "{ env; pwd; ls -l /proc/self/fd; umask; } >>$PWD/a.got 2>&1; cat >/dev/null"
	program writable "touch $PWD/ran"
	chmod 777 etc/breakglass/signer-sinks.d/writable
	program plain "touch $PWD/ran"
	chmod 644 etc/breakglass/signer-sinks.d/plain
	program old.bak "touch $PWD/ran"
	program later "touch $PWD/later; exit 1"
	setting 'sink_exec = yes'
	export SECRET_OF_THE_SERVICE=1
	start_service
	for each in writable plain old.bak; do
		grep -q "leases: .*/signer-sinks.d/$each is not run: " socket.log || { cat socket.log; false; }
	done
	issue 1
	until_true test -s a.got
	sleep 1
	cat a.got
	run ! grep -q SECRET_OF_THE_SERVICE a.got
	[ "$(grep -c '^[A-Z_]*=' a.got)" -le $((2 * 3)) ] # PATH, and what sh adds: PWD, _
	grep -qx / a.got
	# Input, output, error, and ls's own.
	[ "$(grep -cE ' [0-9]+ -> ' a.got)" -eq 8 ]
	grep -E ' ([3-9]|[0-9]{2,}) -> ' a.got >beyond
	run ! grep -qE 'socket:|ledger|anon_inode' beyond
	[ "$(grep -xE '0[0-7]{3}' a.got | sort -u)" = 0077 ]
	[ ! -e ran ]
	# One that others can write by now is not run any more.
	until_true test -e later
	chmod 777 etc/breakglass/signer-sinks.d/later
	rm later
	sleep 5
	[ ! -e later ]
}

@test "a new sink begins with what is issued from then on; without a program it is said that nobody is told" {
	start_service
	issue 2
	stop_service
	setting 'sink_exec = yes'
	start_service
	grep -q 'leases: sink_exec = yes, but .*/signer-sinks.d: ' socket.log
	stop_service
	mkdir -p etc/breakglass/signer-sinks.d
	start_service
	grep -q 'there is no program in .*/signer-sinks.d: nobody is told' socket.log
	[ "$(get /healthz)" = ok ]
	[ -z "$(get /metrics | grep lease)" ]
	stop_service
	program a "cat >>$PWD/a.got"
	start_service
	issue 1
	until_true lines a.got 2
	sleep 1.5
	[ "$(wc -l <a.got)" -eq 2 ]
	# One that was away for a while gets what it has missed.
	stop_service
	sed -i '/^sink_exec/d' signer.conf
	start_service
	issue 1
	stop_service
	setting 'sink_exec = yes'
	start_service
	until_true lines a.got 4
}

@test "a record that cannot be read is told, and does not keep those after it" {
	program a "test -e $PWD/go && cat >>$PWD/a.got"
	setting 'sink_exec = yes'
	start_service
	issue 4
	stop_service
	python3 - <<-'PYTHON'
		import sqlite3
		ledger = sqlite3.connect("ledger/db")
		first, second, third, _ = [row[0] for row in ledger.execute("SELECT id FROM ledger_requests ORDER BY number")]
		ledger.execute("DELETE FROM ledger_requests WHERE id = ?", (first,))
		ledger.execute("UPDATE ledger_requests SET record = ? WHERE id = ?", (b'{"view":{},"payload":"AAAA"}', second))
		ledger.execute("UPDATE ledger_requests SET record = ? WHERE id = ?", (b"nonsense", third))
		ledger.commit()
	PYTHON
	touch go
	start_service
	until_true lines a.got 2
	[ "$(leases hosts a.got)" = 'db-1 db-2' ]
	[ "$(grep -c 'leases: sink exec.a: entry [0-9]* is passed over' socket.log)" -eq 3 ]
	until_true waits exec.a 0
}

@test "of two services with one ledger one delivers, and the other once that is gone" {
	start_server
	program a "sleep 0.2; test -e $PWD/go && cat >>$PWD/a.got" # long enough for the other to come by
	touch go
	for each in a b; do
		rules "postgres:host=$server user=ledger dbname=postgres" "$PWD/$each" >"$each.conf"
		sed -i 's/^\[people\]/sink_exec = yes\n&/' "$each.conf"
		start_service "$each.conf" "$each"
		declare "pid_$each=$service"
	done
	issue 5 a &
	issue 5 b
	wait $!
	until_true lines a.got 20
	sleep 3
	[ "$(wc -l <a.got)" -eq 20 ]
	[ "$(leases ids a.got | tr ' ' '\n' | sort -u | wc -l)" -eq 20 ]
	python3 -c 'import json; n = [json.loads(line)["data"]["number"] for line in open("a.got")]; assert n == sorted(n), n'
	# Both have seen it.
	for each in a b; do [ "$(get /healthz "$each")" = ok ]; done
	rm go
	issue 2 a
	kill -9 "$pid_a"
	wait "$pid_a" || true
	touch go
	until_true lines a.got 24
	[ "$(leases ids a.got | tr ' ' '\n' | sort -u | wc -l)" -eq 24 ]
}

@test "whenever the service is killed, each entry of an issue is told to each sink" {
	hook hook
	program a "cat >>$PWD/a.got"
	setting 'sink_exec = yes' "webhook = http://127.0.0.1:$port/"
	for n in 1 2 3 4 5 6 7 8; do
		start_service
		issue 200 >/dev/null 2>&1 3>&- &
		asking=$!
		sleep "$((n % 3)).$n"
		kill -9 "$service"
		wait "$service" || true
		wait "$asking" || true
		rm pids
	done
	start_service
	has_all() {
		remote ledger entries --key file:bob >entries
		python3 - <<-'PYTHON'
			import json
			issued = [(issue["request"], host) for issue in map(json.loads, open("entries")) if issue["kind"] == "issue"
			          for host in issue["hosts"]]
			assert len(issued) > 100, len(issued)
			def told(lines):
			    return [(event["data"]["token"]["token_id"], event["subject"]) for event in lines]
			for got in (told(map(json.loads, open("a.got"))),
			            told(json.loads(json.loads(line)["body"]) for line in open("hook.got"))):
			    assert set(got) == set(issued), (len(set(got)), len(issued))
			    assert [pair for pair in dict.fromkeys(got)] == issued # in order, but for those that came twice
		PYTHON
	}
	until_true has_all 2>/dev/null || has_all
}
