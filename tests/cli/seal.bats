#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# breakglass-seal on an image in a folder: its paths begin there, and the programs that it finds first are stand-ins
# that look only there. What it decides and writes is its own.

bats_require_minimum_version 1.5.0

# One image is made, and each test begins with a copy of it in the same place.
setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true
	export work=$BATS_FILE_TMPDIR/work root=$BATS_FILE_TMPDIR/work/root
	export share=$root/usr/share/breakglass password='$y$j9T$abc$def'
	for person in issuer bob; do
		ssh-keygen -q -t ed25519 -N '' -f "$BATS_FILE_TMPDIR/$person"
	done
	umask 022
	mkdir -p "$root"/etc/{breakglass,audit/rules.d,default,pam.d,ssh/sshd_config.d,systemd/system} "$root/run" "$share" \
		"$root"/usr/{bin,sbin,lib/breakglass,lib/pam.d,lib/security,lib/systemd/system,lib/tmpfiles.d} "$root/var/lib" \
		"$root/proc/1/root"
	install_breakglass
	debian
	stand_ins
	: >"$root/etc/machine-id"
	printf '[host]\nid = machine-id\n[token]\nsignatures = issuer:1+approver:1\n' >"$root/etc/breakglass/gate.conf"
	trust issuer bob
	mv "$work" "$BATS_FILE_TMPDIR/made"
}

setup() {
	umask 022
	rm -rf "$work"
	cp -a "$BATS_FILE_TMPDIR/made" "$work"
	cd "$work" || return
}

# What make install brings, and the script with its paths below root.
install_breakglass() {
	cp -rL "$top_srcdir/policy" "$share/policy"
	chmod -R u+w "$share/policy"
	cp "$top_builddir/policy/audit/breakglass.rules" "$share/policy/audit/"
	cp "$top_builddir/policy/systemd/breakglass-boot.service" "$share/policy/systemd/"
	# Any shared library that can be loaded: what is in it is libpam's to know.
	cp "$(ldd "$top_builddir/tests/lib/breakglass" | awk '/libsodium/ { print $3 }')" "$root/usr/lib/security/pam_breakglass.so"
	touch "$root"/usr/lib/security/pam_{deny,loginuid,systemd,unix}.so
	program bin/breakglass "BREAKGLASS_TEST_ROOT=$root exec '$top_builddir/tests/lib/breakglass' \"\$@\""
	sed -E -e 's,:/usr/sbin:/usr/bin:/sbin:/bin$,:/usr/bin:/bin,' -e "s,(^|[ =\"])/(etc|run|lib|usr/lib|var|proc)/,\\1$root/\\2/,g" -e "s,@(bin|sbin)dir@,$root/usr/\\1,g" \
		-e "s,@pkgdatadir@,$share,; s,@module@,$root/usr/lib/security/pam_breakglass.so,; s,@VERSION@,1,g" \
		"$top_srcdir/packaging/breakglass-seal.in" >"$root/usr/sbin/breakglass-seal"
	chmod 755 "$root/usr/sbin/breakglass-seal"
}

# program NAME SCRIPT: below root/usr, found by the script before all others.
program() {
	printf '#!/bin/sh\n%s\n' "$2" >"$root/usr/$1"
	chmod 755 "$root/usr/$1"
}

# The files of Debian's that are replaced, and some that are not.
debian() {
	for service in sshd login su sudo; do
		printf '%s\n' '@include common-auth' '@include common-account' '@include common-session' >"$root/etc/pam.d/$service"
	done
	for name in auth account session session-noninteractive password; do
		echo "${name%%-*} required pam_unix.so" >"$root/etc/pam.d/common-$name"
	done
	printf '%s\n' '@include common-auth' '@include common-account' >"$root/etc/pam.d/cron"
	echo 'disk_full_action = SUSPEND' >"$root/etc/audit/auditd.conf"
	chmod 640 "$root/etc/audit/auditd.conf"
	printf '[Install]\nWantedBy=multi-user.target\n' >"$root/usr/lib/systemd/system/auditd.service"
	printf 'Include /etc/ssh/sshd_config.d/*.conf\nKbdInteractiveAuthentication no\nUsePAM yes\n' >"$root/etc/ssh/sshd_config"
}

trust() {
	local person role=issuer
	for person; do
		echo "$person@example.com namespaces=\"breakglass-$role\" $(cut -d' ' -f1,2 "$BATS_FILE_TMPDIR/$person.pub")"
		role=approver
	done >"$root/etc/breakglass/trusted_signers"
}

