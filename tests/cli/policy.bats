#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# breakglass policy on a host in a folder: its configuration, PAM's folders and a stand-in for sshd.

bats_require_minimum_version 1.5.0

setup() {
	export BREAKGLASS_TEST_ROOT=$BATS_TEST_TMPDIR/root
	root=$BREAKGLASS_TEST_ROOT
	breakglass=$top_builddir/tests/lib/breakglass
	umask 022
	mkdir -p "$root"/etc/{breakglass,audit/rules.d,pam.d,ssh/sshd_config.d} "$root"/usr/{sbin,lib/breakglass,lib/pam.d,lib/security} \
		"$root"/etc/{default,polkit-1/rules.d,systemd/logind.conf.d,systemd/system/{local-fs,multi-user}.target.wants} \
		"$root"/{usr/lib,run}/systemd/system "$root"/usr/lib/systemd/system/{session-.scope,user@.service}.d
	cp "$top_srcdir/policy/gate.conf" "$root/usr/lib/breakglass/gate.conf"
	cp "$top_srcdir"/policy/pam/* "$root/etc/pam.d/"
	cp "$top_srcdir/policy/audit/auditd.conf" "$root/etc/audit/"
	cp "$top_builddir/policy/audit/breakglass.rules" "$root/etc/audit/rules.d/zz-breakglass.rules"
	cp "$top_srcdir/policy/systemd/logind.conf" "$root/etc/systemd/logind.conf.d/zz-breakglass.conf"
	touch "$root"/usr/lib/security/pam_{breakglass,deny,loginuid,systemd}.so "$root/usr/sbin/auditd"
	echo 'root:*:20000:0:99999:7:::' >"$root/etc/shadow"
	units=$root/etc/systemd/system
	installed=$root/usr/lib/systemd/system
	ln -s /gone "$units/local-fs.target.wants/run-breakglass.mount"
	ln -s /gone "$units/multi-user.target.wants/breakglass-boot.service"
	ln -s /gone "$units/multi-user.target.wants/auditd.service"
	echo '[Unit]' | tee "$installed"/{run-breakglass.mount,breakglass-boot.service,auditd.service} \
		"$installed"/{session-.scope,user@.service}.d/50-breakglass.conf >"$root/etc/polkit-1/rules.d/00-breakglass.rules"
	chmod -R u=rwX,go=rX "$root"
	cd "$BATS_TEST_TMPDIR" || return
	for person in issuer bob carol dave; do
		ssh-keygen -q -t ed25519 -N '' -f "$person"
	done
	echo 0123456789abcdef0123456789abcdef >"$root/etc/machine-id"
	gate_conf 'id = machine-id' 'issuer:1+approver:1 | approver:3'
	trust issuer bob carol dave
	debian_services
	sshd_says
}

gate_conf() {
	printf '[host]\n%s\n[token]\nsignatures = %s\n' "$1" "$2" >"$root/etc/breakglass/gate.conf"
}

trust() {
	local person role
	for person; do
		role=approver
		[ "$person" != issuer ] || role=issuer
		echo "$person@example.com namespaces=\"breakglass-$role\" $(cut -d' ' -f1,2 "$person.pub")"
	done >"$root/etc/breakglass/trusted_signers"
}

# Services that Debian ships and that keep their own files.
debian_services() {
	printf '%s\n' '@include common-auth' 'session    required     pam_loginuid.so' \
		'session       required   pam_env.so envfile=/etc/default/locale' '@include common-account' \
		'@include common-session-noninteractive ' 'session    required   pam_limits.so' >"$root/etc/pam.d/cron"
	printf '%s\n' 'account include common-account' '' 'session  required pam_loginuid.so' \
		'@include common-session-noninteractive' 'session  optional pam_systemd.so' >"$root/usr/lib/pam.d/systemd-user"
	echo '@include common-password' >"$root/etc/pam.d/passwd"
	echo 'password requisite pam_deny.so' >"$root/etc/pam.d/common-password"
	printf '%s\n' 'auth sufficient pam_rootok.so' 'session required pam_unix.so' >"$root/etc/pam.d/runuser"
}

# sshd_says [KEY VALUE…]: an sshd whose -T prints the shipped configuration with these lines changed.
sshd_says() {
	local shown
	shown=$(printf '%s\n' 'usepam yes' 'pubkeyauthentication yes' 'kbdinteractiveauthentication yes' \
		'authenticationmethods publickey,keyboard-interactive:pam' 'permitrootlogin yes' 'usedns no' \
		'allowagentforwarding no' 'allowstreamlocalforwarding no')
	while [ $# -gt 0 ]; do
		shown=$(printf '%s\n' "$shown" | grep -v "^$1 "; echo "$1 $2")
		shift 2
	done
	printf '#!/bin/sh\nfor word; do :; done\n[ "$word" != UsePAM=no ] || echo usepam no\ncat <<END\n%s\nEND\n' "$shown" >"$root/usr/sbin/sshd"
	chmod 755 "$root/usr/sbin/sshd"
}

# What status wants to see.
a_state() {
	mkdir -m 755 -p "$root/run/breakglass" "$root/var/lib"
	mkdir -m 700 -p "$root"/var/lib/breakglass/{events,boots,sinks}
}

check() {
	run "$breakglass" policy check "$@"
}

# warned TEXT…: exit 0, with each text in a warning.
warned() {
	echo "$output"
	[ "$status" -eq 0 ] || return
	local text
	for text; do
		grep '^warning: ' <<<"$output" | grep -qF -- "$text" || { echo "not warned of: $text"; return 1; }
	done
}

# refused TEXT…: exit 2, with each text in the output.
refused() {
	[ "$status" -eq 2 ]
	local text
	for text; do
		grep -qF -- "$text" <<<"$output" || { echo "not said: $text"; return 1; }
	done
}

@test "the shipped files, an id and signatures make a sealed host" {
	check
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$output" = 'sealed: every way in leads through the gate' ]
}

@test "everything wrong is said at once" {
	gate_conf 'name = web' 'issuer:1'
	echo rubbish >>"$root/etc/breakglass/trusted_signers"
	printf 'auth required pam_unix.so\n' >"$root/etc/pam.d/ftp"
	sshd_says usepam no
	check
	refused "gate.conf:2: unknown key 'name' in [host]" 'gate.conf:4: [token] signatures:' '[host] id is not set' \
		'trusted_signers:5: ' 'NOT SEALED: ftp, auth: does not reach pam_breakglass.so' \
		'NOT SEALED: sshd: usepam is no and not yes'
}

@test "an image needs no machine id yet, a host does" {
	: >"$root/etc/machine-id"
	check
	refused 'machine-id: the id is empty'
	check --image
	[ "$status" -eq 0 ]
	check --image --configuration
	[ "$output" = 'the configuration is right' ]
}

@test "nobody waits for a sink that cannot acknowledge" {
	printf '[taint]\nack = delivered\n' >>"$root/etc/breakglass/gate.conf"
	check --image --configuration
	refused 'LOCKED OUT: ' 'sinks.d: there is no program that may be run: nobody acknowledges'
	mkdir "$root/etc/breakglass/sinks.d"
	printf '#!/bin/sh\ncat >/dev/null\n' >"$root/etc/breakglass/sinks.d/orchestrator"
	check --configuration # it is not executable
	refused 'LOCKED OUT: ' 'there is no program that may be run'
	chmod 755 "$root/etc/breakglass/sinks.d/orchestrator"
	check --configuration
	[ "$status" -eq 0 ]
	check
	refused 'LOCKED OUT: breakglass-agent.service ' 'nobody acknowledges while [taint] ack = delivered'
	echo '[Unit]' >"$installed/breakglass-agent.service"
	ln -s /gone "$units/multi-user.target.wants/breakglass-agent.service"
	check
	[ "$status" -eq 0 ]
	echo 'sinks = journal' >>"$root/etc/breakglass/gate.conf"
	check --configuration
	refused 'gate.conf:6: [taint] ack: delivered needs one of exec, webhook and nats'
	sed -i 's/^sinks = .*/sinks = webhook/' "$root/etc/breakglass/gate.conf"
	rm -r "$root/etc/breakglass/sinks.d"
	check
	[ "$status" -eq 0 ]
}

