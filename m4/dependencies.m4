# SPDX-License-Identifier: BSD-2-Clause
# Each library's reason stands in docs/ARCHITECTURE.md.
AC_DEFUN([BG_DEPENDENCIES], [
  PKG_CHECK_MODULES([SODIUM], [libsodium >= 1.0.18])
  PKG_CHECK_MODULES([AUDIT], [audit >= 3.0])
  PKG_CHECK_MODULES([JANSSON], [jansson >= 2.13])
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
