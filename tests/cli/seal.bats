#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# breakglass-seal: what it decides and writes is its own.

bats_require_minimum_version 1.5.0
load seal

@test "an image is sealed, and its own files are kept" {
	cp -r "$root" plain
	seal
	echo "$output"
	[ "$status" -eq 0 ]
	[ "${lines[-1]}" = 'breakglass-seal: SEALED: no login without a token' ]
	[[ "$output" == *'sealed: every way in leads through the gate'* ]]
	for service in sshd login sudo common-auth; do
		cmp "$root/etc/pam.d/$service" "$top_srcdir/policy/pam/$service"
		cmp "$share/original$root/etc/pam.d/$service" "plain/etc/pam.d/$service"
	done
	[ -L "$root/etc/systemd/system/multi-user.target.wants/breakglass-boot.service" ]
	[ "$(stat -c %a "$root/var/lib/breakglass/events")" = 700 ]
	[ "$(stat -c %a "$root/etc/audit/auditd.conf")" = 640 ]
	is_locked
	[ ! -e "$root/run/sshd" ]
	grep -q '^PerSourcePenalties' "$root/etc/ssh/sshd_config.d/00-breakglass.conf"
	[ ! -e "$work/systemctl" ] # nothing runs in an image
	! find "$root" -name '*.breakglass-new' | grep . || return
}

@test "a second run changes nothing" {
	seal
	[ "$status" -eq 0 ]
	snapshot >before
	seal
	[ "$status" -eq 0 ]
	snapshot >after
	diff before after
	[ "${#lines[@]}" -eq 3 ] # two verdicts, and SEALED
}

@test "what was changed since is put in place again, and the first original stays" {
	seal
	echo 'auth sufficient pam_permit.so' >"$root/etc/pam.d/sshd"
	chmod 666 "$root/etc/pam.d/login"
	rm "$root/etc/systemd/system/multi-user.target.wants/breakglass-boot.service"
	seal
	[ "$status" -eq 0 ]
	cmp "$root/etc/pam.d/sshd" "$top_srcdir/policy/pam/sshd"
	grep -q include "$share/original$root/etc/pam.d/sshd"
	[ "$(stat -c %a "$root/etc/pam.d/login")" = 644 ]
	[ -L "$root/etc/systemd/system/multi-user.target.wants/breakglass-boot.service" ]
}

