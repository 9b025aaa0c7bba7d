/* SPDX-License-Identifier: MIT
 * Every bad argument of every function: its code, its message, and that nothing
 * changes.
 *
 *     test_arguments VECTORS */
#define _DEFAULT_SOURCE
#include "refused_calls.h"

#include <sys/stat.h>
#include <unistd.h>

#define TOO_LARGE ((size_t)PTRDIFF_MAX + 1)

enum { ARGUMENT = LEAT_E_ARGUMENT };

static unsigned char *file;
static size_t file_size;

/* A block that is neither a model nor a stream. */
static void *not_objects[10];
static size_t not_object_count;

static void make_not_objects(void *object)
{
    size_t by;
    not_object_count = 0;
    not_objects[not_object_count++] = NULL;
    not_objects[not_object_count++] = world.zeros;
    for (by = 1; by < 8; by++)
        not_objects[not_object_count++] = plus(object, by);
}

#define FOR_NOT_OBJECTS(object, name)                                          \
    make_not_objects(object);                                                  \
    for (bad = NULL, n = 0; n < not_object_count &&                            \
         (bad = (name)not_objects[n], 1); n++)

/* A block of another layout, made by another version of the library. */
static void test_layout(void)
{
    static LEAT_ALIGNED unsigned char copy[MODEL];
    const leat_model *made = (const leat_model *)(void *)copy;
    leat_model_info_t of;
    uint32_t layout, n;
    /* model_size includes the bytes that may be needed to align a block to a
     * cache line. */
    memcpy(copy, model,
           (size_t)info.model_size - (LEAT_FAST_ALIGNMENT - LEAT_ALIGNMENT));
    ACCEPTED(LEAT_OK, leat_model_info(made, &of, wanted));
    memcpy(&layout, copy + 8, 4);
    for (n = 0; n < 100; n++) {
        if (n == layout)
            continue;
        memcpy(copy + 8, &n, 4);
        REFUSED(ARGUMENT, "model",
                leat_model_info(made, &world.model_info, wanted));
        CHECK_EQUAL(leat_stream_size(made), 0);
    }
}

