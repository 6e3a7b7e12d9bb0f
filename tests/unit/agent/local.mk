# SPDX-License-Identifier: BSD-2-Clause
AGENT_TEST_CPPFLAGS = $(TEST_CPPFLAGS) -I$(top_srcdir)/agent
AGENT_TEST_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
AGENT_TEST_LIBS = libbgwebhook.la $(WORKER_LIBS) $(SODIUM_LIBS) $(JANSSON_LIBS) $(CMOCKA_LIBS) \
	$(TEST_LIBS)
AGENT_UNIT_TESTS = %D%/test_agent_conf %D%/test_courier %D%/test_creds %D%/test_event_key %D%/test_horizon %D%/test_lines \
	%D%/test_queue %D%/test_round %D%/test_spool
check_PROGRAMS += $(AGENT_UNIT_TESTS)
TESTS += $(AGENT_UNIT_TESTS)
SLOW_TESTS += %D%/test_queue

%C%_test_agent_conf_SOURCES = %D%/test_agent_conf.c $(TOLD_SOURCES)
%C%_test_agent_conf_CPPFLAGS = $(AGENT_TEST_CPPFLAGS)
%C%_test_agent_conf_CFLAGS = $(AGENT_TEST_CFLAGS)
%C%_test_agent_conf_LDADD = $(AGENT_TEST_LIBS)
%C%_test_creds_SOURCES = %D%/test_creds.c agent/nats/creds.c agent/nats/creds.h
%C%_test_creds_CPPFLAGS = $(AGENT_TEST_CPPFLAGS)
%C%_test_creds_CFLAGS = $(AGENT_TEST_CFLAGS)
%C%_test_creds_LDADD = $(AGENT_TEST_LIBS)
%C%_test_event_key_SOURCES = %D%/test_event_key.c
%C%_test_event_key_CPPFLAGS = $(AGENT_TEST_CPPFLAGS)
%C%_test_event_key_CFLAGS = $(AGENT_TEST_CFLAGS)
%C%_test_event_key_LDADD = $(AGENT_TEST_LIBS)
%C%_test_lines_SOURCES = %D%/test_lines.c
%C%_test_lines_CPPFLAGS = $(AGENT_TEST_CPPFLAGS)
%C%_test_lines_CFLAGS = $(AGENT_TEST_CFLAGS)
%C%_test_lines_LDADD = $(AGENT_TEST_LIBS)
%C%_test_queue_SOURCES = %D%/test_queue.c
%C%_test_queue_CPPFLAGS = $(AGENT_TEST_CPPFLAGS)
%C%_test_queue_CFLAGS = $(AGENT_TEST_CFLAGS)
%C%_test_queue_LDADD = $(AGENT_TEST_LIBS)
HORIZON_SOURCES = agent/horizon.c agent/horizon.h agent/moment.c agent/moment.h
%C%_test_horizon_SOURCES = %D%/test_horizon.c $(HORIZON_SOURCES)
%C%_test_horizon_CPPFLAGS = $(AGENT_TEST_CPPFLAGS)
%C%_test_horizon_CFLAGS = $(AGENT_TEST_CFLAGS)
%C%_test_horizon_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=bg_event_store_head
%C%_test_horizon_LDADD = libbgcore.la $(TEST_LIBS) $(CMOCKA_LIBS) $(SODIUM_LIBS)
# What delivers.
ROUND_SOURCES = agent/cursor.c agent/cursor.h agent/round.c agent/round.h breakglass/cli/event_view.c \
	breakglass/cli/event_view.h
ROUND_LIBS = libbgservice.la libbgstate.la libbgtoken.la libbgssh.la libbgcore.la $(TEST_LIBS) $(SYSTEM_LIBS) \
	$(JANSSON_LIBS) $(CMOCKA_LIBS)
%C%_test_courier_SOURCES = %D%/test_courier.c agent/courier.c agent/courier.h $(HORIZON_SOURCES) agent/log.c \
	agent/log.h agent/sink.c agent/sink.h $(ROUND_SOURCES)
%C%_test_courier_CPPFLAGS = $(AGENT_TEST_CPPFLAGS)
%C%_test_courier_CFLAGS = $(AGENT_TEST_CFLAGS)
%C%_test_courier_LDADD = $(ROUND_LIBS)
%C%_test_round_SOURCES = %D%/test_round.c $(ROUND_SOURCES) tests/lib/test_state.c tests/lib/test_state.h
%C%_test_round_CPPFLAGS = $(AGENT_TEST_CPPFLAGS)
%C%_test_round_CFLAGS = $(AGENT_TEST_CFLAGS)
%C%_test_round_LDADD = $(ROUND_LIBS)
%C%_test_spool_SOURCES = %D%/test_spool.c agent/spool.c agent/spool.h agent/log.c agent/log.h breakglass/cli/event_view.c \
	breakglass/cli/event_view.h breakglass/cli/taint_fold.c breakglass/cli/taint_fold.h tests/lib/test_state.c \
	tests/lib/test_state.h
%C%_test_spool_CPPFLAGS = $(AGENT_TEST_CPPFLAGS)
%C%_test_spool_CFLAGS = $(AGENT_TEST_CFLAGS)
%C%_test_spool_LDADD = $(ROUND_LIBS)
