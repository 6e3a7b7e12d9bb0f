# SPDX-License-Identifier: BSD-2-Clause
SIGNER_SOURCES = \
	%D%/check.c \
	%D%/explain.c \
	%D%/explain_options.c \
	%D%/explain_options.h \
	%D%/main.c \
	%D%/serve.c \
	%D%/signer.h \
	breakglass/cli/cli.c \
	breakglass/cli/cli.h \
	breakglass/cli/print.c \
	breakglass/cli/print.h \
	breakglass/cli/token_options.c \
	breakglass/cli/token_options.h
SIGNER_LIBS = libbgdesk.la libbglease.la libbgwebhook.la libbgprogram.la libbgservice.la libbgissuing.la \
	libbgledger.la $(MINT_LIBS) libbgpolicy.la libbgtoken.la libbgssh.la $(HTTP_LIBS) \
	$(SQLITE_LIBS) $(PQ_LIBS) $(CURL_LIBS) $(JANSSON_LIBS)

sbin_PROGRAMS += %D%/breakglass-signer
%C%_breakglass_signer_SOURCES = $(SIGNER_SOURCES)
%C%_breakglass_signer_CFLAGS = $(AM_CFLAGS) -fPIE
%C%_breakglass_signer_LDFLAGS = $(AM_LDFLAGS) $(BG_PIE_LDFLAGS)
%C%_breakglass_signer_LDADD = $(SIGNER_LIBS) libbgpaths.la
