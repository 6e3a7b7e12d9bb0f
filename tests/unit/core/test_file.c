/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "breakglass/file.h"
#include "test_paths.h"

#define MAX 64

/* The linker puts this in the place of fsync(). */
static struct {
  unsigned calls, fail_at;
  bool was_published[4]; /* at each call */
} syncs;

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __wrap_fsync(int fd) {
  syncs.was_published[syncs.calls % 4] = access("run/one", F_OK) == 0;
  if (++syncs.calls == syncs.fail_at) {
    errno = ENOSPC;
    return -1;
  }
  return __real_fsync(fd);
}

static int enter_folder(void **state) {
  (void)state;
  return chdir(test_root_create());
}

static int leave_folder(void **state) {
  (void)state;
  int err = chdir("/");
  test_root_remove();
  return err;
}

static void write_mode(const char *name, const char *content, mode_t mode) {
  char path[64];
  (void)snprintf(path, sizeof path, "/%s", name);
  test_root_write(path, content);
  assert_int_equal(chmod(name, mode), 0);
}

static enum bg_error read_own(const char *name) {
  struct bg_file file = {0};
  enum bg_error err = bg_file_read(name, geteuid(), MAX, &file);
  assert_true(err == BG_OK || file.data == NULL);
  bg_file_free(&file);
  return err;
}

static unsigned count_entries(const char *path) {
  unsigned count = 0;
  DIR *dir = opendir(path);
  assert_non_null(dir);
  while (readdir(dir) != NULL) {
    count++;
  }
  (void)closedir(dir);
  return count - 2;
}

static void assert_content(const char *name, const char *content) {
  struct bg_file file = {0};
  assert_int_equal(bg_file_read(name, geteuid(), 4096, &file), BG_OK);
  assert_true(bg_bytes_is(bg_bytes(file.data, file.len), content));
  bg_file_free(&file);
}

static void reads_whole_files(void **state) {
  (void)state;
  struct bg_file file = {0};
  struct stat st;
  write_mode("good", "two\nlines\n", 0644);
  assert_int_equal(bg_file_read("good", geteuid(), MAX, &file), BG_OK);
  assert_string_equal((char *)file.data, "two\nlines\n");
  assert_int_equal(file.len, 10);
  assert_int_equal(stat("good", &st), 0);
  assert_true(file.changed.tv_sec == st.st_ctim.tv_sec &&
              file.changed.tv_nsec == st.st_ctim.tv_nsec);
  bg_file_free(&file);
  assert_null(file.data);
  bg_file_free(&file);
  bg_file_free(NULL);
  assert_int_equal(bg_file_read("good", geteuid(), 10, &file), BG_OK);
  bg_file_free(&file);
  assert_int_equal(bg_file_read("good", geteuid(), 9, &file), BG_ERR_TOO_LARGE);
  write_mode("empty", "", 0600);
  assert_int_equal(bg_file_read("empty", geteuid(), 0, &file), BG_OK);
  assert_string_equal((char *)file.data, "");
  bg_file_free(&file);
  assert_int_equal(read_own("missing"), BG_ERR_NOT_FOUND);
  assert_int_equal(read_own("missing/file"), BG_ERR_NOT_FOUND);
}

static void refuses_what_others_can_write(void **state) {
  (void)state;
  write_mode("group", "x", 0620);
  write_mode("others", "x", 0602);
  write_mode("good", "x", 0444);
  assert_int_equal(read_own("group"), BG_ERR_UNSAFE);
  assert_int_equal(read_own("others"), BG_ERR_UNSAFE);
  assert_int_equal(read_own("good"), BG_OK);
}

static void refuses_other_owners(void **state) {
  (void)state;
  struct bg_file file = {0};
  write_mode("good", "x", 0644);
  if (geteuid() == 0) {
    assert_int_equal(chown("good", 12345, 0), 0);
    assert_int_equal(bg_file_read("good", 12345, MAX, &file), BG_OK);
    bg_file_free(&file);
  } else {
    assert_int_equal(read_own("/proc/self/maps/x"), BG_ERR_UNSAFE);
  }
  assert_int_equal(bg_file_read("good", BG_OWNER_ROOT, MAX, &file), BG_ERR_UNSAFE);
  assert_int_equal(bg_file_read("good", 54321, MAX, &file), BG_ERR_UNSAFE);
  assert_null(file.data);
}

