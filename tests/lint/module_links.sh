#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What the module brings into sshd, and what it shows of itself.
set -eu
: "${top_srcdir:?run by make check}" "${top_builddir:?}"
LC_ALL=C
export LC_ALL
module=$top_builddir/pam_module/.libs/pam_breakglass.so
bad=0

fail() {
  echo "$*"
  bad=1
}

for library in $(readelf -d "$module" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'); do
  case $library in
    libpam.so.0 | libsodium.so.* | libaudit.so.1 | libc.so.6 | ld-linux*) ;;
    *) fail "links $library" ;;
  esac
done

# The loaded closure: libaudit brings libcap-ng, libpam brings libaudit.
for library in $(ldd "$module" | awk '{ print $1 }'); do
  case ${library##*/} in
    libpam.so.0 | libsodium.so.* | libaudit.so.1 | libcap-ng.so.0 | libc.so.6 | ld-linux* | linux-vdso*) ;;
    *) fail "loads $library" ;;
  esac
done

exports=$(nm -D --defined-only "$module" | awk '{ print $3 }' | sort | tr '\n' ' ')
expected="pam_sm_acct_mgmt pam_sm_authenticate pam_sm_chauthtok pam_sm_close_session pam_sm_open_session pam_sm_setcred "
[ "$exports" = "$expected" ] || fail "exports: $exports"

# No child, signal, timer, thread or resolver of its own, no environment, no regular expression.
for symbol in $(nm -D --undefined-only "$module" | awk '{ sub(/@.*/, "", $2); print $2 }'); do
  case $symbol in
    fork | vfork | clone* | exec* | fexecve | posix_spawn* | system | popen | daemon | \
      signal | sig* | bsd_signal | kill | tgkill | raise | alarm | ualarm | setitimer | timer_* | timerfd_* | \
      pthread_* | thrd_* | getaddrinfo | getnameinfo | gethost* | getserv* | res_* | __res_* | \
      getenv | secure_getenv | setenv | putenv | dlopen | exit | _exit | abort | reg*)
      fail "imports $symbol"
      ;;
  esac
done

flags=$(readelf -d "$module" | sed -n 's/.*(FLAGS_1).*Flags: //p')
case " $flags " in
  *" NOW "*NODELETE*) ;;
  *) fail "dynamic flags: $flags" ;;
esac

# No signing code.
if nm "$module" | grep -E ' (bg_mint|bg_cosign|bg_signing_key|crypto_sign_detached|crypto_sign_ed25519_detached)'; then
  fail "contains signing code"
fi
exit $bad
