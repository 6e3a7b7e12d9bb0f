# SPDX-License-Identifier: BSD-2-Clause
noinst_LTLIBRARIES += libbggate.la
libbggate_la_SOURCES =