static void refuses_what_is_no_plain_file(void **state) {
  (void)state;
  struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "socket"};
  int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
  write_mode("good", "x", 0600);
  assert_int_equal(symlink("good", "link"), 0);
  assert_int_equal(symlink("nothing", "dangling"), 0);
  assert_int_equal(mkfifo("fifo", 0600), 0);
  assert_int_equal(read_own("link"), BG_ERR_UNSAFE);
  assert_int_equal(read_own("dangling"), BG_ERR_UNSAFE);
  assert_int_equal(read_own("fifo"), BG_ERR_UNSAFE); /* and does not wait for a writer */
  assert_int_equal(read_own("socket"), BG_ERR_UNSAFE);
  assert_int_equal(read_own("etc"), BG_ERR_UNSAFE);
  assert_int_equal(read_own("/dev/null"), BG_ERR_UNSAFE);
  (void)close(listener);
}

static void reads_below_a_folder(void **state) {
  (void)state;
  int dir = -1;
  struct bg_file file = {0};
  write_mode("etc/good", "x", 0600);
  assert_int_equal(bg_dir_open("etc", geteuid(), &dir), BG_OK);
  assert_int_equal(bg_file_read_at(dir, "good", geteuid(), MAX, &file), BG_OK);
  bg_file_free(&file);
  assert_true((fcntl(dir, F_GETFD) & FD_CLOEXEC) != 0);
  (void)close(dir);
}

static void opens_safe_folders_only(void **state) {
  (void)state;
  int dir = -1;
  assert_int_equal(symlink("etc", "link"), 0);
  write_mode("file", "x", 0600);
  assert_int_equal(bg_dir_open("link", geteuid(), &dir), BG_ERR_UNSAFE);
  assert_int_equal(bg_dir_open("file", geteuid(), &dir), BG_ERR_UNSAFE);
  assert_int_equal(bg_dir_open("missing", geteuid(), &dir), BG_ERR_NOT_FOUND);
  assert_int_equal(chmod("etc", 0775), 0);
  assert_int_equal(bg_dir_open("etc", geteuid(), &dir), BG_ERR_UNSAFE);
  assert_int_equal(bg_dir_open("/tmp", geteuid(), &dir), BG_ERR_UNSAFE);
  assert_int_equal(dir, -1);
}

static void stamps_keep_a_moment(void **state) {
  (void)state;
  const struct timespec early = {.tv_sec = 5, .tv_nsec = 7};
  struct timespec moment = {0};
  struct stat st;
  assert_int_equal(bg_stamp_read("stamp", geteuid(), &moment), BG_ERR_NOT_FOUND);
  assert_int_equal(bg_stamp_write("missing/stamp", geteuid(), early), BG_ERR_IO);
  assert_int_equal(bg_stamp_write("stamp", geteuid(), (struct timespec){.tv_sec = 1900000000}),
                   BG_OK);
  assert_int_equal(bg_stamp_write("stamp", geteuid(), early), BG_OK);
  assert_int_equal(bg_stamp_read("stamp", geteuid(), &moment), BG_OK);
  assert_true(moment.tv_sec == early.tv_sec && moment.tv_nsec == early.tv_nsec);
  assert_int_equal(stat("stamp", &st), 0);
  assert_int_equal(st.st_mode & 07777, 0600);
}

static void stamps_of_others_count_nothing(void **state) {
  (void)state;
  struct timespec moment = {.tv_sec = 1};
  assert_int_equal(bg_stamp_write("stamp", geteuid(), moment), BG_OK);
  assert_int_equal(symlink("stamp", "link"), 0);
  assert_int_equal(bg_stamp_read("link", geteuid(), &moment), BG_ERR_UNSAFE);
  assert_int_equal(bg_stamp_read("etc", geteuid(), &moment), BG_ERR_UNSAFE);
  assert_int_equal(bg_stamp_read("stamp/x", geteuid(), &moment), BG_ERR_UNSAFE);
  assert_int_equal(chmod("stamp", 0620), 0);
  assert_int_equal(bg_stamp_read("stamp", geteuid(), &moment), BG_ERR_UNSAFE);
  assert_int_equal(moment.tv_sec, 1);
  assert_int_equal(bg_stamp_write("stamp", geteuid(), moment), BG_OK); /* by another file */
  assert_int_equal(bg_stamp_write("link", geteuid(), moment), BG_OK);
  assert_int_equal(bg_stamp_read("stamp", geteuid(), &moment), BG_OK);
  assert_int_equal(bg_stamp_read("link", geteuid(), &moment), BG_OK);
}

