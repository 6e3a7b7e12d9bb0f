#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Whatever a session starts, and however it tries to stay: nothing of it runs 5 s after its deadline, by the guest's own
# clock. What root inside can do beyond that (a service of pid 1's, a new loginuid) is named in SECURITY.md.
load lib/checks.bash

# All sessions run at once, since most of their time is waiting: app's and root's with all that they leave, and a
# connection of each that has no session of a shell; ops' four end otherwise.
setup_file() {
	local login
	use_machine
	export GUEST_SECONDS=90 # an emulated processor takes its time to let somebody in
	guest 'rm -rf /run/watch; mkdir /run/watch'
	guest "echo $(printf %q "$(watcher)") >/run/watch/script; systemd-run --quiet --collect --slice=testport.slice bash /run/watch/script"
	# First, and over first: the manager of a login ends with its last session.
	hold_connection app 15s
	hold_connection root 15s
	ended_at app-connection # the end of each takes with it what was made meanwhile in crontabs
	ended_at root-connection
	for login in app root; do
		stay "$login" 60s "$(escapes "$login")"
		add_channel "$login"
		note_escapes "$login" >"$BATS_FILE_TMPDIR/$login.escapes"
	done
	SSH_SECONDS=100 with_key ssh "$(certificate alice ops "$(MAX=75s token alice ops)")" -tt ops@web-7 'sleep 30' \
		>"$BATS_FILE_TMPDIR/warned" 2>&1 </dev/null 3>&- &
	stay ops-orphan 10m "$(named orphan)
		wait"
	stay ops-release 40s "$(named release)
		busctl call org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager ReleaseSession s \$XDG_SESSION_ID
		wait"
	stay ops-leaver 10m "$(named leaver)
		exit"
}

teardown_file() {
	guest 'touch /run/watch/end'
	end_own_machine
}

