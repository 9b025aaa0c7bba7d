/* SPDX-License-Identifier: MIT */
#include "fault_disk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_SIZE  192
#define NAME_COUNT 32

struct bytes {
    unsigned char *data;
    size_t size, capacity;
};

/* A write, or with bytes == NULL a change of length to `offset`. */
struct change {
    struct change *next;
    uint64_t moment;
    size_t offset, size;
    unsigned char *bytes;
};

struct disk_file {
    disk_file *next;
    struct bytes now, durable;
    struct change *first, **last;
    int is_temporary;
    void *attachment;
};

struct name {
    char text[NAME_SIZE];
    disk_file *now, *durable;
};

struct name_change {
    struct name_change *next;
    uint64_t moment;
    size_t name;
    disk_file *file; /* NULL: deleted */
};

static struct {
    disk_file *files;
    struct name names[NAME_COUNT];
    size_t name_count;
    struct name_change *first, **last;
    uint64_t moment;
} disk = { NULL, { { "", NULL, NULL } }, 0, NULL, &disk.first, 0 };

const disk_mode disk_modes[] = {
    { "lost", CONTENT_LOST, LENGTH_NATURAL, NAMES_LOST, 0 },
    { "kept", CONTENT_KEPT, LENGTH_NATURAL, NAMES_KEPT, 0 },
    { "prefix", CONTENT_PREFIX, LENGTH_NATURAL, NAMES_PREFIX, 0 },
    { "subset", CONTENT_SUBSET, LENGTH_NATURAL, NAMES_KEPT, 0 },
    { "reordered", CONTENT_REORDER, LENGTH_NATURAL, NAMES_SUBSET, 0 },
    { "torn", CONTENT_TORN, LENGTH_NATURAL, NAMES_KEPT, 0 },
    { "garbage", CONTENT_GARBAGE, LENGTH_NATURAL, NAMES_KEPT, 0 },
    { "lost, names kept", CONTENT_LOST, LENGTH_NATURAL, NAMES_KEPT, 0 },
    { "lost, zeroed", CONTENT_LOST, LENGTH_ZEROED, NAMES_KEPT, 0 },
    { "kept, names lost", CONTENT_KEPT, LENGTH_NATURAL, NAMES_LOST, 0 },
    { "kept, length lost", CONTENT_KEPT, LENGTH_LOST, NAMES_KEPT, 0 },
    { "reordered, zeroed", CONTENT_REORDER, LENGTH_ZEROED, NAMES_KEPT, 0 },
    { "torn, length lost", CONTENT_TORN, LENGTH_LOST, NAMES_PREFIX, 0 },
    { "garbage, zeroed", CONTENT_GARBAGE, LENGTH_ZEROED, NAMES_SUBSET, 0 },
    { "garbage beside", CONTENT_GARBAGE, LENGTH_NATURAL, NAMES_KEPT, 1 },
};
const size_t disk_mode_count = sizeof disk_modes / sizeof *disk_modes;

static void *get_memory(void *old, size_t size)
{
    void *memory = realloc(old, size > 0 ? size : 1);
    if (memory == NULL) {
        fprintf(stderr, "no memory for the disk\n");
        exit(2);
    }
    return memory;
}