@test "keys that cannot reach any alternative lock everybody out" {
	trust bob carol
	check
	refused 'LOCKED OUT: ' 'issuer:1+approver:1 of [token] signatures cannot be reached: 0 issuers and 2 approvers'
	trust issuer bob
	check
	[ "$status" -eq 0 ]
	grep -q '^warning: .*issuer:0+approver:3 .*cannot be reached' <<<"$output"
}

@test "an exemption of what does not run by itself is warned of" {
	printf '[gate]\nexempt = cron:root cron:www-data atd:* systemd-user:bob\n' >>"$root/etc/breakglass/gate.conf"
	check
	[ "$output" = 'sealed: every way in leads through the gate' ]
	sed -i 's/^exempt.*/exempt = cron:root ftp:bob su:postgres gdm:*/' "$root/etc/breakglass/gate.conf"
	check
	warned '[gate] exempt ftp:bob: whoever reaches ftp gets in as bob, asked for nothing, no password either' \
		"[gate] exempt su:postgres: root's process that reaches su gets in as postgres" \
		'[gate] exempt gdm:*: whoever reaches gdm gets in as any user'
	[ "$(wc -l <<<"$output")" -eq 4 ]
}

@test "one person with two keys is one person" {
	gate_conf 'id = machine-id' 'approver:2'
	trust bob
	echo "bob@example.com namespaces=\"breakglass-approver\" $(cut -d' ' -f1,2 carol.pub)" >>"$root/etc/breakglass/trusted_signers"
	check
	refused 'LOCKED OUT: '
}

@test "a key whose time is over does not count" {
	gate_conf 'id = machine-id' 'approver:1'
	echo "bob@example.com namespaces=\"breakglass-approver\",valid-before=\"20200101Z\" $(cut -d' ' -f1,2 bob.pub)" \
		>"$root/etc/breakglass/trusted_signers"
	check
	refused 'LOCKED OUT: '
}

@test "without auditd every token would be denied" {
	rm "$root/etc/audit/auditd.conf"
	check
	refused 'LOCKED OUT: ' 'auditd.conf'
	cp "$top_srcdir/policy/audit/auditd.conf" "$root/etc/audit/"
	rm "$root/usr/sbin/auditd" # removed by a package manager, its configuration left
	check
	refused 'LOCKED OUT: ' '/usr/sbin/auditd: is missing'
	printf '[audit]\nrequired = no\n' >>"$root/etc/breakglass/gate.conf"
	check
	[ "$status" -eq 0 ]
}

# sealed_service LINE…: whether a service of these lines is sealed.
sealed_service() {
	printf '%s\n' "$@" 'account requisite pam_breakglass.so' 'session requisite pam_breakglass.so' >"$root/etc/pam.d/thing"
	check
	if [ "$status" -eq 0 ]; then
		return 0
	fi
	echo "$output"
	! grep -q 'NOT SEALED: thing' <<<"$output" || return
}

