#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Crowds, slow and broken clients, broken files, a full disk: hostile.py does each to a service of its own.

setup() {
	load common
	make_world "$BATS_TEST_TMPDIR"
}

teardown() {
	stop_service
}

hostile() {
	python3 "$top_srcdir/tests/signer/hostile.py" "$@" 3>&-
}

@test "a crowd of idle connections, and many that send a byte at a time, keep nobody out" {
	start_service
	hostile crowd
}

@test "what is no HTTP ends its own connection only" {
	start_service
	hostile garbage
}

@test "TLS: garbage and plain text are turned away, broken files keep the old certificate" {
	for name in first second; do
		certtool --generate-privkey --key-type=ecdsa --outfile "$name.key" 2>/dev/null
		printf 'cn = localhost\ndns_name = localhost\nip_address = 127.0.0.1\nexpiration_days = 2\nsigning_key\n' >template
		certtool --generate-self-signed --load-privkey "$name.key" --template template --outfile "$name.pem" 2>/dev/null
	done
	chmod 600 ./*.key
	cp first.pem tls.pem
	cp -p first.key tls.key
	sed -i "s|^socket = .*|&\nlisten = 127.0.0.1:0\ncertificate = $PWD/tls.pem\nkey = $PWD/tls.key|" signer.conf
	start_service
	hostile tls "$service" "$(sed -n 's/.*serving, port //p' socket.log)"
}

@test "SIGHUP: rules and keys that are broken leave the old in force, right ones take their place" {
	start_service
	hostile reload "$service"
	grep -q 'the old ones stay in force' socket.log
}

@test "SIGTERM: within 5 seconds, with calls that wait" {
	start_service
	hostile terminate "$service"
	status=0
	wait "$service" || status=$?
	[ "$status" -eq 0 ]
	rm pids
}

@test "a ledger without room: 503, health says so, and all is well again with room" {
	[ "$(id -u)" -eq 0 ] || skip 'wants root for a mount of its own'
	unshare --mount true 2>/dev/null || skip 'no mount of its own here'
	mkdir disk
	sed -i "s|^ledger = .*|ledger = sqlite:$PWD/disk/db|" signer.conf
	unshare --mount --propagation private bash -e -c '
		mount -t tmpfs -o size=2m,mode=700 ledger disk
		. "$top_srcdir/tests/signer/common.bash"
		trap stop_service EXIT
		start_service
		python3 "$top_srcdir/tests/signer/hostile.py" full disk
	' 3>&-
}
