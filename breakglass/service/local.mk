# SPDX-License-Identifier: BSD-2-Clause
noinst_LTLIBRARIES += libbgservice.la
libbgservice_la_SOURCES = \
	%D%/chain.c \
	include/breakglass/chain.h