/* splitmix64 */
uint64_t disk_random(uint64_t *seed)
{
    uint64_t z = *seed += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* --- bytes --------------------------------------------------------------- */

static void set_length(struct bytes *bytes, size_t size)
{
    if (size > bytes->capacity) {
        bytes->capacity = 2 * size;
        bytes->data = get_memory(bytes->data, bytes->capacity);
    }
    if (size > bytes->size)
        memset(bytes->data + bytes->size, 0, size - bytes->size);
    bytes->size = size;
}

static void put_bytes(struct bytes *bytes, const void *data, size_t size,
                      size_t offset)
{
    if (size == 0)
        return;
    if (offset + size > bytes->size)
        set_length(bytes, offset + size);
    memcpy(bytes->data + offset, data, size);
}

static void copy_bytes(struct bytes *to, const struct bytes *from)
{
    set_length(to, from->size);
    put_bytes(to, from->data, from->size, 0);
}

/* --- files --------------------------------------------------------------- */

static disk_file *new_file(void)
{
    disk_file *file = get_memory(NULL, sizeof *file);
    memset(file, 0, sizeof *file);
    file->last = &file->first;
    file->next = disk.files;
    disk.files = file;
    return file;
}

static void drop_changes(disk_file *file)
{
    while (file->first != NULL) {
        struct change *change = file->first;
        file->first = change->next;
        free(change->bytes);
        free(change);
    }
    file->last = &file->first;
}

static void add_change(disk_file *file, size_t offset, const void *bytes,
                       size_t size)
{
    struct change *change;
    if (file->is_temporary)
        return;
    change = get_memory(NULL, sizeof *change);
    change->next = NULL;
    change->moment = ++disk.moment;
    change->offset = offset;
    change->size = size;
    change->bytes = NULL;
    if (bytes != NULL) {
        change->bytes = get_memory(NULL, size);
        memcpy(change->bytes, bytes, size);
    }
    *file->last = change;
    file->last = &change->next;
}

int disk_is_temporary(const disk_file *file) { return file->is_temporary; }

void **disk_attachment(disk_file *file) { return &file->attachment; }

size_t disk_size(const disk_file *file) { return file->now.size; }

size_t disk_read(const disk_file *file, void *bytes, size_t size,
                 size_t offset)
{
    if (offset >= file->now.size)
        return 0;
    if (size > file->now.size - offset)
        size = file->now.size - offset;
    if (size > 0)
        memcpy(bytes, file->now.data + offset, size);
    return size;
}

void disk_write(disk_file *file, const void *bytes, size_t size, size_t offset)
{
    if (size == 0)
        return;
    add_change(file, offset, bytes, size);
    put_bytes(&file->now, bytes, size, offset);
}

void disk_truncate(disk_file *file, size_t size)
{
    add_change(file, size, NULL, 0);
    set_length(&file->now, size);
}

void disk_sync(disk_file *file)
{
    struct change *change;
    for (change = file->first; change != NULL; change = change->next)
        if (change->bytes == NULL)
            set_length(&file->durable, change->offset);
        else
            put_bytes(&file->durable, change->bytes, change->size,
                      change->offset);
    drop_changes(file);
}

void disk_forget_changes(disk_file *file) { drop_changes(file); }

/* --- the directory ------------------------------------------------------- */

static size_t name_index(const char *text)
{
    size_t i;
    for (i = 0; i < disk.name_count; i++)
        if (strcmp(disk.names[i].text, text) == 0)
            return i;
    if (i == NAME_COUNT || strlen(text) >= NAME_SIZE) {
        fprintf(stderr, "the disk has no room for the name %s\n", text);
        exit(2);
    }
    disk.name_count++;
    memset(&disk.names[i], 0, sizeof disk.names[i]);
    strcpy(disk.names[i].text, text);
    return i;
}

static void change_name(size_t name, disk_file *file)
{
    struct name_change *change = get_memory(NULL, sizeof *change);
    change->next = NULL;
    change->moment = ++disk.moment;
    change->name = name;
    change->file = file;
    *disk.last = change;
    disk.last = &change->next;
    disk.names[name].now = file;
}

static void drop_name_changes(void)
{
    while (disk.first != NULL) {
        struct name_change *change = disk.first;
        disk.first = change->next;
        free(change);
    }
    disk.last = &disk.first;
}

disk_file *disk_find(const char *name)
{
    size_t i;
    for (i = 0; i < disk.name_count; i++)
        if (strcmp(disk.names[i].text, name) == 0)
            return disk.names[i].now;
    return NULL;
}

disk_file *disk_create(const char *name)
{
    disk_file *file = new_file();
    change_name(name_index(name), file);
    return file;
}

disk_file *disk_temporary(void)
{
    disk_file *file = new_file();
    file->is_temporary = 1;
    return file;
}

void disk_delete(const char *name) { change_name(name_index(name), NULL); }

void disk_sync_directory(void)
{
    struct name_change *change;
    for (change = disk.first; change != NULL; change = change->next)
        disk.names[change->name].durable = change->file;
    drop_name_changes();
}

void disk_remove(const char *name)
{
    size_t i = name_index(name);
    disk.names[i].now = disk.names[i].durable = NULL;
}

void disk_rename(const char *from, const char *to)
{
    size_t i = name_index(to);
    disk.names[i].now = disk.names[i].durable = disk_find(from);
    disk_remove(from);
}

/* --- loss of power ------------------------------------------------------- */

static void put_noise(struct bytes *bytes, size_t offset, size_t end,
                      uint64_t *seed)
{
    if (end > bytes->size)
        set_length(bytes, end);
    for (; offset < end; offset++)
        bytes->data[offset] = (unsigned char)disk_random(seed);
}

/* A write of which each sector has its own fate. */
static void put_torn(struct bytes *bytes, const struct change *change,
                     const disk_mode *mode, uint64_t *seed)
{
    size_t start = change->offset, end = change->offset + change->size;
    while (start < end) {
        size_t next = start / DISK_SECTOR * DISK_SECTOR + DISK_SECTOR;
        size_t stop = next < end ? next : end;
        uint64_t fate = disk_random(seed) % 3;
        if (fate == 0) {
            put_bytes(bytes, change->bytes + (start - change->offset),
                      stop - start, start);
        } else if (fate == 1 && mode->content == CONTENT_GARBAGE) {
            size_t first = start;
            if (mode->spoils_neighbours)
                first -= first % DISK_SECTOR;
            put_noise(bytes, first, mode->spoils_neighbours ? next : stop,
                      seed);
        }
        start = stop;
    }
}

static void put_change(struct bytes *bytes, const struct change *change)
{
    if (change->bytes == NULL)
        set_length(bytes, change->offset);
    else
        put_bytes(bytes, change->bytes, change->size, change->offset);
}

static void keep_some(struct bytes *bytes, const disk_file *file,
                      const disk_mode *mode, uint64_t cut, uint64_t *seed)
{
    const struct change *change, **list;
    size_t count = 0, i;
    for (change = file->first; change != NULL; change = change->next)
        count++;
    list = get_memory(NULL, count * sizeof *list);
    count = 0;
    for (change = file->first; change != NULL; change = change->next)
        list[count++] = change;
    if (mode->content == CONTENT_REORDER)
        for (i = count; i > 1; i--) {
            size_t other = (size_t)(disk_random(seed) % i);
            change = list[i - 1];
            list[i - 1] = list[other];
            list[other] = change;
        }
    for (i = 0; i < count; i++) {
        change = list[i];
        switch (mode->content) {
        case CONTENT_LOST:
            break;
        case CONTENT_KEPT:
            put_change(bytes, change);
            break;
        case CONTENT_PREFIX:
            if (change->moment < cut) {
                put_change(bytes, change);
            } else if (change->moment == cut && change->bytes != NULL) {
                size_t sectors = change->size / DISK_SECTOR + 1;
                size_t size = (size_t)(disk_random(seed) % sectors);
                put_bytes(bytes, change->bytes, size * DISK_SECTOR,
                          change->offset);
            }
            break;
        case CONTENT_SUBSET:
            if (disk_random(seed) % 2 == 0)
                put_change(bytes, change);
            break;
        case CONTENT_REORDER:
            if (disk_random(seed) % 4 != 0)
                put_change(bytes, change);
            break;
        case CONTENT_TORN:
        case CONTENT_GARBAGE:
            if (change->bytes != NULL)
                put_torn(bytes, change, mode, seed);
            else if (disk_random(seed) % 2 == 0)
                put_change(bytes, change);
            break;
        }
    }
    free(list);
}

static void restart_file(disk_file *file, const disk_mode *mode, uint64_t cut,
                         uint64_t *seed)
{
    struct bytes kept = { NULL, 0, 0 };
    copy_bytes(&kept, &file->durable);
    keep_some(&kept, file, mode, cut, seed);
    if (mode->length == LENGTH_LOST && kept.size > file->durable.size)
        set_length(&kept, file->durable.size);
    if (mode->length == LENGTH_ZEROED && kept.size < file->now.size)
        set_length(&kept, file->now.size);
    copy_bytes(&file->now, &kept);
    copy_bytes(&file->durable, &kept);
    free(kept.data);
    drop_changes(file);
}

static void restart_names(const disk_mode *mode, uint64_t cut, uint64_t *seed)
{
    const struct name_change *change;
    size_t i;
    for (change = disk.first; change != NULL; change = change->next) {
        int keeps = 0;
        switch (mode->names) {
        case NAMES_LOST: break;
        case NAMES_KEPT: keeps = 1; break;
        case NAMES_PREFIX: keeps = change->moment < cut; break;
        case NAMES_SUBSET: keeps = disk_random(seed) % 2 == 0; break;
        }
        if (keeps)
            disk.names[change->name].durable = change->file;
    }
    for (i = 0; i < disk.name_count; i++)
        disk.names[i].now = disk.names[i].durable;
    drop_name_changes();
}

void disk_reboot(const disk_mode *mode, uint64_t seed)
{
    uint64_t first = disk.moment + 1, cut;
    disk_file *file;
    if (disk.first != NULL)
        first = disk.first->moment;
    for (file = disk.files; file != NULL; file = file->next)
        if (file->first != NULL && file->first->moment < first)
            first = file->first->moment;
    cut = first + disk_random(&seed) % (disk.moment + 2 - first);
    for (file = disk.files; file != NULL; file = file->next)
        restart_file(file, mode, cut, &seed);
    restart_names(mode, cut, &seed);
}

/* --- images -------------------------------------------------------------- */

struct disk_image {
    size_t count;
    struct {
        char name[NAME_SIZE];
        struct bytes bytes;
    } files[NAME_COUNT];
};

disk_image *disk_copy(void)
{
    disk_image *image = get_memory(NULL, sizeof *image);
    size_t i;
    memset(image, 0, sizeof *image);
    for (i = 0; i < disk.name_count; i++) {
        const struct name *name = &disk.names[i];
        if (name->now == NULL)
            continue;
        strcpy(image->files[image->count].name, name->text);
        copy_bytes(&image->files[image->count].bytes, &name->now->now);
        image->count++;
    }
    return image;
}

void disk_put(const char *name, const void *bytes, size_t size)
{
    size_t index = name_index(name);
    disk_file *file = new_file();
    put_bytes(&file->now, bytes, size, 0);
    put_bytes(&file->durable, bytes, size, 0);
    disk.names[index].now = disk.names[index].durable = file;
}

void disk_load(const disk_image *image)
{
    size_t i;
    while (disk.files != NULL) {
        disk_file *file = disk.files;
        disk.files = file->next;
        drop_changes(file);
        free(file->now.data);
        free(file->durable.data);
        free(file);
    }
    drop_name_changes();
    disk.name_count = 0;
    disk.moment = 0;
    for (i = 0; image != NULL && i < image->count; i++)
        disk_put(image->files[i].name, image->files[i].bytes.data,
                 image->files[i].bytes.size);
}

void disk_free_image(disk_image *image)
{
    size_t i;
    if (image == NULL)
        return;
    for (i = 0; i < image->count; i++)
        free(image->files[i].bytes.data);
    free(image);
}
