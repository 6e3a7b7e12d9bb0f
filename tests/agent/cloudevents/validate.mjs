// SPDX-License-Identifier: BSD-2-Clause
// validate.mjs: each line of standard input is a request, {"headers", "body"}, as a receiver of the webhook got it. The
// maintainers' own library has to take it for an event, whole and strictly valid; its type is printed.
import { createInterface } from "node:readline";
import { CloudEvent, HTTP } from "cloudevents";

for await (const line of createInterface({ input: process.stdin })) {
  const event = HTTP.toEvent(JSON.parse(line));
  if (!(event instanceof CloudEvent) || !event.validate() || event.data.number === undefined) {
    throw new Error(`no event: ${line}`);
  }
  console.log(event.type);
}
