# SPDX-License-Identifier: BSD-2-Clause
# The agent on a host in a folder; needs python3 as a stand-in for the journal.
AGENT_TESTS = %D%/deliver.bats %D%/lifetime.bats %D%/metrics.bats %D%/run.bats %D%/warden.bats
TESTS += $(AGENT_TESTS)
SLOW_TESTS += %D%/deliver.bats %D%/lifetime.bats %D%/metrics.bats %D%/run.bats %D%/warden.bats
EXTRA_DIST += $(AGENT_TESTS) %D%/metrics.py %D%/sinks.bash

check_PROGRAMS += %D%/test_sink_worker
TESTS += %D%/test_sink_worker
%C%_test_sink_worker_SOURCES = %D%/test_sink_worker.c agent/sink.c agent/sink.h agent/sink_worker.c
%C%_test_sink_worker_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_sink_worker_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_sink_worker_LDADD = libbgprogram.la libbgcore.la $(TEST_LIBS) $(SODIUM_LIBS) $(CMOCKA_LIBS)

# Sessions for the agent to end, and lists that take tokens back.
check_PROGRAMS += %D%/hold_session %D%/take_back
%C%_hold_session_SOURCES = %D%/hold_session.c tests/lib/test_state.c tests/lib/test_state.h
%C%_hold_session_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_hold_session_LDADD = tests/pam/libfakeaudit.la $(GATE_LIBS) $(TEST_LIBS) $(SYSTEM_LIBS)
%C%_take_back_SOURCES = %D%/take_back.c tests/lib/test_revocations.c tests/lib/test_revocations.h \
	tests/lib/test_token.c tests/lib/test_token.h
%C%_take_back_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_take_back_LDADD = $(MINT_LIBS) $(GATE_LIBS) $(TEST_LIBS) $(SYSTEM_LIBS)

# The workers of the network sinks on a host in a folder.
check_PROGRAMS += %D%/breakglass-webhook %D%/breakglass-nats
%C%_breakglass_webhook_SOURCES = $(WEBHOOK_SOURCES)
%C%_breakglass_webhook_CFLAGS = $(AM_CFLAGS) $(CURL_CFLAGS)
%C%_breakglass_webhook_LDADD = $(WEBHOOK_LIBS) $(TEST_LIBS)
%C%_breakglass_nats_SOURCES = $(NATS_SOURCES)
%C%_breakglass_nats_CFLAGS = $(AM_CFLAGS) $(NATS_CFLAGS)
%C%_breakglass_nats_LDADD = $(NATS_WORKER_LIBS) $(TEST_LIBS)

# Need python3 and openssl; certtool for what goes over TLS, a NATS server, and npm.
WORKER_TESTS = %D%/ack.bats %D%/cloudevents.bats %D%/nats.bats %D%/network.bats %D%/revocations.bats %D%/webhook.bats
TESTS += $(WORKER_TESTS)
SLOW_TESTS += $(WORKER_TESTS)
EXTRA_DIST += $(WORKER_TESTS) %D%/cloudevents/package.json %D%/cloudevents/package-lock.json \
	%D%/cloudevents/validate.mjs %D%/agent.bash %D%/start-nats %D%/start-remote \
	%D%/start-webhook %D%/stream.py %D%/worker.py

# The agent behind the gate.
check_PROGRAMS += %D%/log_in
%C%_log_in_SOURCES = %D%/log_in.c
%C%_log_in_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_log_in_LDADD = $(PAM_TEST_LDADD)
