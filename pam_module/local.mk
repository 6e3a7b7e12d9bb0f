# SPDX-License-Identifier: BSD-2-Clause
securelib_LTLIBRARIES += %D%/pam_breakglass.la
%C%_pam_breakglass_la_SOURCES = %D%/pam_breakglass.c
