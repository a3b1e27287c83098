/*
 * EVs in an EV drive image: a file, while no machine uses it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE                 /* open file description locks */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "qemu/osdep.h"
#include "hw/ilo-ev/ev-store.h"
#include "console.h"
#include "image.h"

/*
 * QEMU's image locks (block/file-posix.c): a shared lock on the first byte
 * says "I write", one on the second "nobody else may write".
 */
#define LOCK_WRITES 101
#define LOCK_NO_OTHER_WRITER 201

struct image {
    struct ev_place place;
    int fd;
    EvStore store;
};

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
    say(CONSOLE_ERROR, "ev: %s: %s\n", path, what);
    return false;
}

static bool load(struct image *image)
{
    const IloListener nobody = { NULL, NULL };
    const char *path = image->place.name;
    struct stat st;

    if (fstat(image->fd, &st) < 0) {
        return complain(path, strerror(errno));
    }
    if (!S_ISREG(st.st_mode) || st.st_size != EV_DRIVE_SIZE) {
        return complain(path,
                        "not an EV drive image (a file of 131072 bytes)");
    }
    ev_store_init(&image->store, &file_ops, image, &nobody);
    switch (ev_store_load(&image->store)) {
    case EV_LOAD_FAILED:
        return complain(path, "cannot be read");
    case EV_LOAD_DAMAGED:
        say(CONSOLE_ERROR, "ev: warning: %s: both copies of the EVs are "
            "damaged; there are none\n", path);
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
    return complain(image->place.name, "in use by a running machine; "
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

static struct image *image_of(struct ev_place *place)
{
    return container_of(place, struct image, place);
}

static void image_close(struct ev_place *place)
{
    close(image_of(place)->fd);
}

static bool image_open(struct ev_place *place, bool change)
{
    struct image *image = image_of(place);

    if (change && !create(place->name)) {
        return false;
    }
    image->fd = open(place->name,
                     (change ? O_RDWR : O_RDONLY) | O_CLOEXEC);
    if (image->fd < 0) {
        return complain(place->name, strerror(errno));
    }
    if ((change && !lock_image(image)) || !load(image)) {
        image_close(place);
        return false;
    }
    return true;
}

/* What the file holds counts, not what was loaded or written before. */
static enum place_result image_read(struct ev_place *place, const char *name,
                                    uint8_t *data, size_t *length)
{
    EvStore *store = &image_of(place)->store;
    EvRecord record;

    memset(&store->records, 0, sizeof(store->records));
    if (ev_store_load(store) == EV_LOAD_FAILED) {
        return PLACE_FAILED;
    }
    if (!ev_store_find(store, name, &record)) {
        return PLACE_NO_SUCH;
    }
    memcpy(data, record.data, record.length);
    *length = record.length;
    return PLACE_OK;
}

static enum place_result image_write(struct ev_place *place, const char *name,
                                     const uint8_t *data, size_t length)
{
    switch (ev_store_set(&image_of(place)->store, name, data, length)) {
    case EV_CHANGE_OK:
        return PLACE_OK;
    case EV_CHANGE_FULL:
        return PLACE_FULL;
    default:
        return PLACE_FAILED;
    }
}

struct ev_place *image_place(const char *path)
{
    static struct image image = {
        .place = {
            .open = image_open,
            .read = image_read,
            .write = image_write,
            .close = image_close,
        },
    };

    image.place.name = path;
    return &image.place;
}
