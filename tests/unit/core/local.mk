# SPDX-License-Identifier: BSD-2-Clause
CORE_TESTS = %D%/test_buf %D%/test_cbor %D%/test_file %D%/test_file_blank \
	%D%/test_host_clock %D%/test_json %D%/test_text %D%/test_time
check_PROGRAMS += $(CORE_TESTS)
TESTS += $(CORE_TESTS)

%C%_test_buf_SOURCES = %D%/test_buf.c
%C%_test_buf_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_buf_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_buf_LDADD = libbgcore.la $(CMOCKA_LIBS)
%C%_test_cbor_SOURCES = %D%/test_cbor.c %D%/same_cbor.h
%C%_test_cbor_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_cbor_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(LIBCBOR_CFLAGS)
%C%_test_cbor_LDADD = libbgcore.la $(CMOCKA_LIBS) $(LIBCBOR_LIBS)
%C%_test_file_SOURCES = %D%/test_file.c
%C%_test_file_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_file_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_file_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=fsync
%C%_test_file_LDADD = libbgcore.la $(TEST_LIBS) $(CMOCKA_LIBS)
%C%_test_file_blank_SOURCES = %D%/test_file_blank.c
%C%_test_file_blank_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_file_blank_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_file_blank_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=fsync,--wrap=fdatasync,--wrap=pwrite
%C%_test_file_blank_LDADD = libbgcore.la $(TEST_LIBS) $(CMOCKA_LIBS)
%C%_test_host_clock_SOURCES = %D%/test_host_clock.c
%C%_test_host_clock_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_host_clock_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_host_clock_LDADD = libbgcore.la $(TEST_LIBS) $(CMOCKA_LIBS)
%C%_test_json_SOURCES = %D%/test_json.c
%C%_test_json_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_json_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_json_LDADD = libbgcore.la $(SODIUM_LIBS) $(CMOCKA_LIBS) $(JANSSON_LIBS)
%C%_test_text_SOURCES = %D%/test_text.c
%C%_test_text_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_text_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_text_LDADD = libbgcore.la $(SODIUM_LIBS) $(CMOCKA_LIBS)
%C%_test_time_SOURCES = %D%/test_time.c
%C%_test_time_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_time_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_time_LDADD = libbgcore.la $(CMOCKA_LIBS)
