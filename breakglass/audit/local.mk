# SPDX-License-Identifier: BSD-2-Clause
noinst_LTLIBRARIES += libbgaudit.la
libbgaudit_la_SOURCES =
