# SPDX-License-Identifier: BSD-2-Clause
noinst_LTLIBRARIES += libbgssh.la
libbgssh_la_SOURCES = \
	%D%/auth_info.c \
	%D%/certificate.c \
	%D%/fields.c \
	%D%/fields.h \
	%D%/ssh_key.c \
	%D%/ssh_key_text.c \
	%D%/ssh_wire.c \
	%D%/sshsig.c \
	%D%/trusted_line.c \
	%D%/trusted_line.h \
	%D%/trusted_rules.c \
	%D%/trusted_rules.h \
	%D%/trusted_signers.c \
	include/breakglass/auth_info.h \
	include/breakglass/certificate.h \
	include/breakglass/ssh_key.h \
	include/breakglass/sshsig.h \
	include/breakglass/trusted_signers.h