@test "an auditd that does not start, or keeps nothing, locks everybody out" {
	ln -s /dev/null "$units/auditd.service"
	check
	refused "LOCKED OUT: auditd.service is masked by $units/auditd.service"
	check --image --configuration
	[ "$status" -eq 0 ]
	rm "$units/auditd.service" "$units/multi-user.target.wants/auditd.service"
	check --image
	refused 'LOCKED OUT: auditd.service is not enabled'
	ln -s /gone "$units/multi-user.target.wants/auditd.service"
	printf off >"$root/audit.state"
	check
	[ "$status" -eq 0 ] # before its first start
	a_state
	check
	refused 'LOCKED OUT: the kernel says that no audit records are kept now'
	check --image
	[ "$status" -eq 0 ]
	printf '[audit]\nrequired = no\n' >>"$root/etc/breakglass/gate.conf"
	check
	[ "$status" -eq 0 ]
}

@test "an auditd that records no commands, or stops on a full disk, is warned of" {
	local rules=$root/etc/audit/rules.d
	mv "$rules/zz-breakglass.rules" "$rules/zz-breakglass.off" # auditd loads no such name
	check
	warned "no rule in $rules/*.rules has the key breakglass-command"
	sed 's/^/# /' "$rules/zz-breakglass.off" >"$rules/x.rules"
	check
	warned 'breakglass-command'
	echo ' -a always,exit -S execve -k breakglass-command' >"$rules/x.rules"
	check
	[ "$output" = 'sealed: every way in leads through the gate' ]
	sed -i 's/^disk_full_action.*/disk_full_action = SUSPEND/' "$root/etc/audit/auditd.conf"
	check
	warned "$root/etc/audit/auditd.conf: auditd stops when its disk is full"
	check --configuration
	[ "$output" = 'the configuration is right' ]
	rm "$root/usr/sbin/auditd"
	printf '[audit]\nrequired = no\n' >>"$root/etc/breakglass/gate.conf"
	check
	[ "$output" = 'sealed: every way in leads through the gate' ]
}

@test "stacks that end at the gate are sealed" {
	sealed_service 'auth requisite pam_breakglass.so'
	sealed_service 'auth [success=done default=die] pam_breakglass.so'
	sealed_service "AUTH Requisite $root/usr/lib/security/pam_breakglass.so"
	sealed_service 'auth required pam_env.so' 'auth optional pam_faildelay.so' 'auth requisite pam_breakglass.so'
	sealed_service 'auth [success=ok ignore=ignore default=bad] pam_selinux.so' 'auth include common-auth'
	sealed_service 'auth \' ' requisite \' 'pam_breakglass.so # the gate'
	sealed_service 'auth requisite pam_deny.so'
	sealed_service '# no auth at all: other denies it'
	sealed_service 'auth requisite pam_breakglass.so' 'auth sufficient pam_permit.so'
}

@test "without its module the gate denies everybody" {
	rm "$root/usr/lib/security/pam_breakglass.so"
	check
	refused 'LOCKED OUT: ' 'pam_breakglass.so is missing: every login is denied'
	[ "$(wc -l <<<"$output")" -eq 1 ]
}

@test "a module that others can write is not the gate" {
	chmod o+w "$root/usr/lib/security/pam_breakglass.so"
	check
	refused 'NOT SEALED: ' 'pam_breakglass.so is not a file that root alone can write'
}

@test "a module of the same name elsewhere is not the gate" {
	mkdir "$root/evil"
	touch "$root/evil/pam_breakglass.so"
	! sealed_service "auth requisite $root/evil/pam_breakglass.so" || return
	refused "NOT SEALED: thing, auth: $root/evil/pam_breakglass.so is not the installed "
	! grep -v thing <<<"$output" || return
	sealed_service 'auth requisite /nowhere/pam_breakglass.so'
	refused 'LOCKED OUT: thing, auth: libpam finds no /nowhere/pam_breakglass.so'
	rm "$root/usr/lib/security/pam_deny.so" # so libpam looks elsewhere
	check
	refused 'LOCKED OUT: sshd: libpam finds no pam_breakglass.so'
}

@test "an argument on the gate's line denies everybody" {
	sed -i 's/^\(account.*pam_breakglass.so\)$/\1 debug/' "$root/etc/pam.d/sshd"
	check
	refused 'LOCKED OUT: sshd, account: pam_breakglass.so takes no arguments'
}

@test "sshd and login have the gate itself, and nothing beside it in account" {
	rm "$root/etc/pam.d/sshd"
	check
	refused 'LOCKED OUT: sshd: there is no '
	printf '%s requisite pam_deny.so\n' auth account session >"$root/etc/pam.d/sshd"
	cp "$top_srcdir/policy/pam/login" "$root/etc/pam.d/login"
	sed -i '1i account required pam_nologin.so' "$root/etc/pam.d/login"
	check
	refused 'LOCKED OUT: sshd: pam_deny.so denies everybody before pam_breakglass.so' \
		'LOCKED OUT: login, account: pam_nologin.so can refuse whom pam_breakglass.so let in'
	cp "$top_srcdir/policy/pam/login" "$root/etc/pam.d/login"
	echo 'account [success=ok default=die] pam_nologin.so' >>"$root/etc/pam.d/login"
	check
	refused 'LOCKED OUT: login, account: pam_nologin.so can refuse'
	rm "$root/usr/sbin/sshd" "$root/etc/pam.d/sshd"
	sed -i '$d' "$root/etc/pam.d/login"
	check
	[ "$output" = 'sealed: every way in leads through the gate' ]
}

# locked_out LINE TEXT: with LINE at the end of sshd's stacks.
locked_out() {
	cp "$top_srcdir/policy/pam/sshd" "$root/etc/pam.d/sshd"
	printf '%s\n' "$1" >>"$root/etc/pam.d/sshd"
	check
	echo "$output"
	refused "LOCKED OUT: sshd, $2 whom pam_breakglass.so let in"
	! grep -q 'NOT SEALED' <<<"$output" || return
}

