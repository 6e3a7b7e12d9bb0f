#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Break-glass is used when things are broken: each kind of broken, and what a valid token then does.
load lib/checks.bash

setup_file() {
	use_machine
	# Minted now, for a clock that is set back to a little later than now.
	EARLY=$(token alice ops) EARLY_TIME=$(date +%s)
	export EARLY EARLY_TIME
}

teardown_file() {
	end_own_machine
}

# breaks HOW MEND: in the guest; mended however the test ends.
breaks() {
	MEND=$2
	guest "$1"
}

mend() {
	[ -z "${MEND:-}" ] || guest "now=$(date +%s.%N); $MEND"
	MEND=
}

teardown() {
	mend
}

# policy SECTION KEY VALUE: overrides it until mended.
policy() {
	breaks "mkdir -p /etc/breakglass/gate.conf.d && printf '[%s]\n%s = %s\n' $1 $2 $3 >/etc/breakglass/gate.conf.d/90-test.conf" \
		"rm -f /etc/breakglass/gate.conf.d/90-test.conf; ${4:-:}"
}

goes_in() {
	run ssh_pasting alice ops "$(token alice ops)" 'echo in as $(id -un)'
	succeeds
	shows "in as ops"
}

is_denied() {
	run ssh_pasting alice ops "$(token alice ops)" true
	denied_in_journal "$1"
}

STOP_AUDITD='systemctl stop auditd 2>/dev/null; pid=$(pidof auditd) && { systemctl mask --runtime auditd; kill -9 $pid; }; sleep 0.5; ! pidof auditd'
START_AUDITD='systemctl unmask --runtime auditd 2>/dev/null; systemctl reset-failed auditd; systemctl start auditd'

@test "the signing service is down: three approvers open the host" {
	run ssh_pasting alice ops "$(offline_token alice ops)" 'echo in as $(id -un)'
	succeeds
	shows "in as ops"
	event_has '"issuer":"offline"'
}

# disk_has WHAT: how much the root has left of that (avail, iavail).
disk_has() {
	guest "df --output=$1 / | tail -n 1" | tr -d ' '
}

# A disk that takes nothing new takes the event where a file lies ready for it, and so an offline quorum goes in, too.
goes_in_durably() {
	run ssh_pasting alice ops "$(offline_token alice ops)" 'echo in as $(id -un)'
	succeeds
	shows "in as ops"
	event_has '"type":"breakglass.taint.closed"'
	event_has '"durability":"durable"'
}

# files_lie_ready: the agent makes them a moment after the last event.
files_lie_ready() {
	guest 'for i in $(seq 20); do [ "$(grep -L ^{ /var/lib/breakglass/events/* | wc -l)" -ge 16 ] && exit; sleep 0.5; done; false'
}

# Once those files are used up, and nobody makes new ones, it does not: who has a lease goes in; who has none does not,
# and keeps the token.
goes_in_by_memory() {
	local unspent
	unspent=$(offline_token alice ops)
	MEND="$MEND; systemctl start breakglass-agent"
	guest 'systemctl stop breakglass-agent; grep -L ^{ /var/lib/breakglass/events/* | xargs rm'
	"$@"
	goes_in
	event_has '"type":"breakglass.taint.closed"'
	event_has '"durability":"volatile"'
	run ssh_pasting alice ops "$unspent" true
	denied_in_journal taint-failed
	mend
	run ssh_pasting alice ops "$unspent" true
	succeeds
}

FILL='cat /dev/zero >/ballast.rest; sync'

@test "disk full: granted, the event is on disk; with no file ready for it, in memory" {
	files_lie_ready
	breaks 'fallocate -l "$(df --output=avail -B1 / | tail -n 1)" /ballast; '"$FILL" \
		'rm -f /ballast /ballast.rest'
	[ "$(disk_has avail)" -eq 0 ]
	goes_in_durably
	[ "$(disk_has avail)" -eq 0 ]
	goes_in_by_memory guest "$FILL"
}

