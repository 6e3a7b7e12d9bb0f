# SPDX-License-Identifier: BSD-2-Clause
# Disk images: a cached base tree, the project installed and sealed in it, and the host's own configuration.
# shellcheck shell=bash

GUEST_PACKAGES=systemd,systemd-sysv,udev,dbus,dbus-user-session,libpam-systemd,libpam-modules,openssh-server,openssh-client
GUEST_PACKAGES+=,systemd-container,auditd,sudo,polkitd,pkexec,cron,at,login,passwd,util-linux,iproute2,procps,e2fsprogs,kmod
GUEST_PACKAGES+=,libsodium23,libjansson4,libcurl3-gnutls,libmicrohttpd12,libsqlite3-0,libpq5,linux-image-cloud-amd64

# The free space and inodes a machine has: few, so that a test can use them up in a moment.
SPARE_MEGABYTES=400
SPARE_INODES=3000

# make_tree TAR VERSION PACKAGES: a Debian tree with these packages, as a tarball.
make_tree() {
	local tar=$1 version=$2 packages=$3 scratch
	scratch=$(mktemp -d "$SCRATCH/apt.XXXXXX")
	apt_sources "$version" >"$scratch/sources.list"
	apt_proxies >"$scratch/apt.conf"
	mmdebstrap --format=tar --variant=minbase --include="$packages" --aptopt="$scratch/apt.conf" \
		--dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--setup-hook='mkdir -p "$1/etc" && echo do_initrd=no >"$1/etc/kernel-img.conf"' \
		"$(suite_name "$version")" "$tar.part" "$scratch/sources.list" && mv "$tar.part" "$tar"
	local rc=$?
	rm -rf "$scratch"
	return "$rc"
}

# cached_tree KIND VERSION PACKAGES: sets TREE to the tarball, made only when nobody made it before.
cached_tree() {
	local kind=$1 version=$2 packages=$3
	TREE=$IMAGES/$kind-$version-$(digest <<<"$packages").tar
	[ ! -f "$TREE" ] || return 0
	ensure_archives
	step "Debian $version: fetching the $kind tree" "$kind-$version" make_tree "$TREE" "$version" "$packages"
}

# unpack TAR DIR
unpack() {
	mkdir -p "$2" && tar -C "$2" --numeric-owner --xattrs --xattrs-include='*' -xf "$1"
}

# newer_than VERSION: is this machine's Debian newer than that release? Then its binaries would not run there.
newer_than() {
	local here
	here=$(. /etc/os-release && say "${VERSION_ID:-0}")
	[ "${here%%.*}" -gt "$1" ]
}

# own_release: of those that images are made of, the one whose binaries are built here without a tree.
own_release() {
	if newer_than 12; then say 13; else say 12; fi
}

# stage VERSION DIR: the project as `make install` lays it out, built for that release.
stage() {
	if newer_than "$1"; then
		stage_in_tree "$1" "$2"
	else
		make -C "$BUILD" install DESTDIR="$2"
	fi
}

# stage_in_tree VERSION DIR: builds a copy of the sources inside a tree of that release.
stage_in_tree() {
	local tree
	tree=$(mktemp -d "$SCRATCH/tree.XXXXXX")
	in_tree copy_sources "$1" "$tree" 'make install DESTDIR=/stage' && mv "$tree/stage" "$2"
	local rc=$?
	rm -rf "$tree"
	return "$rc"
}

# stage_digest DIR: names the staged files by what they hold; libtool and ar put no dates in them.
stage_digest() {
	(cd "$1" && find . -type f -print0 | sort -z | xargs -0 sha256sum) | digest
}