# watcher: a script that notes when the last process of a watched session is gone: of its audit session, or so called.
watcher() {
	cat <<-'SCRIPT'
		until [ -e /run/watch/end ]; do
			there=" $(grep -ohsa -e '^escape-[a-z]*' -e '^[0-9]*$' /proc/[0-9]*/cmdline /proc/[0-9]*/sessionid) " now=$EPOCHREALTIME
			for each in $(echo /run/watch/*.session); do
				read -r id name <"$each" && ! [[ $there =~ [[:space:]]("$id"|"escape-$name")[[:space:]] || -e ${each%session}gone ]] &&
					echo "$now" >"${each%session}gone"
			done
			sleep 0.2
		done 2>/dev/null
	SCRIPT
}

# process NAME: a command that becomes a process of that name, which heeds no signal that it may ignore.
process() {
	printf 'trap "" $(seq 1 8) $(seq 10 18) $(seq 20 31); exec -a %s sleep 600' "$1"
}

# named NAME: a session's script: it is watched under that name, and leaves a process in the background.
named() {
	printf 'setsid bash -c %q >/dev/null 2>&1 </dev/null &\n' "$(process "escape-$1-setsid")"
	printf 'echo "$(cat /proc/self/sessionid) %s" >/tmp/%s.part; until [ -e /tmp/%s.go ]; do sleep 0.2; done' "$1" "$1" "$1"
}

# escapes LOGIN: a session's script that tries all of them, and stays.
escapes() {
	cat <<-SCRIPT
		setsid bash -c $(printf %q "$(process "escape-$1-setsid")") >/dev/null 2>&1 </dev/null &
		( ( $(process "escape-$1-fork") ) >/dev/null 2>&1 </dev/null & ) &
		nohup bash -c 'exec -a escape-$1-nohup sleep 600' >/dev/null 2>&1 </dev/null &
		systemd-run --user --quiet bash -c $(printf %q "$(process "escape-$1-unit")")
		echo 'touch /tmp/escaped' | at now + 10 minutes 2>/dev/null
		echo '* * * * * touch /tmp/escaped' | crontab -
		[ "$1" = app ] || systemctl kill --signal=KILL breakglass-warden.service
		echo "\$(cat /proc/self/sessionid) $1" >/tmp/$1.part
		$(process "escape-$1-shell")
	SCRIPT
}

# stay LOGIN[-NAME] MAX SCRIPT: a session that does that, until it is ended; its token and the file of its connection's
# client stay in the file's folder.
stay() {
	local login=${1%-*} name=${1#*-} key
	MAX=$2 token alice "$login" >"$BATS_FILE_TMPDIR/$name.token"
	key=$(certificate alice "$login" "$(<"$BATS_FILE_TMPDIR/$name.token")")
	SSH_SECONDS=150 ssh_with "$key" "$login" -o ControlMaster=yes -o "ControlPath=$BATS_FILE_TMPDIR/$name.control" "$3" \
		>"$BATS_FILE_TMPDIR/$name.out" 2>&1 3>&- &
	guest "until [ -s /tmp/$name.part ]; do sleep 0.2; done; mv /tmp/$name.part /run/watch/$name.session; touch /tmp/$name.go"
}

# hold_connection LOGIN MAX: one that opens no channel at all.
hold_connection() {
	local name=$1-connection key
	MAX=$2 token alice "$1" >"$BATS_FILE_TMPDIR/$name.token"
	key=$(certificate alice "$1" "$(<"$BATS_FILE_TMPDIR/$name.token")")
	guest 'ls /run/breakglass/sessions >/run/watch/before'
	(
		SSH_SECONDS=150 ssh_with "$key" "$1" -N >/dev/null 2>&1 || true
		date +%s >"$BATS_FILE_TMPDIR/$name.cut"
	) 3>&- &
	guest "until ls /run/breakglass/sessions | grep -vxf /run/watch/before >/run/watch/now; do sleep 0.2; done
		echo \"\$(cat /run/watch/now) $name\" >/run/watch/$name.session"
}

# add_channel LOGIN: a second one of its connection, with a process of its own.
add_channel() {
	ssh -n -o "ControlPath=$BATS_FILE_TMPDIR/$1.control" "$1@web-7" "$(process "escape-$1-channel")" >/dev/null 2>&1 3>&- &
	guest "until pgrep -f ^escape-$1-channel >/dev/null; do sleep 0.2; done"
}

# note_escapes LOGIN: what is there of it now.
note_escapes() {
	guest "[ $1 != root ] || for i in 1 2 3 4 5 6; do systemctl show -p NRestarts breakglass-warden | grep -qx NRestarts=0 && sleep 0.5; done
		pgrep -af ^escape-$1-; crontab -u $1 -l; grep -l escaped /var/spool/cron/atjobs/* | sed s/.*/job/
		systemctl show --property=NRestarts breakglass-warden.service"
}

# of_token NAME: its session's id, as events name it.
of_token() {
	breakglass token inspect --json "$(<"$BATS_FILE_TMPDIR/$1.token")" | jq -r .token_id
}

# endings NAME: how its session ended, by each closed event that it has.
endings() {
	guest "breakglass events --json" | jq -r --arg id "$(of_token "$1")" \
		'select(.type == "breakglass.taint.closed" and .data.session.token_id == $id) | .data.session.ended'
}

# ended_at NAME: waits until nothing of that session is left, and until that is recorded.
ended_at() {
	guest "until [ -s /run/watch/$1.gone ]; do sleep 0.5; done; cat /run/watch/$1.gone"
	for _ in $(seq 40); do
		[ -z "$(endings "$1")" ] || break
		sleep 0.5
	done
}

# lateness NAME: milliseconds from its deadline to the end of its last process, by the guest's clock.
lateness() {
	local deadline gone
	deadline=$(guest "breakglass events --json" | jq -r --arg id "$(of_token "$1")" \
		'select(.type == "breakglass.taint.opened" and .data.session.token_id == $id) | .data.session.deadline')
	gone=$(ended_at "$1")
	say "$((${gone%.*} * 1000 + 10#${gone:11:3} - $(date -d "$deadline" +%s) * 1000))"
}

@test "all that tries to stay was there before the deadline" {
	local login name
	for login in app root; do
		output=$(<"$BATS_FILE_TMPDIR/$login.escapes")
		for name in setsid fork nohup unit shell channel; do
			shows "escape-$login-$name"
		done
		shows /tmp/escaped
		shows job
	done
	[[ $output != *NRestarts=0* ]] # root has killed the warden
}

@test "a session whose monitor is killed ends at once, and is told of once" {
	guest 'read -r id _ </run/watch/orphan.session
		for pid in $(pgrep -f "^sshd.*: ops \[priv\]"); do
			[ "$(cat /proc/$pid/sessionid)" != "$id" ] || kill -KILL "$pid"
		done'
	ended_at orphan
	[[ $(audit_records closed) == *"token=\"$(of_token orphan)\""* ]] # by the warden: nobody else is left
	run endings orphan
	[[ $output =~ ^(killed|lost)$ ]] # logind may be faster
}

@test "what a logout leaves is ended" {
	ended_at leaver
	[ "$(endings leaver)" = logout ]
}

@test "a session that is released has gained nothing" {
	run lateness release
	printf '# %s ms late, %s\n' "$output" "$(endings release)" >&3
	[ "$output" -le 5000 ]
	[[ $(endings release) =~ ^(logout|killed|deadline)$ ]]
}

@test "a connection without a channel is cut at its deadline, an ordinary login's and root's" {
	local login
	for login in app root; do
		run lateness "$login-connection"
		printf '# %s: %s ms late\n' "$login" "$output" >&3
		[ "$output" -ge -1000 ]
		[ "$output" -le 5000 ]
		[ "$(endings "$login-connection")" = deadline ]
		[ -s "$BATS_FILE_TMPDIR/$login-connection.cut" ]
	done
}

@test "its terminal is warned, by a warden in its sandbox" {
	for _ in $(seq 60); do
		grep -q "with all that it started" "$BATS_FILE_TMPDIR/warned" && return
		sleep 1
	done
	cat "$BATS_FILE_TMPDIR/warned"
	false
}

@test "nothing of an ordinary login's session is left 5 s after its deadline" {
	run lateness app
	printf '# %s ms late\n' "$output" >&3
	[ "$output" -ge -1000 ]
	[ "$output" -le 5000 ]
	[ "$(endings app)" = deadline ]
	run guest 'pgrep -u app -a'
	[ -z "$output" ]
}

@test "nor of root's, which has killed the warden" {
	run lateness root
	printf '# %s ms late\n' "$output" >&3
	[ "$output" -ge -1000 ]
	[ "$output" -le 5000 ]
	[ "$(endings root)" = deadline ]
}

@test "no job that they made is left" {
	run guest 'crontab -u app -l; crontab -u root -l; grep -l escaped /var/spool/cron/atjobs/*'
	[[ $output != *escaped* && $output != *atjobs/a* ]]
	run guest 'journalctl --no-pager -o cat -u breakglass-warden.service'
	shows "the crontab of app, made or changed meanwhile, is removed"
	shows "the crontab of root, made or changed meanwhile, is removed"
	shows "the at job "
}
