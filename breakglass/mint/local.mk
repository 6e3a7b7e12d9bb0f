# SPDX-License-Identifier: BSD-2-Clause
noinst_LTLIBRARIES += libbgmint.la
libbgmint_la_SOURCES = \
	%D%/agent.c \
	%D%/certify.c \
	%D%/key_file.c \
	%D%/mint.c \
	%D%/revocations.c \
	%D%/secret.c \
	%D%/signing_key.c \
	%D%/signing_key.h \
	%D%/sshsig.c \
	include/breakglass/mint.h
