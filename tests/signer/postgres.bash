# SPDX-License-Identifier: BSD-2-Clause
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