@test "what fails behind the gate burns tokens" {
	locked_out 'auth required pam_deny.so' 'auth: pam_deny.so can refuse'
	locked_out 'auth required pam_unix.so' 'auth: pam_unix.so can refuse'
	locked_out 'session required pam_deny.so' 'session: pam_deny.so refuses'
	locked_out 'session requisite pam_nonexistent.so' 'session: pam_nonexistent.so is missing, and refuses'
	locked_out 'session [success=ok default=bad] /nowhere/pam_x.so' 'session: pam_x.so is missing, and refuses'
	local line
	for line in 'session optional pam_deny.so' '-session required pam_nonexistent.so' 'auth optional pam_deny.so' \
		'session required pam_breakglass.so'; do
		cp "$top_srcdir/policy/pam/sshd" "$root/etc/pam.d/sshd"
		echo "$line" >>"$root/etc/pam.d/sshd"
		check
		[ "$output" = 'sealed: every way in leads through the gate' ]
	done
}

@test "sshd and login run what ends a session, and what the gate needs before it" {
	local service line why='sessions would not end at their deadline: install libpam-systemd'
	rm "$root/usr/lib/security/pam_systemd.so"
	check
	refused "NOT SEALED: sshd, session: libpam finds no pam_systemd.so: $why" \
		"NOT SEALED: login, session: libpam finds no pam_systemd.so: $why"
	[ "$(wc -l <<<"$output")" -eq 2 ]
	touch "$root/usr/lib/security/pam_systemd.so"
	rm "$root/usr/lib/security/pam_loginuid.so"
	check
	refused 'LOCKED OUT: sshd, session: libpam finds no pam_loginuid.so' 'LOCKED OUT: login, session: '
	touch "$root/usr/lib/security/pam_loginuid.so"
	sed -i /pam_loginuid/d "$root/etc/pam.d/sshd"
	sed -i /pam_systemd/d "$root/etc/pam.d/login"
	check
	refused 'LOCKED OUT: sshd, session: pam_loginuid.so does not run before pam_breakglass.so' \
		"NOT SEALED: login, session: pam_systemd.so does not run behind pam_breakglass.so: $why"
	cp "$top_srcdir/policy/pam/login" "$root/etc/pam.d/login"
	for line in 'session sufficient pam_umask.so' 'session [success=1 default=ignore] pam_umask.so' \
		'session [success=done default=die] pam_breakglass.so'; do # so what follows is not run
		sed "s/^session.*${line##* }/$line/" "$top_srcdir/policy/pam/sshd" >"$root/etc/pam.d/sshd"
		check
		refused "NOT SEALED: sshd, session: pam_systemd.so does not run behind pam_breakglass.so: $why"
	done
}

@test "what the shipped stacks load is missed by libpam aloud" {
	! grep -r '^-' "$root/etc/pam.d" || return
}

@test "a malformed line is a failure, as libpam takes it" {
	locked_out auth 'auth: a malformed line (auth) can refuse'
	locked_out 'auth required' 'auth: a malformed line (auth) can refuse'
	locked_out 'autn required pam_unix.so' 'auth: a malformed line (autn) can refuse'
	locked_out 'session required' 'session: a malformed line (session) refuses'
	locked_out '- required pam_unix.so' 'auth: a malformed line (-) can refuse'
	! sealed_service 'autn requisite pam_breakglass.so' 'auth sufficient pam_permit.so' || return
	sealed_service 'autn required pam_unix.so' 'auth requisite pam_breakglass.so'
}

@test "what others can write is not sealed" {
	local path
	echo 'UsePAM yes' >"$root/etc/ssh/sshd_config"
	echo 'UsePAM yes' >"$root/etc/ssh/sshd_config.d/10-x.conf"
	echo 'SSHD_OPTS=' >"$root/etc/default/ssh"
	touch "$root"/etc/pam.d/{.hidden,sudo.dpkg-old}
	for path in etc/pam.d etc/pam.d/{cron,runuser,common-auth,.hidden,sudo.dpkg-old} usr/lib/pam.d usr/lib/pam.d/systemd-user \
		usr/lib/security etc/ssh etc/ssh/sshd_config etc/ssh/sshd_config.d etc/ssh/sshd_config.d/10-x.conf etc/default/ssh \
		etc/breakglass usr/lib/breakglass; do
		chmod o+w "$root/$path"
		check
		chmod o-w "$root/$path"
		refused "NOT SEALED: $root/$path can be written by others than root"
	done
	mkdir "$root/elsewhere"
	cp "$root/etc/pam.d/common-auth" "$root/elsewhere/evil"
	for path in elsewhere elsewhere/evil; do
		chmod g+w "$root/$path"
		! sealed_service "@include $root/elsewhere/evil" || return
		! sealed_service '@include ../../elsewhere/evil' || return
		chmod g-w "$root/$path"
	done
	sealed_service "@include $root/elsewhere/evil"
	sealed_service '@include ../../elsewhere/evil'
	[ "$(id -u)" -eq 0 ] || return 0
	chown 1000 "$root/etc/pam.d/sudo"
	check
	refused "NOT SEALED: $root/etc/pam.d/sudo can be written by others than root"
}

@test "a host without any PAM service is not sealed" {
	rm -r "$root/etc/pam.d" "$root/usr/lib/pam.d"
	check
	refused 'NOT SEALED: there is no PAM service'
}

