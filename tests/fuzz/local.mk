# SPDX-License-Identifier: BSD-2-Clause
# Each fuzz_NAME.c defines LLVMFuzzerTestOneInput() for corpus/NAME/. In make
# check the corpus is replayed by an ordinary program; with --enable-fuzzers
# (clang) the same files become libFuzzer targets.
FUZZERS_ALL = %D%/fuzz_ask %D%/fuzz_auth_info %D%/fuzz_call %D%/fuzz_cbor %D%/fuzz_gate_conf \
	%D%/fuzz_grant %D%/fuzz_note %D%/fuzz_revocations %D%/fuzz_signer_conf %D%/fuzz_sshsig \
	%D%/fuzz_token %D%/fuzz_trusted_signers
FUZZ_LIBS = $(GATE_LIBS) $(TEST_LIBS) $(SYSTEM_LIBS)
EXTRA_DIST += %D%/corpus

if FUZZERS
FUZZ_DRIVER =
FUZZ_LINK = $(AM_LDFLAGS) -fsanitize=fuzzer
EXTRA_PROGRAMS += $(FUZZERS_ALL)
fuzzers: $(FUZZERS_ALL)
else
FUZZ_DRIVER = %D%/replay.c
FUZZ_LINK = $(AM_LDFLAGS)
check_PROGRAMS += $(FUZZERS_ALL)
TESTS += $(FUZZERS_ALL)
endif

%C%_fuzz_ask_SOURCES = %D%/fuzz_ask.c $(FUZZ_DRIVER)
%C%_fuzz_ask_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_fuzz_ask_LDFLAGS = $(FUZZ_LINK)
%C%_fuzz_ask_LDADD = $(SERVICE_LIBS) $(FUZZ_LIBS) $(JANSSON_LIBS)
%C%_fuzz_auth_info_SOURCES = %D%/fuzz_auth_info.c $(FUZZ_DRIVER)
%C%_fuzz_auth_info_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_fuzz_auth_info_LDFLAGS = $(FUZZ_LINK)
%C%_fuzz_auth_info_LDADD = $(FUZZ_LIBS)
%C%_fuzz_call_SOURCES = %D%/fuzz_call.c $(FUZZ_DRIVER)
%C%_fuzz_call_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_fuzz_call_LDFLAGS = $(FUZZ_LINK)
%C%_fuzz_call_LDADD = $(SERVICE_LIBS) $(FUZZ_LIBS) $(JANSSON_LIBS)
%C%_fuzz_cbor_SOURCES = %D%/fuzz_cbor.c $(FUZZ_DRIVER)
%C%_fuzz_cbor_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_fuzz_cbor_LDFLAGS = $(FUZZ_LINK)
%C%_fuzz_cbor_LDADD = $(FUZZ_LIBS) $(LIBCBOR_LIBS)
%C%_fuzz_gate_conf_SOURCES = %D%/fuzz_gate_conf.c $(FUZZ_DRIVER)
%C%_fuzz_gate_conf_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_fuzz_gate_conf_LDFLAGS = $(FUZZ_LINK)
%C%_fuzz_gate_conf_LDADD = $(FUZZ_LIBS)
%C%_fuzz_grant_SOURCES = %D%/fuzz_grant.c $(FUZZ_DRIVER)
%C%_fuzz_grant_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_fuzz_grant_LDFLAGS = $(FUZZ_LINK)
%C%_fuzz_grant_LDADD = $(FUZZ_LIBS)
%C%_fuzz_note_SOURCES = %D%/fuzz_note.c tests/lib/test_token.c tests/lib/test_token.h $(FUZZ_DRIVER)
%C%_fuzz_note_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_fuzz_note_LDFLAGS = $(FUZZ_LINK)
%C%_fuzz_note_LDADD = libbgservice.la $(FUZZ_LIBS) $(JANSSON_LIBS)
%C%_fuzz_revocations_SOURCES = %D%/fuzz_revocations.c $(FUZZ_DRIVER)
%C%_fuzz_revocations_CPPFLAGS = $(TEST_CPPFLAGS) -I$(top_srcdir)
%C%_fuzz_revocations_LDFLAGS = $(FUZZ_LINK)
%C%_fuzz_revocations_LDADD = $(FUZZ_LIBS)
%C%_fuzz_signer_conf_SOURCES = %D%/fuzz_signer_conf.c $(FUZZ_DRIVER)
%C%_fuzz_signer_conf_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_fuzz_signer_conf_LDFLAGS = $(FUZZ_LINK)
%C%_fuzz_signer_conf_LDADD = libbgissuing.la $(FUZZ_LIBS)
%C%_fuzz_sshsig_SOURCES = %D%/fuzz_sshsig.c $(FUZZ_DRIVER)
%C%_fuzz_sshsig_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_fuzz_sshsig_LDFLAGS = $(FUZZ_LINK)
%C%_fuzz_sshsig_LDADD = $(FUZZ_LIBS)
%C%_fuzz_token_SOURCES = %D%/fuzz_token.c $(FUZZ_DRIVER)
%C%_fuzz_token_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_fuzz_token_LDFLAGS = $(FUZZ_LINK)
%C%_fuzz_token_LDADD = $(FUZZ_LIBS)
%C%_fuzz_trusted_signers_SOURCES = %D%/fuzz_trusted_signers.c $(FUZZ_DRIVER)
%C%_fuzz_trusted_signers_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_fuzz_trusted_signers_LDFLAGS = $(FUZZ_LINK)
%C%_fuzz_trusted_signers_LDADD = $(FUZZ_LIBS)
