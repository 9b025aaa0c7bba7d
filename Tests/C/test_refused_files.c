/* SPDX-License-Identifier: MIT
 * Every malformed file is refused for its reason, and every unusual but correct
 * one is accepted.
 *
 *     test_refused_files REFUSED ACCEPTED [--quick] */
#define _XOPEN_SOURCE 700
#include "leat.h"

#include "check.h"
#include "files.h"

#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

enum { MEMORY = 1 << 17 };

static unsigned char memory[MEMORY + 64], untouched[MEMORY + 64];
static unsigned char *aligned_memory;
static leat_error error;

static int is_utf8(const char *text)
{
    const unsigned char *s = (const unsigned char *)text;
    while (*s != 0) {
        int more = *s < 0x80 ? 0 : *s < 0xc2 ? -1 : *s < 0xe0 ? 1 :
                   *s < 0xf0 ? 2 : *s < 0xf5 ? 3 : -1;
        unsigned char low = 0x80, high = 0xbf;
        if (more < 0)
            return 0;
        low = *s == 0xe0 ? 0xa0 : *s == 0xf0 ? 0x90 : low;
        high = *s == 0xed ? 0x9f : *s == 0xf4 ? 0x8f : high;
        for (s++; more > 0; more--, s++, low = 0x80, high = 0xbf)
            if (*s < low || *s > high)
                return 0;
    }
    return 1;
}

static void check_message(int code, const char *words)
{
    CHECK_EQUAL(error.code, code);
    CHECK_EQUAL(error.sqlite_code, 0);
    CHECK(memchr(error.message, 0, sizeof error.message) != NULL);
    CHECK(error.message[0] != '\0');
    CHECK(strpbrk(error.message, "\n\r\t\033") == NULL);
    check_that(is_utf8(error.message), __FILE__, __LINE__,
               "the message is no UTF-8: '%s'", error.message);
    CHECK_WORDS(error.message, words);
}

/* All functions that read a model refuse the file alike, and change nothing. */
static void check_refused(const char *path, int code, const char *words)
{
    static const leat_model *const none = (const leat_model *)&none;
    const leat_model *model = none;
    size_t size, memory_size = 12345;
    unsigned char *file = file_bytes(path, &size);
    memset(&error, 0xa5, sizeof error);
    CHECK_CODE(leat_model_measure(file, size, &memory_size, &error), code,
               error);
    check_message(code, words);
    memset(&error, 0xa5, sizeof error);
    CHECK_CODE(leat_model_init(aligned_memory, MEMORY, file, size, &model,
                               &error), code, error);
    check_message(code, words);
    memset(&error, 0xa5, sizeof error);
    CHECK_CODE(leat_model_open(path, &model, &error), code, error);
    /* Also with a long path: the message begins with the reason. */
    check_message(code, words);
    CHECK_EQUAL(leat_model_measure(file, size, &memory_size, NULL), code);
    CHECK_EQUAL(leat_model_init(aligned_memory, MEMORY, file, size, &model,
                                NULL), code);
    CHECK_EQUAL(leat_model_open(path, &model, NULL), code);
    CHECK(model == none);
    CHECK_EQUAL(memory_size, 12345);
    CHECK(memcmp(memory, untouched, sizeof memory) == 0);
    free(file);
}

static int code_named(const char *name)
{
    static const struct {
        const char *name;
        int code;
    } codes[] = {
        { "LEAT_E_FORMAT", LEAT_E_FORMAT },
        { "LEAT_E_MODEL", LEAT_E_MODEL },
        { "LEAT_E_UNSUPPORTED", LEAT_E_UNSUPPORTED },
        { "LEAT_E_NEWER", LEAT_E_NEWER },
    };
    size_t i;
    for (i = 0; i < sizeof codes / sizeof *codes; i++)
        if (strcmp(codes[i].name, name) == 0)
            return codes[i].code;
    fprintf(stderr, "expected.txt: unknown code %s\n", name);
    exit(2);
}

static FILE *open_list(const char *folder)
{
    char path[512];
    FILE *list;
    snprintf(path, sizeof path, "%s/models/expected.txt", folder);
    if ((list = fopen(path, "r")) == NULL)
        give_up(path);
    return list;
}

static size_t count_models(const char *folder)
{
    char path[512];
    struct names names;
    snprintf(path, sizeof path, "%s/models", folder);
    names = names_in(path);
    free(names.name);
    return names.count - 1; /* expected.txt */
}