@test "undone as the manual says, the files are as they were" {
	(cd "$root" && find etc usr/lib -type f -exec cksum {} + | sort) >before
	seal
	[ "$status" -eq 0 ]
	while read -r path; do
		rm "$path"
		[ ! -e "$share/original$path" ] && [ ! -L "$share/original$path" ] || cp -a "$share/original$path" "$path"
	done <"$share/installed"
	rm "$root"/etc/systemd/system/*.wants/*
	mv "$root/etc/shadow-" "$root/etc/shadow"
	(cd "$root" && find etc usr/lib -type f -exec cksum {} + | sort) >after
	diff before after
}

@test "a link to nowhere is kept like a file" {
	ln -sf /nowhere/su "$root/etc/pam.d/su"
	ln -s /nowhere/drop-in "$root/etc/ssh/sshd_config.d/00-breakglass.conf"
	mkdir "$share/policy/pam/zz" # fails, and is undone
	refuses 1
	rmdir "$share/policy/pam/zz"
	seal
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(readlink "$share/original$root/etc/pam.d/su")" = /nowhere/su ]
	[ "$(readlink "$share/original$root/etc/ssh/sshd_config.d/00-breakglass.conf")" = /nowhere/drop-in ]
	cmp "$root/etc/pam.d/su" "$top_srcdir/policy/pam/su"
	rm "$root/etc/pam.d/su"
	seal # again: the first original stays
	[ "$status" -eq 0 ]
	[ "$(readlink "$share/original$root/etc/pam.d/su")" = /nowhere/su ]
}

@test "without the module, or with one that cannot be loaded" {
	undone='NOT SEALED: nothing was changed'
	mv "$root/usr/lib/security/pam_breakglass.so" away
	refuses 2 "there is no $root/usr/lib/security/pam_breakglass.so"
	echo rubbish >"$root/usr/lib/security/pam_breakglass.so"
	refuses 2 'pam_breakglass.so cannot be loaded here'
	cp away "$root/usr/lib/security/pam_breakglass.so"
	program sbin/ldd 'echo "	libsodium.so.23 => not found"'
	refuses 2 'libsodium.so.23 => not found' 'pam_breakglass.so cannot be loaded here'
	program sbin/ldd 'echo "undefined symbol: pam_get_item"'
	refuses 2 'undefined symbol: pam_get_item' 'pam_breakglass.so cannot be loaded here'
}

@test "without PAM" {
	undone='NOT SEALED: nothing was changed'
	mv "$root/etc/pam.d" "$root/etc/pam.away"
	refuses 2 'there is no ' '/etc/pam.d'
}

@test "without a program that it needs" {
	undone='NOT SEALED: nothing was changed'
	cp "$root/usr/sbin/breakglass-seal" script
	for name in systemctl passwd breakglass; do
		sed "/for program in/s/\\<$name\\>/no-$name/" script >"$root/usr/sbin/breakglass-seal"
		refuses 2 "there is no no-$name"
	done
}

@test "a configuration that is missing, unsafe or wrong" {
	cp -r "$root/etc/breakglass" good
	rm "$root/etc/breakglass/gate.conf"
	refuses 2 '[host] id is not set' '[token] signatures is not set' 'no token could open this host'
	cp good/gate.conf "$root/etc/breakglass/"
	echo 'mode = off' >>"$root/etc/breakglass/gate.conf"
	refuses 2 'gate.conf:5: ' 'no token could open this host'
	cp good/gate.conf "$root/etc/breakglass/"
	chmod 666 "$root/etc/breakglass/gate.conf"
	refuses 2 'configuration: ' 'gate.conf' 'no token could open this host'
	chmod 644 "$root/etc/breakglass/gate.conf"
	rm "$root/etc/breakglass/trusted_signers"
	refuses 2 'configuration: ' 'trusted_signers' 'no token could open this host'
	echo '* namespaces="breakglass-issuer" ssh-ed25519 AAAA' >"$root/etc/breakglass/trusted_signers"
	refuses 2 'trusted_signers:1: ' 'no token could open this host'
	cp good/trusted_signers "$root/etc/breakglass/"
	seal
	[ "$status" -eq 0 ]
}

@test "nobody could ever get in again" {
	trust issuer
	refuses 2 'LOCKED OUT: ' 'trusted_signers' 'no token could open this host'
	trust issuer bob
	rm "$root/usr/sbin/auditd"
	refuses 2 'LOCKED OUT: ' '/usr/sbin/auditd' 'no token could open this host'
	printf '[audit]\nrequired = no\n[taint]\nack = delivered\n' >>"$root/etc/breakglass/gate.conf"
	refuses 2 'LOCKED OUT: ' 'sinks.d' 'no token could open this host'
	sed -i 's/^ack = .*/ack = spool/' "$root/etc/breakglass/gate.conf"
	seal
	[ "$status" -eq 0 ]
	[ "$(cat "$root/etc/audit/auditd.conf")" = 'disk_full_action = SUSPEND' ] # no auditd
}

@test "a host that is running must know its id" {
	running
	: >"$root/etc/machine-id"
	refuses 2 'machine-id: the id is empty' 'no token could open this host'
	[ ! -e "$work/systemctl" ]
}

@test "an sshd that does not take its configuration" {
	echo 'Nonsense yes' >>"$root/etc/ssh/sshd_config"
	refuses 2 'Bad configuration option' 'sshd does not take its configuration as it is'
}

@test "an sshd that does not follow the drop-in" {
	sed -i '/^Include/d' "$root/etc/ssh/sshd_config"
	refuses 2 '00-breakglass.conf sshd does not start, or does not follow it'
	echo 'Include /etc/ssh/sshd_config.d/*.conf' >"$root/etc/ssh/sshd_config"
	echo 'UsePAM no' >"$root/etc/ssh/sshd_config.d/00-a.conf"
	refuses 2 '00-breakglass.conf sshd does not start, or does not follow it'
	rm "$root/etc/ssh/sshd_config.d/00-a.conf"
	ln -s /nowhere "$root/etc/ssh/sshd_config.d/00-breakglass.conf"
	sed -i '1i UsePAM no' "$root/etc/ssh/sshd_config"
	refuses 2 '00-breakglass.conf sshd does not start, or does not follow it'
	sed -i 1d "$root/etc/ssh/sshd_config"
	seal
	[ "$status" -eq 0 ]
	cmp <(cat "$top_srcdir"/policy/sshd/{00-breakglass,penalties}.conf) "$root/etc/ssh/sshd_config.d/00-breakglass.conf"
}

@test "an sshd that does not know the settings" {
	echo 'Nonsense yes' >>"$share/policy/sshd/00-breakglass.conf"
	refuses 2 'sshd does not take the settings of the gate'
}

