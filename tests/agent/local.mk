# SPDX-License-Identifier: BSD-2-Clause
# The agent on a host in a folder; needs python3 as a stand-in for the journal.
AGENT_TESTS = %D%/deliver.bats %D%/run.bats
TESTS += $(AGENT_TESTS)
SLOW_TESTS += %D%/run.bats
EXTRA_DIST += $(AGENT_TESTS) %D%/sinks.bash
