# SPDX-License-Identifier: BSD-2-Clause
noinst_LTLIBRARIES += libbgtoken.la
libbgtoken_la_SOURCES =
