/*
 * An EV drive image in a file, while no machine uses it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE                 /* open file description locks */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image.h"

/*
 * QEMU's image locks (block/file-posix.c): a shared lock on the first byte
 * says "I write", one on the second "nobody else may write".
 */
#define LOCK_WRITES 101
#define LOCK_NO_OTHER_WRITER 201

static bool file_read(void *opaque, uint32_t offset, void *buffer,
                      uint32_t size)
{
    struct image *image = opaque;

    return pread(image->fd, buffer, size, offset) == (ssize_t)size;
}

static bool file_write(void *opaque, uint32_t offset, const void *buffer,
                       uint32_t size)
{
    struct image *image = opaque;

    return pwrite(image->fd, buffer, size, offset) == (ssize_t)size;
}

static bool file_flush(void *opaque)
{
    struct image *image = opaque;

    return fsync(image->fd) == 0;
}

static const EvStoreOps file_ops = {
    .read = file_read,
    .write = file_write,
    .flush = file_flush,
};

static bool complain(const char *path, const char *what)
{
    fprintf(stderr, "ev: %s: %s\n", path, what);
    return false;
}

static bool load(struct image *image)
{
    const IloListener nobody = { NULL, NULL };
    struct stat st;

    if (fstat(image->fd, &st) < 0) {
        return complain(image->path, strerror(errno));
    }
    if (!S_ISREG(st.st_mode) || st.st_size != EV_DRIVE_SIZE) {
        return complain(image->path,
                        "not an EV drive image (a file of 131072 bytes)");
    }
    ev_store_init(&image->store, &file_ops, image, &nobody);
    switch (ev_store_load(&image->store)) {
    case EV_LOAD_FAILED:
        return complain(image->path, "cannot be read");
    case EV_LOAD_DAMAGED:
        fprintf(stderr, "ev: warning: %s: both copies of the EVs are "
                "damaged; there are none\n", image->path);
        return true;
    default:
        return true;
    }
}

static bool set_lock(int fd, short type, off_t byte)
{
    struct flock lock = {
        .l_type = type,
        .l_whence = SEEK_SET,
        .l_start = byte,
        .l_len = 1,
    };

    return fcntl(fd, F_OFD_SETLK, &lock) == 0;
}

/* May an exclusive lock be had?  If so, nobody else has a shared one. */
static bool is_free(int fd, off_t byte)
{
    struct flock lock = {
        .l_type = F_WRLCK,
        .l_whence = SEEK_SET,
        .l_start = byte,
        .l_len = 1,
    };

    return fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type == F_UNLCK;
}

static bool lock_image(struct image *image)
{
    if (set_lock(image->fd, F_RDLCK, LOCK_WRITES) &&
        set_lock(image->fd, F_RDLCK, LOCK_NO_OTHER_WRITER) &&
        is_free(image->fd, LOCK_WRITES) &&
        is_free(image->fd, LOCK_NO_OTHER_WRITER)) {
        return true;
    }
    return complain(image->path, "in use by a running machine; "
                    "shut it down, or write from inside it");
}

/* A new image is whole or not there at all. */
static bool create(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd < 0) {
        return errno == EEXIST ? true : complain(path, strerror(errno));
    }
    if (ftruncate(fd, EV_DRIVE_SIZE) < 0 || fsync(fd) < 0) {
        complain(path, strerror(errno));
        unlink(path);
        close(fd);
        return false;
    }
    close(fd);
    return true;
}

static bool open_with(struct image *image, const char *path, int flags)
{
    image->path = path;
    image->fd = open(path, flags | O_CLOEXEC);
    return image->fd >= 0 ? true : complain(path, strerror(errno));
}

bool image_open(struct image *image, const char *path)
{
    if (!open_with(image, path, O_RDONLY)) {
        return false;
    }
    if (!load(image)) {
        image_close(image);
        return false;
    }
    return true;
}

bool image_open_for_change(struct image *image, const char *path)
{
    if (!create(path) || !open_with(image, path, O_RDWR)) {
        return false;
    }
    if (!lock_image(image) || !load(image)) {
        image_close(image);
        return false;
    }
    return true;
}

void image_close(struct image *image)
{
    close(image->fd);
}
