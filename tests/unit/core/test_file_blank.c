/* SPDX-License-Identifier: BSD-2-Clause */
/* Files that lie ready for their content. */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "breakglass/file.h"
#include "test_paths.h"

/* The linker puts these in the place of the calls: what the disk was told, in order. */
static struct {
  char calls[16]; /* r the rest, 1 the first byte, c fdatasync, f fsync, d of a folder */
  size_t count;
  char failing; /* the call that fails */
} disk;

static int seen(char call) {
  disk.calls[disk.count++ % (sizeof disk.calls - 1)] = call;
  errno = ENOSPC;
  return call == disk.failing ? -1 : 0;
}

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __wrap_fsync(int fd) {
  struct stat st;
  bool is_folder = fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
  return seen(is_folder ? 'd' : 'f') == 0 ? __real_fsync(fd) : -1;
}

int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);
int __wrap_fdatasync(int fd) {
  return seen('c') == 0 ? __real_fdatasync(fd) : -1;
}

ssize_t __real_pwrite(int fd, const void *data, size_t len, off_t at);
ssize_t __wrap_pwrite(int fd, const void *data, size_t len, off_t at);
ssize_t __wrap_pwrite(int fd, const void *data, size_t len, off_t at) {
  return seen(at == 0 ? '1' : 'r') == 0 ? __real_pwrite(fd, data, len, at) : -1;
}

static int folder = -1;

static void confirm(void) {
  bg_file_blank_confirm(folder, "one", geteuid());
}

static enum bg_error make(void) {
  return bg_file_blank_make(folder, "one");
}

static enum bg_blank look(void) {
  return bg_file_blank_look(folder, "one", geteuid());
}

static enum bg_error fill(const char *content) {
  return bg_file_blank_fill(folder, "one", geteuid(), bg_bytes_of(content));
}

static int enter_folder(void **state) {
  (void)state;
  return chdir(test_root_create()) == 0 && bg_dir_open("run", geteuid(), &folder) == BG_OK ? 0 : -1;
}

/* Nothing of the disk is seen before. */
static int enter_with_blank(void **state) {
  if (enter_folder(state) != 0 || make() != BG_OK) {
    return -1;
  }
  confirm();
  memset(&disk, 0, sizeof disk);
  return 0;
}

static int leave_folder(void **state) {
  (void)state;
  memset(&disk, 0, sizeof disk);
  (void)close(folder);
  int err = chdir("/");
  test_root_remove();
  return err;
}

/* What a reader takes the file for. */
static void assert_holds(const char *content) {
  struct bg_file file = {0};
  assert_int_equal(bg_file_read("run/one", geteuid(), BG_FILE_BLANK_SIZE, &file), BG_OK);
  assert_int_equal(file.len, BG_FILE_BLANK_SIZE);
  assert_true(bg_bytes_is(bg_file_blank_content(bg_bytes(file.data, file.len)), content));
  bg_file_free(&file);
}

/* The name is another matter: who makes many waits for it once. */
static void is_made_on_disk(void **state) {
  (void)state;
  memset(&disk, 0, sizeof disk);
  assert_int_equal(look(), BG_BLANK_NONE);
  assert_int_equal(make(), BG_OK);
  assert_string_equal(disk.calls, "f");
  assert_int_equal(look(), BG_BLANK_UNNAMED);
  assert_holds("");
  assert_int_equal(make(), BG_ERR_EXISTS);
  memset(&disk, 0, sizeof disk);
  confirm();
  assert_int_equal(look(), BG_BLANK_NAMED);
  assert_string_equal(disk.calls, "1");
  confirm(); /* writes no more */
  assert_string_equal(disk.calls, "1");
}

static void takes_the_content(void **state) {
  (void)state;
  struct stat before;
  struct stat after;
  assert_int_equal(stat("run/one", &before), 0);
  assert_int_equal(fill("content\n"), BG_OK);
  assert_holds("content\n");
  assert_int_equal(stat("run/one", &after), 0);
  assert_int_equal(after.st_ino, before.st_ino); /* no new inode, no new block */
  assert_int_equal(after.st_blocks, before.st_blocks);
  assert_int_equal(look(), BG_BLANK_OTHER);
  assert_int_equal(fill("other\n"), BG_ERR_EXISTS);
  confirm();
  assert_holds("content\n");
}

/* Whoever is killed in between leaves a blank; and one answer of the disk is waited for. */
static void keeps_the_order(void **state) {
  (void)state;
  assert_int_equal(fill("content\n"), BG_OK);
  assert_string_equal(disk.calls, "r1c");
}

/* Its maker was killed before the name was on disk. */
static void waits_for_a_name_that_may_not_be_on_disk(void **state) {
  (void)state;
  assert_int_equal(make(), BG_OK);
  memset(&disk, 0, sizeof disk);
  assert_int_equal(fill("content\n"), BG_OK);
  assert_string_equal(disk.calls, "r1cd");
  assert_holds("content\n");
}