@test "no inodes left: granted, the event is on disk; with no file ready for it, in memory" {
	files_lie_ready
	breaks 'mkdir /ballast; cd /ballast; for i in $(seq 20000); do : >$i || break; done 2>/dev/null' 'rm -rf /ballast'
	[ "$(disk_has iavail)" -eq 0 ]
	goes_in_durably
	[ "$(disk_has iavail)" -eq 0 ]
	goes_in_by_memory guest 'for i in $(seq 64); do : >/ballast/more.$i || break; done 2>/dev/null'
}

VAR_FAILS='mount --bind /var /var && mount -o remount,bind,ro /var'
# Who was in may hold it for a moment.
VAR_IS_BACK='for i in $(seq 40); do mountpoint -q /var || break; umount /var 2>/dev/null || sleep 0.5; done; ! mountpoint -q /var'

@test "/var read-only: granted, the event waits in memory and reaches the disk later" {
	local before
	before=$(guest 'grep -l ^{ /var/lib/breakglass/events/* | wc -l')
	breaks "$VAR_FAILS && ! touch /var/lib/breakglass/x" "$VAR_IS_BACK"
	goes_in
	event_has '"durability":"volatile"'
	mend
	guest 'breakglass taint add --reason "disk is back"'
	[ "$(guest 'grep -l ^{ /var/lib/breakglass/events/* | wc -l')" -ge $((before + 3)) ]
}

@test "/var read-only where the policy wants durability, or nobody leased the host: denied" {
	policy taint durability require "$VAR_IS_BACK"
	guest "$VAR_FAILS"
	is_denied taint-failed
	guest 'rm /etc/breakglass/gate.conf.d/90-test.conf'
	run ssh_pasting alice ops "$(offline_token alice ops)" true
	denied_in_journal taint-failed
}

# Whoever records first hangs with the lock; be it the agent, the login records without it and goes in.
@test "disk hangs: the login hangs, the taint is in memory already" {
	breaks 'systemctl stop breakglass-agent; fsfreeze -f /' 'fsfreeze -u /; systemctl start breakglass-agent'
	SSH_SECONDS=10 run ssh_pasting alice ops "$(token alice ops)" true
	[ "$status" -ne 0 ]
	run guest 'cat /run/breakglass/events/*'
	mend
	succeeds
	shows '"subject":"alice@example.com"'
}

NETWORK_DOWN='networkctl down enp0s3 2>/dev/null || ip link set "$(ls /sys/class/net | grep -v lo)" down'
NETWORK_UP='ip link set "$(ls /sys/class/net | grep -v lo)" up; networkctl reconfigure "$(ls /sys/class/net | grep -v lo)"'

on_the_console() {
	run "$MACHINE_TESTS/lib/console.exp" "$(console_socket)" ops "$(console_token alice ops)" 'echo in as $(id -un)'
}

@test "network down: the console takes a token" {
	breaks "$NETWORK_DOWN" "$NETWORK_UP"
	on_the_console
	succeeds
	shows "in as ops"
}

# The orchestrator itself, which a host reaches over HTTPS alone, has to know before anybody gets in.
FAR_AWAY='mkdir -p /etc/breakglass/gate.conf.d
	printf "[taint]\nsinks = journal webhook\nack = delivered\nack_timeout = 15s\n" >/etc/breakglass/gate.conf.d/90-test.conf
	systemctl reload breakglass-agent'
NEAR='rm -f /etc/breakglass/gate.conf.d/90-test.conf; systemctl reload breakglass-agent'

@test "somebody outside has to know: let in while the network is there, denied once it is gone, the token is spent" {
	local spent
	breaks "$FAR_AWAY" "$NEAR; $NETWORK_UP"
	goes_in
	guest "$NETWORK_DOWN"
	spent=$(console_token alice ops)
	run "$MACHINE_TESTS/lib/console.exp" "$(console_socket)" ops "$spent" true
	denied_in_journal ack-timeout
	event_has '"ended":"unused"'
	# login(1) asks once more itself, by the policy that it began with.
	guest 'rm /etc/breakglass/gate.conf.d/90-test.conf; systemctl restart serial-getty@ttyS0'
	on_the_console
	succeeds
	shows "in as ops"
	run "$MACHINE_TESTS/lib/console.exp" "$(console_socket)" ops "$spent" true
	denied_in_journal already-used
	mend
	goes_in
}

