# SPDX-License-Identifier: BSD-2-Clause
# People with keys and settings, and a signing service that is played, in the test's folder.

make_people() {
	cd "$BATS_TEST_TMPDIR" || return
	export HOME=$BATS_TEST_TMPDIR XDG_RUNTIME_DIR=$BATS_TEST_TMPDIR/runtime
	export BREAKGLASS_TEST_ROOT=$BATS_TEST_TMPDIR
	unset SSH_AUTH_SOCK SSH_AGENT_PID XDG_CONFIG_HOME
	export http_proxy=http://127.0.0.1:9 https_proxy=http://127.0.0.1:9 ALL_PROXY=http://127.0.0.1:9
	breakglass=$top_builddir/tests/lib/breakglass
	mkdir -p runtime .config/breakglass
	for person in issuer ca alice bob carol; do
		ssh-keygen -q -t ed25519 -N '' -C "$person" -f "$person"
	done
	{
		line signer.example issuer issuer
		line alice@example.com requester alice
		line bob@example.com requester bob
		line bob@example.com approver bob
		line carol@example.com approver carol
	} >trusted
	for person in alice bob carol; do
		echo "$person@example.com $(cut -d' ' -f1,2 "$person.pub")"
	done >allowed
	printf '[host]\nid = web-17\n[token]\nsignatures = issuer:1+approver:1\nchallenge = yes\n' >gate.conf
	chmod 644 trusted gate.conf ./*.pub
	settings
}

line() {
	echo "$1 namespaces=\"breakglass-$2\" $(cut -d' ' -f1,2 "$3.pub")"
}

# settings [LINE…]: the usual ones, and lines behind them.
settings() {
	{
		printf '[service]\nurl = unix:%s/socket\nissuer = signer.example\nkey = file:~/alice\n' "$PWD"
		printf 'trusted_signers = ~/trusted\n'
		[ $# -eq 0 ] || printf '%s\n' "$@"
	} >.config/breakglass/config
	chmod 644 .config/breakglass/config
}

# start_service [ARGUMENT…]: waits until it answers.
start_service() {
	[ $# -gt 0 ] || set -- "$PWD/socket"
	python3 "$top_srcdir/tests/remote/service.py" "$@" 3>&- >service.log 2>&1 &
	echo $! >>pids
	for _ in $(seq 200); do
		[ ! -S socket ] && [ ! -f port ] || return 0
		sleep 0.05
	done
	cat service.log
	return 1
}

stop_service() {
	[ ! -f "$BATS_TEST_TMPDIR/pids" ] || xargs kill <"$BATS_TEST_TMPDIR/pids" 2>/dev/null || true
}

mode() {
	echo "$1" >mode
}

# ask [OPTION…]: what alice usually asks for.
ask() {
	"$breakglass" request --host web-17 --login ops --reason 'INC-1 database down' --window 10m \
		--max 30m --holder alice.pub "$@"
}

# as PERSON COMMAND [ARGUMENT…]
as() {
	local person=$1
	shift
	"$breakglass" "$1" --key "file:$person" "${@:2}"
}
