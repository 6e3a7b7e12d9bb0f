/* SPDX-License-Identifier: BSD-2-Clause */
/* Publishing through a file that lies ready. */
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

#define BLANK "                                "

/* The linker puts these in the place of the calls: what the disk was told, in order. */
static struct {
  char calls[8]; /* t ftruncate, f fsync of a file, d of a folder; in capitals once the name is there */
  size_t count;
  char failing; /* the call that fails */
} disk;

static int seen(char call) {
  bool published = access("run/one", F_OK) == 0;
  disk.calls[disk.count++ % (sizeof disk.calls - 1)] = published ? (char)(call - 'a' + 'A') : call;
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

int __real_ftruncate(int fd, off_t len);
int __wrap_ftruncate(int fd, off_t len);
int __wrap_ftruncate(int fd, off_t len) {
  return seen('t') == 0 ? __real_ftruncate(fd, len) : -1;
}

static int enter_folder(void **state) {
  (void)state;
  int err = chdir(test_root_create());
  test_root_write("/run/slot", BLANK);
  memset(&disk, 0, sizeof disk);
  return err;
}

static int leave_folder(void **state) {
  (void)state;
  int err = chdir("/");
  test_root_remove();
  return err;
}

static enum bg_error publish(void) {
  int dir = -1;
  enum bg_error err = bg_dir_open("run", geteuid(), &dir);
  if (err == BG_OK) {
    err = bg_file_publish_slot(dir, "slot", geteuid(), "one", bg_bytes_of("content"));
    int saved = errno;
    (void)close(dir);
    errno = saved;
  }
  return err;
}

static void assert_content(const char *name, const char *content) {
  struct bg_file file = {0};
  assert_int_equal(bg_file_read(name, geteuid(), 4096, &file), BG_OK);
  assert_true(bg_bytes_is(bg_bytes(file.data, file.len), content));
  bg_file_free(&file);
}

static bool is_there(const char *name) {
  struct stat st;
  return lstat(name, &st) == 0;
}

static void becomes_the_file(void **state) {
  (void)state;
  struct stat before;
  struct stat after;
  assert_int_equal(stat("run/slot", &before), 0);
  assert_int_equal(publish(), BG_OK);
  assert_content("run/one", "content"); /* no blank behind it */
  assert_int_equal(stat("run/one", &after), 0);
  assert_int_equal(after.st_ino, before.st_ino); /* no new inode */
  assert_false(is_there("run/slot"));
  assert_int_equal(publish(), BG_ERR_NOT_FOUND);
}

/* The file is whole before it has its name, and both are on disk before it returns. */
static void keeps_the_order(void **state) {
  (void)state;
  assert_int_equal(publish(), BG_OK);
  assert_string_equal(disk.calls, "tFD");
}

static void what_is_not_on_disk_is_not_published(void **state) {
  (void)state;
  for (const char *call = "tfd"; *call != '\0'; call++) {
    memset(&disk, 0, sizeof disk);
    disk.failing = *call;
    test_root_write("/run/slot", BLANK);
    assert_int_equal(publish(), BG_ERR_IO);
    assert_int_equal(errno, ENOSPC);
    assert_false(is_there("run/one"));
    assert_false(is_there("run/slot")); /* half an event is no slot */
  }
}

static void a_taken_name_stays(void **state) {
  (void)state;
  test_root_write("/run/one", "kept");
  assert_int_equal(publish(), BG_ERR_EXISTS);
  assert_content("run/one", "kept");
  assert_false(is_there("run/slot"));
}

static void assert_no_slot(void) {
  assert_int_equal(publish(), BG_ERR_UNSAFE);
  assert_true(is_there("run/slot")); /* not ours to remove */
  assert_int_equal(unlink("run/slot"), 0);
}

/* What the content would otherwise be written to, or be read and changed by. */
static void only_a_private_file_is_a_slot(void **state) {
  (void)state;
  test_root_write("/victim", BLANK);
  assert_int_equal(chmod("run/slot", 0620), 0);
  assert_no_slot();
  test_root_write("/run/slot", BLANK);
  assert_int_equal(chmod("run/slot", 0604), 0);
  assert_no_slot();
  assert_int_equal(link("victim", "run/slot"), 0);
  assert_no_slot();
  assert_int_equal(symlink("../victim", "run/slot"), 0);
  assert_no_slot();
  test_root_write("/run/slot", "short");
  assert_no_slot();
  assert_int_equal(mkfifo("run/slot", 0600), 0); /* without a reader: must not hang */
  assert_no_slot();
  assert_false(is_there("run/one"));
  assert_content("victim", BLANK);
  assert_string_equal(disk.calls, "");
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

int main(void) {
  const struct CMUnitTest tests[] = {
      IN_FOLDER(becomes_the_file),
      IN_FOLDER(keeps_the_order),
      IN_FOLDER(what_is_not_on_disk_is_not_published),
      IN_FOLDER(a_taken_name_stays),
      IN_FOLDER(only_a_private_file_is_a_slot),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