# guest_files_digest: changes when anything that shapes the test machine does.
guest_files_digest() {
	cat "$MACHINE_TESTS"/guest/* "$MACHINE_TESTS/lib/image.bash" "$PEOPLE"/*.pub "$PEOPLE/orchestrator.pem" | digest
}

# machine_image VERSION: sets IMAGE to a folder with disk.ext4, audit.ext4, vmlinuz and known_host, made only when changed.
machine_image() {
	local version=$1 staged base
	staged=$(mktemp -d "$SCRATCH/stage.XXXXXX")
	cached_tree base "$version" "$GUEST_PACKAGES" || return
	base=$TREE
	step "Debian $version: installing the project aside" "stage-$version" stage "$version" "$staged/root" || return
	make_people
	IMAGE=$IMAGES/machine-$version-$( (basename "$base"; stage_digest "$staged/root"; guest_files_digest) | digest)
	if [ ! -f "$IMAGE/disk.ext4" ]; then
		drop_old_images "$version"
		step "Debian $version: sealing a machine image" "image-$version" make_image "$version" "$base" "$staged/root" "$IMAGE"
	fi
	local rc=$?
	rm -rf "$staged"
	return "$rc"
}

# drop_old_images VERSION: images of earlier builds; 0.8 GB each is too much to keep.
drop_old_images() {
	rm -rf "$IMAGES/machine-$1-"*
}

make_image() {
	local version=$1 base=$2 staged=$3 image=$4 tree
	tree=$(mktemp -d "$SCRATCH/tree.XXXXXX")
	unpack "$base" "$tree" && cp -a "$staged/." "$tree/" && configure_tree "$tree" && seal_tree "$tree" &&
		prove_port "$tree" && mkdir -p "$image.part" && take_boot_files "$tree" "$image.part" &&
		make_disks "$tree" "$image.part" && mv "$image.part" "$image"
	local rc=$?
	rm -rf "$tree"
	return "$rc"
}

# configure_tree TREE: the host's own part, as an image builder would write it: accounts, keys, gate.conf, network.
configure_tree() {
	local tree=$1 login
	for login in ops app; do
		chroot "$tree" useradd --create-home --shell /bin/bash "$login"
	done
	chroot "$tree" usermod --append --groups sudo ops
	for login in ops app root; do
		install_keys "$tree" "$login"
	done
	install -D -m 0644 "$PEOPLE/ca.pub" "$tree/etc/ssh/user_ca.pub"
	install -D -m 0644 "$MACHINE_TESTS/guest/sshd.conf" "$tree/etc/ssh/sshd_config.d/50-host.conf"
	install -D -m 0644 "$MACHINE_TESTS/guest/network.conf" "$tree/etc/systemd/network/50-host.network"
	install -D -m 0644 "$MACHINE_TESTS/guest/gate.conf" "$tree/etc/breakglass/gate.conf"
	trusted_signers >"$tree/etc/breakglass/trusted_signers"
	chmod 0644 "$tree/etc/breakglass/trusted_signers"
	install -m 0644 "$MACHINE_TESTS/guest/breakglass-agent.conf" "$tree/etc/breakglass/agent.conf"
	install -m 0644 "$PEOPLE/orchestrator.pem" "$tree/etc/breakglass/orchestrator.pem"
	printf 'IMAGE_ID=web\nIMAGE_VERSION=1\n' >>"$tree/usr/lib/os-release"
	install -D -m 0755 "$MACHINE_TESTS/guest/orchestrator" "$tree/etc/breakglass/sinks.d/orchestrator"
	install -D -m 0644 "$MACHINE_TESTS/guest/agent.conf" \
		"$tree/etc/systemd/system/breakglass-agent.service.d/orchestrator.conf"
	install -m 0644 "$MACHINE_TESTS/guest/fstab" "$tree/etc/fstab"
	echo web-7 >"$tree/etc/hostname"
	echo '127.0.0.1 localhost web-7' >"$tree/etc/hosts"
	: >"$tree/etc/machine-id"
	: >"$tree/etc/motd"
	rm -f "$tree/etc/resolv.conf"
	chroot "$tree" systemctl --quiet enable systemd-networkd.service
	quicken_boot "$tree"
}

# quicken_boot TREE: an emulated processor is slow; what these machines have no use for is left out of their boot.
quicken_boot() {
	chroot "$1" systemctl --quiet mask systemd-networkd-wait-online.service apt-daily.timer apt-daily-upgrade.timer \
		dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer sys-kernel-debug.mount \
		sys-kernel-tracing.mount dev-hugepages.mount dev-mqueue.mount modprobe@drm.service modprobe@efi_pstore.service \
		modprobe@fuse.service modprobe@dm_mod.service modprobe@loop.service systemd-pstore.service \
		systemd-network-generator.service systemd-modules-load.service sys-kernel-config.mount getty@tty1.service \
		kmod-static-nodes.service proc-sys-fs-binfmt_misc.automount
	install -D -m 0644 "$MACHINE_TESTS/guest/udev-trigger.conf" "$1/etc/systemd/system/systemd-udev-trigger.service.d/few.conf"
	# Nor of what a user's manager does for desktops, at every login.
	mkdir -p "$1/etc/systemd/user-generators" "$1/etc/systemd/user-environment-generators" "$1/etc/systemd/user/dbus.socket.d"
	ln -s /dev/null "$1/etc/systemd/user-generators/systemd-xdg-autostart-generator"
	ln -s /dev/null "$1/etc/systemd/user-environment-generators/30-systemd-environment-d-generator"
	printf '[Socket]\nExecStartPost=\n' >"$1/etc/systemd/user/dbus.socket.d/50-quick.conf"
	chroot "$1" systemctl --quiet --global mask ssh-agent.socket
	chroot "$1" ldconfig
	chroot "$1" journalctl --quiet --update-catalog
	# systemd remakes what it derives from /usr when these are older than it.
	touch "$1/etc/.updated" "$1/var/.updated"
}

# install_keys TREE LOGIN: both alice and mallory are known to the host, which by itself opens nothing.
install_keys() {
	local home
	home=$(awk -F: -v login="$2" '$1 == login { print $6 }' "$1/etc/passwd")
	mkdir -p "$1$home/.ssh"
	cat "$PEOPLE/alice.pub" "$PEOPLE/mallory.pub" >"$1$home/.ssh/authorized_keys"
	chmod 0700 "$1$home/.ssh"
	chmod 0600 "$1$home/.ssh/authorized_keys"
	chroot "$1" chown -R "$2:" "$home/.ssh"
}

seal_tree() {
	chroot "$1" breakglass-seal
}

# prove_port TREE: the test's own way in, so that a sealed machine can be looked into and broken from outside.
prove_port() {
	install -D -m 0755 "$MACHINE_TESTS/guest/testport" "$1/usr/local/sbin/testport"
	install -D -m 0644 "$MACHINE_TESTS/guest/testport.service" "$1/etc/systemd/system/testport.service"
	chroot "$1" systemctl --quiet enable testport.service
}

# take_boot_files TREE IMAGE: the kernel is loaded by qemu, the host key lets ssh check whom it talks to.
take_boot_files() {
	local kernel
	kernel=$(find "$1/boot" -name 'vmlinuz-*' | sort | tail -n 1)
	[ -n "$kernel" ] && mv "$kernel" "$2/vmlinuz" &&
		sed 's/^/web-7 /' "$1/etc/ssh/ssh_host_ed25519_key.pub" >"$2/known_hosts"
}

# make_disks TREE IMAGE: the audit log has a file system of its own, as it should have: a full root leaves it alone.
make_disks() {
	local megabytes inodes
	megabytes=$(($(du -sm "$1" | cut -f1) * 108 / 100 + SPARE_MEGABYTES))
	inodes=$(($(find "$1" | wc -l) + SPARE_INODES))
	mkfs.ext4 -q -F -m 0 -N "$inodes" -e remount-ro -d "$1" "$2/disk.ext4" "${megabytes}M" &&
		mkfs.ext4 -q -F -m 0 -O ^has_journal "$2/audit.ext4" 256M
}