static void proc_files_are_cut_to_fit(void **state) {
  (void)state;
  char text[8] = "old";
  write_mode("line", "12345\n", 0600);
  write_mode("long", "123456789\n", 0600);
  write_mode("empty", "", 0600);
  assert_int_equal(bg_proc_read("missing", sizeof text, text), BG_ERR_NOT_FOUND);
  assert_string_equal(text, "old");
  assert_int_equal(bg_proc_read("line", sizeof text, text), BG_OK);
  assert_string_equal(text, "12345");
  assert_int_equal(bg_proc_read("long", sizeof text, text), BG_OK);
  assert_string_equal(text, "1234567");
  assert_int_equal(bg_proc_read("empty", sizeof text, text), BG_OK);
  assert_string_equal(text, "");
  assert_int_equal(bg_proc_read("etc", sizeof text, text), BG_ERR_UNSAFE);
}

/* How many of 8 processes that begin at once got BG_OK; the rest BG_ERR_EXISTS. */
static unsigned winners(enum bg_error (*act)(void)) {
  unsigned won = 0;
  pid_t pids[8];
  int start[2];
  assert_int_equal(pipe(start), 0);
  for (size_t i = 0; i < 8; i++) {
    pids[i] = fork();
    if (pids[i] == 0) {
      char byte = 0;
      (void)close(start[1]);
      (void)!read(start[0], &byte, 1); /* until all are closed */
      _exit((int)act());
    }
  }
  (void)close(start[0]);
  (void)close(start[1]);
  for (size_t i = 0; i < 8; i++) {
    int status = 0;
    assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
    assert_true(WIFEXITED(status));
    won += WEXITSTATUS(status) == BG_OK;
    assert_true(WEXITSTATUS(status) == BG_OK || WEXITSTATUS(status) == BG_ERR_EXISTS);
  }
  return won;
}

static enum bg_error create_one(void) {
  return bg_file_create("run/one", bg_bytes_of("content"));
}

static enum bg_error publish_one(void) {
  int dir = -1;
  enum bg_error err = bg_dir_open("run", geteuid(), &dir);
  if (err == BG_OK) {
    err = bg_file_publish(dir, "one", bg_bytes_of("content"));
    (void)close(dir);
  }
  return err;
}

static void exactly_one_creates(void **state) {
  (void)state;
  struct stat st;
  for (unsigned round = 0; round < 20; round++) {
    assert_int_equal(winners(create_one), 1);
    assert_int_equal(unlink("run/one"), 0);
  }
  assert_int_equal(create_one(), BG_OK);
  assert_content("run/one", "content");
  assert_int_equal(stat("run/one", &st), 0);
  assert_int_equal(st.st_mode & 07777, 0600);
}

static void exactly_one_publishes(void **state) {
  (void)state;
  for (unsigned round = 0; round < 5; round++) {
    assert_int_equal(winners(publish_one), 1);
    assert_content("run/one", "content");
    assert_int_equal(unlink("run/one"), 0);
    assert_int_equal(count_entries("run"), 1); /* breakglass: no temporary file is left */
  }
}

static void a_link_is_never_followed_when_creating(void **state) {
  (void)state;
  assert_int_equal(symlink("elsewhere", "run/one"), 0);
  assert_int_equal(create_one(), BG_ERR_EXISTS);
  assert_int_equal(publish_one(), BG_ERR_EXISTS);
  assert_int_equal(access("run/elsewhere", F_OK), -1);
}

static void replaces_at_once_with_the_mode(void **state) {
  (void)state;
  struct stat st;
  mode_t old = umask(077);
  assert_int_equal(bg_file_replace("run/one", 0644, bg_bytes_of("first")), BG_OK);
  assert_int_equal(bg_file_replace("run/one", 0644, bg_bytes_of("second")), BG_OK);
  (void)umask(old);
  assert_content("run/one", "second");
  assert_int_equal(stat("run/one", &st), 0);
  assert_int_equal(st.st_mode & 07777, 0644);
  assert_int_equal(bg_file_replace("plain", 0600, bg_bytes(NULL, 0)), BG_OK);
  assert_content("plain", "");
  assert_int_equal(bg_file_replace("missing/one", 0600, bg_bytes_of("x")), BG_ERR_IO);
  assert_int_equal(bg_file_replace("etc", 0600, bg_bytes_of("x")), BG_ERR_IO); /* a folder */
  assert_int_equal(count_entries("run"), 2);
  char path[5000];
  memset(path, 'a', sizeof path - 1);
  path[sizeof path - 1] = '\0';
  path[4090] = '/';
  assert_int_equal(bg_file_replace(path, 0600, bg_bytes_of("x")), BG_ERR_TOO_LARGE);
}

