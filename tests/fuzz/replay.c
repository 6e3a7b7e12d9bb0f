/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs a fuzz target over its corpus: $top_srcdir/tests/fuzz/corpus/NAME of the
 * program fuzz_NAME. An empty or missing corpus is a failure. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INPUT_MAX (1U << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int run_file(const char *folder, const char *name) {
  char path[4096];
  (void)snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen(path, "rb");
  uint8_t *all = malloc(INPUT_MAX);
  if (file == NULL || all == NULL) {
    perror(path);
    exit(1);
  }
  size_t size = fread(all, 1, INPUT_MAX, file);
  (void)fclose(file);
  /* A copy of the exact size, so that a sanitizer sees each byte read beyond it. */
  uint8_t *exact = malloc(size > 0 ? size : 1);
  if (exact == NULL) {
    exit(1);
  }
  memcpy(exact, all, size);
  int result = LLVMFuzzerTestOneInput(exact, size);
  free(exact);
  free(all);
  return result;
}

int main(int argc, char **argv) {
  const char *top = getenv("top_srcdir");
  const char *name = argc > 0 ? strstr(argv[0], "fuzz_") : NULL;
  if (top == NULL || name == NULL) {
    (void)fputs("run by make check: top_srcdir is not set\n", stderr);
    return 1;
  }
  char folder[2048];
  (void)snprintf(folder, sizeof folder, "%s/tests/fuzz/corpus/%s", top, name + strlen("fuzz_"));
  DIR *dir = opendir(folder);
  if (dir == NULL) {
    perror(folder);
    return 1;
  }
  unsigned count = 0;
  for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
    if (entry->d_name[0] != '.') {
      count += run_file(folder, entry->d_name) == 0;
    }
  }
  (void)closedir(dir);
  printf("%s: %u inputs\n", folder, count);
  return count > 0 ? 0 : 1;
}