@test "an older sshd gets no option that it does not know" {
	touch "$root/old-sshd"
	seal
	[ "$status" -eq 0 ]
	cmp "$top_srcdir/policy/sshd/00-breakglass.conf" "$root/etc/ssh/sshd_config.d/00-breakglass.conf"
}

@test "a console alone is sealed, too" {
	rm "$root/usr/sbin/sshd" "$root/etc/pam.d/sshd"
	seal
	echo "$output"
	[ "$status" -eq 0 ]
	[ ! -e "$root/etc/ssh/sshd_config.d/00-breakglass.conf" ]
}

@test "a way in that does not lead through the gate puts everything back" {
	echo 'auth sufficient pam_permit.so' >"$root/etc/pam.d/ftp"
	refuses 2 'NOT SEALED: ftp, auth: does not reach pam_breakglass.so'
	[ ! -e "$share/original" ]
	! is_locked || return
	rm "$root/etc/pam.d/ftp"
	seal
	[ "$status" -eq 0 ]
	echo 'auth sufficient pam_permit.so' >"$root/etc/pam.d/ftp" # a sealed host stays as it is, too
	rm "$root/etc/pam.d/sudo"
	undone='breakglass-seal: everything is as it was before this run'
	refuses 2 'NOT SEALED: ftp, auth: does not reach pam_breakglass.so'
}

@test "root's password is locked before the verdict, and open again after a failure" {
	echo '[Unit]' >"$root/usr/lib/systemd/system/debug-shell.service"
	mkdir "$root/etc/systemd/system/sysinit.target.wants"
	ln -s /gone "$root/etc/systemd/system/sysinit.target.wants/debug-shell.service"
	refuses 2 'debug-shell.service starts a root shell'
	! grep 'root has a password' <<<"$output" || return
	rm -r "$root/etc/systemd/system/sysinit.target.wants"
	running
	echo 'start auditd.service' >"$work/systemctl.fails"
	refuses 1
	! is_locked || return
	rm "$work/systemctl.fails"
	seal
	[ "$status" -eq 0 ]
	is_locked
}

@test "a step that fails puts everything back" {
	ln -s /dev/null "$root/etc/systemd/system/breakglass-boot.service" # masked
	refuses 1
	rm "$root/etc/systemd/system/breakglass-boot.service"
	rm "$share/policy/pam/sudo"
	mkdir "$share/policy/pam/sudo"
	refuses 1
}

@test "output that nobody reads puts everything back" {
	snapshot >before
	{ "$root/usr/sbin/breakglass-seal" 2>&1 || echo $? >code; } | head -n 12 >/dev/null
	[ "$(cat code)" -eq 1 ]
	snapshot >after
	diff before after
	mkfifo pipe
	(trap '' PIPE && exec "$root/usr/sbin/breakglass-seal" >pipe 2>&1 3>&-) & # told by errors, not by the signal
	head -n 12 <pipe >/dev/null
	! wait $! || return
	snapshot >after
	diff before after
}

@test "a run during another one" {
	mkfifo go
	program sbin/sed "for file; do case \$file in */pam/su) : >$work/there; read -r go <>$work/go ;; esac; done
PATH=/usr/bin:/bin exec sed \"\$@\""
	timeout 20 "$root/usr/sbin/breakglass-seal" >first 2>&1 3>&- &
	until [ -e there ]; do sleep 0.02; done
	snapshot >before
	run timeout 5 "$root/usr/sbin/breakglass-seal"
	snapshot >after
	diff before after
	[ "$status" -eq 2 ]
	[[ $output == *'another run is under way' ]]
	echo >go
	wait $!
	[ "$(tail -n 1 first)" = 'breakglass-seal: SEALED: no login without a token' ]
	is_locked
}

@test "a full disk puts everything back" {
	unshare -rm mount -t tmpfs tmpfs "$root" || skip 'no mount namespace here'
	cp -a "$root" "$root.plain"
	export undone
	export -f full_disk program snapshot
	unshare -rm bash -uc full_disk
}

@test "what cannot be put back is told, and kept" {
	printf '%s\n' "case \$2 in */before*) echo full >\$3; exit 1;; esac" 'PATH=/usr/bin:/bin exec cp "$@"' >cp
	program bin/cp "$(cat cp)"
	rm "$share/policy/pam/sudo"
	mkdir "$share/policy/pam/sudo"
	mkdir temporary
	TMPDIR=$work/temporary seal
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *'NOT SEALED, AND NOT ALL COULD BE PUT BACK'* && $output != *'as it was before'* ]]
	cmp "$root/etc/pam.d/common-auth" "$top_srcdir/policy/pam/common-auth" # better than an empty one
	! find "$root" -name '*.breakglass-new' | grep . || return
	rm "$root/usr/bin/cp"
	grep '^  cp -a ' <<<"$output" | sh
	for name in auth account session password; do
		grep -q 'pam_unix.so' "$root/etc/pam.d/common-$name"
	done
}

