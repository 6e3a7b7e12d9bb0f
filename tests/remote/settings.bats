#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The settings of a person, and the two halves of the command line.

setup() {
	load common
	make_people
}

teardown() {
	stop_service
}

@test "the subcommands stand in the help, and are handed on with their exit code" {
	run "$breakglass" --help
	[ "$status" -eq 0 ]
	for name in request requests show approve deny revoke ledger ssh scp sftp; do
		[[ $output == *$'\n'"  $name "* ]]
	done
	for name in request requests show approve deny revoke ssh scp sftp; do
		run "$breakglass" "$name" --help
		[ "$status" -eq 0 ]
		[[ $output == "usage: breakglass "* ]]
	done
	run "$breakglass" show nonsense
	[ "$status" -eq 2 ]
}

@test "what is wrong in the settings is said with file and line, all at once" {
	cat >.config/breakglass/config <<-'EOF'
		[service]
		url = http://signer.example
		isuer = signer.example
		key = ~/alice
		longest_wait = soon
		longest_wait = 1h
		[hosts]
		-web = web-17
		web.example.com = web-17
		web.example.com = web-18
		[other]
		a = b
		nonsense
	EOF
	run "$breakglass" requests
	[ "$status" -eq 2 ]
	for number in 2 3 4 5 6 8 10 12 13; do
		[[ $output == *"config:$number: "* ]]
	done
	[ "${#lines[@]}" -eq 9 ]
}

@test "without settings it is said what is missing, and where" {
	rm .config/breakglass/config
	run "$breakglass" requests
	[ "$status" -eq 2 ]
	[[ ${lines[0]} == "breakglass: $HOME/.config/breakglass/config lacks [service] url"* ]]
	[[ ${lines[1]} == *"lacks [service] issuer"* ]]
	[[ ${lines[2]} == *"lacks [service] key"* ]]
}

@test "XDG_CONFIG_HOME is honoured; settings that others can write are not" {
	mkdir -p elsewhere/breakglass
	mv .config/breakglass/config elsewhere/breakglass/config
	start_service
	XDG_CONFIG_HOME=$PWD/elsewhere run "$breakglass" requests
	[ "$status" -eq 0 ]
	chmod 666 elsewhere/breakglass/config
	XDG_CONFIG_HOME=$PWD/elsewhere run "$breakglass" requests
	[ "$status" -eq 2 ]
	[[ $output == *"nobody else can write"* ]]
}

@test "the command line counts more than the settings" {
	start_service
	sed -i 's,^url.*,url = https://nowhere.invalid,; s,^key.*,key = file:/nowhere,' .config/breakglass/config
	run "$breakglass" requests --server "unix:$PWD/socket" --key file:alice
	[ "$status" -eq 0 ]
	run "$breakglass" requests --server "unix:$PWD/socket"
	[ "$status" -eq 1 ]
	[[ $output == *"/nowhere: there is no such file"* ]]
	run "$breakglass" requests --server http://signer.example
	[ "$status" -eq 2 ]
	run "$breakglass" requests --server https://user@signer.example
	[ "$status" -eq 2 ]
}
