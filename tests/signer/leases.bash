# SPDX-License-Identifier: BSD-2-Clause
# Sinks of leases in the test's folder: programs, and receivers of a webhook.

hooks=()

# until_true COMMAND…: within twenty seconds.
until_true() {
	local try
	for try in $(seq 400); do
		! "$@" || return 0
		sleep 0.05
	done
	"$@"
}

# setting LINE…: more lines of [signer].
setting() {
	local each
	for each in "$@"; do sed -i "s|^\[people\]|$each\n&|" signer.conf; done
}

# program NAME COMMAND: a program of the exec sink.
program() {
	mkdir -p etc/breakglass/signer-sinks.d
	printf '#!/bin/sh\n%s\n' "$2" >"etc/breakglass/signer-sinks.d/$1"
	chmod 755 "etc/breakglass/signer-sinks.d/$1"
}

# hook NAME [CERTIFICATE KEY]: a receiver; its port goes into $port.
hook() {
	python3 "$top_srcdir/tests/signer/hook.py" "$@" 3>&- >"$1.log" 2>&1 &
	hook=$!
	hooks+=("$hook")
	until_true test -s "$1.port"
	port=$(cat "$1.port")
}

end_hook() {
	kill "$hook" && wait "$hook" 2>/dev/null || true
	rm "$1.port"
}

end_hooks() {
	local each
	for each in "${hooks[@]}"; do kill "$each" 2>/dev/null || true; done
}

leases() {
	python3 "$top_srcdir/tests/signer/leases.py" "$@"
}

issue() {
	leases issue "$@"
}

# lines FILE COUNT: it has as many.
lines() {
	[ -e "$1" ] && [ "$(wc -l <"$1")" -ge "$2" ]
}

get() {
	curl -sS --unix-socket "${2:-socket}" "http://localhost$1"
}

# metric NAME SINK
metric() {
	get /metrics | sed -n "s/^breakglass_signer_lease_$1{sink=\"$2\"} //p"
}

waits() {
	[ "$(metric waiting "$1")" = "$2" ]
}

# kept SINK COUNT: the ledger knows that so many entries, all there are, were told to it.
kept() {
	python3 - "$@" <<-'PYTHON'
		import sqlite3, sys
		ledger = sqlite3.connect("file:ledger/db?mode=ro", uri=True)
		issues = [n for n, line in ledger.execute("SELECT number, line FROM ledger_entries ORDER BY number") if b'"kind":"issue"' in bytes(line)]
		cursor, = ledger.execute("SELECT number FROM ledger_cursors WHERE name = ?", (sys.argv[1],)).fetchone()
		sys.exit(len(issues) != int(sys.argv[2]) or cursor < issues[-1])
	PYTHON
}

# make_certificates: a CA, a certificate of it for 127.0.0.1 and one for another name; one of no CA.
make_certificates() {
	{
		printf 'cn = ca\nca\ncert_signing_key\nexpiration_days = 2\n' >template
		certtool --generate-privkey --key-type=ecdsa --outfile tls.key
		certtool --generate-self-signed --load-privkey tls.key --template template --outfile tls-ca.pem
		printf 'cn = hook\nip_address = 127.0.0.1\nexpiration_days = 2\n' >template
		certtool --generate-self-signed --load-privkey tls.key --template template --outfile stranger.pem
		certtool --generate-certificate --load-privkey tls.key --load-ca-certificate tls-ca.pem --load-ca-privkey tls.key \
			--template template --outfile right.pem
		printf 'cn = other\ndns_name = other.example\nexpiration_days = 2\n' >template
		certtool --generate-certificate --load-privkey tls.key --load-ca-certificate tls-ca.pem --load-ca-privkey tls.key \
			--template template --outfile other.pem
	} 2>/dev/null
}