stand_ins() {
	program sbin/auditd :
	program sbin/id 'echo 0'
	program sbin/passwd "root=$root
$(declare -f stand_in_passwd | sed '1,2d;$d')"
	echo "root:$password:20000:0:99999:7:::" >"$root/etc/shadow"
	program sbin/systemd-detect-virt '[ "$2" = --chroot ]'
	program sbin/systemctl "root=$root log=$work/systemctl
$(declare -f stand_in_systemctl | sed '1,2d;$d')"
	program sbin/sshd "root=$root
$(declare -f stand_in_sshd | sed '1,2d;$d')"
}

# -S tells, -l locks, and keeps the file of before.
stand_in_passwd() {
	if [ "$1" = -S ]; then
		grep -q '^root:[!*]' "$root/etc/shadow" && echo root L || echo root P
		exit
	fi
	cp -p "$root/etc/shadow" "$root/etc/shadow-"
	sed -i 's/^root:/root:!/' "$root/etc/shadow"
}

is_locked() {
	[ "$(cut -d: -f2 "$root/etc/shadow")" = "!$password" ]
}

# Enabling is links in folders, and starting a name in a file; the rest is noted, and fails if systemctl.fails has it.
stand_in_systemctl() {
	[ "$1" != --quiet ] || shift
	case $1 in
	is-active)
		[ -e "$root/run/active/$2" ]
		exit
		;;
	enable | disable | is-enabled) ;;
	*)
		echo "$*" >>"$log"
		! grep -qxF "$*" "$log.fails" 2>/dev/null || exit
		case $1 in
		start) : >"$root/run/active/$2" ;;
		stop) rm "$root/run/active/$2" ;;
		esac
		exit
		;;
	esac
	verb=$1
	shift
	for unit; do
		target=$(sed -n s/^WantedBy=//p "$root/usr/lib/systemd/system/$unit")
		wants=$root/etc/systemd/system/$target.wants
		case $verb in
		is-enabled) [ -L "$wants/$unit" ] || exit 1 ;;
		enable)
			[ ! -L "$root/etc/systemd/system/$unit" ] || exit 1
			mkdir -p "$wants" && ln -s "/usr/lib/systemd/system/$unit" "$wants/$unit"
			;;
		disable) rm -f "$wants/$unit" && rmdir "$wants" 2>/dev/null ;;
		esac
	done
}

# Includes, and the first value of a key counts. It is as particular as the real one before its first start.
stand_in_sshd() {
	config=$root/etc/ssh/sshd_config
	while [ $# -gt 0 ]; do
		case $1 in
		-t | -T) mode=$1 ;;
		-h) key=$2 && shift ;;
		-f) config=$2 && shift ;;
		esac
		shift
	done
	[ -s "$key" ] || { echo "sshd: no hostkeys available -- exiting." >&2; exit 1; }
	[ -d "$root/run/sshd" ] || { echo "Missing privilege separation directory: /run/sshd" >&2; exit 255; }
	sed "s,^Include ,Include $root," "$config" | while read -r word rest; do
		case $word in
		Include) cat $rest 2>/dev/null ;;
		*) echo "$word $rest" ;;
		esac
	done | grep -v -e '^#' -e '^ *$' | tr A-Z a-z >"$root/../asked"
	if grep nonsense "$root/../asked" >&2 || { [ -e "$root/old-sshd" ] && grep persourcepenalties "$root/../asked" >&2; }; then
		echo "$config: Bad configuration option" >&2
		exit 255
	fi
	printf '%s\n' 'usepam no' 'pubkeyauthentication yes' 'kbdinteractiveauthentication yes' 'authenticationmethods any' \
		'permitrootlogin prohibit-password' 'usedns no' 'allowagentforwarding yes' 'allowstreamlocalforwarding yes' >>"$root/../asked"
	[ "$mode" = -t ] || awk '!seen[$1]++' "$root/../asked"
}

# Everything below root: names, types, modes, links, times of files, contents.
snapshot() {
	(cd "$root" && find . -type f -printf '%p %m %T@\n' -o -type l -printf '%p %l\n' -o -printf '%p %y %m\n' | sort &&
		find . -type f -exec cksum {} + | sort)
}

# A signal that whoever runs the tests ignores would be ignored by the script too.
seal() {
	run env --default-signal "$root/usr/sbin/breakglass-seal" "$@"
}

# What the script says last of a run that did not seal.
undone='NOT SEALED: everything is as it was before this run'