@test "somebody outside has to know: denied while the agent is dead, let in by a read-only /var" {
	breaks "$FAR_AWAY; systemctl stop breakglass-agent" "$NEAR; systemctl start breakglass-agent; $VAR_IS_BACK"
	is_denied ack-timeout
	guest 'systemctl start breakglass-agent'
	guest "$VAR_FAILS"
	# Nobody leased the host, and no disk knows of it: but somebody outside does.
	run ssh_pasting alice ops "$(offline_token alice ops)" 'echo in as $(id -un)'
	succeeds
	shows "in as ops"
	event_has '"durability":"volatile"'
}

@test "clock wrong: refused with a challenge, whose answer goes in" {
	local nonce
	breaks 'date -s 2001-02-03' 'date -s @$now'
	run ssh_pasting alice ops "$(token alice ops)" true
	shows "Challenge of this host: "
	nonce=$(grep -o 'Challenge of this host: [0-9a-f]*' <<<"$output" | head -n 1 | grep -o '[0-9a-f]*$')
	denied_in_journal not-yet-valid
	run ssh_pasting alice ops "$(token alice ops --nonce "$nonce")" 'echo in'
	succeeds
	event_has '"clock":"untrusted"'
	VALIDITY=always:forever run ssh_carrying alice ops "$(token alice ops --nonce "$nonce")" 'echo in'
	succeeds
	run ssh_pasting alice ops "$(token alice ops --nonce 00000000000000000000000000000000)" true
	denied_in_journal wrong-challenge
}

@test "clock behind a time that was vouched for: refused with a challenge, though the window fits" {
	breaks "date -s @$((EARLY_TIME + 5))" 'date -s @$now'
	run ssh_pasting alice ops "$EARLY" true
	shows "Challenge of this host: "
	denied_in_journal clock-untrusted
}

@test "/run/nologin, password expired, account expired: granted" {
	breaks 'echo booting >/run/nologin; chage -d 0 -E 1 ops' 'rm -f /run/nologin; chage -d 20000 -E -1 ops'
	goes_in
}

@test "logind dead: granted; the warden ends the session, and all that it started" {
	local began=$SECONDS
	breaks 'systemctl mask --runtime --now systemd-logind.service 2>/dev/null; ! systemctl --quiet is-active systemd-logind' \
		'systemctl unmask --runtime systemd-logind.service 2>/dev/null; systemctl start systemd-logind'
	goes_in
	event_has '"type":"breakglass.taint.closed"'
	run stay_for_ever ops "$(MAX=15s token alice ops)"
	[ $((SECONDS - began)) -lt 80 ] # and not the 300 s that it would have stayed
	for _ in $(seq 20); do
		[[ $(last_event) != *'"ended":"deadline"'* ]] || break
		sleep 0.5
	done
	event_has '"ended":"deadline"'
	run guest 'kill -0 "$(cat /tmp/stubborn-ops)"'
	[ "$status" -ne 0 ]
}

@test "auditd dead: denied, or granted where the policy does not require it" {
	breaks "$STOP_AUDITD" "$START_AUDITD"
	is_denied audit-unavailable
	policy audit required no "$START_AUDITD"
	goes_in
	event_has '"audit":"unavailable"'
}

@test "the audit log's disk is full: granted while auditd makes room, denied where it would suspend" {
	# Below auditd's admin_space_left, with a little left to write to.
	breaks 'cp -p /etc/audit/auditd.conf /run/testport/auditd.conf
		fallocate -l "$(($(df --output=avail -B1 /var/log/audit | tail -n 1) - 8000000))" /var/log/audit/ballast' \
		'rm -f /var/log/audit/ballast; cp -p /run/testport/auditd.conf /etc/audit/auditd.conf'
	goes_in
	[ -n "$(audit_records opened)" ]
	guest "sed -i 's/^\(admin_space_left_action\|disk_full_action\) = .*/\1 = SUSPEND/' /etc/audit/auditd.conf"
	is_denied audit-unavailable
}

