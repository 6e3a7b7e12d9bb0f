# SPDX-License-Identifier: BSD-2-Clause
# The workers of the network sinks on a host in a folder.
check_PROGRAMS += %D%/breakglass-webhook %D%/breakglass-nats
%C%_breakglass_webhook_SOURCES = $(WEBHOOK_SOURCES)
%C%_breakglass_webhook_CFLAGS = $(AM_CFLAGS) $(CURL_CFLAGS)
%C%_breakglass_webhook_LDADD = $(WEBHOOK_LIBS) $(TEST_LIBS)
%C%_breakglass_nats_SOURCES = $(NATS_SOURCES)
%C%_breakglass_nats_CFLAGS = $(AM_CFLAGS) $(NATS_CFLAGS)
%C%_breakglass_nats_LDADD = $(NATS_WORKER_LIBS) $(TEST_LIBS)

# Need python3 and openssl; certtool for what goes over TLS, and a NATS server.
AGENT_TESTS = %D%/nats.bats %D%/webhook.bats
TESTS += $(AGENT_TESTS)
SLOW_TESTS += $(AGENT_TESTS)
EXTRA_DIST += $(AGENT_TESTS) %D%/agent.bash %D%/stream.py %D%/worker.py
