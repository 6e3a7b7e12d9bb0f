/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "sink.h"

void sink_close(struct sink *sink) {
  if (sink->free != NULL) {
    sink->free(sink);
  }
  *sink = (struct sink){0};
}
