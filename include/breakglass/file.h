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

/* The same in the place of a file that may be there: after a power cut it is the old or the new
 * one, whole. BG_ERR_IO; the old one stays then, or the new one is there without having been
 * promised. */
BG_MUST_USE enum bg_error bg_file_replace_durably(int dir, const char *name,
                                                  struct bg_bytes content);

/* bg_file_publish() for a file that has its name already, as that of a writer who was killed
 * before the disk answered. An error of the disk that was told to that writer is not told
 * again. BG_ERR_IO. */
BG_MUST_USE enum bg_error bg_file_sync(int dir, const char *name);

/* bg_file_publish() through a slot: a private file of the owner's that lies ready in the
 * folder, at least as long as the content. It is overwritten, cut, renamed and only then
 * brought to disk, so that the file itself needs no new block and no new inode, and the disk
 * writes half as much. A power cut before this returns may leave the name with what
 * the slot held, whole or in part. Nobody else may remove the slot meanwhile. BG_ERR_NOT_FOUND and
 * BG_ERR_UNSAFE if the name is no slot, which it stays; after BG_ERR_IO and BG_ERR_EXISTS the slot
 * is gone; BG_ERR_DENIED as for all files. */
BG_MUST_USE enum bg_error bg_file_publish_slot(int dir, const char *slot, uid_t owner,
                                               const char *name, struct bg_bytes content);

/* Whether the name is a slot of at least that size. */
bool bg_file_is_slot(int dir, const char *slot, uid_t owner, size_t size);

/* Opens a folder that only root or owner can write. */
BG_MUST_USE enum bg_error bg_dir_open(const char *path, uid_t owner, int *ret_fd);

#endif
