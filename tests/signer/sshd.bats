#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# A real sshd lets people in with the service's certificates: on the loopback, as whoever runs this,
# in a folder of its own. As root it wants /run/sshd, which it gets in a mount namespace.

setup() {
	sshd=${SSHD:-$(PATH=$PATH:/usr/sbin:/sbin command -v sshd)} || skip 'there is no sshd'
	cd "$BATS_TEST_TMPDIR" || return
	certify=$top_builddir/tests/signer/certify
	login=$(id -un)
	while port=$((20000 + RANDOM % 12000)) && (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
	unset SSH_AUTH_SOCK SSH_AGENT_PID
	for key in ca mallory alice host; do
		ssh-keygen -q -t ed25519 -N '' -C "$key" -f "$key"
	done
	cat >sshd_config <<-END
		Port $port
		ListenAddress 127.0.0.1
		HostKey $PWD/host
		TrustedUserCAKeys $PWD/ca.pub
		AuthorizedKeysFile none
		AuthenticationMethods publickey
		UsePAM no
		StrictModes no
		PermitRootLogin prohibit-password
		ExposeAuthInfo yes
		PidFile none
		LogLevel VERBOSE
	END
	echo "[127.0.0.1]:$port $(cut -d' ' -f1,2 host.pub)" >known
	start_sshd
}

teardown() {
	[ -z "${daemon:-}" ] || kill "$daemon" || true
}

start_sshd() {
	local wrap=()
	if [ "$(id -u)" -eq 0 ]; then
		getent passwd sshd >/dev/null || skip 'there is no user sshd for the privilege separation'
		if ! [ -d /run/sshd ]; then
			unshare --mount true 2>/dev/null || skip 'no /run/sshd, and no mount namespace for one'
			wrap=(unshare --mount sh -c 'mount -t tmpfs none /run && mkdir /run/sshd && exec "$@"' sh)
		fi
	fi
	"${wrap[@]}" "$sshd" -D -e -f "$PWD/sshd_config" 2>log 3>&- &
	daemon=$!
	for _ in $(seq 50); do
		! grep -q 'Server listening' log || return 0
		kill -0 "$daemon" || break
		sleep 0.1
	done
	cat log
	return 1
}

# enter CA SECONDS [PRINCIPAL]: with a new certificate for alice's key.
enter() {
	"$certify" "file:$1" alice.pub "${3:-$login}" "$2" bg1_AAAA >alice-cert.pub
	ssh -F none -p "$port" -l "$login" -i alice -o CertificateFile=alice-cert.pub -o BatchMode=yes \
		-o IdentitiesOnly=yes -o UserKnownHostsFile=known 127.0.0.1 \
		'cat "$SSH_USER_AUTH"' </dev/null
}

@test "its certificate opens the host, and the token reaches the session" {
	run enter ca 120
	[ "$status" -eq 0 ] || { cat log; echo "$output"; false; }
	[[ $output == *"publickey $(cat alice-cert.pub)"* ]]
	grep -q 'Accepted publickey.*ID breakglass test (serial 7) CA ED25519' log
}

@test "keys of other types hold a certificate, too" {
	for type in rsa ecdsa; do
		rm alice alice.pub
		ssh-keygen -q -t "$type" -N '' -f alice
		run enter ca 120
		[ "$status" -eq 0 ] || { cat log; echo "$output"; false; }
		[[ $output == *"publickey $(cat alice-cert.pub)"* ]]
	done
}

@test "for another login, of another CA, or after its end it opens nothing" {
	run enter ca 120 somebody-else
	[ "$status" -eq 255 ]
	grep -q 'name is not a listed principal' log
	run enter mallory 120
	[ "$status" -eq 255 ]
	run enter ca 30
	[ "$status" -eq 255 ]
	grep -q 'Certificate invalid: expired' log
	run enter ca 120
	[ "$status" -eq 0 ]
}
