# SPDX-License-Identifier: BSD-2-Clause
noinst_LTLIBRARIES += libbgmint.la
libbgmint_la_SOURCES =
