/* SPDX-License-Identifier: BSD-2-Clause */
/* What every event of a boot says of its host, read once a boot. */
#ifndef BREAKGLASS_STATE_HOST_FACTS_H
#define BREAKGLASS_STATE_HOST_FACTS_H

#include "breakglass/host_clock.h"

#define BG_FACT_SIZE 129

enum bg_image_fact {
  BG_IMAGE_OS,
  BG_IMAGE_OS_VERSION,
  BG_IMAGE_ID,
  BG_IMAGE_VERSION,
  BG_IMAGE_FACTS
};

/* Each empty if the host does not say. */
struct bg_host_facts {
  char machine_id[BG_FACT_SIZE];
  char boot_id[BG_BOOT_ID_SIZE];
  char image[BG_IMAGE_FACTS]
            [BG_FACT_SIZE]; /* ID, VERSION_ID, IMAGE_ID, IMAGE_VERSION of os-release(5) */
};

void bg_host_facts_read(struct bg_host_facts *ret_facts);

#endif
