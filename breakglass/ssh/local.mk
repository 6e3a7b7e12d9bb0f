# SPDX-License-Identifier: BSD-2-Clause
noinst_LTLIBRARIES += libbgssh.la
libbgssh_la_SOURCES =
