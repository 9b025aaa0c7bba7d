/* SPDX-License-Identifier: MIT
 * How much stack calls take: they run on a thread whose stack is filled with a
 * pattern, and what is overwritten is counted.
 *
 *     test_stack VECTORS */
#define _GNU_SOURCE
#include "kernels.h"
#include "random_models.h"
#include "vectors.h"

#include <pthread.h>
#include <sys/mman.h>

/* Without vector instructions more values are on the stack. */
#if defined(__riscv)
enum { STEP_LIMIT = 6144 };
#else
enum { STEP_LIMIT = 4096 };
#endif
/* The sums of six streams, in vectors of 512 bits, are 1.5 KB in each function
 * that they pass. */
enum { STACK = 1 << 20, BATCH_LIMIT = 12288,
       INIT_LIMIT = 128 * 1024, MOST = 24 };

static struct vector v;
static leat_stream *stream;
static float *output;
static unsigned char *bytes;
static size_t memory_size;
static const char *path;
static int code;

/* The operands of do_model_*(): streams of a model of some dtype. */
static leat_stream *streams[MOST];
static float batch[MOST * 5], results[MOST * 5];
static size_t batch_size;

static void do_nothing(void) { code = LEAT_OK; }

static void do_step(void)
{
    leat_error error;
    code = leat_stream_step(stream, v.input, output, &error);
}

static void do_refused_step(void)
{
    leat_error error;
    code = leat_stream_step(stream, NULL, output, &error) == LEAT_E_ARGUMENT
               ? LEAT_OK : -1;
}

static void do_run(void)
{
    leat_error error;
    code = leat_stream_run(stream, v.steps, v.input, output, &error);
}

static void do_batch(void)
{
    leat_error error;
    code = leat_batch_step(&stream, 1, v.input, output, &error);
}

static void do_save(void)
{
    leat_error error;
    code = leat_stream_save(stream, bytes, v.state_size, &error);
}

static void do_load(void)
{
    leat_error error;
    code = leat_stream_load(stream, bytes, v.state_size, &error);
}

static void do_init(void)
{
    leat_error error;
    code = leat_model_init(v.block, memory_size, v.file, v.file_size, &v.model,
                           &error);
}

static void do_open(void)
{
    leat_error error;
    const leat_model *model = NULL;
    code = leat_model_open(path, &model, &error);
    leat_model_close(model);
}

static void do_model_step(void)
{
    leat_error error;
    code = leat_stream_step(streams[0], batch, results, &error);
}

static void do_model_batch(void)
{
    leat_error error;
    code = leat_batch_step(streams, batch_size, batch, results, &error);
}

static void *on_thread(void *work)
{
    (*(void (**)(void))work)();
    return NULL;
}

/* The stack bytes that a thread has used in its life, including its own
 * frames. */
static size_t touched(void (*work)(void))
{
    pthread_attr_t attributes;
    pthread_t thread;
    size_t low = 0;
    unsigned char *stack =
        (unsigned char *)mmap(NULL, STACK, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (stack == MAP_FAILED)
        give_up("mmap");
    memset(stack, 0xa5, STACK);
    if (pthread_attr_init(&attributes) != 0 ||
        pthread_attr_setstack(&attributes, stack, STACK) != 0 ||
        pthread_create(&thread, &attributes, on_thread, &work) != 0 ||
        pthread_join(thread, NULL) != 0)
        give_up("thread");
    pthread_attr_destroy(&attributes);
    while (low < STACK && stack[low] == 0xa5)
        low++;
    munmap(stack, STACK);
    return STACK - low;
}

static size_t stack_of(const char *what, void (*work)(void), size_t limit)
{
    size_t bytes_used;
    check_context("%s", what);
    work(); /* without the dynamic linker's first call */
    CHECK_EQUAL(code, LEAT_OK);
    bytes_used = touched(work) - touched(do_nothing);
    CHECK_EQUAL(code, LEAT_OK);
    check_that(bytes_used > 0 && bytes_used < limit, __FILE__, __LINE__,
               "%zu bytes of stack, expected less than %zu", bytes_used, limit);
    return bytes_used;
}

static void check_stack(const char *what, void (*work)(void), size_t limit)
{
    printf("    %-28s %6zu bytes of stack, at most %zu\n", what,
           stack_of(what, work, limit), limit);
}

/* A step, and batches of 3 to 24, of which the largest is reported. */
static void check_dtype(enum dtype type)
{
    static const struct shape shape = {
        .inputs = 5, .hidden = { 40, 9 }, .projected = { 7, 0 },
        .linear = { 6, 3 }, .activations = "rx", .has_bias = 1,
        .has_normalizer = 1
    };
    void *block;
    const leat_model *model = random_model(&shape, type, 41, &block);
    uint32_t kernel;
    size_t i;
    for (i = 0; i < MOST; i++)
        streams[i] = new_stream(model);
    for (kernel = 0; kernel < kernel_count(); kernel++) {
        size_t most = 0, used;
        char what[64];
        use_kernel(kernel);
        for (i = 0; i < MOST; i++)
            set_kernel(streams[i]);
        snprintf(what, sizeof what, "%s step, %s", dtype_name(type),
                 leat_kernel_available(kernel));
        check_stack(what, do_model_step, STEP_LIMIT);
        snprintf(what, sizeof what, "%s batches, %s", dtype_name(type),
                 leat_kernel_available(kernel));
        for (batch_size = 3; batch_size <= MOST; batch_size++) {
            used = stack_of(what, do_model_batch, BATCH_LIMIT);
            most = used > most ? used : most;
        }
        printf("    %-28s %6zu bytes of stack, at most %d\n", what, most,
               BATCH_LIMIT);
    }
    use_kernel(0);
    for (i = 0; i < MOST; i++)
        free(streams[i]);
    free(block);
}

int main(int count, char **arguments)
{
    char name[512];
    int type;
    check_usage(count == 2, "test_stack VECTORS");
    vector_open(&v, arguments[1], "head-three");
    snprintf(name, sizeof name, "%s/head-three/model.safetensors",
             arguments[1]);
    path = name;
    stream = new_stream(v.model);
    output = (float *)allocate(v.steps * v.outputs * 4);
    bytes = (unsigned char *)allocate(v.state_size);
    CHECK_EQUAL(leat_model_measure(v.file, v.file_size, &memory_size, NULL),
                LEAT_OK);
    check_stack("step", do_step, STEP_LIMIT);
    check_stack("refused step", do_refused_step, STEP_LIMIT);
    check_stack("run", do_run, STEP_LIMIT);
    check_stack("batch of one", do_batch, STEP_LIMIT);
    for (type = F32; type < DTYPES; type++)
        check_dtype((enum dtype)type);
    check_stack("save", do_save, STEP_LIMIT);
    check_stack("load", do_load, STEP_LIMIT);
    check_stack("model_init", do_init, INIT_LIMIT);
    check_stack("model_open", do_open, INIT_LIMIT);
    free(bytes);
    free(output);
    free(stream);
    vector_close(&v);
    return check_report("test_stack");
}