static void test_model(void)
{
    const leat_model *bad;
    size_t n, size = 0;
    void *m = world.spare_block;
    ACCEPTED(LEAT_OK, leat_model_measure(file, file_size, &size, wanted));

    REFUSED(ARGUMENT, "file",
            leat_model_measure(NULL, file_size, &world.new_size, wanted));
    REFUSED(ARGUMENT, "file_size",
            leat_model_measure(file, SIZE_MAX, &world.new_size, wanted));
    REFUSED(ARGUMENT, "file_size",
            leat_model_measure(file, TOO_LARGE, &world.new_size, wanted));
    REFUSED(LEAT_E_FORMAT, "",
            leat_model_measure(file, 0, &world.new_size, wanted));
    REFUSED(ARGUMENT, "memory_size",
            leat_model_measure(file, file_size, NULL, wanted));
    for (n = 1; n < sizeof(void *); n++)
        REFUSED(ARGUMENT, "memory_size",
                leat_model_measure(file, file_size,
                                   (size_t *)plus(&world.new_size, n), wanted));

    REFUSED(ARGUMENT, "memory", leat_model_init(NULL, size, file, file_size,
                                                &world.new_model, wanted));
    for (n = 1; n < 8; n++)
        REFUSED(ARGUMENT, "memory",
                leat_model_init(plus(m, n), size, file, file_size,
                                &world.new_model, wanted));
    for (n = 0; n < size; n += n < 8 ? 1 : 61)
        REFUSED(LEAT_E_SIZE, "expected at least",
                leat_model_init(m, n, file, file_size, &world.new_model,
                                wanted));
    REFUSED(LEAT_E_SIZE, "expected at least",
            leat_model_init(m, size - 1, file, file_size, &world.new_model,
                            wanted));
    REFUSED(ARGUMENT, "memory_size",
            leat_model_init(m, SIZE_MAX, file, file_size, &world.new_model,
                            wanted));
    REFUSED(ARGUMENT, "file", leat_model_init(m, size, NULL, file_size,
                                              &world.new_model, wanted));
    REFUSED(ARGUMENT, "file_size",
            leat_model_init(m, size, file, TOO_LARGE, &world.new_model,
                            wanted));
    REFUSED(LEAT_E_FORMAT, "", leat_model_init(m, size, file, file_size - 1,
                                               &world.new_model, wanted));
    REFUSED(ARGUMENT, "model",
            leat_model_init(m, size, file, file_size, NULL, wanted));
    for (n = 1; n < sizeof(void *); n++)
        REFUSED(ARGUMENT, "model",
                leat_model_init(m, size, file, file_size,
                                (const leat_model **)plus(&world.new_model, n),
                                wanted));

    REFUSED(ARGUMENT, "path", leat_model_open(NULL, &world.new_model, wanted));
    REFUSED(ARGUMENT, "model", leat_model_open(model_path, NULL, wanted));
    for (n = 1; n < sizeof(void *); n++)
        REFUSED(ARGUMENT, "model",
                leat_model_open(model_path, (const leat_model **)
                                plus(&world.new_model, n), wanted));
    REFUSED(LEAT_E_IO, "No such file",
            leat_model_open("", &world.new_model, wanted));
    REFUSED(LEAT_E_IO, "No such file or directory: '/nowhere/at all'",
            leat_model_open("/nowhere/at all", &world.new_model, wanted));
    REFUSED(LEAT_E_IO, "directory",
            leat_model_open("/", &world.new_model, wanted));
    REFUSED(LEAT_E_IO, "not a regular file, expected one: '/dev/null'",
            leat_model_open("/dev/null", &world.new_model, wanted));
    /* Opening a FIFO would wait for a writer. */
    (void)unlink("build/fifo");
    CHECK(mkfifo("build/fifo", 0600) == 0);
    alarm(20);
    REFUSED(LEAT_E_IO, "not a regular file, expected one: 'build/fifo'",
            leat_model_open("build/fifo", &world.new_model, wanted));
    alarm(0);
    (void)unlink("build/fifo");
    /* Bytes that aren't UTF-8 and control characters don't get into the
     * message. */
    REFUSED(LEAT_E_IO, "No such file or directory: '/no?where?x?'",
            leat_model_open("/no\233where\302\233x\377", &world.new_model,
                            wanted));

    FOR_NOT_OBJECTS((void *)(uintptr_t)model, const leat_model *) {
        REFUSED(ARGUMENT, "model",
                leat_model_info(bad, &world.model_info, wanted));
        REFUSED(ARGUMENT, "model",
                leat_model_layer(bad, 0, &world.layer_info, wanted));
        REFUSED(ARGUMENT, "model",
                leat_model_normalizer(bad, world.h, world.c, wanted));
        CHECK_EQUAL(leat_stream_size(bad), 0);
        CHECK_EQUAL(leat_state_size(bad), 0);
        leat_model_close(bad);
    }
    /* A stream is no model. */
    REFUSED(ARGUMENT, "model",
            leat_model_info((const leat_model *)(void *)streams[0],
                            &world.model_info, wanted));
    for (n = 1; n < 4; n++) {
        float *bad_array = (float *)plus(world.h, n);
        REFUSED(ARGUMENT, "mean",
                leat_model_normalizer(model, bad_array, NULL, wanted));
        REFUSED(ARGUMENT, "mean",
                leat_model_normalizer(model, bad_array, world.c, wanted));
        REFUSED(ARGUMENT, "standard_deviation",
                leat_model_normalizer(model, world.c, bad_array, wanted));
    }
    ACCEPTED(LEAT_OK, leat_model_normalizer(model, NULL, NULL, wanted));
    REFUSED(ARGUMENT, "info", leat_model_info(model, NULL, wanted));
    REFUSED(ARGUMENT, "info", leat_model_layer(model, 0, NULL, wanted));
    for (n = 1; n < 8; n++)
        REFUSED(ARGUMENT, "info",
                leat_model_info(model, (leat_model_info_t *)
                                plus(&world.model_info, n), wanted));
    for (n = 1; n < 4; n++)
        REFUSED(ARGUMENT, "info",
                leat_model_layer(model, 0, (leat_layer_info_t *)
                                 plus(&world.layer_info, n), wanted));
    for (n = 0; n < 3; n++) {
        uint32_t places[3] = { 0, 1, UINT32_MAX };
        places[0] = info.layers;
        places[1] += info.layers;
        REFUSED(ARGUMENT, "place", leat_model_layer(model, places[n],
                                                    &world.layer_info, wanted));
    }
    ACCEPTED(LEAT_OK, leat_model_layer(model, info.layers - 1,
                                       &world.layer_info, wanted));
    keep_copy();
}

