# SPDX-License-Identifier: BSD-2-Clause
WEBHOOK_SOURCES = %D%/main.c
WEBHOOK_LIBS = libbgwebhook.la $(WORKER_LIBS) $(SODIUM_LIBS) $(JANSSON_LIBS) $(CURL_LIBS)

pkglibexec_PROGRAMS += %D%/breakglass-webhook
%C%_breakglass_webhook_SOURCES = $(WEBHOOK_SOURCES)
%C%_breakglass_webhook_CFLAGS = $(AM_CFLAGS) $(CURL_CFLAGS) -fPIE
%C%_breakglass_webhook_LDFLAGS = $(AM_LDFLAGS) $(BG_PIE_LDFLAGS)
%C%_breakglass_webhook_LDADD = $(WEBHOOK_LIBS) libbgpaths.la
