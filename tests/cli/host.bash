# SPDX-License-Identifier: BSD-2-Clause
# A host in a folder, with events: for tests of those who show and deliver them.

setup() {
	host=$(mktemp -d)
	chmod 755 "$host"
	mkdir -p "$host"/run/breakglass "$host"/etc/breakglass/sinks.d "$host"/etc/pam.d \
		"$host"/usr/lib/pam.d "$host"/var/lib/breakglass
	mkdir -m 700 "$host"/var/lib/breakglass/{events,boots,sinks}
	chmod 755 "$host"/run/breakglass "$host"/etc/breakglass/sinks.d
	printf '[host]\nid = web-1\n[token]\nsignatures = issuer:1+approver:1\n[taint]\nsinks = journal exec\n' \
		>"$host"/etc/breakglass/gate.conf
	chmod 644 "$host"/etc/breakglass/gate.conf
	# The owner of what login records, as the agent sees it: this process, and no other of the machine's.
	mkdir -p "$host"/proc/$$
	cp /proc/$$/stat "$host"/proc/$$/
	export BREAKGLASS_TEST_ROOT=$host
	breakglass=$top_builddir/tests/lib/breakglass
	events=$host/var/lib/breakglass/events
}

teardown() {
	rm -rf "$host"
}

# login TOKEN_BYTE [close]
login() {
	"$top_builddir"/tests/cli/record_login "$@"
}

# life POLITE FORCED: the host agent's look at the host's age
life() {
	"$top_builddir"/tests/cli/record_life "$@"
}

reboot() {
	rm -rf "$host"/run/breakglass
	mkdir "$host"/run/breakglass
	"$breakglass" boot
}

# json FILE EXPRESSION: Python, with the document as d.
json() {
	python3 -c 'import json, sys; d = json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$@"
}

status_json() {
	run "$breakglass" status --json
	echo "$output" >"$host"/status
	json "$host"/status "$1"
}

# forge TEXT: the second event's reason becomes that, as whoever was root can write it.
forge() {
	python3 - "$events"/0000000002.json "$1" <<'PYTHON'
import sys
path, text = sys.argv[1:]
event = open(path).read().replace('INC-1', text)
open(path, 'w').write(event)
PYTHON
}
