/* SPDX-License-Identifier: BSD-2-Clause */
/* breakglass-nats: a host's events into a stream of NATS JetStream. */
#include <config.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "../worker/program.h"
#include "connection.h"

#define CONTENT_TYPE "application/cloudevents+json; charset=utf-8"

struct own {
  const struct bg_agent_conf *conf;
  char subject[BG_AGENT_NATS_SUBJECT_SIZE];
  struct worker *worker;
  pthread_mutex_t lock; /* over all below, but for the sender's reading of its own connection */
  struct connection connection;
  const natsMsg *sent[WORKER_QUEUE]; /* by slots; NULL: nothing is under way there */
  char error[WORKER_REASON_SIZE];    /* of what the server has said last */
};

/* WORKER_QUEUE if it is none of them. */
static size_t take_slot(struct own *own, const natsMsg *message) {
  size_t slot = 0;
  (void)pthread_mutex_lock(&own->lock);
  while (slot < WORKER_QUEUE && own->sent[slot] != message) {
    slot++;
  }
  if (slot < WORKER_QUEUE) {
    own->sent[slot] = NULL;
  }
  (void)pthread_mutex_unlock(&own->lock);
  return slot;
}

/* Anybody who listens to the subject can answer; only a stream says which it is, and which number
 * the event has in it. */
static bool is_kept(const jsPubAck *ack) {
  return ack != NULL && ack->Stream != NULL && ack->Stream[0] != '\0' && ack->Sequence > 0;
}

static const char *problem_of(const jsPubAckErr *error) {
  return error == NULL                      ? "the answer is no stream's"
         : error->Err == NATS_NO_RESPONDERS ? "no stream takes the subject"
         : error->ErrText != NULL           ? error->ErrText
                                            : natsStatus_GetText(error->Err);
}

static void on_acknowledged(jsCtx *stream, natsMsg *message, jsPubAck *ack, jsPubAckErr *error,
                            void *context) {
  struct own *own = context;
  const size_t slot = take_slot(own, message);
  (void)stream;
  if (slot < WORKER_QUEUE && is_kept(ack)) {
    worker_acknowledge(own->worker, slot);
  } else if (slot < WORKER_QUEUE) {
    worker_refuse(own->worker, slot, problem_of(error));
  }
  natsMsg_Destroy(message);
}

/* A connection that was given up before may still be heard of. */
static bool is_current(struct own *own, const natsConnection *nats) {
  (void)pthread_mutex_lock(&own->lock);
  bool current = own->connection.nats == nats;
  (void)pthread_mutex_unlock(&own->lock);
  return current;
}

static void on_error(natsConnection *nats, natsSubscription *subscription, natsStatus error,
                     void *context) {
  struct own *own = context;
  const char *text = NULL;
  (void)subscription;
  if (error != NATS_NOT_PERMITTED) {
    return; /* it goes on, or is closed, which is told */
  }
  (void)natsConnection_GetLastError(nats, &text);
  text = text != NULL && text[0] != '\0' ? text : natsStatus_GetText(error);
  (void)pthread_mutex_lock(&own->lock);
  bg_text_fit(sizeof own->error, own->error, text);
  (void)pthread_mutex_unlock(&own->lock);
  worker_refuse_all(own->worker, text);
}

static void on_closed(natsConnection *nats, void *context) {
  struct own *own = context;
  if (is_current(own, nats)) {
    worker_refuse_all(own->worker, "the connection was closed");
  }
}

static void set_connection(struct own *own, const struct connection *connection) {
  (void)pthread_mutex_lock(&own->lock);
  own->connection = *connection;
  (void)pthread_mutex_unlock(&own->lock);
}

static bool open_connection(struct own *own, char ret_reason[static WORKER_REASON_SIZE]) {
  const struct connection_calls calls = {on_acknowledged, on_error, on_closed, own};
  struct connection connection = {0};
  worker_connecting(own->worker, true);
  bool done = connection_open(own->conf, &calls, &connection, ret_reason);
  worker_connecting(own->worker, false);
  if (done) {
    set_connection(own, &connection);
  }
  return done;
}

/* A server that was started anew while nothing was under way is found at once. */
static bool has_connection(struct own *own, struct worker *worker,
                           char ret_reason[static WORKER_REASON_SIZE]) {
  struct connection old = own->connection;
  if (old.nats != NULL && !natsConnection_IsClosed(old.nats)) {
    return true;
  }
  if (own->worker == NULL) { /* there is one, and no other thread before the first connection */
    own->worker = worker;
  }
  set_connection(own, &(struct connection){0});
  connection_close(&old);
  return open_connection(own, ret_reason);
}

