#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# breakglass-seal, killed at each change that it makes.

bats_require_minimum_version 1.5.0
load seal

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
