/* SPDX-License-Identifier: BSD-2-Clause */
/* Each way in which a call fails is a line of its own: what happened, and what to do. */
#include <config.h>

#include <string.h>

#include "cli.h"
#include "client_parts.h"

static int explain_connection(const struct client *client) {
  const char *url = client->settings->url;
  const char *why = client->os_error != 0 ? strerror((int)client->os_error) : "no connection";
  if (strncmp(url, "unix:", 5) == 0) {
    return cli_failure(
        "%s: nothing answers at this socket (%s): is the signing service running here?", url, why);
  }
  return cli_failure("%s: nothing answers there (%s): is the url right, and the service running?",
                     url, why);
}

static int explain_timeout(const struct client *client) {
  const char *url = client->settings->url;
  if (client->connected == 0) {
    return cli_failure(
        "%s: no connection within %ld seconds: is a network or a firewall in the way?", url,
        CLIENT_CONNECT_SECONDS);
  }
  return cli_failure("%s: connected, but no whole answer within %ld seconds: try again, and tell "
                     "those who run the service",
                     url, client->seconds);
}

static int explain_tls(const struct client *client) {
  const char *url = client->settings->url;
  const char *ca = client->settings->ca;
  if (client->code == CURLE_SSL_CACERT_BADFILE) {
    return cli_usage_error("%s: these are no certificates that can be trusted: ca and --ca take a "
                           "PEM file that you can read",
                           ca[0] != '\0' ? ca : "the system's certificates");
  }
  if (client->code == CURLE_PEER_FAILED_VERIFICATION) {
    return cli_failure(
        "%s: the certificate that answers there is not trusted by %s (%s): nothing was "
        "sent; is the url right, or ca to be changed?",
        url, ca[0] != '\0' ? ca : "this system", client->error);
  }
  return cli_failure("%s: no TLS connection (%s): is this a service that speaks TLS 1.2 or later?",
                     url, client->error);
}

static int explain_transfer(const struct client *client) {
  const char *url = client->settings->url;
  switch (client->code) {
  case CURLE_GOT_NOTHING:
  case CURLE_RECV_ERROR:
  case CURLE_SEND_ERROR:
  case CURLE_PARTIAL_FILE:
    return cli_failure("%s: the connection broke twice before the answer was there: try again",
                       url);
  case CURLE_FILESIZE_EXCEEDED:
  case CURLE_WRITE_ERROR:
    return cli_failure("%s: the answer is larger than %d bytes, or than memory: this is no signing "
                       "service",
                       url, CLIENT_ANSWER_MAX);
  case CURLE_UNSUPPORTED_PROTOCOL:
  case CURLE_WEIRD_SERVER_REPLY:
    return cli_failure("%s: what answers there does not speak HTTP: is the url right?", url);
  default:
    return cli_failure("%s: %s", url,
                       client->error[0] != '\0' ? client->error : curl_easy_strerror(client->code));
  }
}

int client_explain(const struct client *client) {
  switch (client->code) {
  case CURLE_COULDNT_RESOLVE_HOST:
    return cli_failure("%s: this name is not found: is the url right, and does the network work?",
                       client->settings->url);
  case CURLE_COULDNT_CONNECT:
    return explain_connection(client);
  case CURLE_OPERATION_TIMEDOUT:
    return explain_timeout(client);
  case CURLE_PEER_FAILED_VERIFICATION:
  case CURLE_SSL_CACERT_BADFILE:
  case CURLE_SSL_CONNECT_ERROR:
    return explain_tls(client);
  default:
    return explain_transfer(client);
  }
}
