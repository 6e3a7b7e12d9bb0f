#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Every way in which a service may answer, or not: one line each, in bounded time, and nothing of it
# that could steer a terminal.

setup() {
	load common
	make_people
}

teardown() {
	stop_service
}

# fails STATUS PATTERN [OPTION…]: requests, in one line.
fails() {
	local expected=$1 pattern=$2
	shift 2
	SECONDS=0
	run timeout 20 "$breakglass" requests "$@"
	echo "$status: $output"
	[ "$status" -eq "$expected" ]
	[ "${#lines[@]}" -eq 1 ]
	[[ $output == "breakglass: "*$pattern* ]]
	[[ $output != *[[:cntrl:]]* ]]
	[ "$SECONDS" -lt 9 ]
}

# a_certificate NAME HOST: NAME.pem, signed by itself, and NAME.key.
a_certificate() {
	certtool --generate-privkey --key-type ecdsa --outfile "$1.key" 2>/dev/null
	printf 'cn = "%s"\ndns_name = "%s"\nexpiration_days = 2\nca\nsigning_key\ntls_www_server\n' "$2" "$2" >"$1.tmpl"
	certtool --generate-self-signed --load-privkey "$1.key" --template "$1.tmpl" --outfile "$1.pem" 2>/dev/null
}

@test "answers that are no signing service's" {
	start_service
	mode html
	fails 1 "status 502, but not in a signing service's words"
	mode nonsense
	fails 1 "none of a signing service (no JSON)"
	mode other
	fails 1 "none of a signing service (no list"
	mode control
	fails 1 "none of a signing service (not the JSON"
	mode redirect
	fails 1 "leads elsewhere (status 307)"
	mode huge
	fails 1 "larger than 1048576 bytes"
	mode endless
	fails 1 "larger than 1048576 bytes"
}

@test "a service that is slow, silent, breaks off or is down" {
	start_service
	mode silent
	fails 1 "no whole answer within 2 seconds"
	mode drip
	fails 1 "no whole answer within 2 seconds"
	mode break
	: >calls
	fails 1 "the connection broke twice"
	[ "$(wc -l <calls)" -eq 2 ]
	mode down
	fails 1 "cannot do this now (unavailable): the ledger cannot be written"
}

@test "refusals are one line without control characters, and exit code 3" {
	start_service
	mode steer
	fails 3 "refused (refused-by-rules): no?[2Jway?out"
	mode late
	fails 3 "this machine's clock is"
	mode ok
	ssh-keygen -q -t ed25519 -N '' -f mallory
	fails 3 "your key is $(ssh-keygen -lf mallory.pub | cut -d' ' -f2)" --key file:mallory
	sed -i 's/^issuer.*/issuer = other.example/' .config/breakglass/config
	fails 3 'is the service'"'"'s name "other.example"'
}

@test "nobody there" {
	fails 1 "nothing answers at this socket"
	sed -i 's,^url.*,url = https://127.0.0.1:9,' .config/breakglass/config
	fails 1 "nothing answers there (Connection refused)"
	sed -i 's,^url.*,url = https://nowhere.invalid,' .config/breakglass/config
	fails 1 "this name is not found"
}

@test "over TLS the certificate and its name are checked, and a proxy of the environment is not asked" {
	a_certificate good localhost
	a_certificate other elsewhere.example
	start_service --tls good.pem good.key
	sed -i "s,^url.*,url = https://localhost:$(cat port)/," .config/breakglass/config
	run "$breakglass" requests --ca good.pem
	[ "$status" -eq 0 ]
	fails 1 "is not trusted by this system"
	fails 1 "is not trusted by other.pem" --ca other.pem
	fails 1 "is not trusted by good.pem" --ca good.pem --server "https://127.0.0.1:$(cat port)"
	fails 1 "is not trusted by trusted" --ca trusted
	fails 2 "these are no certificates" --ca nowhere.pem
}

@test "what speaks no TLS, or no HTTP, is said to" {
	python3 -c '
import socket, sys
server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen()
open("port", "w").write(str(server.getsockname()[1]))
while True:
    peer = server.accept()[0]
    peer.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
    peer.close()' 3>&- &
	echo $! >>pids
	for _ in $(seq 100); do [ -s port ] || sleep 0.05; done
	fails 1 "no TLS connection" --server "https://127.0.0.1:$(cat port)"
	python3 -c '
import socket
server = socket.socket(socket.AF_UNIX)
server.bind("ssh.socket")
server.listen()
while True:
    peer = server.accept()[0]
    peer.recv(10000)
    peer.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
    peer.close()' 3>&- &
	echo $! >>pids
	for _ in $(seq 100); do [ -S ssh.socket ] || sleep 0.05; done
	fails 1 "does not speak HTTP" --server "unix:$PWD/ssh.socket"
}

@test "a call that broke is made once more, as the same one but with a nonce of its own" {
	start_service
	mode break-once
	run ask
	[ "$status" -eq 0 ]
	[ "$(grep -c '^POST /v1/requests' calls)" -eq 2 ]
	[ "$(cut -d' ' -f3 calls | sort -u | wc -l)" -eq 1 ]
	[ "$(cut -d' ' -f4 calls | sort -u | wc -l)" -eq 2 ]
	mode ok
	run "$breakglass" requests
	[ "${#lines[@]}" -eq 1 ]
}
