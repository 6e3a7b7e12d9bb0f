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

/* The same for a file that has its name already, as that of a writer who was killed
 * before the disk answered. An error of the disk that was told to that writer is not told
 * again. BG_ERR_IO. */
BG_MUST_USE enum bg_error bg_file_sync(int dir, const char *name);

/* A blank is a file of one block, all line ends, that lies ready under the name of what will be
 * written there one day. Filling it takes no name, no inode and no block, so that a full disk takes
 * the content, and the disk is waited for once. */
#define BG_FILE_BLANK_SIZE 4096

/* Makes a blank that survives a power cut, by bg_file_publish(), with its errors. */
BG_MUST_USE enum bg_error bg_file_blank_make(int dir, const char *name);
/* Tells a blank that its name is on disk: one that was made before an fsync of the folder which
 * has returned. Nobody may fill it meanwhile. To a file that is no blank nothing is done. */
void bg_file_blank_settle(int dir, const char *name, uid_t owner);
/* Whether the file may be a blank, as far as can be told without opening it. */
bool bg_file_blank_is(int dir, const char *name, uid_t owner);
/* Writes the content, which begins with neither a space nor a line end, and line ends behind it, so
 * that they survive a power cut once this returns. Readers see a blank or the whole, whenever the
 * writer is killed; a power cut before this returns may leave half. One writer at a time.
 * BG_ERR_NOT_FOUND if there is no such name; BG_ERR_EXISTS if it is no blank, or one that others
 * can write; BG_ERR_TOO_LARGE if it is too small a blank; BG_ERR_DENIED; BG_ERR_IO, after which it
 * is a blank again if the disk allows that much. */
BG_MUST_USE enum bg_error bg_file_blank_fill(int dir, const char *name, uid_t owner,
                                             struct bg_bytes content);
/* What somebody wrote into a blank: nothing, or all but the line ends after the first at its end.
 */
struct bg_bytes bg_file_blank_content(struct bg_bytes file);

/* Opens a folder that only root or owner can write. */
BG_MUST_USE enum bg_error bg_dir_open(const char *path, uid_t owner, int *ret_fd);

#endif
