#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The service is killed under load, at any moment: what a client was told is on record, once and whole. SIGNER_KILLS: how
# often, instead of the few times of an ordinary run.

setup() {
	load common
	load postgres
	make_world "$BATS_TEST_TMPDIR"
}

teardown() {
	stop_server
}

# kill_often KILLS CONF SOCKET…
kill_often() {
	python3 "$top_srcdir/tests/signer/kills.py" "$@" 3>&-
	# The command line gets the same chain.
	start_service "$2" "$3"
	settings_of "$3"
	remote ledger entries --key file:bob >entries
	stop_service
	python3 -c 'import calls; assert calls.check_chain(open("entries", "rb").read().split(b"\n")[:-1])'
}

settings_of() {
	sed -i "s|^url = .*|url = unix:$1|" .config/breakglass/config
}

@test "one service with SQLite" {
	kill_often "${SIGNER_KILLS:-50}" signer.conf "$PWD/socket"
}

@test "two services with one PostgreSQL" {
	start_server
	for each in a b; do
		rules "postgres:host=$server user=ledger dbname=postgres" "$PWD/$each" >"$each.conf"
	done
	kill_often "${SIGNER_KILLS:-20}" a.conf "$PWD/a" b.conf "$PWD/b"
}