# refuses CODE TEXT…: the script ends so, says each text, and has changed nothing at all.
refuses() {
	local code=$1 text
	shift
	snapshot >before
	seal
	snapshot >after
	echo "$output"
	[ "$status" -eq "$code" ] || return
	for text in "$@" "$undone"; do
		grep -qF -- "$text" <<<"$output" || { echo "not said: $text"; return 1; }
	done
	diff before after
}

running() {
	mkdir -p "$root/run/systemd/system" "$root/run/sshd" "$root/run/active"
	program sbin/systemd-detect-virt 'exit 1'
	echo 0123456789abcdef0123456789abcdef >"$root/etc/machine-id"
}

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
	printf '[audit]\nrequired = no\n' >>"$root/etc/breakglass/gate.conf"
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

# stand_in_step takes the place of a program that changes something: it lists the calls, and kills the script before or
# after the one that the file "kill" tells.
stand_in_step() {
	read -r when at signal <"$work/kill"
	case "${0##*/} $*" in
	*is-enabled* | *is-active* | *' -S '*) call=none ;;
	*)
		read -r call <"$work/count"
		echo $((call + 1)) >"$work/count"
		echo "${0##*/}" >>"$work/calls"
		;;
	esac
	if [ "$when $at" = "before $call" ]; then
		kill -s "$signal" $PPID
		exit 1
	fi
	if [ -x "$0.stand-in" ]; then
		"$0.stand-in" "$@"
	else
		(PATH=/usr/bin:/bin && exec "${0##*/}" "$@")
	fi
	code=$?
	[ "$when $at" != "after $call" ] || kill -s "$signal" $PPID
	exit $code
}

# A host that runs and lacks one thing of each kind, so that each change is made once, and soon.
nearly_sealed() {
	running
	rm "$root/usr/sbin/sshd"
	program bin/breakglass :
	program sbin/ldd :
	find "$share/policy/pam" -type f ! -name su -delete
	seal
	[ "$status" -eq 0 ] || return
	sed -i -e '/polkit/d' -e '/su$/d' "$share/installed"
	rm -rf "$root/etc/polkit-1" "$share/original$root/etc/pam.d" "$root/run/active/"* "$root/run/breakglass" \
		"$root/etc/systemd/system/multi-user.target.wants/auditd.service"
	echo old >"$root/etc/pam.d/su"
	chmod 755 "$root/var/lib/breakglass/events"
	echo "root:$password:20000:0:99999:7:::" >"$root/etc/shadow"
	for name in bin/{mkdir,cp,install,mv,chmod} sbin/{systemctl,passwd}; do
		[ ! -e "$root/usr/$name" ] || mv "$root/usr/$name" "$root/usr/$name.stand-in"
		program "$name" "work=$work
$(declare -f stand_in_step | sed '1,2d;$d')"
	done
	cp -a "$root" "$root.plain"
}

# killed WHEN CALL SIGNAL: a run that is killed so leaves nothing.
killed() {
	echo 1 >count
	: >calls
	echo "$*" >kill
	seal
	echo "killed $*: $output"
	[ "$status" -eq 1 ] && [[ ${lines[-1]} =~ 'as it was before this run'|'nothing was changed' ]] || return
	snapshot >after
	diff before after
}

@test "a kill before or after any change puts everything back" {
	nearly_sealed
	snapshot >before
	echo 1 >count
	echo never 0 0 >kill
	seal
	is_locked
	mv calls all
	rm -r "$root" && cp -a "$root.plain" "$root"
	call=0 seen=' '
	signals=(TERM PIPE QUIT INT HUP)
	while read -r program; do
		call=$((call + 1))
		killed after $call "${signals[call % 5]}"
		if [[ $seen != *" $program "* ]]; then
			killed before $call "${signals[call % 5]}"
			seen+="$program "
		fi
	done <all
	[ "$call" -ge 20 ]
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

# full_disk: in a mount namespace, the image is on a small disk, which is full when the stack of su is written.
full_disk() {
	mount -t tmpfs -o size=8m tmpfs "$root" && cp -a "$root.plain/." "$root" || return
	program sbin/sed "for file; do case \$file in */pam/su) PATH=/usr/bin:/bin; cat /dev/zero >$root/fill 2>/dev/null ;; esac; done
PATH=/usr/bin:/bin exec sed \"\$@\""
	snapshot >before
	"$root/usr/sbin/breakglass-seal" >output 2>&1 && return 1
	rm "$root/fill"
	snapshot >after
	cat output
	diff before after && [[ $(tail -n 1 output) == *"$undone" ]]
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
start auditd.service
stop auditd.service
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
