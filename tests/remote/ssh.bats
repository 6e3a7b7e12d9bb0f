#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# breakglass ssh, scp and sftp, with the real ssh, ssh-agent and an sshd on the loopback that trusts
# the service's CA.

setup() {
	load common
	make_people
	settings '[hosts]' '127.0.0.1 = web-17'
	start_service
	echo 0 >needs
	login=$(id -un)
}

teardown() {
	stop_service
}

# Root's sshd wants a folder that a machine without one does not have: in a view of its own, it has.
run_sshd() {
	if [ "$(id -u)" -eq 0 ] && [ ! -d /run/sshd ]; then
		unshare --mount sh -c 'mount -t tmpfs none /run && mkdir -m 755 /run/sshd && exec "$@"' sh "$@"
	else
		"$@"
	fi
}

start_sshd() {
	[ -x /usr/sbin/sshd ] || skip 'there is no sshd'
	[ "$(id -u)" -ne 0 ] || [ -d /run/sshd ] || unshare --mount true || skip 'no /run/sshd, and no mount namespace for one'
	ssh-keygen -q -t ed25519 -N '' -f hostkey
	ssh-keygen -q -t ed25519 -N '' -f jumpkey
	cat >sshd_config <<-EOF
		HostKey $PWD/hostkey
		TrustedUserCAKeys $PWD/ca.pub
		AuthorizedKeysFile $PWD/jumpkey.pub
		StrictModes no
		PermitRootLogin yes
		UsePAM no
		PasswordAuthentication no
		KbdInteractiveAuthentication no
		PidFile none
		LogLevel VERBOSE
		Subsystem sftp internal-sftp
	EOF
	for _ in 1 2 3 4 5; do
		port=$((20000 + RANDOM % 10000))
		run_sshd /usr/sbin/sshd -D -e -p "$port" -o ListenAddress=127.0.0.1 -f sshd_config 3>&- 2>sshd.log &
		echo $! >>pids
		for _ in $(seq 50); do
			! grep -q 'Server listening' sshd.log || break 2
			sleep 0.05
		done
	done
	grep -q 'Server listening' sshd.log || { cat sshd.log; return 1; }
	cat >ssh_config <<-EOF
		StrictHostKeyChecking no
		UserKnownHostsFile /dev/null
		LogLevel ERROR
		IdentitiesOnly yes
		Host jump
		HostName 127.0.0.1
		Port $port
		IdentityFile $PWD/jumpkey
		Host inner
		HostName 127.0.0.1
		Port $port
		User $login
	EOF
}

# Nothing of a login is left: no file, no agent.
# The agent ends when its shell says so, which is not waited for.
nothing_is_left() {
	local try
	for try in $(seq 100); do
		[ -n "$(ls -A runtime)" ] || pgrep -f "ssh-agent -a $PWD/runtime" >/dev/null || return 0
		sleep 0.05
	done
	return 1
}

@test "ssh asks, logs in with the certificate, and returns the command's exit code" {
	start_sshd
	run "$breakglass" ssh --reason 'INC-1 database down' --window 5m --level rebuild -F ssh_config \
		-p "$port" "$login@127.0.0.1" 'echo "in: $0"; exit 7'
	echo "$output"
	[ "$status" -eq 7 ]
	[[ $output == *"request "*": $login on web-17"* ]]
	[[ $output == *"in: "* ]]
	grep -q 'Accepted publickey.*ED25519-CERT.*ID alice@example.com' sshd.log
	grep -q "\"hosts\":\[\"web-17\"\],\"login\":\"$login\",\"reason\":\"INC-1 database down\",\"window\":300,\"max\":3600,\"level\":\"rebuild\",\"holder\":\"ssh-ed25519 " calls
	nothing_is_left
}

@test "it waits for approval first" {
	start_sshd
	echo 1 >needs
	"$breakglass" ssh --reason INC-1 -F ssh_config -p "$port" "$login@127.0.0.1" echo in >out 2>told 3>&- &
	waiting=$!
	for _ in $(seq 100); do grep -q waiting told && break || sleep 0.05; done
	nothing_is_left
	as bob approve --yes "$(sed -n 's/^request \([0-9a-f]*\).*/\1/p' told)"
	wait "$waiting"
	[ "$(cat out)" = in ]
	nothing_is_left
}

@test "the account is what ssh's own configuration and options say" {
	start_sshd
	run "$breakglass" ssh --id web-18 --reason INC-1 -F ssh_config inner echo in
	[ "$status" -eq 0 ]
	grep -q "\"hosts\":\[\"web-18\"\],\"login\":\"$login\"" calls
	run "$breakglass" ssh --reason=INC-1 -F ssh_config -o User=stranger inner -l somebody echo in
	[ "$status" -eq 255 ]
	grep -q '"hosts":\["inner"\],"login":"stranger"' calls
	nothing_is_left
}

