/* SPDX-License-Identifier: BSD-2-Clause */
/* A finding as policy check and status give it to programs: an object of "kind", "file",
 * "line" and "text". Names that are not UTF-8 are made so. */
#ifndef BREAKGLASS_CLI_FINDING_JSON_H
#define BREAKGLASS_CLI_FINDING_JSON_H

#include <jansson.h>

#include "breakglass/json.h"
#include "policy_report.h"

void finding_put(struct bg_json *json, const struct policy_problem *problem);

/* The same as a value of its own, to be freed; NULL without memory. */
json_t *finding_object(const struct policy_problem *problem);

#endif