static void test_kernels(void)
{
    static const char *const names[] = {
        "", " ", "x86-64-v5", "X86-64", "x86-64-v3 ", " x86-64", "x86-64\n",
        "neo", "neons", "fm", "fmaa", "portable!", "avx2", "none", "\377\376",
    };
    static const char *const known[] = { "x86-64-v4", "x86-64-v3-vnni",
                                         "x86-64-v3", "x86-64", "neon-dotprod",
                                         "neon", "fma", "portable" };
    leat_stream *s = streams[0], *bad;
    const char *own = leat_stream_kernel(s), *name;
    char text[64];
    size_t n, i, elsewhere = 0;
    CHECK(own != NULL && own == leat_kernel_available(0));
    REFUSED(ARGUMENT, "name", leat_stream_set_kernel(s, NULL, wanted));
    for (n = 0; n < sizeof names / sizeof *names; n++)
        REFUSED(ARGUMENT, "name", leat_stream_set_kernel(s, names[n], wanted));
    /* Every prefix of a name, and a name with more after it. */
    for (n = 0; n <= strlen(own); n++) {
        snprintf(text, sizeof text, "%.*s", (int)n, own);
        if (n == strlen(own))
            strcat(text, "-");
        for (i = 0, name = own; name != NULL && strcmp(name, text) != 0;)
            name = leat_kernel_available((uint32_t)++i);
        if (name == NULL)
            REFUSED(ARGUMENT, "name", leat_stream_set_kernel(s, text, wanted));
    }
    for (n = 0; n < sizeof known / sizeof *known; n++) {
        for (i = 0; (name = leat_kernel_available((uint32_t)i)) != NULL; i++)
            if (strcmp(name, known[n]) == 0)
                break;
        if (name != NULL)
            continue;
        elsewhere++;
        REFUSED(ARGUMENT, "name", leat_stream_set_kernel(s, known[n], wanted));
    }
    CHECK(elsewhere > 0);
    FOR_NOT_OBJECTS(s, leat_stream *) {
        REFUSED(ARGUMENT, "stream", leat_stream_set_kernel(bad, own, wanted));
        REFUSED(ARGUMENT, "stream", leat_stream_set_kernel(bad, NULL, wanted));
        CHECK(leat_stream_kernel(bad) == NULL);
    }
    /* A model is no stream. */
    bad = (leat_stream *)(uintptr_t)model;
    CHECK(leat_stream_kernel(bad) == NULL);
    REFUSED(ARGUMENT, "stream", leat_stream_set_kernel(bad, own, wanted));
    CHECK(leat_stream_kernel(s) == own);
}

static void test_init(void)
{
    const leat_model *bad;
    size_t size = leat_stream_size(model), n;
    void *m = world.spare_block;
    leat_stream **out = &world.new_stream;
    REFUSED(ARGUMENT, "memory",
            leat_stream_init(NULL, size, model, out, wanted));
    for (n = 1; n < 8; n++)
        REFUSED(ARGUMENT, "memory",
                leat_stream_init(plus(m, n), size, model, out, wanted));
    for (n = 0; n < size; n++)
        REFUSED(LEAT_E_SIZE, "expected at least",
                leat_stream_init(m, n, model, out, wanted));
    REFUSED(ARGUMENT, "memory_size",
            leat_stream_init(m, SIZE_MAX, model, out, wanted));
    FOR_NOT_OBJECTS((void *)(uintptr_t)model, const leat_model *)
        REFUSED(ARGUMENT, "model",
                leat_stream_init(m, size, bad, out, wanted));
    REFUSED(ARGUMENT, "stream", leat_stream_init(m, size, model, NULL, wanted));
    for (n = 1; n < sizeof(void *); n++)
        REFUSED(ARGUMENT, "stream",
                leat_stream_init(m, size, model,
                                 (leat_stream **)plus(out, n), wanted));
}

