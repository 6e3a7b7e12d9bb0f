# SPDX-License-Identifier: BSD-2-Clause
# An image in a folder for breakglass-seal: its paths begin there, and the programs that it finds first are stand-ins
# that look only there.

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
	cp "$top_builddir"/policy/systemd/breakglass-{agent,boot,warden}.service "$share/policy/systemd/"
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
	program bin/journalctl :
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
