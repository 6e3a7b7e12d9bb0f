# SPDX-License-Identifier: BSD-2-Clause
# People with keys and settings, and the signing service itself, in the test's folder.

# make_world FOLDER
make_world() {
	umask 022
	export HOME=$1 XDG_RUNTIME_DIR=$1/runtime BREAKGLASS_TEST_ROOT=$1 PYTHONDONTWRITEBYTECODE=1
	export PYTHONPATH=$top_srcdir/tests/signer
	unset SSH_AUTH_SOCK SSH_AGENT_PID XDG_CONFIG_HOME NOTIFY_SOCKET LISTEN_FDS
	cd "$1" || return
	mkdir -p runtime .config/breakglass
	mkdir -m 700 -p ledger
	for person in issuer ca alice bob carol dave frank mallory; do
		ssh-keygen -q -t ed25519 -N '' -C "$person" -f "$person"
	done
	{
		line signer.example issuer issuer
		for person in alice bob carol; do line "$person@example.com" requester "$person"; done
		for person in bob carol dave frank; do line "$person@example.com" approver "$person"; done
		for role in requester approver; do
			echo "erin@example.com namespaces=\"breakglass-$role\"" \
				"$(python3 -c 'import calls; print(calls.HardwareKey("erin").line)')"
		done
	} >trusted
	printf '[host]\nid = web-17\n[token]\nsignatures = issuer:1+approver:1\nchallenge = yes\n' >gate.conf
	{
		printf '[service]\nurl = unix:%s/socket\nissuer = signer.example\nkey = file:~/alice\n' "$PWD"
		printf 'trusted_signers = ~/trusted\n'
	} >.config/breakglass/config
	rules "sqlite:$PWD/ledger/db" "$PWD/socket" >signer.conf
}

line() {
	echo "$1 namespaces=\"breakglass-$2\" $(cut -d' ' -f1,2 "$3.pub")"
}

# rules LEDGER SOCKET: a signer.conf.
rules() {
	cat <<-CONF
		[signer]
		name = signer.example
		issuer_key = file:$PWD/issuer
		ca_key = file:$PWD/ca
		trusted_signers = $PWD/trusted
		ledger = $1
		socket = $2
		[people]
		sre = alice@example.com bob@example.com carol@example.com erin@example.com
		security = dave@example.com erin@example.com
		others = frank@example.com
		[hosts]
		db = db-1 db-2
		[rule ordinary]
		hosts = web-17
		logins = ops
		requesters = sre
		approvals = sre:1 + security:1
		longest_window = 10m
		longest_session = 30m
		[rule alone]
		hosts = group:db
		logins = ops
		requesters = sre
		for = ssh console
		approvals = none
		longest_window = 10m
		longest_session = 30m
		[rule soon]
		hosts = soon-1
		logins = ops
		requesters = sre
		approvals = sre:1
		approval_wait = 1m
		longest_window = 10m
		longest_session = 30m
	CONF
}

# start_service [CONF [SOCKET]]: waits until it listens; what it says is in SOCKET.log.
start_service() {
	local log=${2:-socket}.log
	"${signer:-$top_builddir/signer/breakglass-signer}" serve --config "${1:-signer.conf}" 3>&- >"$log" 2>&1 &
	service=$!
	echo "$service" >>"${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR}/pids"
	for _ in $(seq 400); do
		! grep -qs serving "$log" || return 0
		kill -0 "$service" 2>/dev/null || break
		sleep 0.05
	done
	cat "$log"
	return 1
}

# stop_service [FILE]: ends what was started, by its pid; a build with sanitizers has told in its log what it saw.
stop_service() {
	local pid file=${1:-${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR}/pids}
	[ -f "$file" ] || return 0
	while read -r pid; do
		kill "$pid" 2>/dev/null || continue
		for _ in $(seq 200); do kill -0 "$pid" 2>/dev/null || break; sleep 0.05; done
		! kill -KILL "$pid" 2>/dev/null || { echo "$pid did not end"; return 1; }
	done <"$file"
	rm "$file"
	! grep -E 'runtime error|Sanitizer' "${file%/*}"/*.log
}

# The program itself, as breakglass runs it.
remote() {
	"$top_builddir/breakglass/remote/breakglass-remote" "$@"
}

# as PERSON COMMAND [ARGUMENT…]
as() {
	local person=$1
	shift
	remote "$1" --key "file:$person" "${@:2}"
}

# ask [OPTION…]: what alice usually asks for.
ask() {
	remote request --host web-17 --login ops --reason 'INC-1 database down' --window 10m --max 30m --holder alice.pub \
		"$@"
}

# verify TOKEN [OPTION…]: as the host would.
verify() {
	"$top_builddir/tests/lib/breakglass" token verify --config gate.conf --trusted trusted --host web-17 --login ops \
		"${@:2}" "$1"
}
