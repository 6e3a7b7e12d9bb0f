# SPDX-License-Identifier: BSD-2-Clause
noinst_LTLIBRARIES += libbgstate.la
libbgstate_la_SOURCES =