/* Readers of a file that is replaced all the time see one of the contents, whole. */
static void readers_see_no_half(void **state) {
  (void)state;
  static char a[3000], b[2000];
  memset(a, 'a', sizeof a);
  memset(b, 'b', sizeof b);
  assert_int_equal(bg_file_replace("one", 0600, bg_bytes(a, sizeof a)), BG_OK);
  pid_t writer = fork();
  if (writer == 0) {
    for (unsigned i = 0; i < 200; i++) {
      if (bg_file_replace("one", 0600, bg_bytes(i % 2 ? a : b, i % 2 ? sizeof a : sizeof b))) {
        _exit(1);
      }
    }
    _exit(0);
  }
  int status = 0;
  while (waitpid(writer, &status, WNOHANG) == 0) {
    struct bg_file file = {0};
    assert_int_equal(bg_file_read("one", geteuid(), 4096, &file), BG_OK);
    struct bg_bytes seen = bg_bytes(file.data, file.len);
    assert_true(bg_bytes_equal(seen, bg_bytes(a, sizeof a)) ||
                bg_bytes_equal(seen, bg_bytes(b, sizeof b)));
    bg_file_free(&file);
  }
  assert_int_equal(status, 0);
}

/* A full disk, as the kernel shows it to a process with a limit. */
static void nothing_is_left_of_a_failed_write(void **state) {
  (void)state;
  static char large[10000];
  int dir = -1;
  struct rlimit old;
  assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
  struct rlimit small = {.rlim_cur = 4096, .rlim_max = old.rlim_max};
  struct bg_bytes content = bg_bytes(large, sizeof large);
  assert_int_equal(bg_dir_open("run", geteuid(), &dir), BG_OK);
  (void)signal(SIGXFSZ, SIG_IGN);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
  errno = 0;
  enum bg_error created = bg_file_create("run/one", content);
  int create_errno = errno;
  enum bg_error replaced = bg_file_replace("run/two", 0600, content);
  enum bg_error published = bg_file_publish(dir, "three", content);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
  assert_int_equal(created, BG_ERR_IO);
  assert_int_equal(create_errno, EFBIG);
  assert_int_equal(replaced, BG_ERR_IO);
  assert_int_equal(published, BG_ERR_IO);
  assert_int_equal(count_entries("run"), 1);
  (void)close(dir);
}

/* In the process of somebody else, whom the kernel does not let do everything. */
static bool all_is_denied(uid_t owner) {
  struct bg_file file = {0};
  int dir = -1;
  bool denied = bg_file_read("closed", owner, MAX, &file) == BG_ERR_DENIED &&
                bg_dir_open("closed_folder", owner, &dir) == BG_ERR_DENIED &&
                bg_file_create("shut/one", bg_bytes_of("x")) == BG_ERR_DENIED &&
                bg_file_replace("shut/one", 0600, bg_bytes_of("x")) == BG_ERR_DENIED &&
                bg_file_update("shut/one", bg_bytes_of("x")) == BG_ERR_DENIED &&
                bg_dir_open("shut", owner, &dir) == BG_OK &&
                bg_file_publish(dir, "one", bg_bytes_of("x")) == BG_ERR_DENIED;
  return denied && (geteuid() == owner ||
                    bg_stamp_write("stamp", owner, (struct timespec){1, 0}) == BG_ERR_DENIED);
}

static void what_may_not_be_done_is_denied(void **state) {
  (void)state;
  uid_t owner = geteuid();
  int status = 1;
  write_mode("closed", "x", 0);
  write_mode("stamp", "", 0600);
  assert_int_equal(mkdir("closed_folder", 0), 0);
  assert_int_equal(mkdir("shut", 0555), 0);
  assert_int_equal(chmod(".", 0755), 0);
  pid_t child = fork();
  if (child == 0) {
    bool ready = owner != 0 || setuid(65534) == 0;
    _exit(ready && all_is_denied(owner) ? 0 : 1);
  }
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_int_equal(status, 0);
}

static void publishes_once(void **state) {
  (void)state;
  assert_int_equal(publish_one(), BG_OK);
  assert_content("run/one", "content");
  assert_int_equal(bg_file_replace("run/one", 0600, bg_bytes_of("kept")), BG_OK);
  assert_int_equal(publish_one(), BG_ERR_EXISTS);
  assert_content("run/one", "kept");
  assert_int_equal(bg_file_publish(-1, "one", bg_bytes_of("x")), BG_ERR_IO);
}

static void content_is_on_disk_before_its_name_is(void **state) {
  (void)state;
  memset(&syncs, 0, sizeof syncs);
  assert_int_equal(publish_one(), BG_OK);
  assert_int_equal(syncs.calls, 2); /* the file, and then its folder */
  assert_false(syncs.was_published[0]);
  assert_true(syncs.was_published[1]);
}

