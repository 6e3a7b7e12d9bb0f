# SPDX-License-Identifier: BSD-2-Clause
# The signing service in the test's folder, people with keys, and calls that they sign.

make_service() {
	cd "$BATS_TEST_TMPDIR" || return
	umask 022
	export HOME=$BATS_TEST_TMPDIR BREAKGLASS_TEST_ROOT=$BATS_TEST_TMPDIR
	unset SSH_AUTH_SOCK XDG_CONFIG_HOME
	signer=$top_builddir/tests/signer/breakglass-signer
	breakglass=$top_builddir/tests/lib/breakglass
	mkdir -p etc/breakglass usr/lib/breakglass .config/breakglass
	local person
	for person in issuer alice bob; do
		ssh-keygen -q -t ed25519 -N '' -C "$person" -f "$person"
	done
	{
		trusted signer.example issuer issuer
		trusted alice@example.com requester alice
		trusted bob@example.com approver bob
	} >etc/breakglass/trusted_signers
	cp "$top_srcdir/policy/signer.conf" usr/lib/breakglass/signer.conf
	chmod 644 usr/lib/breakglass/signer.conf
	cat >etc/breakglass/signer.conf <<-CONF
		[signer]
		name = signer.example
		issuer_key = file:$PWD/issuer
		ledger = sqlite:$PWD/ledger.db
		socket = $PWD/socket
		trusted_signers = $PWD/etc/breakglass/trusted_signers
		[people]
		sre = alice@example.com bob@example.com
		[hosts]
		web = web-17 web-18
		[rule web]
		hosts = group:web
		logins = ops
		requesters = sre
		approvals = sre:1
		longest_window = 10m
		longest_session = 1h
		[rule alone]
		hosts = web-19
		logins = guest
		requesters = sre
		for = console
		approvals = none
		longest_window = 10m
		longest_session = 30m
	CONF
}

trusted() {
	echo "$1 namespaces=\"breakglass-$2\" $(cut -d' ' -f1,2 "$3.pub")"
}

# start_service [OPTION…]: of $signer; its pid is in $service.
start_service() {
	"$signer" serve "$@" 3>&- >service.log 2>&1 &
	service=$!
	local try
	for try in $(seq 200); do
		! grep -q '^breakglass-signer: serving' service.log || return 0
		sleep 0.05
	done
	cat service.log
	return 1
}

stop_service() {
	[ -z "${service-}" ] || { kill "$service" && wait "$service"; }
}

# call PERSON NAMESPACE METHOD TARGET [BODY [IDEMPOTENCY-KEY]]: status and type go into $status and $type, the answer
# into the file answer.
call() {
	local time nonce
	time=$(date +%s)
	nonce=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
	printf 'breakglass-call-v1\nsigner.example\n%s\n%s\n%s\n%s\n%s\n%s\n' "$3" "$4" \
		"$(printf %s "${5-}" | sha256sum | cut -d' ' -f1)" "${6-}" "$time" "$nonce" >message
	ssh-keygen -q -Y sign -n "breakglass-$2" -f "$1" <message >signature 2>/dev/null
	ask "$3" "$4" "${5-}" -H "Authorization: SSHSIG $time.$nonce.$(grep -v -- '-----' signature | tr -d '\n')" \
		${6:+-H "Idempotency-Key: $6"}
}

# ask METHOD TARGET [BODY [OPTION…]]: a call that nobody signed.
ask() {
	local method=$1 target=$2 body=${3-} said
	shift $(($# < 3 ? $# : 3))
	said=$(curl -sS --unix-socket socket -o answer -w '%{http_code} %{content_type}' -X "$method" \
		${body:+--data-binary "$body"} "$@" "http://localhost$target")
	status=${said%% *} type=${said#* }
}
