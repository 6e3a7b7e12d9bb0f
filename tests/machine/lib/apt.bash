# SPDX-License-Identifier: BSD-2-Clause
# Package sources: a guest takes them from where this machine takes its own, so that a mirror, a proxy or a snapshot
# that works here works there.
# shellcheck shell=bash

# apt_archives: "URI RELEASE" of every Debian archive this machine's apt uses, whatever format its files have.
# The origin is what the archive itself claims, so third-party sources fall away.
apt_archives() {
	# shellcheck disable=SC2016 # apt expands these, not the shell
	apt-get indextargets --format '$(ORIGIN)|$(COMPONENT)|$(REPO_URI)|$(RELEASE)' 'Created-By: Packages' |
		awk -F'|' '$1 == "Debian" && $2 == "main" && !seen[$3 $4]++ { print $3, $4 }'
}

# apt_sources 12|13: the same archives, as sources.list lines for another release.
apt_sources() {
	local suite uri release keyring=/usr/share/keyrings/debian-archive-keyring.gpg
	suite=$(suite_name "$1")
	apt_archives | while read -r uri release; do
		case $release in
		*-security) release=$suite-security ;;
		*-updates) release=$suite-updates ;;
		*-*) continue ;; # backports and the like
		*) release=$suite ;;
		esac
		printf 'deb [signed-by=%s] %s %s main\n' "$keyring" "$uri" "$release"
	done | sort -u
}

# apt_proxies: this machine's proxy settings, as apt.conf lines.
apt_proxies() {
	apt-config dump | grep -iE '^Acquire::(https?|ftp)::Proxy' || true
}

# missing_packages NAME…: those that are not installed.
missing_packages() {
	local name
	for name; do
		dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q ' installed$' || printf '%s ' "$name"
	done
}

# keep_still COMMAND…: what is installed meanwhile starts no daemon, as Debian's invoke-rc.d asks policy-rc.d.
keep_still() (
	policy=/usr/sbin/policy-rc.d
	if [ ! -e "$policy" ]; then # nobody has one of their own
		trap 'rm -f "$policy"' EXIT
		printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy"
	fi
	"$@"
)

# ensure_packages NAME…: installs what is missing, and touches apt only then.
ensure_packages() {
	local missing
	missing=$(missing_packages "$@")
	[ -n "$missing" ] || return 0
	step "fetching the package lists" apt-update apt-get update || return
	# shellcheck disable=SC2086 # a list of words
	step "installing $(wc -w <<<"$missing") packages" apt-install \
		keep_still env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing
}

# ensure_archives: without package lists apt cannot say which of its sources are Debian's.
ensure_archives() {
	[ -n "$(apt_archives)" ] || step "fetching the package lists" apt-update apt-get update || return
	[ -n "$(apt_archives)" ] || die "this machine's apt has no source of the Debian archive (main)"
}