static void what_is_not_on_disk_is_not_published(void **state) {
  (void)state;
  for (unsigned fail_at = 1; fail_at <= 2; fail_at++) {
    memset(&syncs, 0, sizeof syncs);
    syncs.fail_at = fail_at;
    assert_int_equal(publish_one(), BG_ERR_IO);
    assert_int_equal(errno, ENOSPC);
    assert_int_equal(count_entries("run"), 1);
  }
}

static enum bg_error replace_durably(const char *content) {
  int dir = -1;
  enum bg_error err = bg_dir_open("run", geteuid(), &dir);
  if (err == BG_OK) {
    err = bg_file_replace_durably(dir, "one", bg_bytes_of(content));
    int saved = errno;
    (void)close(dir);
    errno = saved;
  }
  return err;
}

static void a_durable_replacement_is_old_or_new(void **state) {
  (void)state;
  memset(&syncs, 0, sizeof syncs);
  assert_int_equal(replace_durably("first"), BG_OK);
  assert_int_equal(syncs.calls, 2); /* the content before its name, and the folder */
  assert_false(syncs.was_published[0]);
  assert_true(syncs.was_published[1]);
  assert_int_equal(replace_durably("second"), BG_OK);
  assert_content("run/one", "second");
  memset(&syncs, 0, sizeof syncs);
  syncs.fail_at = 1;
  assert_int_equal(replace_durably("third"), BG_ERR_IO);
  assert_content("run/one", "second");
  assert_int_equal(count_entries("run"), 2);
  memset(&syncs, 0, sizeof syncs);
  syncs.fail_at = 2;
  assert_int_equal(replace_durably("third"), BG_ERR_IO);
  assert_content("run/one", "third");
}

static void only_publishing_waits_for_the_disk(void **state) {
  (void)state;
  memset(&syncs, 0, sizeof syncs);
  assert_int_equal(create_one(), BG_OK);
  assert_int_equal(bg_file_replace("run/one", 0600, bg_bytes_of("x")), BG_OK);
  assert_int_equal(syncs.calls, 0);
}

/* Runs last: whatever failed before, no descriptor stayed open. */
static void no_descriptor_is_left(void **state) {
  (void)state;
  unsigned before = count_entries("/proc/self/fd");
  test_root_write("/etc/bad", "x");
  for (unsigned i = 0; i < 100; i++) {
    int dir = -1;
    struct bg_file file = {0};
    assert_int_equal(bg_file_read("etc/bad", geteuid(), 0, &file), BG_ERR_TOO_LARGE);
    assert_int_equal(bg_file_read("etc", geteuid(), 0, &file), BG_ERR_UNSAFE);
    assert_int_equal(bg_dir_open("/tmp", geteuid(), &dir), BG_ERR_UNSAFE);
    assert_int_equal(bg_file_create("etc/bad", bg_bytes_of("")), BG_ERR_EXISTS);
    assert_int_equal(bg_file_replace("etc/bad", 0600, bg_bytes_of("x")), BG_OK);
  }
  assert_int_equal(count_entries("/proc/self/fd"), before);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

int main(void) {
  const struct CMUnitTest tests[] = {
      IN_FOLDER(reads_whole_files),
      IN_FOLDER(refuses_what_others_can_write),
      IN_FOLDER(refuses_other_owners),
      IN_FOLDER(refuses_what_is_no_plain_file),
      IN_FOLDER(reads_below_a_folder),
      IN_FOLDER(opens_safe_folders_only),
      IN_FOLDER(stamps_keep_a_moment),
      IN_FOLDER(stamps_of_others_count_nothing),
      IN_FOLDER(proc_files_are_cut_to_fit),
      IN_FOLDER(exactly_one_creates),
      IN_FOLDER(exactly_one_publishes),
      IN_FOLDER(a_link_is_never_followed_when_creating),
      IN_FOLDER(replaces_at_once_with_the_mode),
      IN_FOLDER(readers_see_no_half),
      IN_FOLDER(nothing_is_left_of_a_failed_write),
      IN_FOLDER(what_may_not_be_done_is_denied),
      IN_FOLDER(publishes_once),
      IN_FOLDER(content_is_on_disk_before_its_name_is),
      IN_FOLDER(what_is_not_on_disk_is_not_published),
      IN_FOLDER(a_durable_replacement_is_old_or_new),
      IN_FOLDER(only_publishing_waits_for_the_disk),
      IN_FOLDER(no_descriptor_is_left),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