/* Lines of `file code verdict<tab>words`. */
static void check_all_refused(const char *folder)
{
    char line[512], path[1024], file[256], code[64];
    size_t count = 0;
    FILE *list = open_list(folder);
    while (fgets(line, sizeof line, list) != NULL) {
        char *words = strchr(line, '\t');
        if (words == NULL || sscanf(line, "%255s %63s", file, code) != 2)
            give_up("expected.txt");
        words[strcspn(words, "\n")] = '\0';
        check_context("%s", file);
        snprintf(path, sizeof path, "%s/models/%s", folder, file);
        check_refused(path, code_named(code), words + 1);
        count++;
    }
    fclose(list);
    check_context("%s", folder);
    CHECK_EQUAL(count, count_models(folder));
    printf("%zu malformed files\n", count);
}

/* A model that loads must also step, and give finite outputs. */
static void check_steps(const leat_model *model)
{
    leat_model_info_t info;
    leat_stream *stream;
    void *block;
    float *input, *output;
    uint32_t i, t;
    CHECK_EQUAL(leat_model_info(model, &info, NULL), LEAT_OK);
    block = allocate((size_t)info.stream_size);
    input = (float *)allocate(info.input_size * sizeof *input);
    output = (float *)allocate(info.output_size * sizeof *output);
    CHECK_CODE(leat_stream_init(block, (size_t)info.stream_size, model,
                                &stream, &error), LEAT_OK, error);
    for (t = 0; t < 3; t++) {
        for (i = 0; i < info.input_size; i++)
            input[i] = t == 2 ? info.input_limit : (float)t;
        CHECK_CODE(leat_stream_step(stream, input, output, &error), LEAT_OK,
                   error);
        for (i = 0; i < info.output_size; i++)
            CHECK(output[i] - output[i] == 0);
    }
    free(output);
    free(input);
    free(block);
}

/* Lines of `file kind verdict`; the first file is the plain one. */
static void check_all_accepted(const char *folder)
{
    char path[1024], file[256], kind[16];
    leat_model_info_t plain, info, info_of_opened;
    size_t count = 0;
    FILE *list = open_list(folder);
    memset(&plain, 0, sizeof plain);
    while (fscanf(list, "%255s %15s %*s", file, kind) == 2) {
        const leat_model *model = NULL, *opened = NULL;
        size_t size, memory_size = 0;
        unsigned char *bytes;
        check_context("%s", file);
        snprintf(path, sizeof path, "%s/models/%s", folder, file);
        bytes = file_bytes(path, &size);
        CHECK_CODE(leat_model_measure(bytes, size, &memory_size, &error),
                   LEAT_OK, error);
        if (!CHECK_CODE(leat_model_init(aligned_memory, memory_size, bytes,
                                        size, &model, &error),
                        LEAT_OK, error))
            continue;
        /* The file isn't needed after that. */
        memset(bytes, 0, size);
        free(bytes);
        check_steps(model);
        CHECK_EQUAL(leat_model_info(model, &info, NULL), LEAT_OK);
        if (count++ == 0)
            plain = info;
        CHECK_EQUAL(memcmp(plain.fingerprint, info.fingerprint, 32) == 0,
                    strcmp(kind, "same") == 0);
        if (!CHECK_CODE(leat_model_open(path, &opened, &error), LEAT_OK, error))
            continue;
        CHECK_EQUAL(leat_model_info(opened, &info_of_opened, NULL), LEAT_OK);
        CHECK_BYTES(&info_of_opened, &info, sizeof info);
        check_steps(opened);
        leat_model_close(opened);
        /* There is nothing to close. */
        leat_model_close(model);
        check_steps(model);
    }
    fclose(list);
    check_context("%s", folder);
    CHECK_EQUAL(count, count_models(folder));
    printf("%zu odd files that are right\n", count);
}

/* The outcome for a file in memory, at any alignment, with nothing readable
 * after its end. */
static int load(const unsigned char *file, size_t size, unsigned offset)
{
    unsigned char *block = (unsigned char *)allocate(size + offset);
    const leat_model *model = NULL;
    size_t memory_size = 0;
    int code, again;
    memcpy(block + offset, file, size);
    code = leat_model_measure(block + offset, size, &memory_size, &error);
    if (code == LEAT_OK && CHECK(memory_size <= MEMORY)) {
        again = leat_model_init(aligned_memory, memory_size, block + offset,
                                size, &model, &error);
        CHECK_EQUAL(again, LEAT_OK);
        if (again == LEAT_OK)
            check_steps(model);
    } else {
        check_message(code, "");
    }
    free(block);
    return code;
}

