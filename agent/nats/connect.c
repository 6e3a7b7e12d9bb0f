/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "creds.h"

#define CONNECT_MS 4500 /* for all addresses of a name; the watcher's bound is 5000 */
#define CALL_MS 4000

/* "(FILE:LINE): " is for those who know libnats' source. */
static const char *without_place(const char *text) {
  const char *end = text != NULL && text[0] == '(' ? strstr(text, "): ") : NULL;
  return end != NULL ? end + 3 : text;
}

void connection_explain(natsStatus status, char ret_reason[static WORKER_REASON_SIZE]) {
  const char *last = without_place(nats_GetLastError(NULL));
  const char *text = status == NATS_TIMEOUT            ? WORKER_TIMED_OUT
                     : last != NULL && last[0] != '\0' ? last
                                                       : natsStatus_GetText(status);
  bg_text_fit(WORKER_REASON_SIZE, ret_reason, text);
}

static natsStatus pass_jwt(char **ret_jwt, char **ret_problem, void *context) {
  const struct creds *creds = context;
  (void)ret_problem;
  *ret_jwt = strdup(creds->jwt);
  return *ret_jwt != NULL ? NATS_OK : NATS_NO_MEMORY;
}

static natsStatus sign(char **ret_problem, unsigned char **ret_signature, int *ret_len,
                       const char *nonce, void *context) {
  const struct creds *creds = context;
  (void)ret_problem;
  return nats_Sign(creds->seed, nonce, ret_signature, ret_len);
}

/* libnats takes files beside the system's: it asks OpenSSL for the latter, which can be told where
 * they are. */
void connection_set_trust(const struct bg_agent_conf *conf) {
  if (conf->nats.ca[0] != '\0') {
    (void)setenv("SSL_CERT_FILE", conf->nats.ca, 1);
    (void)setenv("SSL_CERT_DIR", "/dev/null", 1);
  } else {
    (void)unsetenv("SSL_CERT_FILE");
    (void)unsetenv("SSL_CERT_DIR");
  }
}

static natsStatus set_tls(natsOptions *options, const struct bg_agent_conf *conf) {
  if (strncmp(conf->nats.url, "tls://", 6) != 0) {
    return NATS_OK;
  }
  natsStatus status = natsOptions_SetSecure(options, true);
  if (status == NATS_OK) {
    status = natsOptions_SkipServerVerification(options, false);
  }
  if (status == NATS_OK) {
    status = natsOptions_SetExpectedHostname(options, conf->nats.host);
  }
  if (status == NATS_OK && conf->nats.ca[0] != '\0') { /* says what is wrong with it */
    status = natsOptions_LoadCATrustedCertificates(options, conf->nats.ca);
  }
  return status;
}

static natsStatus set_calls(natsOptions *options, const struct connection_calls *calls) {
  natsStatus status = natsOptions_SetErrorHandler(options, calls->on_error, calls->context);
  return status == NATS_OK ? natsOptions_SetClosedCB(options, calls->on_closed, calls->context)
                           : status;
}

static natsStatus set_manners(natsOptions *options, const struct bg_agent_conf *conf) {
  natsStatus status = natsOptions_SetURL(options, conf->nats.url);
  if (status == NATS_OK) {
    status = natsOptions_SetTimeout(options, CONNECT_MS);
  }
  if (status == NATS_OK) {
    status = natsOptions_SetAllowReconnect(options, false);
  }
  if (status == NATS_OK) {
    status = natsOptions_SetIgnoreDiscoveredServers(options, true);
  }
  if (status == NATS_OK) {
    status = natsOptions_SetSendAsap(options, true); /* and not after a ms, with what else comes */
  }
  return status == NATS_OK ? natsOptions_SetName(options, "breakglass") : status;
}

static natsStatus set_options(natsOptions *options, const struct bg_agent_conf *conf,
                              const struct connection_calls *calls, struct creds *creds) {
  natsStatus status = set_manners(options, conf);
  if (status == NATS_OK) {
    status = set_tls(options, conf);
  }
  if (status == NATS_OK) {
    status = set_calls(options, calls);
  }
  if (status == NATS_OK && creds->jwt[0] != '\0') {
    status = natsOptions_SetUserCredentialsCallbacks(options, pass_jwt, creds, sign, creds);
  }
  return status;
}

static natsStatus open_stream(const struct connection_calls *calls, struct connection *connection) {
  jsOptions options;
  natsStatus status = jsOptions_Init(&options);
  if (status != NATS_OK) {
    return status;
  }
  options.Wait = CALL_MS;
  options.PublishAsync.AckHandler = calls->on_acknowledged;
  options.PublishAsync.AckHandlerClosure = calls->context;
  return natsConnection_JetStream(&connection->stream, connection->nats, &options);
}

static natsStatus connect_with(const struct bg_agent_conf *conf,
                               const struct connection_calls *calls, struct creds *creds,
                               struct connection *connection) {
  natsOptions *options = NULL;
  natsStatus status = natsOptions_Create(&options);
  if (status == NATS_OK) {
    status = set_options(options, conf, calls, creds);
  }
  if (status == NATS_OK) {
    status = natsConnection_Connect(&connection->nats, options);
  }
  if (status == NATS_OK) {
    status = open_stream(calls, connection);
  }
  natsOptions_Destroy(options);
  return status;
}

static bool has_credentials(const struct bg_agent_conf *conf, struct creds *creds,
                            char ret_reason[static WORKER_REASON_SIZE]) {
  enum bg_error err =
      conf->nats.credentials[0] != '\0' ? creds_read(conf->nats.credentials, creds) : BG_OK;
  if (err != BG_OK) {
    (void)snprintf(ret_reason, WORKER_REASON_SIZE, "[nats] credentials: %s", bg_strerror(err));
  }
  return err == BG_OK;
}

bool connection_open(const struct bg_agent_conf *conf, const struct connection_calls *calls,
                     struct connection *ret_connection,
                     char ret_reason[static WORKER_REASON_SIZE]) {
  struct connection connection = {0};
  struct creds creds = {0};
  bool done = has_credentials(conf, &creds, ret_reason);
  if (done) {
    natsStatus status = connect_with(conf, calls, &creds, &connection);
    done = status == NATS_OK;
    if (!done) {
      connection_explain(status, ret_reason);
    }
  }
  creds_wipe(&creds); /* a connection is made once, so nobody asks for them again */
  if (done) {
    *ret_connection = connection;
  } else {
    connection_close(&connection);
  }
  return done;
}

void connection_close(struct connection *connection) {
  jsCtx_Destroy(connection->stream);
  natsConnection_Destroy(connection->nats);
  *connection = (struct connection){0};
}
