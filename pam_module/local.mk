# SPDX-License-Identifier: BSD-2-Clause
MODULE_SOURCES = %D%/conversation.c %D%/conversation.h %D%/pam_breakglass.c
MODULE_LDFLAGS = $(AM_LDFLAGS) $(BG_MODULE_LDFLAGS) -module -avoid-version -shared -no-undefined
MODULE_LIBS = $(GATE_LIBS) $(PAM_LIBS) $(SYSTEM_LIBS)

securelib_LTLIBRARIES += %D%/pam_breakglass.la
%C%_pam_breakglass_la_SOURCES = $(MODULE_SOURCES)
%C%_pam_breakglass_la_LDFLAGS = $(MODULE_LDFLAGS)
%C%_pam_breakglass_la_LIBADD = $(MODULE_LIBS) libbgpaths.la

# PAM wants the module alone in its folder.
install-data-hook:
	rm -f '$(DESTDIR)$(securelibdir)/pam_breakglass.la'
uninstall-hook:
	rm -f '$(DESTDIR)$(securelibdir)/pam_breakglass.so'