/* Every function that takes a stream. */
static void test_not_streams(void)
{
    leat_stream *bad;
    float *in = world.input, *y = world.output;
    size_t n;
    FOR_NOT_OBJECTS(streams[0], leat_stream *) {
        leat_stream *batch[2];
        batch[0] = streams[0];
        batch[1] = bad;
        REFUSED(ARGUMENT, "stream", leat_stream_reset(bad, wanted));
        REFUSED(ARGUMENT, "stream", leat_stream_step(bad, in, y, wanted));
        REFUSED(ARGUMENT, "stream", leat_stream_step_at(bad, 0, in, y, wanted));
        REFUSED(ARGUMENT, "stream", leat_stream_step_at(bad, 9, in, y, wanted));
        REFUSED(ARGUMENT, "stream", leat_stream_run(bad, 1, in, y, wanted));
        REFUSED(ARGUMENT, "stream", leat_stream_run(bad, 0, in, y, wanted));
        REFUSED(ARGUMENT, "streams[1]",
                leat_batch_step(batch, 2, in, y, wanted));
        REFUSED(ARGUMENT, "stream",
                leat_batch_step(batch + 1, 1, in, y, wanted));
        REFUSED(ARGUMENT, "streams[1]",
                leat_batch_step_at(batch, world.positions, 2, in, y,
                                   world.results, wanted));
        REFUSED(ARGUMENT, "stream", leat_stream_set_position(bad, 1, wanted));
        REFUSED(ARGUMENT, "stream",
                leat_stream_get_state(bad, 0, world.h, world.c, wanted));
        REFUSED(ARGUMENT, "stream",
                leat_stream_set_state(bad, 0, world.h, world.c, wanted));
        REFUSED(ARGUMENT, "stream",
                leat_stream_save(bad, world.state, BLOCK, wanted));
        REFUSED(ARGUMENT, "stream",
                leat_stream_load(bad, world.state, BLOCK, wanted));
        CHECK_EQUAL(leat_stream_position(bad), 0);
        CHECK(leat_stream_model(bad) == NULL);
        CHECK(leat_stream_kernel(bad) == NULL);
    }
    /* A model is no stream. */
    REFUSED(ARGUMENT, "stream",
            leat_stream_step((leat_stream *)(uintptr_t)model, in, y, wanted));
}

static void test_arrays(void)
{
    leat_stream *s = streams[0], **batch = streams;
    float *in = world.input, *y = world.output, *bad;
    uint64_t now = leat_stream_position(s);
    size_t n;
    for (n = 0; n < 4; n++) {
        bad = n == 0 ? NULL : (float *)plus(in, n);
        REFUSED(ARGUMENT, "input", leat_stream_step(s, bad, y, wanted));
        REFUSED(ARGUMENT, "input", leat_stream_step_at(s, now, bad, y, wanted));
        REFUSED(ARGUMENT, "input", leat_stream_run(s, 1, bad, y, wanted));
        REFUSED(ARGUMENT, "input", leat_batch_step(batch, 2, bad, y, wanted));
        REFUSED(ARGUMENT, "inputs",
                leat_batch_step_at(batch, world.positions, 2, bad, y,
                                   world.results, wanted));
        bad = n == 0 ? NULL : (float *)plus(y, n);
        REFUSED(ARGUMENT, "output", leat_stream_step(s, in, bad, wanted));
        REFUSED(ARGUMENT, "output",
                leat_stream_step_at(s, now, in, bad, wanted));
        REFUSED(ARGUMENT, "output", leat_stream_run(s, 1, in, bad, wanted));
        REFUSED(ARGUMENT, "output", leat_batch_step(batch, 2, in, bad, wanted));
        REFUSED(ARGUMENT, "outputs",
                leat_batch_step_at(batch, world.positions, 2, in, bad,
                                   world.results, wanted));
        bad = n == 0 ? NULL : (float *)plus(world.results, n);
        REFUSED(ARGUMENT, "results",
                leat_batch_step_at(batch, world.positions, 2, in, y,
                                   (int *)(void *)bad, wanted));
        if (n == 0)
            continue;
        bad = (float *)plus(world.h, n);
        REFUSED(ARGUMENT, "h", leat_stream_get_state(s, 0, bad, NULL, wanted));
        REFUSED(ARGUMENT, "h",
                leat_stream_get_state(s, 0, bad, world.c, wanted));
        REFUSED(ARGUMENT, "c",
                leat_stream_get_state(s, 0, world.h, bad, wanted));
        REFUSED(ARGUMENT, "h",
                leat_stream_set_state(s, 0, bad, world.c, wanted));
        REFUSED(ARGUMENT, "c", leat_stream_set_state(s, 0, NULL, bad, wanted));
    }
    REFUSED(ARGUMENT, "streams", leat_batch_step(NULL, 1, in, y, wanted));
    REFUSED(ARGUMENT, "streams",
            leat_batch_step_at(NULL, world.positions, 1, in, y, world.results,
                               wanted));
    for (n = 1; n < sizeof(void *); n++)
        REFUSED(ARGUMENT, "streams",
                leat_batch_step_at((leat_stream **)plus(batch, n),
                                   world.positions, 1, in, y, world.results,
                                   wanted));
    REFUSED(ARGUMENT, "positions",
            leat_batch_step_at(batch, NULL, 1, in, y, world.results, wanted));
    for (n = 1; n < 8; n++)
        REFUSED(ARGUMENT, "positions",
                leat_batch_step_at(batch,
                                   (uint64_t *)plus(world.positions, n), 1, in,
                                   y, world.results, wanted));
    for (n = 1; n < sizeof(void *); n++)
        REFUSED(ARGUMENT, "streams",
                leat_batch_step((leat_stream **)plus(batch, n), 1, in, y,
                                wanted));
    REFUSED(ARGUMENT, "recurrent",
            leat_stream_get_state(s, info.recurrent_layers, world.h, NULL,
                                  wanted));
    REFUSED(ARGUMENT, "recurrent",
            leat_stream_get_state(s, UINT32_MAX, world.h, NULL, wanted));
    REFUSED(ARGUMENT, "recurrent",
            leat_stream_set_state(s, info.recurrent_layers, NULL, NULL,
                                  wanted));
    REFUSED(ARGUMENT, "recurrent",
            leat_stream_set_state(s, UINT32_MAX, NULL, NULL, wanted));

    /* A call with nothing to do succeeds. */
    ACCEPTED(LEAT_OK, leat_stream_run(s, 0, in, y, wanted));
    ACCEPTED(LEAT_OK, leat_batch_step(batch, 0, in, y, wanted));
    ACCEPTED(LEAT_OK, leat_batch_step_at(batch, world.positions, 0, in, y,
                                         world.results, wanted));
    ACCEPTED(LEAT_OK, leat_stream_get_state(s, 0, NULL, NULL, wanted));
    ACCEPTED(LEAT_OK, leat_stream_set_state(s, 0, NULL, NULL, wanted));
    ACCEPTED(LEAT_SKIPPED, leat_stream_step_at(s, now - 1, in, y, wanted));
    CHECK_BYTES(&world, &before, sizeof world);
}

