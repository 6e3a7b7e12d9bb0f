# SPDX-License-Identifier: BSD-2-Clause
# A host in the test's folder, whose events go to receivers on the loopback.

load ../signer/leases

# make_host: with its id and its configuration of nothing.
make_host() {
	umask 022
	export BREAKGLASS_TEST_ROOT=$BATS_TEST_TMPDIR PYTHONDONTWRITEBYTECODE=1
	cd "$BATS_TEST_TMPDIR" || return
	mkdir -p etc/breakglass var/lib
	mkdir -m 700 var/lib/breakglass
	printf '[host]\nid = web.17\n[token]\nsignatures = issuer:1+approver:1\n' >etc/breakglass/gate.conf
	webhook=$top_builddir/tests/agent/breakglass-webhook
	nats=$top_builddir/tests/agent/breakglass-nats
	servers=()
}

# configure LINE…: all of agent.conf.
configure() {
	printf '%s\n' "$@" >etc/breakglass/agent.conf
}

worker() {
	python3 "$top_srcdir/tests/agent/worker.py" "$@"
}

# events COUNT [FIRST [SIZE]]: lines for a worker's standard input.
events() {
	worker events "$@"
}

# says TEXT COMMAND…: what it prints on standard output, and nothing else; its exit code stays in $code.
says() {
	local expected=$1 got
	shift
	code=0
	got=$(timeout 60 "$@" 2>stderr) || code=$?
	[ "$got" = "$expected" ] || { echo "got: $got"; cat stderr; return 1; }
}

# told EVENTS PROGRAM: what the worker answers to the lines of a file; its exit code goes into $code.
told() {
	code=0
	timeout 60 "$2" <"$1" >answers 2>stderr || code=$?
	cat answers
}

# start_nats [LINE…]: a server with JetStream; its port stays the same once it has one, and is in $port.
start_nats() {
	port=${nats_port:-$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')}
	nats_port=$port
	printf '%s\n' "host: 127.0.0.1" "port: $port" "jetstream { store_dir: \"$PWD/jetstream\" }" "$@" >nats.conf
	nats-server -c nats.conf 3>&- >>nats.log 2>&1 &
	server=$!
	servers+=("$server")
	until_true is_listening "$port"
}

is_listening() {
	(exec 4<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

end_nats() {
	kill "-${1:-TERM}" "$server"
	wait "$server" 2>/dev/null || true
}

end_servers() {
	local each
	for each in "${servers[@]}"; do kill -KILL "$each" 2>/dev/null || true; done
	end_hooks
}

stream() {
	timeout 20 python3 "$top_srcdir/tests/agent/stream.py" "$@"
}

# silent: a port, in $port, that takes connections and never says a word.
silent() {
	python3 - 3>&- <<-'PYTHON' &
		import os, socket, time
		listener = socket.create_server(("127.0.0.1", 0))
		with open("silent.new", "w") as file:
		    file.write(str(listener.getsockname()[1]))
		os.rename("silent.new", "silent.port")
		kept = []
		while True:
		    kept.append(listener.accept())
	PYTHON
	servers+=("$!")
	until_true test -s silent.port
	port=$(cat silent.port)
}

# takes SECONDS COMMAND…: no longer.
takes() {
	local begin=$SECONDS limit=$1
	shift
	"$@" || return
	[ $((SECONDS - begin)) -le "$limit" ] || { echo "took $((SECONDS - begin)) s"; return 1; }
}

# start_worker COMMAND…: its standard input is 7, its output 6, its pid in $pid.
start_worker() {
	coproc WORKER { exec "$@" 2>stderr 3>&-; }
	pid=$WORKER_PID
	exec 6<&"${WORKER[0]}" 7>&"${WORKER[1]}"
	eval "exec ${WORKER[0]}<&- ${WORKER[1]}>&-"
}