static void check_differential(const char *folder)
{
    char path[512];
    size_t size, offset = 0, count[3] = { 0, 0, 0 };
    unsigned char *all;
    snprintf(path, sizeof path, "%s/differential.bin", folder);
    all = file_bytes(path, &size);
    while (offset + 5 <= size) {
        const unsigned char *at = all + offset;
        size_t length = at[0] | (size_t)at[1] << 8 | (size_t)at[2] << 16;
        int code;
        if (at[3] != 0 || at[4] > 2 || length > size - offset - 5)
            give_up("differential.bin: its lengths are wrong");
        check_context("differential.bin at %zu", offset);
        code = load(at + 5, length, (unsigned)(offset % 8));
        count[at[4]]++;
        if (at[4] == 1)
            check_that(code != LEAT_E_FORMAT, __FILE__, __LINE__,
                       "the official reader takes it; Leat: %s",
                       error.message);
        else
            CHECK_EQUAL(code, LEAT_E_FORMAT);
        offset += 5 + length;
    }
    CHECK_EQUAL(offset, size);
    CHECK(count[0] > 0 && count[1] > 0 && count[2] > 0);
    printf("%zu files changed at random: the official reader refuses %zu and "
           "takes %zu, %zu of these against a rule\n",
           count[0] + count[1] + count[2], count[0], count[1] + count[2],
           count[2]);
    free(all);
}

/* `offsets` misalignments, and `bits` flipped bits of each byte; 8 are all. */
static void check_damage(const char *folder, unsigned offsets, unsigned bits)
{
    char path[512];
    size_t size, length, i, flips, loaded = 0;
    unsigned char *file;
    unsigned offset, bit;
    snprintf(path, sizeof path, "%s/models/checks.safetensors", folder);
    file = file_bytes(path, &size);
    length = 8 + (size_t)file[0] + ((size_t)file[1] << 8);
    for (i = 0; i < size; i++)
        for (offset = 0; offset < offsets; offset++) {
            check_context("%zu of %zu bytes, offset %u", i, size, offset);
            CHECK_EQUAL(load(file, i, (unsigned)(offset + i) % 8),
                        LEAT_E_FORMAT);
        }
    printf("%zu truncations at %u misalignments: all refused\n", size, offsets);
    for (i = 0; i < length; i++)
        for (bit = 0; bit < bits; bit++) {
            unsigned char flip = (unsigned char)(1u << (i + bit) % 8);
            file[i] ^= flip;
            for (offset = 0; offset < offsets; offset++) {
                int code;
                check_context("byte %zu ^ %d, offset %u", i, flip, offset);
                code = load(file, size, (unsigned)(offset + i) % 8);
                CHECK(code == LEAT_OK || code == LEAT_E_FORMAT ||
                      code == LEAT_E_MODEL || code == LEAT_E_UNSUPPORTED ||
                      code == LEAT_E_NEWER);
                loaded += code == LEAT_OK && offset == 0;
            }
            file[i] ^= flip;
        }
    flips = bits * length;
    CHECK(loaded > 0 && loaded < flips);
    printf("%zu flipped bits of its header: %zu refused, %zu taken in\n",
           flips, flips - loaded, loaded);
    free(file);
}

/* A file that 32 bits of memory can't hold: its size is that of a file with
 * holes. With 64 bits it would be read. */
static void check_too_large(void)
{
    const leat_model *model = NULL;
    char path[] = "/tmp/leat-model-XXXXXX";
    int file;
    if (SIZE_MAX > UINT32_MAX)
        return;
    file = mkstemp(path);
    if (file < 0 || ftruncate(file, (off_t)3 << 30) != 0)
        give_up(path);
    CHECK_CODE(leat_model_open(path, &model, &error), LEAT_E_MEMORY, error);
    CHECK_WORDS(error.message, "no memory for 3221225472 bytes: '");
    CHECK_WORDS(error.message, path);
    CHECK(model == NULL);
    close(file);
    unlink(path);
}

int main(int count, char **arguments)
{
    int quick = count == 4 && strcmp(arguments[3], "--quick") == 0;
    check_usage(count == 3 + quick,
                "test_refused_files REFUSED ACCEPTED [--quick]");
    aligned_memory = memory + (64 - (uintptr_t)memory % 64) % 64;
    memset(memory, 0xa5, sizeof memory);
    memset(untouched, 0xa5, sizeof untouched);
    check_all_refused(arguments[1]);
    check_all_accepted(arguments[2]);
    check_too_large();
    check_differential(arguments[1]);
    check_damage(arguments[2], quick ? 1 : 8, quick ? 1 : 8);
    return check_report("test_refused_files");
}
