# SPDX-License-Identifier: BSD-2-Clause
# Virtual machines: start, wait, stop. A machine is a folder: overlays, console log, sockets, qemu's pid.
# shellcheck shell=bash

RUNS=$BUILD/run

# machine_start NAME IMAGE [KERNEL-WORD…]: sets MACHINE (the folder) and waits until the machine is up.
machine_start() {
	local name=$1 image=$2
	shift 2
	MACHINE=$RUNS/$name
	machine_stop "$MACHINE"
	rm -rf "$MACHINE"
	mkdir -p "$MACHINE"
	cp "$image/known_hosts" "$MACHINE/"
	overlay "$image/disk.ext4" "$MACHINE/disk.qcow2" && overlay "$image/audit.ext4" "$MACHINE/audit.qcow2" || return
	mkfifo "$MACHINE/port.in" "$MACHINE/port.out"
	machine_boot "$image" "$@"
}

# machine_replace IMAGE: destroys MACHINE, and boots another of that image in its place.
machine_replace() {
	machine_stop "$MACHINE"
	rm -f "$MACHINE"/*.qcow2
	overlay "$1/disk.ext4" "$MACHINE/disk.qcow2" && overlay "$1/audit.ext4" "$MACHINE/audit.qcow2" && machine_boot "$1"
}

overlay() {
	qemu-img create -q -f qcow2 -F raw -b "$1" "$2"
}

# machine_boot IMAGE [KERNEL-WORD…]: boots what MACHINE holds, so a stopped machine can be booted again. An emulated
# kernel that patches its own code while the other processor runs it panics now and then, and one that measures its
# clock while this machine is busy runs too fast and stalls: that is tried again.
machine_boot() {
	local image=$1
	shift
	for _ in 1 2 3; do
		free_port >"$MACHINE/port"
		start_receiver || return
		launch "$image" "$*"
		machine_wait 120 && return
		machine_stop "$MACHINE"
		grep -qE 'Kernel panic|detected stalls|soft lockup' "$MACHINE/console.log" || break
	done
	return 1
}

# start_receiver: of the webhook, as long as the machine is there. What bats reads from (3, and 4 around a file) is not kept
# open.
start_receiver() {
	stop_receiver "$MACHINE"
	rm -f "$MACHINE/receiver.port"
	python3 "$MACHINE_TESTS/lib/receiver.py" "$MACHINE" "$PEOPLE/orchestrator.pem" "$PEOPLE/orchestrator" \
		>>"$MACHINE/receiver.log" 2>&1 </dev/null 3>&- 4>&- &
	echo $! >"$MACHINE/receiver.pid"
	for _ in {1..100}; do
		[ ! -f "$MACHINE/receiver.port" ] || return 0
		sleep 0.1
	done
	return 1
}

# free_port: a loopback port nobody listens on.
free_port() {
	local port
	while port=$((20000 + RANDOM % 20000)); do
		(exec 9<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
	done
	say "$port"
}

# The folder may lie deep and a socket's path is short: qemu runs inside it and names its files from there.
# The root is the only disk that the kernel has a driver for by itself: of two, either might become the first.
# An emulator translates code anew at each address: without randomized ones it need not do so for every process.
launch() {
	local image=$1 words=$2 line
	line="root=/dev/nvme0n1 rootfstype=ext4 rw console=ttyS0 audit=1 audit_backlog_limit=8192 quiet systemd.show_status=0"
	line+=" tsc=reliable mitigations=off random.trust_cpu=1 norandmaps nokaslr init_on_alloc=0 cryptomgr.notests panic=-1 $words"
	(
		cd "$MACHINE" || exit 1
		exec qemu-system-x86_64 -machine q35,sata=off,usb=off,smbus=off,vmport=off,hpet=off -cpu Nehalem -accel tcg,thread=multi -smp 2 -m 768 \
			-nodefaults -display none -no-reboot -kernel "$image/vmlinuz" -append "$line" \
			-drive if=none,id=disk,file=disk.qcow2,cache=unsafe -device nvme,drive=disk,serial=disk \
			-drive if=none,id=audit,file=audit.qcow2,cache=unsafe -device virtio-blk-pci,drive=audit \
			-netdev "user,id=net,hostfwd=tcp:127.0.0.1:$(cat port)-:22,guestfwd=tcp:$RECEIVER:443-cmd:socat - TCP4:127.0.0.1:$(cat receiver.port)" -device virtio-net-pci,netdev=net \
			-chardev socket,id=console,path=console.sock,server=on,wait=off,logfile=console.log -serial chardev:console \
			-device virtio-serial-pci -chardev pipe,id=port,path=port -device virtserialport,chardev=port,name=test \
			-device virtio-rng-pci
	) >"$MACHINE/qemu.log" 2>&1 </dev/null 3>&- 4>&- &
	echo $! >"$MACHINE/pid"
}

# machine_alive DIR
machine_alive() {
	[ -f "$1/pid" ] && [ "$(ps -o comm= -p "$(cat "$1/pid")" 2>/dev/null)" = qemu-system-x86 ]
}

# machine_wait SECONDS: until sshd greets and the test port answers. Asked in this order a booting machine is left alone.
machine_wait() {
	local end=$((SECONDS + $1))
	until ssh_greets && guest_up; do
		if [ "$SECONDS" -ge "$end" ] || ! machine_alive "$MACHINE"; then
			say "the machine did not come up; its console says:" >&2
			tail -n 20 "$MACHINE/console.log" "$MACHINE/qemu.log" >&2
			return 1
		fi
		sleep 0.3
	done
}

guest_up() {
	local GUEST_SECONDS=3
	guest true
}

ssh_greets() {
	local banner
	banner=$( (exec 9<>"/dev/tcp/127.0.0.1/$(cat "$MACHINE/port")" && IFS= read -r -t 3 -u 9 banner && say "$banner") 2>/dev/null)
	[[ $banner == SSH-2.0-* ]]
}

# machine_stop DIR: ends that machine's qemu, by its pid.
machine_stop() {
	local tries
	stop_receiver "$1"
	machine_alive "$1" || return 0
	kill "$(cat "$1/pid")" 2>/dev/null
	for tries in {1..50}; do
		machine_alive "$1" || break
		[ "$tries" -lt 50 ] || kill -KILL "$(cat "$1/pid")"
		sleep 0.1
	done
	rm -f "$1/pid"
}

# stop_receiver DIR
stop_receiver() {
	[ "$(ps -o args= -p "$(cat "$1/receiver.pid" 2>/dev/null || echo 0)" 2>/dev/null | grep -c "receiver.py $1 ")" = 0 ] ||
		kill "$(cat "$1/receiver.pid")"
	rm -f "$1/receiver.pid"
}

# machines_stop: every machine of this checkout; for traps.
machines_stop() {
	local dir
	for dir in "$RUNS"/*/; do
		machine_stop "${dir%/}"
	done
}

# guest COMMAND: runs it in the guest as root, outside of any login; its output is ours, its status too.
# 253: no answer in time. GUEST_SECONDS bounds it, 30 unless set.
guest() {
	local seconds=${GUEST_SECONDS:-30} id=$RANDOM$RANDOM
	(
		flock -w "$seconds" 8 || exit 253
		exec 6<>"$MACHINE/port.out"
		timeout 5 bash -c 'printf "%s\n" "$1" >"$2"' - "$id $seconds $(printf '%q' "$*")" "$MACHINE/port.in" || exit 253
		guest_answer "$id" $((seconds + 5))
	) 8>"$MACHINE/port.lock"
}

# guest_answer ID SECONDS: an answer to an earlier question that came too late is passed over.
guest_answer() {
	local id status texts end=$((SECONDS + $2))
	while IFS=' ' read -r -u 6 -t "$((end > SECONDS ? end - SECONDS : 1))" id status texts; do
		[ "$id" = "$1" ] || continue
		eval "texts=($texts)"
		[ -z "${texts[0]}" ] || say "${texts[0]}"
		[ -z "${texts[1]}" ] || say "${texts[1]}" >&2
		return "$status"
	done
	return 253
}
