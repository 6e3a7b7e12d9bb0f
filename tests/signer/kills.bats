#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The service is killed under load, at any moment: what a client was told is on record, once and whole. SIGNER_KILLS: how
# often, instead of the few times of an ordinary run.

setup() {
	load common
	make_world "$BATS_TEST_TMPDIR"
}

teardown() {
	stop_server
}

# start_server: PostgreSQL in a folder, behind a socket file; as nobody, since it refuses to be root.
start_server() {
	programs=$(printf '%s\n' /usr/lib/postgresql/*/bin/initdb | sort -V | tail -1)
	programs=${programs%/initdb}
	[ -x "$programs/initdb" ] || skip 'no PostgreSQL server here'
	server=$(mktemp -d /tmp/bg-kills-XXXXXX) # a socket's path is short
	as_nobody=()
	if [ "$(id -u)" -eq 0 ]; then
		chown nobody "$server"
		as_nobody=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
	fi
	(cd "$server" && "${as_nobody[@]}" "$programs/initdb" --auth=trust --username=ledger --encoding=UTF8 --no-sync \
		--no-locale -D "$server/data" >initdb.log)
	# Services are killed here, never the machine: no need to wait for the disk.
	(cd "$server" && exec "${as_nobody[@]}" "$programs/postgres" -D "$server/data" -k "$server" -h '' -c fsync=off) \
		3>&- >"$server/log" 2>&1 &
	server_pid=$!
	for _ in $(seq 600); do
		! "$programs/pg_isready" -q -h "$server" -U ledger -d postgres || return 0
		sleep 0.05
	done
	cat "$server/log"
	return 1
}

stop_server() {
	[ -n "${server:-}" ] || return 0
	[ -z "${server_pid:-}" ] || { kill -INT "$server_pid" && wait "$server_pid"; } || true
	rm -rf "$server"
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