@test "a folder's mode, too" {
	mkdir -m 755 "$root/var/lib/breakglass"
	rm "$share/policy/pam/sudo"
	mkdir "$share/policy/pam/sudo"
	refuses 1
}

@test "a sealed host is not said to be unsealed" {
	seal
	rm "$root/etc/breakglass/trusted_signers"
	undone='breakglass-seal: nothing was changed'
	refuses 2 'no token could open this host'
}

@test "what is recorded and what cannot be stopped stays, and is told" {
	running
	mv "$root/usr/sbin/systemctl" "$root/usr/sbin/systemctl.real"
	program sbin/systemctl "case \$* in
'start breakglass-boot.service') : >$root/var/lib/breakglass/events/1.json ;;
'stop auditd.service') echo 'Operation refused' >&2; exit 4 ;;
'try-reload-or-restart ssh.service') [ -e $work/told ] || { : >$work/told; exit 1; } ;;
esac
exec $root/usr/sbin/systemctl.real \"\$@\""
	seal
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"before this run, but for:
  auditd.service is started
  $root/var/lib/breakglass/events is not empty
  $root/var/lib/breakglass is not empty" ]]
	[ -e "$root/var/lib/breakglass/events/1.json" ]
	[ ! -e "$root/run/active/breakglass-boot.service" ]
}

@test "without /proc nothing is said to a running systemd" {
	running
	rm -r "$root/proc/1"
	undone='there is no '
	refuses 2 '/proc/1/root: the image needs /proc'
	[ ! -e systemctl ]
}

@test "a running host is told, and how to go on" {
	running
	seal
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(cat "$work/systemctl")" = "daemon-reload
start run-breakglass.mount
start breakglass-boot.service
start breakglass-agent.service
start breakglass-warden.service
start auditd.service
try-reload-or-restart ssh.service" ]
	[[ "$output" == *'stay logged in until a login with a token has worked'* ]]
}

@test "a running host whose services cannot be told is put back, and told that" {
	running
	echo 'start auditd.service' >"$work/systemctl.fails"
	refuses 1
	[ "$(cat "$work/systemctl")" = "daemon-reload
start run-breakglass.mount
start breakglass-boot.service
start breakglass-agent.service
start breakglass-warden.service
start auditd.service
stop auditd.service
stop breakglass-warden.service
stop breakglass-agent.service
stop breakglass-boot.service
stop run-breakglass.mount
daemon-reload
try-reload-or-restart ssh.service" ]
	! is_locked || return
}

@test "only root can seal" {
	program sbin/id 'echo 1000'
	snapshot >before
	seal
	[ "$status" -eq 2 ]
	[[ "$output" == *'only root can seal' ]]
	snapshot >after
	diff before after
}

@test "another folder is sealed by its own script, and usage is told" {
	program sbin/chroot 'echo "chroot $*"'
	mkdir -p "image$root/usr/sbin"
	touch "image$root/usr/sbin/breakglass-seal"
	seal --root "$work/image"
	[ "$status" -eq 2 ] # not to be run
	[[ $output == "breakglass-seal: there is no $work/image$root/usr/sbin/breakglass-seal"* ]]
	chmod 755 "image$root/usr/sbin/breakglass-seal"
	for arguments in "--root image" "--root=image"; do
		# shellcheck disable=SC2086
		seal $arguments
		[ "$output" = "chroot image $root/usr/sbin/breakglass-seal" ]
		[ "$status" -eq 0 ]
	done
	for arguments in "--root $work/nowhere" "--root=before/nowhere" "--root $root/usr/sbin/sshd"; do
		# shellcheck disable=SC2086
		seal $arguments
		[ "$status" -eq 2 ]
		[[ $output == "breakglass-seal: there is no folder "* ]]
	done
	program sbin/id 'echo 1000'
	seal --root image
	[ "$status" -eq 2 ]
	[ "$output" = 'breakglass-seal: only root can seal' ]
	for arguments in --root= --rot "--root /image more" /image; do
		# shellcheck disable=SC2086
		seal $arguments
		[ "$status" -eq 2 ]
		[[ "$output" == *'usage: breakglass-seal'* ]]
	done
	seal --help
	[ "$status" -eq 0 ]
}
