# SPDX-License-Identifier: BSD-2-Clause
# Warnings, hardening and sanitizers: BG_CFLAGS and BG_LDFLAGS for every target.
AC_DEFUN([BG_COMPILER_FLAGS], [
  AC_ARG_ENABLE([werror],
    AS_HELP_STRING([--enable-werror], [make warnings errors, as CI does]))
  AC_ARG_ENABLE([sanitizers],
    AS_HELP_STRING([--enable-sanitizers], [build with AddressSanitizer and UBSan]))

  AX_APPEND_COMPILE_FLAGS([-std=c11 -Wall -Wextra -Wconversion -Wshadow -Wvla \
    -Wformat=2 -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wundef \
    -Wwrite-strings -Wcast-qual -Wno-missing-field-initializers \
    -fvisibility=hidden -fstack-protector-strong -fstack-clash-protection \
    -ffunction-sections -fdata-sections], [BG_CFLAGS], [-Werror])
  AS_IF([test "x$enable_werror" = xyes], [AX_APPEND_COMPILE_FLAGS([-Werror], [BG_CFLAGS])])
  AX_APPEND_LINK_FLAGS([-Wl,-z,relro -Wl,-z,now -Wl,--as-needed -Wl,--gc-sections], [BG_LDFLAGS])
  BG_PIE_LDFLAGS=-pie
  # The module is mapped anew in each login: two mappings fewer.
  # Nor is it unmapped by pam_end(): nothing can point to code that is gone, and a
  # process with many transactions loads it once.
  AX_APPEND_LINK_FLAGS([-Wl,-z,noseparate-code -Wl,-z,nodelete], [BG_MODULE_LDFLAGS])

  AS_IF([test "x$enable_sanitizers" = xyes], [
    BG_CFLAGS="$BG_CFLAGS -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer"
    BG_LDFLAGS="$BG_LDFLAGS -fsanitize=address,undefined"
  ], [
    # Fortification needs optimisation, and hides bugs from the sanitizers.
    BG_CPPFLAGS="-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2"
  ])
  AM_CONDITIONAL([SANITIZERS], [test "x$enable_sanitizers" = xyes])
  AC_SUBST([BG_CFLAGS])
  AC_SUBST([BG_CPPFLAGS])
  AC_SUBST([BG_LDFLAGS])
  AC_SUBST([BG_PIE_LDFLAGS])
  AC_SUBST([BG_MODULE_LDFLAGS])
])

# The clock can never be before the software's own build: the floor of the
# high-water mark. SOURCE_DATE_EPOCH keeps builds reproducible.
AC_DEFUN([BG_CLOCK_FLOOR], [
  AC_DEFINE_UNQUOTED([BG_BUILD_TIME], [${SOURCE_DATE_EPOCH:-$(date +%s)}],
    [When this was configured, Unix seconds])
])

AC_DEFUN([BG_SECUREDIR], [
  AC_ARG_WITH([securedir],
    AS_HELP_STRING([--with-securedir=DIR], [where PAM looks for modules @<:@LIBDIR/security@:>@]),
    [securedir=$withval], [securedir='${libdir}/security'])
  AC_SUBST([securedir])
])

AC_DEFUN([BG_FUZZERS], [
  AC_ARG_ENABLE([fuzzers],
    AS_HELP_STRING([--enable-fuzzers], [build the libFuzzer targets (clang)]))
  AM_CONDITIONAL([FUZZERS], [test "x$enable_fuzzers" = xyes])
  AS_IF([test "x$enable_fuzzers" = xyes], [BG_CFLAGS="$BG_CFLAGS -fsanitize=fuzzer-no-link"])
])
