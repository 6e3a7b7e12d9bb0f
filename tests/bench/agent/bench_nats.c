/* SPDX-License-Identifier: BSD-2-Clause */
/* What it costs bare to have JetStream keep events, by libnats in this process:
 *
 *   bench_nats one PORT SUBJECT COUNT BYTES    one after the other; prints the us of each
 *   bench_nats many PORT SUBJECT COUNT BYTES   as many at once as there is room for; prints how
 * many a second */
#include <config.h>

#include <nats/nats.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../timing.h"

#define BYTES_MAX 8192
#define AT_ONCE 256

static void check_nats(natsStatus status, const char *what) {
  if (status != NATS_OK) {
    (void)fprintf(stderr, "%s: %s\n", what, natsStatus_GetText(status));
    exit(1);
  }
}

static void one_by_one(jsCtx *stream, const char *subject, unsigned count, int bytes) {
  char text[BYTES_MAX];
  memset(text, 'x', sizeof text);
  for (unsigned i = 0; i < count; i++) {
    const double begin = now_us();
    check_nats(js_Publish(NULL, stream, subject, text, bytes, NULL, NULL), "publish");
    printf("%.0f\n", now_us() - begin);
  }
}

static void at_once(jsCtx *stream, const char *subject, unsigned count, int bytes) {
  char text[BYTES_MAX];
  const double begin = now_us();
  memset(text, 'x', sizeof text);
  for (unsigned i = 0; i < count; i++) {
    check_nats(js_PublishAsync(stream, subject, text, bytes, NULL), "publish");
  }
  check_nats(js_PublishAsyncComplete(stream, NULL), "acknowledgements");
  printf("%.0f\n", count / (now_us() - begin) * 1e6);
}

int main(int argc, char **argv) {
  if (argc != 6) {
    return 2;
  }
  char url[64];
  natsOptions *options = NULL;
  natsConnection *connection = NULL;
  jsCtx *stream = NULL;
  jsOptions manner;
  const unsigned count = (unsigned)strtoul(argv[4], NULL, 10);
  const int bytes = (int)strtol(argv[5], NULL, 10);
  (void)snprintf(url, sizeof url, "nats://127.0.0.1:%s", argv[2]);
  check_nats(natsOptions_Create(&options), "options");
  check_nats(natsOptions_SetURL(options, url), url);
  check_nats(natsOptions_SetSendAsap(options, true), "options"); /* as the worker does */
  check_nats(natsConnection_Connect(&connection, options), url);
  check_nats(jsOptions_Init(&manner), "options");
  manner.PublishAsync.MaxPending = AT_ONCE;
  check_nats(natsConnection_JetStream(&stream, connection, &manner), "JetStream");
  (strcmp(argv[1], "one") == 0 ? one_by_one : at_once)(stream, argv[3], count,
                                                       bytes < BYTES_MAX ? bytes : BYTES_MAX);
  jsCtx_Destroy(stream);
  natsConnection_Destroy(connection);
  natsOptions_Destroy(options);
  nats_Close();
  return 0;
}
