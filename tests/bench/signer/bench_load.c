/* SPDX-License-Identifier: BSD-2-Clause */
/* A load for the signing service, on this machine, over TLS.
 *
 *   bench_load issue PORT KEY BODY CONNECTIONS COUNT   asks so often for the token of the file
 * BODY, signed with the key file KEY; each connection asks again once it is answered. One line:
 * issues a second, the latencies' median, 99th percentile and maximum, the processor time of this
 * program an issue; all microseconds. bench_load idle PORT CONNECTIONS   opens them, asks each once
 * for its health, says "ready", and keeps them until its standard input ends
 *
 * Calls are signed before the clock runs, one thread waits for all connections, and what has come
 * is received at once, so that the service has the machine to itself as far as can be. Every answer
 * is looked at. */
#include <config.h>

#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "../timing.h"
#include "breakglass/call.h"
#include "breakglass/mint.h"

#define ISSUER "signer.bench"
#define TARGET "/v1/requests"
#define SIGNED_AT_ONCE 65536 /* a call is worth two minutes: a long run signs in between */
#define CONNECTIONS_MAX 16384
#define ANSWER_MAX 8192
#define REQUEST_MAX 2048
#define RECEIVED_MAX 4096 /* at once */

struct client {
  int fd;
  gnutls_session_t tls;
  char received[RECEIVED_MAX]; /* records, as they came */
  size_t from, to;             /* what of it is not read yet */
  char answer[ANSWER_MAX + 1];
  size_t len;
  double asked_at;
};

struct load {
  struct bg_signing_key *key;
  char body[1024];
  char (*requests)[REQUEST_MAX];
  struct client *clients;
  unsigned connections;
  float *latencies;
  size_t answered;
  double wall; /* while requests were under way */
  double processor;
};

static gnutls_certificate_credentials_t credentials;