@test "stacks that can end before the gate, or go on after it, are not" {
	local line
	for line in 'auth sufficient pam_rootok.so' 'auth [success=done default=ignore] pam_unix.so' \
		'auth [success=1 default=ignore] pam_succeed_if.so uid = 0' 'auth [default=reset] pam_env.so' 'auth [success] pam_x.so'; do
		! sealed_service "$line" 'auth requisite pam_breakglass.so' || return
	done
	for line in 'auth required pam_breakglass.so' 'auth sufficient pam_breakglass.so' 'auth optional pam_breakglass.so' \
		'-auth requisite pam_breakglass.so' 'auth [success=ok default=bad] pam_breakglass.so' \
		'auth [success=ok auth_err=ignore default=die] pam_breakglass.so' 'auth [success=ok] pam_breakglass.so' \
		'auth substack common-auth' 'auth required pam_deny.so' '# auth requisite pam_breakglass.so' \
		'auth requisite pam_unix.so' 'auth requisite not_pam_breakglass.so' '@include nowhere' 'auth [success=ok'; do
		! sealed_service "$line" 'auth sufficient pam_unix.so' || return
	done
}

@test "logind hears of a session only behind the gate" {
	sed -i '1i session optional pam_systemd.so' "$root/etc/pam.d/common-session-noninteractive"
	check
	refused 'NOT SEALED: cron, session: pam_systemd.so stands before pam_breakglass.so'
}

@test "an include that never ends is not sealed" {
	echo '@include loop' >"$root/etc/pam.d/loop"
	check
	refused 'NOT SEALED: loop: '
}

@test "Debian's own files are not sealed" {
	printf '%s\n' 'auth [success=1 default=ignore] pam_unix.so nullok' 'auth requisite pam_deny.so' \
		'auth required pam_permit.so' >"$root/etc/pam.d/common-auth"
	check
	refused 'NOT SEALED: cron, auth: does not reach pam_breakglass.so'
}

@test "sshd's effective configuration is judged" {
	sshd_says authenticationmethods any kbdinteractiveauthentication no
	check
	refused 'LOCKED OUT: sshd: authenticationmethods is any' 'LOCKED OUT: sshd: kbdinteractiveauthentication is no'
	sshd_says permitrootlogin prohibit-password usedns yes allowagentforwarding yes allowstreamlocalforwarding yes \
		persourcepenalties 'crash:90.000 authfail:5.000 noauth:1.000'
	check
	[ "$status" -eq 0 ]
	[ "$(grep -c '^warning: sshd: ' <<<"$output")" -eq 5 ]
	sshd_says persourcepenalties 'crash:90.000 authfail:0.000 noauth:0.000'
	check
	[ "$output" = 'sealed: every way in leads through the gate' ]
	sshd_says pamservicename other
	check
	refused 'NOT SEALED: sshd: pamservicename is other'
}

@test "an sshd that cannot be asked is not sealed" {
	printf '#!/bin/sh\necho usepam yes\necho "bad option" >&2\nexit 255\n' >"$root/usr/sbin/sshd"
	check
	refused 'NOT SEALED: sshd: its configuration cannot be known'
	rm "$root/usr/sbin/sshd" # no sshd: no such way in
	check
	[ "$status" -eq 0 ]
}

@test "an sshd without host keys is asked with a new one" {
	sed -i '1a [ $# -ge 3 ] || { echo "sshd: no hostkeys available -- exiting."; exit 1; }; [ -s "$3" ] || exit 1; echo "$3" >"'"$root"'/key"' \
		"$root/usr/sbin/sshd"
	check --image
	[ "$output" = 'sealed: every way in leads through the gate' ]
	[ ! -e "$(dirname "$(cat "$root/key")")" ]
}

@test "an sshd that cannot be asked yet is unknown, to status too" {
	printf '#!/bin/sh\necho "Missing privilege separation directory: /run/sshd"\nexit 255\n' >"$root/usr/sbin/sshd"
	check
	refused 'UNKNOWN: sshd: its configuration cannot be known, start it once or ask as root: '
	! grep -q 'NOT SEALED' <<<"$output" || return
	check --json
	[[ "$output" == '{"problems":[{"kind":"unknown",'*'"ok":false,"locked_out":false,"sealed":null}' ]]
	a_state
	run --separate-stderr "$breakglass" status
	[ "${lines[0]}" = 'sealed:   unknown' ]
	[[ "${lines[1]}" == '          unknown: sshd: its configuration cannot be known'* ]]
	run --separate-stderr "$breakglass" status --json
	[[ "$output" == *'"sealed": null'* ]]
	echo 'auth sufficient pam_permit.so' >"$root/etc/pam.d/ftp" # what is known to be open is not unknown
	check --json
	[[ "$output" == *'"sealed":false}' ]]
	run --separate-stderr "$breakglass" status
	[ "${lines[0]}" = 'sealed:   NO, this host is NOT SEALED' ]
}

@test "root's sshd without its folder is asked as nobody" {
	[ "$(id -u)" -eq 0 ] || skip 'only root needs it'
	sed -i '1a [ "$(id -u)" -ne 0 ] || { echo "Missing privilege separation directory: /run/sshd"; exit 255; }; [ -r "$3" ] || exit 1' \
		"$root/usr/sbin/sshd"
	chmod a+x "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test" "$BATS_TEST_TMPDIR"
	check --image
	echo "$output"
	[ "$output" = 'sealed: every way in leads through the gate' ]
	sed -i '1a [ "$(id -u)" -eq 0 ] || { echo "/etc/ssh/sshd_config: Permission denied"; exit 255; }' "$root/usr/sbin/sshd"
	check
	refused 'UNKNOWN: sshd: '
	! grep -q 'NOT SEALED' <<<"$output" || return
}

