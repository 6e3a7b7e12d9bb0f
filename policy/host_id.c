/* SPDX-License-Identifier: BSD-2-Clause */
/* [host] id: where it comes from, and what is none. Never the hostname. */
#include <config.h>

#include <string.h>

#include "breakglass/file.h"
#include "breakglass/paths.h"
#include "breakglass/text.h"
#include "conf.h"

#define HOST_ID_MAX (BG_NAME_MAX - sizeof "host:" + 1)
#define FILE_PREFIX "file:"
#define ID_FILE_MAX 256
#define MACHINE_ID_LEN 32
#define UUID_LEN 36

static bool is_path(struct bg_bytes text) {
  return text.len > strlen(FILE_PREFIX) && memcmp(text.data, FILE_PREFIX, strlen(FILE_PREFIX)) == 0;
}

static bool is_relative_path(struct bg_bytes text) {
  return is_path(text) && text.data[strlen(FILE_PREFIX)] != '/';
}

static bool is_literal(struct bg_bytes text) {
  return !bg_bytes_is(text, "machine-id") && !bg_bytes_is(text, "dmi-uuid") && !is_path(text);
}

static bool is_all(struct bg_bytes text, const char *set) {
  size_t i = 0;
  while (i < text.len && text.data[i] != '\0' && strchr(set, text.data[i]) != NULL) {
    i++;
  }
  return i == text.len;
}

/* Why the text cannot be an id; NULL if it can. */
static const char *problem_of_id(struct bg_bytes text) {
  if (text.len == 0) {
    return "the id is empty";
  }
  if (text.len > HOST_ID_MAX) {
    return "the id is longer than 123 bytes";
  }
  if (!bg_text_is_clean(text)) {
    return "the id is not UTF-8, or has control characters in it";
  }
  if (is_all(text, "0-") || bg_bytes_is(text, "uninitialized")) {
    return "the id is not set yet: it is all zero or 'uninitialized'";
  }
  return NULL;
}

void bg_conf_parse_host_id(const struct bg_conf_value *value) {
  if (is_relative_path(value->text)) {
    bg_conf_reject(value, "file: takes an absolute path");
  } else if (is_literal(value->text)) {
    const char *problem = problem_of_id(value->text);
    if (value->conf->vendor) {
      problem = "must be machine-id, dmi-uuid or file:PATH in the vendor's files: a literal is "
                "the same on every host";
    }
    if (problem != NULL) {
      bg_conf_reject(value, "%s", problem);
    }
  }
}

/* The id of a file's bytes: one line, blanks around it cut. */
static const char *take_line(struct bg_bytes bytes, char *ret_id) {
  if (bytes.len > 0 && bytes.data[bytes.len - 1] == '\n') {
    bytes.len--;
  }
  bytes = bg_ini_trim(bytes);
  const char *problem = problem_of_id(bytes);
  if (problem == NULL && bg_bytes_to_text(bytes, BG_NAME_SIZE, ret_id) != BG_OK) {
    problem = "the id is too long";
  }
  return problem;
}

static const char *read_id_file(const char *path, char *ret_id) {
  struct bg_file file = {0};
  enum bg_error err = bg_file_read(path, bg_paths()->owner, ID_FILE_MAX, &file);
  const char *problem = bg_strerror(err);
  if (err == BG_OK) {
    problem = take_line(bg_bytes(file.data, file.len), ret_id);
  }
  bg_file_free(&file);
  return problem;
}

static const char *read_machine_id(char *ret_id) {
  const char *problem = read_id_file(bg_paths()->machine_id, ret_id);
  struct bg_bytes id = bg_bytes_of(ret_id);
  if (problem == NULL && (id.len != MACHINE_ID_LEN || !is_all(id, "0123456789abcdef"))) {
    problem = "not a machine id of 32 hex digits";
  }
  return problem;
}

static void lower(char *text) {
  for (; *text != '\0'; text++) {
    if (*text >= 'A' && *text <= 'F') {
      *text = (char)(*text - 'A' + 'a');
    }
  }
}

/* Some firmware has no UUID of its own, and says so with all bits set or clear. */
static const char *read_dmi_uuid(char *ret_id) {
  enum bg_error err = bg_proc_read(bg_paths()->dmi_uuid, BG_NAME_SIZE, ret_id);
  if (err != BG_OK) {
    return bg_strerror(err);
  }
  lower(ret_id);
  struct bg_bytes id = bg_bytes_of(ret_id);
  const char *problem = problem_of_id(id);
  if (problem == NULL && (id.len != UUID_LEN || !is_all(id, "0123456789abcdef-"))) {
    problem = "not a UUID";
  } else if (problem == NULL && is_all(id, "f-")) {
    problem = "the firmware has no UUID of its own";
  }
  return problem;
}

static const char *resolve(struct bg_bytes source, char *ret_id) {
  if (bg_bytes_is(source, "machine-id")) {
    return read_machine_id(ret_id);
  }
  if (bg_bytes_is(source, "dmi-uuid")) {
    return read_dmi_uuid(ret_id);
  }
  char path[BG_CONF_LINE_MAX + 1];
  struct bg_bytes tail =
      bg_bytes(source.data + strlen(FILE_PREFIX), source.len - strlen(FILE_PREFIX));
  enum bg_error err = bg_bytes_to_text(tail, sizeof path, path);
  return err == BG_OK ? read_id_file(path, ret_id) : bg_strerror(err);
}

void bg_conf_resolve_host_id(struct bg_conf *conf) {
  const struct bg_conf_value *value = &conf->values[BG_CONF_HOST_ID];
  char id[BG_NAME_SIZE] = "";
  const char *problem = NULL;
  if (value->text.len == 0 || is_relative_path(value->text)) {
    return; /* reported already */
  }
  if (is_literal(value->text)) {
    problem = take_line(value->text, id);
  } else if (conf->reading->file == NULL && !conf->reading->image) {
    problem = resolve(value->text, id);
    if (problem != NULL) {
      bg_conf_reject(value, "%.*s: %s", (int)value->text.len, (const char *)value->text.data,
                     problem);
    }
  }
  if (problem == NULL) {
    memcpy(conf->policy->host_id, id, sizeof id);
  }
}
