# SPDX-License-Identifier: BSD-2-Clause
# Each library's reason stands in docs/ARCHITECTURE.md.
AC_DEFUN([BG_DEPENDENCIES], [
  PKG_CHECK_MODULES([SODIUM], [libsodium >= 1.0.18])
  PKG_CHECK_MODULES([AUDIT], [audit >= 3.0])
  PKG_CHECK_MODULES([JANSSON], [jansson >= 2.13])
  # The signing service, and the command line's half that speaks to it.
  PKG_CHECK_MODULES([MICROHTTPD], [libmicrohttpd >= 0.9.75])
  PKG_CHECK_MODULES([GNUTLS], [gnutls >= 3.7])
  PKG_CHECK_MODULES([SQLITE], [sqlite3 >= 3.40])
  PKG_CHECK_MODULES([PQ], [libpq >= 15])
  PKG_CHECK_MODULES([CURL], [libcurl >= 7.88])
  PKG_CHECK_MODULES([NATS], [libnats >= 3.4])
  PKG_CHECK_MODULES([SYSTEMD], [libsystemd >= 252])
  AC_CHECK_HEADER([security/pam_modules.h], [], [AC_MSG_ERROR([libpam's headers are missing (libpam0g-dev)])])
  AC_CHECK_LIB([pam], [pam_start], [PAM_LIBS=-lpam], [AC_MSG_ERROR([libpam is missing (libpam0g-dev)])])
  AC_SUBST([PAM_LIBS])
  AC_CHECK_LIB([pam], [pam_start_confdir], [:], [AC_MSG_ERROR([libpam is older than 1.4])])

  # Tests only.
  PKG_CHECK_MODULES([CMOCKA], [cmocka >= 1.1], [have_cmocka=yes], [have_cmocka=no])
  PKG_CHECK_MODULES([LIBCBOR], [libcbor], [have_libcbor=yes], [have_libcbor=no])
  AC_CHECK_PROG([BATS], [bats], [bats])
  AM_CONDITIONAL([TESTS_POSSIBLE], [test "$have_cmocka$have_libcbor$BATS" = yesyesbats])
  AM_COND_IF([TESTS_POSSIBLE], [],
    [AC_MSG_WARN([make check needs cmocka, libcbor and bats (libcmocka-dev, libcbor-dev, bats)])])
])