@test "nobody's sshd cannot make root remove what is not its own" {
	[ "$(id -u)" -eq 0 ] || skip 'only root needs it'
	mkdir "$root/victim"
	touch "$root/victim/key"
	chmod -R go+rX "$BATS_RUN_TMPDIR" "$root/victim"
	printf '%s\n' '#!/bin/sh' '[ "$(id -u)" -ne 0 ] || { echo "Missing privilege separation directory: /run/sshd"; exit 255; }' \
		'folder=${3%/*}; mv "$folder" "$folder.moved" && ln -s '"$root"'/victim "$folder"; echo moved; exit 1' >"$root/usr/sbin/sshd"
	check --image
	[ -e "$root/victim/key" ]
	refused 'UNKNOWN: sshd: ' '-T says: Missing privilege separation directory'
}

@test "parts of the gate that are switched off are no seal" {
	ln -s /dev/null "$units/breakglass-boot.service"
	: >"$units/run-breakglass.mount"
	check
	refused 'NOT SEALED: breakglass-boot.service is masked by ' 'NOT SEALED: run-breakglass.mount is masked by '
	a_state
	run --separate-stderr "$breakglass" status
	[ "${lines[0]}" = 'sealed:   NO, this host is NOT SEALED' ]
	rm "$units/breakglass-boot.service"
	printf '[Service]\nExecStart=/bin/true\n' >"$units/breakglass-boot.service"
	rm "$units/run-breakglass.mount"
	check
	warned '/breakglass-boot.service stands in the place of the installed one'
}

@test "root's password is locked, since sulogin asks no PAM" {
	local hash
	for hash in '' '$y$j9T$abc$def' x; do
		printf '%s\n' 'daemon:*:20000:0:99999:7:::' "root:$hash:20000:0:99999:7:::" >"$root/etc/shadow"
		check --image
		refused "NOT SEALED: root has a password in $root/etc/shadow"
		check --configuration
		[ "$status" -eq 0 ]
	done
	for hash in '*' '!' '!$y$j9T$abc$def' '!*'; do
		echo "root:$hash:20000:0:99999:7:::" >"$root/etc/shadow"
		check
		[ "$output" = 'sealed: every way in leads through the gate' ]
	done
	echo 'rooty::20000:0:99999:7:::' >"$root/etc/shadow"
	check
	refused "UNKNOWN: $root/etc/shadow has no line of root's"
	rm "$root/etc/shadow"
	check
	refused "UNKNOWN: $root/etc/shadow cannot be read"
}

@test "a root shell on a console is a way in" {
	local folder
	echo '[Unit]' >"$installed/debug-shell.service"
	check
	[ "$output" = 'sealed: every way in leads through the gate' ]
	for folder in "$units/sysinit.target.wants" "$installed/x.target.wants" "$root/run/systemd/system/a.service.requires"; do
		mkdir "$folder"
		ln -s /gone "$folder/debug-shell.service"
		check
		refused "NOT SEALED: $folder/debug-shell.service starts a root shell"
		ln -s /dev/null "$units/debug-shell.service"
		check
		[ "$output" = 'sealed: every way in leads through the gate' ]
		rm -r "$units/debug-shell.service" "$folder"
	done
}

@test "a unit that does not start is no seal, however it is prevented" {
	local how unit=run-breakglass.mount
	for how in "ln -s /nowhere $units/$unit" "ln -s /dev/null $root/run/systemd/system/$unit" "rm $installed/$unit" \
		"ln -sf /dev/null $installed/$unit" "rm $units/local-fs.target.wants/$unit" \
		"ln -sf /dev/null $units/local-fs.target.wants/$unit"; do
		$how
		check
		rm -f "$units/$unit" "$root/run/systemd/system/$unit" "$installed/$unit"
		echo '[Unit]' >"$installed/$unit"
		ln -sf /gone "$units/local-fs.target.wants/$unit"
		echo "$how: $output"
		refused "NOT SEALED: $unit is "
	done
	check
	[ "$output" = 'sealed: every way in leads through the gate' ]
	mkdir "$units/$unit.d"
	echo '[Unit]' >"$units/$unit.d/x.conf"
	check
	warned "$units/$unit.d/x.conf changes $unit"
}

@test "what ends sessions is missed" {
	rm "$installed/session-.scope.d/50-breakglass.conf" "$root/etc/polkit-1/rules.d/00-breakglass.rules"
	: >"$installed/user@.service.d/50-breakglass.conf"
	check
	warned session-.scope.d/50-breakglass.conf user@.service.d/50-breakglass.conf 00-breakglass.rules
}

@test "sshd is judged with the options of its command line" {
	local value
	for value in '"-o UsePAM=no"' "-4 -o UsePAM=no" "'-o UsePAM=no'  "; do
		echo "SSHD_OPTS=$value" >"$root/etc/default/ssh"
		check
		refused 'NOT SEALED: sshd: usepam is no and not yes'
	done
	echo 'SSHD_OPTS="-4"' >"$root/etc/default/ssh"
	check
	[ "$output" = 'sealed: every way in leads through the gate' ]
	for value in '-o "UsePAM no"' '"-4"" -o UsePAM=no"' '-4\' '"-4'; do
		printf 'SSHD_OPTS=%s\n' "$value" >"$root/etc/default/ssh"
		check
		refused 'UNKNOWN: sshd: SSHD_OPTS in '
	done
}

@test "a line that goes on in the next one is unknown" {
	local line
	for line in 'FOO=bar\' '# a comment \' "FOO=$(printf %1100s | tr ' ' x)"; do
		printf '%s\nSSHD_OPTS=-4\n' "$line" >"$root/etc/default/ssh"
		check
		refused 'UNKNOWN: sshd: ' "$root/etc/default/ssh" 'goes on in the next one'
	done
	printf 'FOO=a\\b\nSSHD_OPTS=-4\n' >"$root/etc/default/ssh"
	check
	[ "$output" = 'sealed: every way in leads through the gate' ]
}

