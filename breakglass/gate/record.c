/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "gate_internal.h"

enum bg_error gate_record(int audit, const char *operation, const struct bg_session *session,
                          uint32_t audit_session) {
  struct bg_audit_record record = {
      .operation = operation,
      .success = true,
      .login = session->login,
      .service = session->service,
      .source = session->source,
      .session = session,
      .audit_session = audit_session,
  };
  return bg_audit_write(audit, &record);
}
