/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "ssh_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Options that have a value, as OpenSSH 9 and 10 know them. */
static const struct program {
  const char *name;
  const char *valued;
  const char *scheme;
} programs[] = {
    {"ssh", "BbcDEeFIiJLlmOoPpQRSWw", "ssh://"},
    {"scp", "cDFiJloPSX", "scp://"},
    {"sftp", "BbcDFiJloPRSsX", "sftp://"},
};

struct splitting {
  const struct program *program;
  struct ssh_words *words;
  int ask_count;
  bool mixed; /* two hosts */
};

static const struct program *find_program(const char *name) {
  const struct program *found = &programs[0];
  for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++) {
    found = strcmp(programs[i].name, name) == 0 ? &programs[i] : found;
  }
  return found;
}

/* "-vvp": whether the last letter wants the next word, and which one it is. */
static char wants_value(const struct program *program, const char *word) {
  for (const char *at = word + 1; *at != '\0'; at++) {
    if (strchr(program->valued, *at) != NULL) {
      return at[1] == '\0' ? *at : '\0';
    }
  }
  return '\0';
}

static void put_theirs(struct splitting *splitting, char *word) {
  splitting->words->theirs[splitting->words->their_count++] = word;
}

/* Of scp's and sftp's options, ssh knows these with the same meaning. */
static bool is_for_ssh(const struct program *program, char letter) {
  return program == &programs[0] || strchr("FJo", letter) != NULL;
}

/* An option and its value; answers the number of words. */
static int take_option(struct splitting *splitting, int argc, char **argv, int at) {
  char letter = wants_value(splitting->program, argv[at]);
  int count = letter != '\0' && at + 1 < argc ? 2 : 1;
  bool asks = is_for_ssh(splitting->program, letter != '\0' ? letter : argv[at][1]);
  for (int i = 0; i < count; i++) {
    put_theirs(splitting, argv[at + i]);
    if (asks) {
      splitting->words->asks[splitting->ask_count++] = argv[at + i];
    }
  }
  return count;
}

/* "[::1]" is ::1. */
static struct bg_bytes unwrap(struct bg_bytes host) {
  bool wrapped = host.len > 2 && host.data[0] == '[' && host.data[host.len - 1] == ']';
  return wrapped ? bg_bytes(host.data + 1, host.len - 2) : host;
}

static void set_destination(struct splitting *splitting, const char *text, size_t len) {
  struct ssh_words *words = splitting->words;
  const char *host = text;
  for (size_t i = 0; i < len; i++) {
    host = text[i] == '@' ? text + i + 1 : host;
  }
  struct bg_bytes name = unwrap(bg_bytes(host, len - (size_t)(host - text)));
  char found[BG_NAME_SIZE];
  if (name.len == 0 || bg_bytes_to_text(name, sizeof found, found) != BG_OK ||
      len >= sizeof words->destination) {
    return;
  }
  splitting->mixed =
      splitting->mixed || (words->host[0] != '\0' && strcmp(words->host, found) != 0);
  bg_text_fit(sizeof words->host, words->host, found);
  (void)snprintf(words->destination, sizeof words->destination, "%.*s%s", (int)(host - text), text,
                 found);
}

/* Where the host of "[user@]host:..." ends; 0 if it names no host. */
static size_t host_length(const char *text) {
  size_t at = strcspn(text, "[:/");
  if (text[at] == '[') {
    at += strcspn(text + at, "]");
    at += strcspn(text + at, ":/");
  }
  return text[at] == ':' ? at : 0;
}

static void look_at(struct splitting *splitting, const char *text) {
  const char *scheme = splitting->program->scheme;
  bool is_url = strncmp(text, scheme, strlen(scheme)) == 0;
  if (is_url) {
    text += strlen(scheme);
    size_t len = strcspn(text, "/");
    char authority[2 * BG_NAME_SIZE];
    bg_text_fit(len < sizeof authority ? len + 1 : sizeof authority, authority, text);
    size_t host = host_length(authority);
    set_destination(splitting, text, host > 0 ? host : strlen(authority));
  } else if (splitting->program != &programs[0] && host_length(text) > 0) {
    set_destination(splitting, text, host_length(text));
  } else if (strcmp(splitting->program->name, "scp") != 0) {
    set_destination(splitting, text, strlen(text));
  }
}

/* Ours have a value each, but for --help. */
static int take_ours(struct ssh_words *words, int argc, char **argv, int at) {
  words->ours[words->our_count++] = argv[at];
  if (strcmp(argv[at], "--help") == 0) {
    words->wants_help = true;
  } else if (strchr(argv[at], '=') == NULL && at + 1 < argc) {
    words->ours[words->our_count++] = argv[at + 1];
    return 2;
  }
  return 1;
}

static bool is_option(const char *word) {
  return word[0] == '-' && word[1] != '\0';
}

/* Ours and theirs, up to the first word that is neither; answers where that is. */
static int split_options(struct splitting *splitting, int argc, char **argv) {
  int at = 1;
  while (at < argc && is_option(argv[at])) {
    if (strcmp(argv[at], "--") == 0) {
      put_theirs(splitting, argv[at]);
      return at + 1;
    }
    if (strncmp(argv[at], "--", 2) == 0) {
      at += take_ours(splitting->words, argc, argv, at);
    } else {
      at += take_option(splitting, argc, argv, at);
    }
  }
  return at;
}

/* ssh reads options behind the host, too, and then a command; the others take files. */
static void split_rest(struct splitting *splitting, int argc, char **argv, int at) {
  bool is_ssh = splitting->program == &programs[0];
  bool is_over = false;
  for (int first = at; at < argc;) {
    if (is_ssh && at > first && !is_over && is_option(argv[at]) && strcmp(argv[at], "--") != 0) {
      at += take_option(splitting, argc, argv, at);
      continue;
    }
    if (!is_ssh || at == first) {
      look_at(splitting, argv[at]);
    }
    is_over = is_ssh && at > first;
    put_theirs(splitting, argv[at++]);
    if (is_over || strcmp(splitting->program->name, "sftp") == 0) {
      for (; at < argc; at++) {
        put_theirs(splitting, argv[at]);
      }
    }
  }
}

enum bg_error ssh_words_split(int argc, char **argv, struct ssh_words *ret_words) {
  struct splitting splitting = {.program = find_program(argv[0]), .words = ret_words};
  size_t room = (size_t)argc + 2;
  *ret_words = (struct ssh_words){.program = splitting.program->name};
  ret_words->ours = calloc(room, sizeof *ret_words->ours);
  ret_words->theirs = calloc(room, sizeof *ret_words->theirs);
  ret_words->asks = calloc(room, sizeof *ret_words->asks);
  if (ret_words->ours == NULL || ret_words->theirs == NULL || ret_words->asks == NULL) {
    ssh_words_free(ret_words);
    return BG_ERR_NOMEM;
  }
  ret_words->ours[ret_words->our_count++] = argv[0];
  int at = split_options(&splitting, argc, argv);
  split_rest(&splitting, argc, argv, at);
  if (splitting.mixed) {
    ssh_words_free(ret_words);
    return BG_ERR_RANGE;
  }
  return BG_OK;
}

void ssh_words_free(struct ssh_words *words) {
  free(words->ours);
  free(words->theirs);
  free(words->asks);
  *words = (struct ssh_words){0};
}
