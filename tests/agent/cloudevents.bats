#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What a host says over HTTP is a CloudEvent to the library that the makers of CloudEvents keep.

setup() {
	command -v npm >/dev/null || skip 'npm is not installed'
	load agent
	make_host
	host=$PWD
	mkdir -p run/breakglass
	mkdir -m 700 var/lib/breakglass/{events,boots,sinks}
}

teardown() {
	[ -z "${servers+x}" ] || end_servers
}

@test "each type of event, posted to a receiver, is a valid CloudEvent; what lacks its source is none" {
	cp "$top_srcdir"/tests/agent/cloudevents/* .
	npm ci --no-audit --no-fund
	"$top_builddir"/tests/lib/breakglass boot
	"$top_builddir"/tests/cli/record_life 1 2 # new, and old enough
	"$top_builddir"/tests/cli/record_login 1 close
	"$top_builddir"/tests/lib/breakglass taint add --reason 'a "reason" & ünïcode'
	hook hook
	configure '[webhook]' "url = http://127.0.0.1:$port/events"
	grep -h '^{' var/lib/breakglass/events/* | sed 's/ *$//' >in
	told in "$webhook"
	[ "$code" -eq 0 ]
	node validate.mjs <hook.got >types
	[ "$(xargs <types)" = "breakglass.host.fresh breakglass.taint.lifetime breakglass.taint.opened breakglass.taint.closed breakglass.taint.manual" ]
	sed 's/\\"source\\":\\"urn[^,]*,//' hook.got >without
	[ "$(cksum <hook.got)" != "$(cksum <without)" ]
	! node validate.mjs <without || return
}