@test "a long answer of sshd is read whole, or is unknown" {
	sed -i '1a yes "allowusers somebody" | head -c 100000' "$root/usr/sbin/sshd"
	check
	[ "$output" = 'sealed: every way in leads through the gate' ]
	sed -i 's/100000/2000000/' "$root/usr/sbin/sshd"
	check
	refused 'UNKNOWN: sshd: its configuration cannot be known: ' '-T says more than 1048575 bytes'
	! grep 'NOT SEALED' <<<"$output" || return
}

@test "more services than are looked at are no seal, and the limit is told" {
	local i
	for i in {1..250}; do
		ln -s cron "$root/etc/pam.d/cron-$i"
	done
	check
	refused "NOT SEALED: $root/etc/pam.d has more than 256 services, or a name of more than 127 bytes"
	rm "$root"/etc/pam.d/cron-*
	ln -s cron "$root/etc/pam.d/$(printf %128s | tr ' ' x)"
	check
	refused 'a name of more than 127 bytes'
}

@test "another command line for sshd is unknown" {
	mkdir -p "$units/ssh.service.d"
	printf '[Service]\nExecStart=\nExecStart=/usr/sbin/sshd -D -o UsePAM=no\n' >"$units/ssh.service.d/x.conf"
	check
	refused "UNKNOWN: sshd: $units/ssh.service.d/x.conf changes its command line"
	printf '[Service]\nEnvironment=SSHD_OPTS=-oUsePAM=no\n' >"$units/ssh.service.d/x.conf"
	check
	refused "UNKNOWN: sshd: $units/ssh.service.d/x.conf changes its command line"
	printf '[Service]\nNice=1\n' >"$units/ssh.service.d/x.conf"
	printf '[Service]\nExecStart=/usr/sbin/sshd\n' >"$installed/ssh.service"
	ln -s "$installed/ssh.service" "$units/sshd.service"
	check
	[ "$output" = 'sealed: every way in leads through the gate' ]
	cp "$installed/ssh.service" "$root/run/systemd/system/ssh@.service"
	check
	refused 'UNKNOWN: sshd: ' 'run/systemd/system/ssh@.service'
}

@test "logind's files count as logind reads them" {
	printf '[Login]\nKillUserProcesses=no\nKillExcludeUsers=root ops\nKillOnlyUsers=\n' >"$root/etc/systemd/logind.conf"
	check
	[ "$output" = 'sealed: every way in leads through the gate' ] # the drop-in is read after it
	printf '[Login]\nKillExcludeUsers=root\nKillExcludeUsers=ops\nKillOnlyUsers=bob\n' \
		>"$root/etc/systemd/logind.conf.d/zzz.conf"
	check
	warned "KillExcludeUsers is 'root ops' and not ''" '/zzz.conf' "KillOnlyUsers is 'bob' and not ''"
	mkdir -p "$root/usr/lib/systemd/logind.conf.d"
	mv "$root/etc/systemd/logind.conf.d/zzz.conf" "$root/usr/lib/systemd/logind.conf.d/"
	ln -s /dev/null "$root/etc/systemd/logind.conf.d/zzz.conf" # hides it
	check
	[ "$output" = 'sealed: every way in leads through the gate' ]
	rm "$root/etc/systemd/logind.conf.d/"*
	rm "$root/usr/lib/systemd/logind.conf.d/zzz.conf"
	check
	warned "KillUserProcesses is 'no' and not 'yes'" '/etc/systemd/logind.conf)' "KillExcludeUsers is 'root root ops'"
	printf '[Login]\nKillUserProcesses=on\n' >"$root/etc/systemd/logind.conf"
	check
	warned "KillExcludeUsers is 'root' and not '' (logind's default)"
	[ "$(wc -l <<<"$output")" -eq 2 ]
	printf '[Login]\nKillUserProcesses=on\nKillExcludeUsers=\n' >"$root/usr/lib/systemd/logind.conf"
	check
	warned "KillExcludeUsers is 'root' and not ''" # hidden
	rm "$root/etc/systemd/logind.conf"
	check
	[ "$output" = 'sealed: every way in leads through the gate' ]
}

@test "only logind's section counts, and no blanks at a line's end" {
	printf '[Nonsense]\nKillUserProcesses=yes\nKillExcludeUsers=\n' >"$root/etc/systemd/logind.conf.d/zz-breakglass.conf"
	check
	warned "KillUserProcesses is 'no' and not 'yes' (logind's default)" "KillExcludeUsers is 'root' and not ''"
	printf '[Login] \n KillUserProcesses = yes \t\nKillExcludeUsers= \n' >"$root/etc/systemd/logind.conf.d/zz-breakglass.conf"
	check
	[ "$output" = 'sealed: every way in leads through the gate' ]
}

@test "what stands around the gate is warned of" {
	mkdir -p "$root/usr/lib/systemd/logind.conf.d"
	printf '[Login]\nKillUserProcesses = no\n' >"$root/usr/lib/systemd/logind.conf.d/zzz.conf"
	check
	warned "KillUserProcesses is 'no' and not 'yes'" '/zzz.conf'
	rm "$root"/{etc,usr/lib}/systemd/logind.conf.d/*
	check
	warned "KillUserProcesses is 'no' and not 'yes' (logind's default)"
}

@test "empty SSHD_OPTS, and drop-ins that come before, are not warned of" {
	printf '# SSHD_OPTS=-4\nSSHD_OPTS=\n' >"$root/etc/default/ssh"
	printf '[Login]\nKillUserProcesses=no\n' >"$root/etc/systemd/logind.conf.d/00-site.conf"
	check
	[ "$output" = 'sealed: every way in leads through the gate' ]
}

@test "status tells root of a broken configuration" {
	a_state
	run --separate-stderr "$breakglass" status --json
	[ "$status" -eq 0 ]
	grep -qF '"findings": []' <<<"$output"
	echo 'rubbish = 1' >>"$root/etc/breakglass/gate.conf"
	echo rubbish >>"$root/etc/breakglass/trusted_signers"
	run --separate-stderr "$breakglass" status
	[ "$status" -eq 0 ]
	grep -qF 'sealed:   yes' <<<"$output"
	grep -q '^ *configuration: .*/gate.conf:5: unknown key' <<<"$output"
	grep -q '^ *configuration: .*/trusted_signers:5: ' <<<"$output"
}

