/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "settings.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../policy/ini.h"
#include "breakglass/file.h"
#include "breakglass/text.h"
#include "cli.h"

#define FILE_MAX 65536
#define LINE_BYTES 1024
#define LONGEST_WAIT 3600
#define LONGEST_WAIT_MAX INT64_C(2592000)

/* Where the file is being read, and what was wrong so far. */
struct loader {
  struct settings *settings;
  unsigned seen;
  unsigned problems;
};

static const char *home(void) {
  const char *path = getenv("HOME");
  if (path == NULL || *path != '/') {
    const struct passwd *person = getpwuid(geteuid());
    path = person != NULL ? person->pw_dir : "/";
  }
  return path;
}

static void name_file(struct settings *settings) {
  const char *base = getenv("XDG_CONFIG_HOME");
  bool is_base = base != NULL && *base == '/'; /* the specification ignores others */
  (void)snprintf(settings->file, sizeof settings->file, "%s%s/breakglass/config",
                 is_base ? base : home(), is_base ? "" : "/.config");
}

/* "~/" is the home folder. */
static bool expand_path(const char *text, size_t cap, char *ret_path) {
  bool is_home = strncmp(text, "~/", 2) == 0;
  int len = snprintf(ret_path, cap, "%s%s", is_home ? home() : "", is_home ? text + 1 : text);
  return *ret_path == '/' && len > 1 && (size_t)len < cap;
}

static bool is_authority(const char *text) {
  size_t len = strcspn(text, "/?#@\\ ");
  return len > 0 && len < 300 && (text[len] == '\0' || strcmp(text + len, "/") == 0);
}

bool settings_is_server(const char *text) {
  if (strncmp(text, "unix:", 5) == 0) {
    return text[5] == '/' && strlen(text + 5) < 108;
  }
  return strncmp(text, "https://", 8) == 0 && is_authority(text + 8);
}

static const char *set_url(struct settings *settings, const char *value) {
  bg_text_fit(sizeof settings->url, settings->url, value);
  return settings_is_server(value) ? NULL : "url is https://HOST, https://HOST:PORT or unix:/PATH";
}

static const char *set_issuer(struct settings *settings, const char *value) {
  bg_text_fit(sizeof settings->issuer, settings->issuer, value);
  return *value != '\0' && strlen(value) <= BG_NAME_MAX
             ? NULL
             : "issuer is the service's name, 1 to 128 bytes";
}

static const char *set_ca(struct settings *settings, const char *value) {
  return expand_path(value, sizeof settings->ca, settings->ca)
             ? NULL
             : "ca is the path of a PEM file: /PATH or ~/PATH";
}

static const char *set_key(struct settings *settings, const char *value) {
  if (strncmp(value, "agent:", 6) == 0 && value[6] != '\0' && strlen(value) < 128) {
    bg_text_fit(sizeof settings->key, settings->key, value);
    return NULL;
  }
  (void)strcpy(settings->key, "file:");
  return strncmp(value, "file:", 5) == 0 &&
                 expand_path(value + 5, sizeof settings->key - 5, settings->key + 5)
             ? NULL
             : "key is file:/PATH, file:~/PATH or agent:SHA256:...";
}

static const char *set_trusted(struct settings *settings, const char *value) {
  return expand_path(value, sizeof settings->trusted_signers, settings->trusted_signers)
             ? NULL
             : "trusted_signers is a path: /PATH or ~/PATH";
}

static const char *set_wait(struct settings *settings, const char *value) {
  return bg_parse_duration(bg_bytes_of(value), LONGEST_WAIT_MAX, &settings->longest_wait) == BG_OK
             ? NULL
             : "longest_wait is 90s, 10m, 2h or 1d, at most 30d";
}

static const struct {
  const char *name;
  const char *(*set)(struct settings *settings, const char *value);
} keys[] = {
    {"url", set_url}, {"issuer", set_issuer},           {"ca", set_ca},
    {"key", set_key}, {"trusted_signers", set_trusted}, {"longest_wait", set_wait},
};

static void on_problem(void *context, unsigned line, const char *text) {
  struct loader *loader = context;
  loader->problems++;
  (void)cli_usage_error("%s:%u: %s", loader->settings->file, line, text);
}

static void add_host(struct loader *loader, unsigned line, const char *name, const char *id) {
  struct settings *settings = loader->settings;
  for (size_t i = 0; i < settings->host_count; i++) {
    if (strcmp(settings->hosts[i].name, name) == 0) {
      on_problem(loader, line, "this host stands in the file already");
      return;
    }
  }
  if (settings->host_count == SETTINGS_HOSTS_MAX || *id == '\0' || strlen(id) > BG_NAME_MAX - 5 ||
      strlen(name) > BG_NAME_MAX) {
    on_problem(loader, line, "write NAME = ID, for at most 512 hosts");
    return;
  }
  struct settings_host *host = &settings->hosts[settings->host_count++];
  bg_text_fit(sizeof host->name, host->name, name);
  bg_text_fit(sizeof host->id, host->id, id);
}

