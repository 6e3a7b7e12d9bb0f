# SPDX-License-Identifier: BSD-2-Clause
check_PROGRAMS += %D%/test_auditd_disk %D%/test_record
TESTS += %D%/test_auditd_disk %D%/test_record
%C%_test_auditd_disk_SOURCES = %D%/test_auditd_disk.c
%C%_test_auditd_disk_CPPFLAGS = $(TEST_CPPFLAGS) -I$(top_srcdir)
%C%_test_auditd_disk_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_auditd_disk_LDADD = $(GATE_LIBS) $(TEST_LIBS) $(SYSTEM_LIBS) $(CMOCKA_LIBS)
# The record as the kernel would get it: libaudit's last call is wrapped.
%C%_test_record_SOURCES = %D%/test_record.c
%C%_test_record_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_record_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
%C%_test_record_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=audit_log_user_message
%C%_test_record_LDADD = $(GATE_LIBS) $(TEST_LIBS) $(SYSTEM_LIBS) $(CMOCKA_LIBS)