static natsStatus make_message(const struct own *own, const struct worker_event *event,
                               natsMsg **ret_message) {
  natsStatus status = natsMsg_Create(ret_message, own->subject, NULL,
                                     (const char *)event->line.data, (int)event->line.len);
  return status == NATS_OK ? natsMsgHeader_Set(*ret_message, "Content-Type", CONTENT_TYPE) : status;
}

static natsStatus publish(struct own *own, const struct worker_event *event, natsMsg **message) {
  jsPubOptions options;
  natsStatus status = jsPubOptions_Init(&options);
  if (status == NATS_OK) {
    status = make_message(own, event, message);
  }
  if (status != NATS_OK) {
    return status;
  }
  options.MsgId = event->id; /* by which the stream knows one that comes again */
  (void)pthread_mutex_lock(&own->lock);
  own->sent[event->slot] = *message;
  (void)pthread_mutex_unlock(&own->lock);
  return js_PublishMsgAsync(own->connection.stream, message, &options);
}

static enum worker_sent send_event(void *context, struct worker *worker,
                                   const struct worker_event *event,
                                   char ret_reason[static WORKER_REASON_SIZE]) {
  struct own *own = context;
  natsMsg *message = NULL;
  if (!has_connection(own, worker, ret_reason)) {
    return WORKER_FAILED;
  }
  natsStatus status = publish(own, event, &message);
  if (status == NATS_OK) {
    return WORKER_SENT;
  }
  connection_explain(status, ret_reason);
  (void)take_slot(own, message);
  natsMsg_Destroy(message);
  return WORKER_FAILED;
}

static bool has_stream(struct own *own, char ret_reason[static WORKER_REASON_SIZE]) {
  jsOptions options;
  jsStreamNamesList *names = NULL;
  natsStatus status = jsOptions_Init(&options);
  if (status == NATS_OK) {
    options.Stream.Info.SubjectsFilter = own->subject;
    status = js_StreamNames(&names, own->connection.stream, &options, NULL);
  }
  jsStreamNamesList_Destroy(names);
  if (status == NATS_NOT_FOUND) {
    (void)snprintf(ret_reason, WORKER_REASON_SIZE, "no stream takes %.150s", own->subject);
  } else if (status != NATS_OK) {
    connection_explain(status, ret_reason);
  }
  return status == NATS_OK;
}

static bool check(void *context, struct worker *worker,
                  char ret_reason[static WORKER_REASON_SIZE]) {
  struct own *own = context;
  if (!has_connection(own, worker, ret_reason)) {
    return false;
  }
  bool good = has_stream(own, ret_reason);
  (void)pthread_mutex_lock(&own->lock);
  if (!good && own->error[0] != '\0') { /* why the answer did not come */
    bg_text_fit(WORKER_REASON_SIZE, ret_reason, own->error);
  }
  (void)pthread_mutex_unlock(&own->lock);
  return good;
}

/* gate.conf's other keys may be wrong: events are told all the same. */
static bool has_subject(struct own *own) {
  const struct bg_policy_reading reading = {.lenient = true};
  struct bg_policy *policy = NULL;
  enum bg_error err = bg_policy_read(&reading, &policy);
  bool known = policy != NULL && policy->host_id[0] != '\0';
  if (known) {
    bg_agent_nats_subject(own->conf, policy->host_id, own->subject);
  } else {
    worker_complain("gate.conf: the host's id cannot be had: %s", bg_strerror(err));
  }
  free(policy);
  return known;
}

static int open_sink(const struct bg_agent_conf *conf, struct worker_sink *ret_sink) {
  static struct own own = {.lock = PTHREAD_MUTEX_INITIALIZER};
  own.conf = conf;
  if (conf->nats.url[0] == '\0') {
    worker_complain("agent.conf: [nats] url is not set");
    return WORKER_CONFIG;
  }
  if (!has_subject(&own)) {
    return WORKER_CONFIG;
  }
  connection_set_trust(conf);
  *ret_sink =
      (struct worker_sink){.window = WORKER_QUEUE, .send = send_event, .check = check, .own = &own};
  return WORKER_DONE;
}

int main(int argc, char **argv) {
  static const struct worker_program program = {
      .name = "breakglass-nats",
      .usage = "usage: breakglass-nats [--check | --version]",
      .open = open_sink,
  };
  return worker_main(argc, argv, &program);
}