static void what_is_not_on_disk_is_not_there(void **state) {
  (void)state;
  for (const char *call = "r1c"; *call != '\0'; call++) {
    memset(&disk, 0, sizeof disk);
    disk.failing = *call;
    assert_int_equal(fill("longer content\n"), BG_ERR_IO);
    assert_int_equal(errno, ENOSPC);
    assert_holds("");
  }
  memset(&disk, 0, sizeof disk);
  assert_int_equal(fill("content\n"), BG_OK); /* and nothing of the attempts is left behind it */
  assert_holds("content\n");
}

static void an_unnamed_one_stays_unnamed(void **state) {
  (void)state;
  assert_int_equal(make(), BG_OK);
  memset(&disk, 0, sizeof disk);
  disk.failing = 'd';
  assert_int_equal(fill("content\n"), BG_ERR_IO);
  assert_holds("");
  memset(&disk, 0, sizeof disk);
  assert_int_equal(fill("content\n"), BG_OK);
  assert_string_equal(disk.calls, "r1cd");
}

static void as_much_fits_and_no_more(void **state) {
  (void)state;
  char content[BG_FILE_BLANK_SIZE + 2];
  memset(content, 'x', sizeof content);
  content[sizeof content - 1] = '\0';
  assert_int_equal(fill(content), BG_ERR_RANGE);
  assert_int_equal(fill(""), BG_ERR_RANGE);
  assert_holds("");
  content[BG_FILE_BLANK_SIZE] = '\0';
  assert_int_equal(fill(content), BG_OK);
  assert_holds(content);
}

static void assert_no_blank(void) {
  assert_int_equal(fill("content\n"), BG_ERR_EXISTS);
  assert_int_equal(look(), BG_BLANK_OTHER);
  confirm();
  struct stat st;
  assert_int_equal(lstat("run/one", &st), 0); /* not ours to remove */
  assert_int_equal(unlink("run/one"), 0);
}

/* What the content would otherwise be written to, or be changed by. */
static void only_a_safe_file_is_one(void **state) {
  (void)state;
  assert_int_equal(rename("run/one", "run/victim"), 0);
  assert_int_equal(fill("content\n"), BG_ERR_NOT_FOUND);
  assert_int_equal(symlink("victim", "run/one"), 0);
  assert_no_blank();
  assert_int_equal(mkfifo("run/one", 0600), 0); /* without a reader: must not hang */
  assert_no_blank();
  test_root_write("/run/one", "\n\n\n");
  assert_no_blank();
  assert_int_equal(link("run/victim", "run/one"), 0);
  assert_int_equal(chmod("run/one", 0620), 0);
  assert_no_blank();
  assert_int_equal(rename("run/victim", "run/one"), 0);
  assert_int_equal(chmod("run/one", 0640), 0); /* who may read is no matter of the content's */
  memset(&disk, 0, sizeof disk);
  assert_int_equal(fill("content\n"), BG_OK);
}

/* Only the size of a blank tells that line ends at the end are not somebody's. */
static void line_ends_are_cut_from_what_was_a_blank(void **state) {
  (void)state;
  static const struct {
    const char *begin;
    const char *content;
  } cases[] = {{"", ""},
               {" ", ""},
               {" {}", ""},
               {"{}", "{}\n"},
               {"{}\n", "{}\n"},
               {"{}\n ", "{}\n \n"},
               {"{\n\n}", "{\n\n}\n"},
               {"{} ", "{} \n"}};
  char file[BG_FILE_BLANK_SIZE];
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    memset(file, '\n', sizeof file);
    memcpy(file, cases[i].begin, strlen(cases[i].begin));
    const struct bg_bytes content = bg_file_blank_content(bg_bytes(file, sizeof file));
    assert_true(bg_bytes_is(content, cases[i].content));
    const struct bg_bytes shorter = bg_bytes(file, sizeof file - 1);
    assert_true(bg_bytes_equal(bg_file_blank_content(shorter), shorter));
  }
  assert_int_equal(bg_file_blank_content(bg_bytes_of("")).len, 0);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)
#define WITH_BLANK(test) cmocka_unit_test_setup_teardown(test, enter_with_blank, leave_folder)

int main(void) {
  const struct CMUnitTest tests[] = {
      IN_FOLDER(is_made_on_disk),
      WITH_BLANK(takes_the_content),
      WITH_BLANK(keeps_the_order),
      IN_FOLDER(waits_for_a_name_that_may_not_be_on_disk),
      WITH_BLANK(what_is_not_on_disk_is_not_there),
      IN_FOLDER(an_unnamed_one_stays_unnamed),
      WITH_BLANK(as_much_fits_and_no_more),
      WITH_BLANK(only_a_safe_file_is_one),
      cmocka_unit_test(line_ends_are_cut_from_what_was_a_blank),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
