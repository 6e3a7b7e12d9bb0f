# SPDX-License-Identifier: BSD-2-Clause
noinst_LTLIBRARIES += libbgtoken.la
libbgtoken_la_SOURCES = \
	%D%/claims_decode.c \
	%D%/claims_encode.c \
	%D%/cose.h \
	%D%/level.c \
	%D%/message_decode.c \
	%D%/message_encode.c \
	%D%/revocations_decode.c \
	%D%/revocations_encode.c \
	%D%/revocations_judge.c \
	%D%/revocations_parts.h \
	%D%/revoked_key.c \
	%D%/signature.c \
	%D%/verify.c \
	%D%/verify_claims.c \
	%D%/verify_parts.h \
	%D%/verify_signatures.c \
	%D%/wire.h \
	include/breakglass/revocations.h \
	include/breakglass/token.h \
	include/breakglass/verify.h