# findings_alike: check's and status's JSON, as python reads it, hold the same; prints it.
findings_alike() {
	"$breakglass" policy check --json >checked.json
	"$breakglass" status --json >status.json
	python3 -c 'import json
checked, status = (json.load(open(name, encoding="utf-8")) for name in ("checked.json", "status.json"))
assert checked["problems"] == status["findings"] != [], (checked, status)
for finding in checked["problems"]:
    assert list(finding) == ["kind", "file", "line", "text"], finding
    print(*finding.values())'
}

@test "a finding has one shape for programs" {
	a_state
	echo 'rubbish = 1' >>"$root/etc/breakglass/gate.conf"
	ln -sf /dev/null "$root/etc/polkit-1/rules.d/00-breakglass.rules"
	sed -i /account/d "$root/etc/pam.d/sshd"
	printf '#!/bin/sh\necho "Missing privilege separation directory: /run/sshd"\nexit 255\n' >"$root/usr/sbin/sshd"
	echo 'auth sufficient pam_permit.so' >"$root/etc/pam.d/"$'f\xfftp'
	run findings_alike
	echo "$output"
	[ "$status" -eq 0 ]
	grep -qF "configuration $root/etc/breakglass/gate.conf 5 unknown key" <<<"$output"
	grep -q '^locked-out None None sshd, account: ' <<<"$output"
	grep -q '^not-sealed None None f.*tp, auth: ' <<<"$output"
	grep -q '^unknown None None sshd: ' <<<"$output"
	grep -q '^warning None None ' <<<"$output"
}

@test "a service with any name is found" {
	a_state
	echo 'auth sufficient pam_permit.so' >"$root/etc/pam.d/"$'f\xfftp'
	check
	refused 'NOT SEALED: f'
	run --separate-stderr "$breakglass" status
	[ "${lines[0]}" = 'sealed:   NO, this host is NOT SEALED' ]
	[[ "${lines[1]}" == '          not-sealed: '* ]]
}

@test "a Match block that changes a step is warned of" {
	printf 'Port 22\nMatch User ops\n  AuthenticationMethods publickey\n  X11Forwarding no\n' \
		>"$root/etc/ssh/sshd_config.d/50-ops.conf"
	check
	[ "$status" -eq 0 ]
	grep -q '^warning: sshd: .*/50-ops.conf:3: a Match block sets AuthenticationMethods' <<<"$output"
}

@test "check --json says the same to a program" {
	check --json
	[ "$status" -eq 0 ]
	[ "$output" = '{"problems":[],"ok":true,"locked_out":false,"sealed":true}' ]
	sed -i 's/^auth/#auth/' "$root/etc/pam.d/sshd"
	check --json
	[[ "$output" == *'"ok":false,"locked_out":true,"sealed":true}' ]]
	cp "$top_srcdir/policy/pam/sshd" "$root/etc/pam.d/sshd"
	gate_conf 'id = machine-id' 'issuer:1'
	run --separate-stderr "$breakglass" policy check --json --configuration
	[ "$status" -eq 2 ]
	[[ "$output" == '{"problems":[{"kind":"configuration","file":"'*'/etc/breakglass/gate.conf","line":4,"text":"[token] signatures: '*'"}],"ok":false,"locked_out":true,"sealed":null}' ]]
}

@test "show names each value's origin" {
	mkdir "$root/etc/breakglass/gate.conf.d"
	printf '[session]\nlongest = 30m\n' >"$root/etc/breakglass/gate.conf.d/10-short.conf"
	run "$breakglass" policy show
	[ "$status" -eq 0 ]
	grep -qP '^\[session\] longest = 30m\t# .*/gate.conf.d/10-short.conf:2$' <<<"$output"
	grep -qP '^\[host\] id = machine-id\t# .*/etc/breakglass/gate.conf:2$' <<<"$output"
	grep -qP '^\[token\] challenge = yes\t# .*/usr/lib/breakglass/gate.conf:\d+$' <<<"$output"
	grep -qF "this host's id is 0123456789abcdef0123456789abcdef" <<<"$output"
	rm "$root/usr/lib/breakglass/gate.conf"
	run "$breakglass" policy show
	grep -qP '^\[token\] challenge = yes\t# default$' <<<"$output"
}

@test "show --json is one document" {
	run "$breakglass" policy show --json
	[ "$status" -eq 0 ]
	[[ "$output" == '{"settings":[{"section":"gate","key":"mode","value":"enforce","file":"'*'"host_id":"0123456789abcdef0123456789abcdef"}' ]]
}

@test "show tells what is wrong and exits with 2" {
	gate_conf 'id = machine-id' 'nonsense'
	run "$breakglass" policy show
	[ "$status" -eq 2 ]
	grep -qF 'signatures = nonsense' <<<"$output"
	grep -qF 'neither issuer:N nor approver:N' <<<"$output"
}

@test "wrong usage is told" {
	check extra
	[ "$status" -eq 2 ]
	run "$breakglass" policy show --nothing
	[ "$status" -eq 2 ]
	run "$breakglass" policy
	[ "$status" -eq 2 ]
}