static double processor_us(void) {
  struct timespec now;
  (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* -- TLS ----------------------------------------------------------------------------------------
 */

/* GnuTLS asks for the head of a record, and then for the record: what is there is had at once. */
static ssize_t pull(gnutls_transport_ptr_t context, void *data, size_t size) {
  struct client *client = context;
  if (client->from == client->to) {
    ssize_t got = recv(client->fd, client->received, sizeof client->received, 0);
    if (got <= 0) {
      return got;
    }
    client->from = 0;
    client->to = (size_t)got;
  }
  const size_t left = client->to - client->from;
  const size_t len = size < left ? size : left;
  memcpy(data, client->received + client->from, len);
  client->from += len;
  return (ssize_t)len;
}

/* The certificate is the benchmark's own, and not judged. */
static void connect_to(unsigned port, struct client *client) {
  const struct sockaddr_in address = {.sin_family = AF_INET,
                                      .sin_port = htons((uint16_t)port),
                                      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  const int one = 1;
  client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  check(client->fd >= 0 &&
            connect(client->fd, (const struct sockaddr *)&address, sizeof address) == 0 &&
            setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) == 0,
        "connect");
  check(gnutls_init(&client->tls, GNUTLS_CLIENT) == 0 &&
            gnutls_set_default_priority(client->tls) == 0 &&
            gnutls_credentials_set(client->tls, GNUTLS_CRD_CERTIFICATE, credentials) == 0,
        "gnutls");
  gnutls_transport_set_ptr2(client->tls, client, (gnutls_transport_ptr_t)(intptr_t)client->fd);
  gnutls_transport_set_pull_function(client->tls, pull);
  int code;
  while ((code = gnutls_handshake(client->tls)) < 0 && gnutls_error_is_fatal(code) == 0) {
  }
  check(code == 0, "handshake");
}

static void ask(struct client *client, const char *request) {
  const size_t len = strlen(request);
  client->len = 0;
  client->asked_at = now_us();
  check(gnutls_record_send(client->tls, request, len) == (ssize_t)len, "send");
}

/* Whether the whole answer is there. */
static bool is_whole(const struct client *client) {
  static const char name[] = "Content-Length: ";
  const char *head_end = strstr(client->answer, "\r\n\r\n");
  const char *length = strstr(client->answer, name);
  if (head_end == NULL) {
    return false;
  }
  check(length != NULL && length < head_end, "an answer without a length");
  const size_t head = (size_t)(head_end + 4 - client->answer);
  return client->len >= head + strtoul(length + sizeof name - 1, NULL, 10);
}

/* What has come, without waiting for more than the rest of a record. */
static bool take_answer(struct client *client) {
  do {
    ssize_t got =
        gnutls_record_recv(client->tls, client->answer + client->len, ANSWER_MAX - client->len);
    if (got < 0 && gnutls_error_is_fatal((int)got) == 0) {
      continue; /* a ticket for a later session */
    }
    check(got > 0, "receive");
    client->len += (size_t)got;
    client->answer[client->len] = '\0';
  } while (gnutls_record_check_pending(client->tls) > 0 || client->from < client->to);
  return is_whole(client);
}

static void expect(const struct client *client, const char *status, const char *text) {
  if (strncmp(client->answer, status, strlen(status)) != 0 ||
      strstr(client->answer, text) == NULL) {
    (void)fprintf(stderr, "not what was asked for:\n%s\n", client->answer);
    exit(1);
  }
}

static void disconnect(struct client *client) {
  gnutls_deinit(client->tls);
  (void)close(client->fd);
}

static struct client *connect_all(unsigned port, unsigned count) {
  struct client *clients = calloc(count, sizeof *clients);
  const struct rlimit files = {CONNECTIONS_MAX + 64, CONNECTIONS_MAX + 64};
  check(count > 0 && count <= CONNECTIONS_MAX && clients != NULL, "connections");
  (void)setrlimit(RLIMIT_NOFILE, &files);
  for (unsigned i = 0; i < count; i++) {
    connect_to(port, &clients[i]);
  }
  return clients;
}

/* -- issues -------------------------------------------------------------------------------------
 */

static void sign(const struct load *load, char request[static REQUEST_MAX]) {
  uint8_t message_bytes[BG_CALL_MESSAGE_MAX];
  uint8_t blob_bytes[BG_SSHSIG_MAX];
  char header_text[BG_CALL_HEADER_MAX];
  char once[2 * BG_CALL_NONCE_SIZE + 1];
  struct bg_buf message = BG_BUF(message_bytes);
  struct bg_buf blob = BG_BUF(blob_bytes);
  struct bg_buf header = BG_BUF(header_text);
  struct bg_call call = {.issuer = bg_bytes_of(ISSUER),
                         .method = bg_bytes_of("POST"),
                         .target = bg_bytes_of(TARGET),
                         .body = bg_bytes_of(load->body),
                         .time = time(NULL)};
  randombytes_buf(call.nonce, sizeof call.nonce);
  bg_hex(bg_bytes(call.nonce, sizeof call.nonce), once);
  call.idempotency_key = bg_bytes_of(once); /* people's command line sends one, too */
  check(bg_call_message(&call, &message) == BG_OK &&
            bg_signing_key_sshsig(load->key, BG_NAMESPACE_REQUEST, bg_buf_view(&message), &blob) ==
                BG_OK,
        "sign");
  bg_call_put_header(&call, bg_buf_view(&blob), &header);
  int len =
      snprintf(request, REQUEST_MAX,
               "POST " TARGET " HTTP/1.1\r\nHost: localhost\r\n"
               "Content-Type: application/json\r\nAuthorization: %.*s\r\n"
               "Idempotency-Key: %s\r\nContent-Length: %zu\r\n\r\n%s",
               (int)header.len, (const char *)header.data, once, strlen(load->body), load->body);
  check(len > 0 && len < REQUEST_MAX && !header.failed, "request");
}

static void note(struct load *load, const struct client *client) {
  expect(client, "HTTP/1.1 201 ", "\"state\":\"issued\"");
  load->latencies[load->answered++] = (float)(now_us() - client->asked_at);
}

/* Each connection asks for what comes next, until all is answered. */
static void drive(struct load *load, size_t count) {
  struct pollfd ready[CONNECTIONS_MAX];
  size_t next = 0;
  size_t answered = 0;
  for (unsigned i = 0; i < load->connections; i++) {
    ready[i] = (struct pollfd){.fd = load->clients[i].fd, .events = POLLIN};
    if (next < count) {
      ask(&load->clients[i], load->requests[next++]);
    }
  }
  while (answered < count) {
    check(poll(ready, load->connections, 30000) > 0, "no answer");
    for (unsigned i = 0; i < load->connections; i++) {
      if (ready[i].revents == 0 || !take_answer(&load->clients[i])) {
        continue;
      }
      note(load, &load->clients[i]);
      answered++;
      if (next < count) {
        ask(&load->clients[i], load->requests[next++]);
      }
    }
  }
}

static void run(struct load *load, size_t count) {
  for (size_t i = 0; i < count; i++) {
    sign(load, load->requests[i]);
  }
  const double begin = now_us();
  const double used = processor_us();
  drive(load, count);
  load->wall += now_us() - begin;
  load->processor += processor_us() - used;
}

static int by_size(const void *a, const void *b) {
  const float left = *(const float *)a;
  const float right = *(const float *)b;
  return (left > right) - (left < right);
}

static void print(struct load *load) {
  const size_t count = load->answered;
  qsort(load->latencies, count, sizeof *load->latencies, by_size);
  printf("%.0f %.0f %.0f %.0f %.1f\n", (double)count / load->wall * 1e6,
         (double)load->latencies[count / 2], (double)load->latencies[count * 99 / 100],
         (double)load->latencies[count - 1], load->processor / (double)count);
}

static void read_body(const char *path, struct load *load) {
  FILE *file = fopen(path, "r");
  size_t len = file != NULL ? fread(load->body, 1, sizeof load->body - 1, file) : 0;
  check(len > 0, path);
  (void)fclose(file);
}

static void issue(unsigned port, char **arguments) {
  struct load load = {.connections = (unsigned)strtoul(arguments[2], NULL, 10)};
  size_t count = strtoul(arguments[3], NULL, 10);
  char spec[1024];
  (void)snprintf(spec, sizeof spec, "file:%s", arguments[0]);
  check(bg_signing_key_open(spec, 0, &load.key) == BG_OK, spec);
  read_body(arguments[1], &load);
  load.requests = calloc(SIGNED_AT_ONCE, sizeof *load.requests);
  load.latencies = calloc(count, sizeof *load.latencies);
  check(count > 0 && load.requests != NULL && load.latencies != NULL, "count");
  load.clients = connect_all(port, load.connections);
  while (load.answered < count) {
    size_t left = count - load.answered;
    run(&load, left < SIGNED_AT_ONCE ? left : SIGNED_AT_ONCE);
  }
  print(&load);
  for (unsigned i = 0; i < load.connections; i++) {
    disconnect(&load.clients[i]);
  }
  free(load.clients);
  free(load.latencies);
  free(load.requests);
  bg_signing_key_free(load.key);
}

static void idle(unsigned port, unsigned connections) {
  char byte;
  struct client *clients = connect_all(port, connections);
  for (unsigned i = 0; i < connections; i++) {
    ask(&clients[i], "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    while (!take_answer(&clients[i])) {
    }
    expect(&clients[i], "HTTP/1.1 200 ", "ok");
  }
  puts("ready");
  (void)fflush(stdout);
  while (read(STDIN_FILENO, &byte, 1) > 0) {
  }
  for (unsigned i = 0; i < connections; i++) {
    disconnect(&clients[i]);
  }
  free(clients);
}

int main(int argc, char **argv) {
  const unsigned port = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 0;
  check(sodium_init() >= 0 && gnutls_certificate_allocate_credentials(&credentials) == 0,
        "libraries");
  if (argc == 7 && strcmp(argv[1], "issue") == 0) {
    issue(port, argv + 3);
  } else if (argc == 4 && strcmp(argv[1], "idle") == 0) {
    idle(port, (unsigned)strtoul(argv[3], NULL, 10));
  } else {
    (void)fputs("usage: bench_load issue PORT KEY BODY CONNECTIONS COUNT | idle PORT CONNECTIONS\n",
                stderr);
    return 2;
  }
  gnutls_certificate_free_credentials(credentials);
  return 0;
}