@test "/run/breakglass full: denied" {
	breaks 'cat /dev/zero >/run/breakglass/ballast 2>/dev/null; test -s /run/breakglass/ballast' 'rm -f /run/breakglass/ballast'
	is_denied taint-failed
}

@test "/run/breakglass unwritable: denied" {
	breaks 'mount -o remount,ro /run/breakglass' 'mount -o remount,rw /run/breakglass'
	is_denied taint-failed
}

@test "policy missing, writable by others, a symlink, or unparsable: denied" {
	local conf=/etc/breakglass/gate.conf
	breaks "cp -p $conf /run/testport/gate.conf; rm $conf" "rm -f $conf; cp -p /run/testport/gate.conf $conf"
	is_denied config
	guest "cp -p /run/testport/gate.conf $conf; chmod 0666 $conf"
	is_denied config
	guest "ln -sf /run/testport/gate.conf $conf"
	is_denied config
	guest "rm $conf; echo nonsense >$conf"
	is_denied config
	mend
	goes_in
}

@test "trusted_signers missing or broken: denied" {
	local file=/etc/breakglass/trusted_signers
	breaks "cp -p $file /run/testport/signers; rm $file" "cp -p /run/testport/signers $file"
	is_denied config
	guest "echo '* namespaces=\"breakglass-issuer\" ssh-ed25519 AAAA' >$file"
	is_denied config
}

# reboot [KERNEL-WORD…]: in good order, and up again.
reboot() {
	GUEST_SECONDS=10 guest 'systemctl --no-block poweroff' || true # it may be off before it has answered
	for _ in $(seq 300); do
		machine_alive "$MACHINE" || break
		sleep 0.2
	done
	machine_boot "$IMAGE" "$@" && write_ssh_config
}

@test "a whole boot on a read-only disk: what it took is not taken again after the next" {
	local spent
	reboot ro systemd.mask=systemd-remount-fs.service
	guest '! touch /var/lib/breakglass/x 2>/dev/null'
	spent=$(token alice ops)
	run ssh_pasting alice ops "$spent" true
	succeeds
	event_has '"durability":"volatile"'
	reboot
	run ssh_pasting alice ops "$spent" true
	denied_in_journal issued-before-boot
	goes_in
}

@test "a reboot forgets neither the taint nor a spent token; kernel auditing disabled: denied by default" {
	local spent unspent
	spent=$(token alice ops) unspent=$(token alice ops)
	run ssh_pasting alice ops "$spent" true
	succeeds
	reboot audit=0
	run guest breakglass status
	[ "$status" -eq 1 ]
	run ssh_pasting alice ops "$spent" true
	denied_in_journal issued-before-boot
	run ssh_pasting alice ops "$unspent" true
	denied_in_journal audit-unavailable
	# Stays for what follows: auditing does not come back on this machine.
	policy audit required no
	MEND=
	run ssh_pasting alice ops "$unspent" true
	succeeds
	event_has '"audit":"unavailable"'
}

@test "the root file system is read-only: granted, on the console too" {
	breaks 'journalctl --relinquish-var; mount -o remount,ro / && ! touch /x 2>/dev/null' 'mount -o remount,rw / && journalctl --flush'
	goes_in
	event_has '"durability":"volatile"'
	run "$MACHINE_TESTS/lib/console.exp" "$(console_socket)" ops "$(console_token alice ops)" 'echo in as $(id -un)'
	succeeds
	shows "in as ops"
}

# The last of all: the machine is lost. Since Linux 6.12 a failed ext4 is not read from either, so that not even sshd
# can be started: what the gate would say is never asked.
@test "the root file system has failed: granted where it can still be read; otherwise nothing runs and nobody is let in" {
	guest 'sync; echo 1 >/sys/fs/ext4/nvme0n1/trigger_fs_error; ! : 2>/dev/null >/x'
	if [ "$(GUEST_SECONDS=5 guest 'cat /etc/hostname')" = web-7 ]; then
		goes_in
		event_has '"durability":"volatile"'
	else
		[ "$VERSION" -ge 13 ]
		run ssh_pasting alice ops "$(token alice ops)" 'echo in as $(id -un)'
		[ "$status" -eq 255 ]
		[[ $output != *"in as"* ]]
	fi
}