static void set_entry(struct loader *loader, unsigned line, const char *key, const char *value) {
  for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
    if (strcmp(key, keys[i].name) == 0) {
      const char *problem = (loader->seen & (1U << i)) != 0 ? "this key stands in the file already"
                                                            : keys[i].set(loader->settings, value);
      loader->seen |= 1U << i;
      if (problem != NULL) {
        on_problem(loader, line, problem);
      }
      return;
    }
  }
  on_problem(loader, line,
             "no such key: there are url, issuer, ca, key, trusted_signers and longest_wait");
}

static void on_entry(void *context, const struct bg_ini_entry *entry) {
  struct loader *loader = context;
  char key[LINE_BYTES + 1];
  char value[LINE_BYTES + 1];
  if (bg_bytes_to_text(entry->key, sizeof key, key) != BG_OK ||
      bg_bytes_to_text(entry->value, sizeof value, value) != BG_OK) {
    on_problem(loader, entry->line, "the line is too long");
  } else if (bg_bytes_is(entry->section, "hosts")) {
    add_host(loader, entry->line, key, value);
  } else if (bg_bytes_is(entry->section, "service")) {
    set_entry(loader, entry->line, key, value);
  } else {
    on_problem(loader, entry->line, "no such section: there are [service] and [hosts]");
  }
}

static int read_file(struct settings *settings) {
  struct loader loader = {.settings = settings};
  struct bg_file file = {0};
  const struct bg_ini_reader reader = {.on_entry = on_entry,
                                       .on_problem = on_problem,
                                       .context = &loader,
                                       .line_max = LINE_BYTES,
                                       .long_line = "the line is longer than 1024 bytes",
                                       .hosts = "hosts"};
  enum bg_error err = bg_file_read(settings->file, geteuid(), FILE_MAX, &file);
  if (err == BG_OK) {
    bg_ini_parse(bg_bytes(file.data, file.len), &reader);
  }
  bg_file_free(&file);
  if (err == BG_ERR_UNSAFE) {
    return cli_usage_error("%s must be a plain file of your own that nobody else can write: "
                           "chmod go-w %s",
                           settings->file, settings->file);
  }
  if (err != BG_OK && err != BG_ERR_NOT_FOUND) {
    return cli_usage_error("%s: %s", settings->file, bg_strerror(err));
  }
  return loader.problems == 0 ? CLI_OK : CLI_USAGE;
}

static int override(const struct settings_options *options, struct settings *settings) {
  const struct {
    const char *value;
    size_t cap;
    char *field;
  } given[] = {
      {options->server, sizeof settings->url, settings->url},
      {options->ca, sizeof settings->ca, settings->ca},
      {options->key, sizeof settings->key, settings->key},
  };
  if (options->server != NULL && !settings_is_server(options->server)) {
    return cli_usage_error("--server %s: write https://HOST, https://HOST:PORT or unix:/PATH",
                           options->server);
  }
  for (size_t i = 0; i < sizeof given / sizeof given[0]; i++) {
    if (given[i].value != NULL && strlen(given[i].value) >= given[i].cap) {
      return cli_usage_error("an option's value is longer than %zu bytes", given[i].cap - 1);
    }
    if (given[i].value != NULL) {
      bg_text_fit(given[i].cap, given[i].field, given[i].value);
    }
  }
  return CLI_OK;
}

static int require(const struct settings *settings, bool only_reads) {
  const struct {
    const char *value;
    const char *text;
  } needed[] = {
      {settings->url, "[service] url, which is where the signing service is (or --server)"},
      {settings->issuer, "[service] issuer, which is the signing service's name in its tokens"},
      {settings->key, "[service] key, which is the key that you sign with (or --key)"},
  };
  int result = CLI_OK;
  for (size_t i = 0; i < (only_reads ? 1 : sizeof needed / sizeof needed[0]); i++) {
    if (*needed[i].value == '\0') {
      result = cli_usage_error("%s lacks %s", settings->file, needed[i].text);
    }
  }
  return result;
}

int settings_load(const struct settings_options *options, struct settings *ret_settings) {
  *ret_settings = (struct settings){.longest_wait = LONGEST_WAIT};
  name_file(ret_settings);
  ret_settings->hosts = calloc(SETTINGS_HOSTS_MAX, sizeof *ret_settings->hosts);
  if (ret_settings->hosts == NULL) {
    return cli_failure("%s", bg_strerror(BG_ERR_NOMEM));
  }
  int result = options->without_file ? CLI_OK : read_file(ret_settings);
  if (result == CLI_OK) {
    result = override(options, ret_settings);
  }
  return result == CLI_OK ? require(ret_settings, options->only_reads) : result;
}

void settings_free(struct settings *settings) {
  free(settings->hosts);
  *settings = (struct settings){0};
}

const char *settings_host_id(const struct settings *settings, const char *name) {
  for (size_t i = 0; i < settings->host_count; i++) {
    if (strcmp(settings->hosts[i].name, name) == 0) {
      return settings->hosts[i].id;
    }
  }
  return name;
}