static void test_words(void)
{
    static const int codes[] = {
        LEAT_OK, LEAT_SKIPPED, LEAT_FALLBACK, LEAT_NO_OUTPUT, LEAT_E_ARGUMENT, LEAT_E_SIZE,
        LEAT_E_INPUT, LEAT_E_POSITION, LEAT_E_FORMAT, LEAT_E_MODEL,
        LEAT_E_UNSUPPORTED, LEAT_E_MISMATCH, LEAT_E_CORRUPT, LEAT_E_NEWER,
        LEAT_E_MEMORY, LEAT_E_IO, LEAT_E_NOT_FOUND, LEAT_E_NOT_STORE,
        LEAT_E_BUSY, LEAT_E_READ_ONLY, LEAT_E_FULL, LEAT_E_FENCED,
        LEAT_E_SQLITE, LEAT_E_EXISTS, LEAT_E_STOPPED, LEAT_E_TOO_LATE,
        LEAT_E_GONE,
    };
    static const int values[] = { 0, 1, 2, 3, -1, -2, -3, -4, -5, -6, -7, -8,
                                  -9, -10, -11, -12, -20, -21, -22, -23, -24, -25,
                                  -26, -27, -28, -29, -30 };
    size_t count = sizeof codes / sizeof *codes, i, j;
    check_context("%s", "leat_strerror");
    for (i = 0; i < count; i++) {
        CHECK_EQUAL(codes[i], values[i]);
        CHECK(leat_strerror(codes[i])[0] != '\0');
        CHECK(strcmp(leat_strerror(codes[i]), "unknown code") != 0);
        for (j = 0; j < i; j++)
            CHECK(strcmp(leat_strerror(codes[i]), leat_strerror(codes[j])));
    }
    for (i = 0; i < 60; i++) {
        int code = (int)i - 40, is_known = 0;
        for (j = 0; j < count; j++)
            is_known |= codes[j] == code;
        CHECK_EQUAL(strcmp(leat_strerror(code), "unknown code") == 0,
                    !is_known);
    }
    CHECK(strcmp(leat_strerror(-2147483647 - 1), "unknown code") == 0);
    CHECK(strcmp(leat_strerror(2147483647), "unknown code") == 0);
    CHECK_EQUAL(leat_version(), LEAT_VERSION);
}

int main(int count, char **arguments)
{
    check_usage(count == 2, "test_arguments VECTORS");
    make_world(arguments[1]);
    file = file_bytes(model_path, &file_size);
    test_model();
    test_layout();
    test_kernels();
    test_init();
    test_not_streams();
    test_arrays();
    test_words();
    free(file);
    return check_report("test_arguments");
}
