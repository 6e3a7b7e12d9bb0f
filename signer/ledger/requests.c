/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "handle.h"

enum bg_error ledger_request_put(struct ledger *ledger, const struct ledger_request *request) {
  const struct store_value values[] = {
      value_text(request->id),           value_number(request->state),
      value_text(request->subject),      value_number(request->created),
      value_number(request->approve_by), value_number(request->expires),
      value_bytes(request->record),      value_bytes(request->answer),
  };
  return handle_write(ledger, STATEMENT_REQUEST_PUT, values, NULL, NULL);
}

struct reading {
  ledger_request_fn *on_request;
  void *context;
  bool found;
  bool damaged;
};

static bool take_request(void *context, const struct store_value *row) {
  struct reading *reading = context;
  struct ledger_request request = {
      .state = (enum ledger_state)row[1].number,
      .created = row[3].number,
      .approve_by = row[4].number,
      .expires = row[5].number,
      .record = row[6].bytes,
      .answer = row[7].bytes,
  };
  if (bg_bytes_to_text(row[0].bytes, sizeof request.id, request.id) != BG_OK ||
      bg_bytes_to_text(row[2].bytes, sizeof request.subject, request.subject) != BG_OK) {
    reading->damaged = true;
    return false;
  }
  reading->found = true;
  return reading->on_request(reading->context, &request);
}

enum bg_error ledger_request_get(struct ledger *ledger, const char *id,
                                 ledger_request_fn *on_request, void *context) {
  struct reading reading = {.on_request = on_request, .context = context};
  const struct store_value values[] = {value_text(id)};
  enum bg_error err = handle_read(ledger, STATEMENT_REQUEST_GET, values, take_request, &reading);
  return err != BG_OK      ? err
         : reading.damaged ? BG_ERR_IO
         : reading.found   ? BG_OK
                           : BG_ERR_NOT_FOUND;
}

static bool take_number(void *context, const struct store_value *row) {
  *(int64_t *)context = row[0].number;
  return false;
}

static enum bg_error number_of(struct ledger *ledger, const char *id, int64_t *ret_number) {
  int64_t number = 0;
  const struct store_value values[] = {value_text(id)};
  enum bg_error err = handle_read(ledger, STATEMENT_REQUEST_NUMBER, values, take_number, &number);
  if (err == BG_OK && number == 0) {
    err = BG_ERR_NOT_FOUND;
  }
  if (err == BG_OK) {
    *ret_number = number;
  }
  return err;
}

enum bg_error ledger_requests(struct ledger *ledger, const struct ledger_filter *filter,
                              ledger_request_fn *on_request, void *context) {
  struct reading reading = {.on_request = on_request, .context = context};
  int64_t before = INT64_MAX;
  if ((unsigned)filter->show > LEDGER_SHOW_EXPIRED) {
    return BG_ERR_RANGE;
  }
  if (filter->after != NULL) {
    enum bg_error err = number_of(ledger, filter->after, &before);
    if (err != BG_OK) {
      return err;
    }
  }
  int64_t limit = filter->limit < INT32_MAX ? (int64_t)filter->limit : INT32_MAX;
  enum statement first = filter->subject != NULL ? STATEMENT_REQUESTS_OF : STATEMENT_REQUESTS;
  const struct store_value values[] = {value_number(before), value_number(filter->now),
                                       value_number(limit), value_text(filter->subject)};
  enum bg_error err =
      handle_read(ledger, (enum statement)((unsigned)first + (unsigned)filter->show), values,
                  take_request, &reading);
  return err == BG_OK && reading.damaged ? BG_ERR_IO : err;
}
