# SPDX-License-Identifier: BSD-2-Clause
noinst_LTLIBRARIES += libbgpolicy.la
libbgpolicy_la_SOURCES =
