# SPDX-License-Identifier: BSD-2-Clause
# Sinks of a host in a folder.

agent=$top_builddir/tests/lib/breakglass-agent

# sink NAME COMMAND: a program of the exec sink.
sink() {
	printf '#!/bin/sh\n%s\n' "$2" >"$host"/etc/breakglass/sinks.d/"$1"
	chmod 755 "$host"/etc/breakglass/sinks.d/"$1"
}

# not_new: the host has an age already, and is not said to be new.
not_new() {
	local boot
	boot=$(cat /proc/sys/kernel/random/boot_id)
	printf '{"born":null,"first_boot":"","boot":"%s","age":3600,"at":%s,"fresh":"never","level":null}\n' "$boot" \
		"$(cut -d. -f1 /proc/uptime)" >"$host"/var/lib/breakglass/born
	chmod 600 "$host"/var/lib/breakglass/born
}

# Listens as the journal does, until the test ends.
journal() {
	rm -f "$host"/run/journal
	python3 -c '
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
s.settimeout(20)
while True:
    with open(sys.argv[2], "ab") as out:
        out.write(s.recv(65536) + b"\n")
' "$host"/run/journal "$host"/journal 3>&- >/dev/null 2>&1 &
	listener=$!
	for _ in $(seq 100); do
		[ ! -S "$host"/run/journal ] || return 0
		sleep 0.05
	done
	return 1
}

stop_journal() {
	[ -z "${listener:-}" ] || { kill "$listener" && wait "$listener"; } 2>/dev/null || true
	listener=
}

# Hears what systemd would be told, at $host/notify.
manager() {
	python3 -c '
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
while True:
    with open(sys.argv[2], "ab") as out:
        out.write(s.recv(4096) + b"\n")
' "$host"/notify "$host"/notified 3>&- >/dev/null 2>&1 &
	manager=$!
	within 5 '[ -S "$host"/notify ]'
}

stop_manager() {
	[ -z "${manager:-}" ] || { kill "$manager" && wait "$manager"; } 2>/dev/null || true
	manager=
}

# within SECONDS CONDITION
within() {
	local until=$((SECONDS + $1 + 1))
	until eval "$2"; do
		if [ "$SECONDS" -ge "$until" ]; then
			echo "not within $1 s: $2"
			return 1
		fi
		sleep 0.05
	done
}

# start_agent: of a host that has an age, unless the test says that it is newborn.
start_agent() {
	[ -n "${newborn:-}" ] || [ -e "$host"/var/lib/breakglass/born ] || not_new
	"$agent" run 2>>"$host"/said 3>&- &
	service=$!
	within 5 'grep -qs started "$host"/run/breakglass/agent'
}

# stop_agent [SIGNAL]
stop_agent() {
	[ -z "${service:-}" ] || { kill "-${1:-TERM}" "$service" && wait "$service"; } 2>/dev/null || true
	service=
}

# disk FOLDER: of its own, one that can be frozen; it is $disk.
disk() {
	[ "$(id -u)" = 0 ] || skip "only root freezes a file system"
	command -v fsfreeze mkfs.ext4 losetup >/dev/null || skip "no tools for a file system of its own"
	truncate -s 32M "$host"/disk
	mkfs.ext4 -q "$host"/disk
	mount -o loop "$host"/disk "$1" || skip "no loop devices"
	disk=$1
}

# release_disk: nobody hangs on it, and it is gone.
release_disk() {
	[ -n "${disk:-}" ] || return 0
	fsfreeze -u "$disk" 2>/dev/null || true
	umount -l "$disk"
	disk=
}

# end_host: with all that was started on it.
end_host() {
	release_disk
	stop_agent
	stop_journal
	stop_manager
	rm -rf "$host"
}

# numbers FILE: of the events in it, in the order in which they came.
numbers() { grep -os '"number":[0-9]*' "$1" | cut -d: -f2 | tr '\n' ' '; }
