# SPDX-License-Identifier: BSD-2-Clause
# GNU make's: which of the tests make check runs. Automake has to know all of them.
ifeq ($(SLOW),)
TESTS := $(filter-out $(SLOW_TESTS),$(TESTS))
else
TESTS := $(SLOW_TESTS)
endif

# They share nothing: without -j as many run at once as there are processors.
check-am: AM_MAKEFLAGS += $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(shell nproc))
