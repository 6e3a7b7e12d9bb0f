# SPDX-License-Identifier: BSD-2-Clause
# Building inside a minimal Debian tree: with what quickstart installs by itself, and nothing of this machine's.
# shellcheck shell=bash

# in_tree COPY VERSION DIR COMMAND: makes a minimal tree in DIR, has COPY put the sources in its /src, builds them
# there with quickstart and runs COMMAND in the build folder.
in_tree() {
	local copy=$1 version=$2 tree=$3 command=$4
	cached_tree minimal "$version" ca-certificates || return
	unpack "$TREE" "$tree" && "$copy" "$tree/src" && cp --dereference /etc/resolv.conf "$tree/etc/resolv.conf" || return
	# A mount namespace of its own: what is mounted in the tree goes when the command ends.
	unshare --mount --pid --fork --kill-child sh -c '
		mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" &&
		exec chroot "$1" sh -ec "cd /src && ./quickstart build && cd build && $2"' - "$tree" "$command"
}

# clone_sources DIR: what is committed, as a newcomer gets it.
clone_sources() {
	git -c safe.directory='*' clone --quiet --no-hardlinks "$TOP" "$1"
}

# copy_sources DIR: what lies here, committed or not.
copy_sources() {
	mkdir -p "$1" && tar -C "$TOP" --exclude=./build --exclude=./.git -cf - . | tar -C "$1" --no-same-owner -xf -
}
