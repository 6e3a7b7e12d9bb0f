/* SPDX-License-Identifier: BSD-2-Clause */
/* Files, each opened and written one way. No function here follows a symbolic
 * link in the last component. Temporary files are named ".tmp.*" and lie in the
 * folder of what they become. Where this user may not read or write, the error is
 * BG_ERR_DENIED. Reaches only buf.h. */
#ifndef BREAKGLASS_FILE_H
#define BREAKGLASS_FILE_H

#include <sys/types.h>
#include <time.h>

#include "breakglass/buf.h"

/* A heap copy of a file, NUL after the last byte. Zero-initialise; free with
 * bg_file_free(), which wipes it. */
struct bg_file {
  uint8_t *data;
  size_t len;
  struct timespec changed; /* when the file was last changed: its ctime */
};

/* Who may own a trusted file besides root: BG_OWNER_ROOT for nobody else. */
#define BG_OWNER_ROOT ((uid_t)0)

/* Reads a regular file of at most max bytes that only root or owner can write
 * (owner uid 0 or `owner`, mode without go+w). Errors: BG_ERR_NOT_FOUND,
 * BG_ERR_UNSAFE (link, type, owner, mode), BG_ERR_TOO_LARGE, BG_ERR_NOMEM, BG_ERR_IO. */
BG_MUST_USE enum bg_error bg_file_read(const char *path, uid_t owner, size_t max,
                                       struct bg_file *ret_file);
/* The same below an open folder. */
BG_MUST_USE enum bg_error bg_file_read_at(int dir, const char *name, uid_t owner, size_t max,
                                          struct bg_file *ret_file);
/* The same of a secret: BG_ERR_UNSAFE, too, if the mode has any of the bits of `forbidden`. */
BG_MUST_USE enum bg_error bg_file_read_secret(const char *path, uid_t owner, mode_t forbidden,
                                              size_t max, struct bg_file *ret_file);
/* What others than the owner may do: forbidden for a secret. */
#define BG_MODE_OTHERS ((mode_t)077)
void bg_file_free(struct bg_file *file);

/* Reads up to cap - 1 bytes of a /proc or /sys file, trailing newline cut. */
BG_MUST_USE enum bg_error bg_proc_read(const char *path, size_t cap, char *ret_text);

/* Creates the file with this content, or fails with BG_ERR_EXISTS; mode 0600;
 * exactly one caller of many wins. No fsync: for tmpfs. */
BG_MUST_USE enum bg_error bg_file_create(const char *path, struct bg_bytes content);

/* Replaces the file at once: readers see the old or the new content, whole.
 * The folder must be writable by root alone. No fsync: for tmpfs. */
BG_MUST_USE enum bg_error bg_file_replace(const char *path, mode_t mode, struct bg_bytes content);

/* The same for a file of mode 0600 that exists: BG_ERR_NOT_FOUND if it does not. */
BG_MUST_USE enum bg_error bg_file_update(const char *path, struct bg_bytes content);

/* A stamp is a moment, kept as the modification time of an empty file: read by one
 * call, replaced at once, never half-written. For tmpfs. bg_stamp_read() looks at
 * owner, type and mode as bg_file_read() does. BG_ERR_NOT_FOUND (read), BG_ERR_UNSAFE (read),
 * BG_ERR_IO. */
BG_MUST_USE enum bg_error bg_stamp_read(const char *path, uid_t owner, struct timespec *ret_moment);
BG_MUST_USE enum bg_error bg_stamp_write(const char *path, uid_t owner, struct timespec moment);

/* Writes name below the open folder so that it survives a power cut once this
 * returns: temporary file, fsync, renameat2(RENAME_NOREPLACE), fsync of the
 * folder. BG_ERR_EXISTS if the name is taken; BG_ERR_IO with errno (ENOSPC,
 * EROFS, ...) otherwise; no temporary file is left in either case. */
BG_MUST_USE enum bg_error bg_file_publish(int dir, const char *name, struct bg_bytes content);

/* The first half of that: the content survives a power cut, the name only once an fsync of the
 * folder has returned. */
BG_MUST_USE enum bg_error bg_file_add(int dir, const char *name, struct bg_bytes content);

/* The same in the place of a file that may be there: after a power cut it is the old or the new
 * one, whole. BG_ERR_IO; the old one stays then, or the new one is there without having been
 * promised. */
BG_MUST_USE enum bg_error bg_file_replace_durably(int dir, const char *name,
                                                  struct bg_bytes content);

/* Writes the content once more into the file that holds it, and waits for the disk: it may be that
 * of a writer who was killed before the disk answered, or after it answered that it had failed.
 * BG_ERR_IO. */
BG_MUST_USE enum bg_error bg_file_write_again(int dir, const char *name, struct bg_bytes content);

/* A blank is a file of a fixed size, all line ends, that lies ready under the name of what will be
 * written there one day. Filling it takes no name, no inode and, on a file system that writes in
 * place, no block: a full disk takes the content, and the disk is waited for once. */
#define BG_FILE_BLANK_SIZE 8192

enum bg_blank {
  BG_BLANK_NONE,    /* no such file */
  BG_BLANK_OTHER,   /* one that is no blank, cannot be read, or that others can write */
  BG_BLANK_UNNAMED, /* a blank whose name may not be on disk */
  BG_BLANK_NAMED,
};
enum bg_blank bg_file_blank_look(int dir, const char *name, uid_t owner);
/* Makes an unnamed blank, by bg_file_add(), with its errors. */
BG_MUST_USE enum bg_error bg_file_blank_make(int dir, const char *name);
/* Makes it a named one, after an fsync of the folder that began when it was there. Nobody may fill
 * it meanwhile. To any other file nothing is done. */
void bg_file_blank_confirm(int dir, const char *name, uid_t owner);
/* Writes the content, which begins with neither a space nor a line end and is no longer than a
 * blank, and line ends behind it, so that they survive a power cut once this returns. Readers see a
 * blank or the whole, whenever the writer is killed; a power cut before this returns may leave
 * half. One writer at a time. BG_ERR_NOT_FOUND if there is no such name; BG_ERR_EXISTS if it is
 * BG_BLANK_OTHER; BG_ERR_DENIED; BG_ERR_IO, after which it is a blank again if the disk allows that
 * much. */
BG_MUST_USE enum bg_error bg_file_blank_fill(int dir, const char *name, uid_t owner,
                                             struct bg_bytes content);
/* What was written into a file that was made as a blank: nothing if it still is one, and no more
 * than the first line end of those at its end. Of a file of another size, all. */
struct bg_bytes bg_file_blank_content(struct bg_bytes file);

/* Opens a folder that only root or owner can write. */
BG_MUST_USE enum bg_error bg_dir_open(const char *path, uid_t owner, int *ret_fd);

#endif