@test "scp and sftp copy" {
	start_sshd
	echo content >file
	run "$breakglass" scp --reason INC-1 -q -F ssh_config -P "$port" file "$login@127.0.0.1:$PWD/copied"
	echo "$output"
	[ "$status" -eq 0 ]
	cmp file copied
	run "$breakglass" scp --reason INC-1 -F ssh_config -P "$port" "scp://$login@127.0.0.1:$port/$PWD/file" back
	[ "$status" -eq 0 ]
	cmp file back
	echo "get $PWD/file fetched" >batch
	run "$breakglass" sftp --reason INC-1 -b batch -F ssh_config -P "$port" "$login@127.0.0.1"
	[ "$status" -eq 0 ]
	cmp file fetched
	run "$breakglass" scp --reason INC-1 a:file b:file
	[ "$status" -eq 2 ]
	[[ $output == *"one host at a time"* ]]
	[ "$(grep -c '"hosts":\["web-17"\]' calls)" -eq 3 ]
	nothing_is_left
}

@test "through a jump host, which gets in with its own key" {
	start_sshd
	run "$breakglass" ssh --reason INC-1 -F ssh_config -J "$login@jump" -p "$port" "$login@127.0.0.1" echo in
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *in ]]
	[ "$(grep -c 'Accepted publickey.*ssh2: ED25519 SHA256:' sshd.log)" -eq 1 ]
	[ "$(grep -c 'Accepted publickey.*ED25519-CERT' sshd.log)" -eq 1 ]
	nothing_is_left
}

@test "a signal ends ssh, and nothing is left behind" {
	start_sshd
	for signal in INT TERM HUP; do
		python3 - "$signal" "$breakglass" ssh --reason INC-1 -F ssh_config -p "$port" "$login@127.0.0.1" \
			'echo in; exec sleep 60' 3>&- <<-'EOF'
			import os, signal, subprocess, sys
			signal.signal(signal.SIGINT, signal.SIG_DFL)
			child = subprocess.Popen(sys.argv[2:], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
			assert child.stdout.readline() == b"in\n"
			assert os.listdir("runtime") and os.stat("runtime/" + os.listdir("runtime")[0]).st_mode & 0o777 == 0o700
			os.kill(child.pid, getattr(signal, "SIG" + sys.argv[1]))
			code = child.wait(10)
			assert code in (255, 128 + getattr(signal, "SIG" + sys.argv[1])), code
		EOF
		nothing_is_left
	done
}

@test "killed, it leaves no agent that holds the key" {
	start_sshd
	python3 - "$breakglass" ssh --reason INC-1 -F ssh_config -p "$port" "$login@127.0.0.1" 'echo in; exec sleep 5' 3>&- <<-'EOF'
		import os, subprocess, sys
		child = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
		assert child.stdout.readline() == b"in\n"
		assert os.path.exists("runtime/" + os.listdir("runtime")[0] + "/agent")
		subprocess.run(["pgrep", "-f", "ssh-agent -a " + os.getcwd() + "/runtime"], stdout=subprocess.DEVNULL, check=True)
		child.kill()
		child.wait()
	EOF
	nothing_is_left
}

@test "without standard input it logs in as well" {
	start_sshd
	"$breakglass" ssh --reason INC-1 -F ssh_config -p "$port" "$login@127.0.0.1" 'echo in' >output 2>errors <&- || { cat errors; false; }
	[ "$(<output)" = in ]
	nothing_is_left
}

@test "a person's own agent, keys and open connections are not used" {
	mkdir bin
	printf '#!/bin/sh\n[ "$1" != -G ] || exec /usr/bin/ssh "$@"\nprintf "%%s\\n" "$@" >words\nssh-add -l >listed\nSSH_AUTH_SOCK=$(sed -n "s/^IdentityAgent=//p" words) ssh-add -L >held\n' >bin/ssh
	chmod +x bin/ssh
	PATH=$PWD/bin:$PATH run "$breakglass" ssh --reason INC-1 -F none -vA -p 22 -- ops@127.0.0.1 ls --help
	echo "$output"
	[ "$status" -eq 0 ]
	for word in -oIdentityFile=none -oCertificateFile=none -oIdentitiesOnly=no -oControlPath=none \
		-oPreferredAuthentications=publickey,keyboard-interactive; do
		grep -qxe "$word" words
	done
	[ "$(tail -9 words | tr '\n' ' ')" = '-F none -vA -p 22 -- ops@127.0.0.1 ls --help ' ]
	[ "$(wc -l <held)" -eq 1 ]
	grep -q '^ssh-ed25519-cert-v01@openssh.com .* breakglass$' held
	nothing_is_left
}

@test "what is missing is said before anybody is asked" {
	run "$breakglass" ssh ops@127.0.0.1
	[ "$status" -eq 2 ]
	[[ $output == *"ssh needs --reason"* ]]
	run "$breakglass" ssh --reason INC-1 -v
	[ "$status" -eq 2 ]
	[[ $output == *"ssh needs a host"* ]]
	run "$breakglass" ssh --reason INC-1 --because ops@127.0.0.1 x
	[ "$status" -eq 2 ]
	[[ $output == *"'--because' is no option of breakglass ssh"* ]]
	run "$breakglass" ssh --reason INC-1 -o Nonsense=1 ops@127.0.0.1
	[ "$status" -eq 2 ]
	mode no-ca
	run "$breakglass" ssh --reason INC-1 ops@127.0.0.1
	[ "$status" -eq 1 ]
	[[ $output == *"this service makes no certificates"* ]]
	! grep -q '^POST' calls || return
	PATH=/nowhere run "$breakglass" ssh --reason INC-1 ops@127.0.0.1
	[ "$status" -eq 1 ]
	[[ $output == *"ssh is not installed"* ]]
}
