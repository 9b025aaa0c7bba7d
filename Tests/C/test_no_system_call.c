/* SPDX-License-Identifier: MIT
 * Stepping, saving and loading make no system call: a child process that may
 * make none but read and write does all of it.
 *
 *     test_no_system_call VECTORS */
#define _GNU_SOURCE
#include "kernels.h"
#include "random_models.h"
#include "vectors.h"

#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STREAMS = 24, STEPS = 10000, MODEL_STEPS = 500 };

static struct vector v;
static leat_stream *streams[STREAMS];
static float *output, *batch;
static uint64_t positions[STREAMS];
static int results[STREAMS];
static unsigned char *bytes, *block;
static void *model_block;
static const leat_model *models[DTYPES];
static leat_stream *model_streams[DTYPES][STREAMS];
static unsigned char *window_block, *window_bytes;
static size_t window_size, window_bytes_size;

/* Models of every dtype on every kernel, in batches of 3 to 24. */
static int step_models(void)
{
    leat_error error;
    uint32_t kernel;
    size_t k;
    int bad = 0, type;
    for (type = F32; type < DTYPES; type++)
        for (kernel = 0; leat_kernel_available(kernel) != NULL; kernel++) {
            leat_stream **all = model_streams[type];
            for (k = 0; k < STREAMS; k++) {
                bad |= leat_stream_set_kernel(all[k],
                                              leat_kernel_available(kernel),
                                              &error);
                bad |= leat_stream_kernel(all[k]) !=
                       leat_kernel_available(kernel);
            }
            for (k = 0; k < MODEL_STEPS; k++) {
                bad |= leat_stream_step(all[0], batch, output, &error);
                bad |= leat_stream_run(all[1], 3, batch, output, &error);
            }
            for (k = 3; k <= STREAMS; k++)
                bad |= leat_batch_step(all, k, batch, output, &error);
        }
    return bad;
}

/* A windowed stream, through all its functions. */
static int step_window(void)
{
    leat_stream *window;
    leat_error error;
    int bad = 0;
    size_t k;
    bad |= leat_window_size(v.model, 30, 4) != window_size;
    bad |= leat_window_init(window_block, window_size, v.model, 30, 4, &window,
                            &error);
    for (k = 0; k < 100; k++) {
        bad |= leat_stream_step(window, v.input, output, &error) < 0;
        bad |= leat_stream_run(window, 3, batch, output, &error) < 0;
        bad |= leat_batch_step(&window, 1, batch, output, &error) < 0;
        bad |= leat_stream_outputs(window, k, 100) == 0;
    }
    bad |= leat_stream_save(window, window_bytes, window_bytes_size, &error);
    bad |= leat_stream_load(window, window_bytes, window_bytes_size, &error);
    bad |= leat_stream_reset(window, &error);
    bad |= leat_stream_load(window, window_bytes, 3, &error) !=
           LEAT_E_CORRUPT;
    return bad;
}

/* One call of each kind; returns whether all succeeded. */
static int do_everything(void)
{
    const leat_model *model;
    leat_model_info_t info;
    leat_layer_info_t layer;
    leat_state_info_t state;
    leat_stream *made;
    leat_error error;
    size_t size, k;
    int bad = 0;
    bad |= leat_model_measure(v.file, v.file_size, &size, &error);
    bad |= leat_model_init(model_block, size, v.file, v.file_size, &model,
                           &error);
    bad |= leat_model_info(model, &info, &error);
    bad |= leat_model_layer(model, 0, &layer, &error);
    bad |= leat_model_normalizer(model, batch, NULL, &error);
    bad |= leat_stream_init(block, v.stream_size, model, &made, &error);
    for (k = 0; k < STEPS; k++) {
        const float *input = v.input + k % v.steps * v.inputs;
        bad |= leat_stream_step(streams[0], input, output, &error);
        bad |= leat_stream_step_at(streams[0], 0, input, output, &error) !=
               LEAT_SKIPPED;
    }
    bad |= leat_stream_run(streams[0], v.steps, v.input, output, &error);
    for (k = 0; k <= STREAMS; k++)
        bad |= leat_batch_step(streams, k, batch, output, &error) |
               leat_batch_step_at(streams, positions, k, batch, output, results,
                                  &error);
    bad |= step_models();
    bad |= step_window();
    bad |= leat_stream_save(streams[0], bytes, v.state_size, &error);
    bad |= leat_stream_load(streams[1], bytes, v.state_size, &error);
    bad |= leat_batch_save(streams, 1, bytes, v.state_size, &error);
    bad |= leat_batch_load(streams + 1, 1, bytes, v.state_size, &error);
    bad |= leat_state_info(bytes, v.state_size, &state, &error);
    bad |= leat_stream_get_state(streams[0], 0, batch, NULL, &error);
    bad |= leat_stream_set_state(made, 0, batch, NULL, &error);
    bad |= leat_stream_set_position(made, 7, &error);
    bad |= leat_stream_reset(made, &error);
    bad |= leat_stream_step(NULL, NULL, NULL, &error) != LEAT_E_ARGUMENT;
    bad |= leat_strerror(LEAT_E_INPUT)[0] == '\0';
    return bad;
}

/* The outcome of a child that may only read and write: the byte it wrote, or
 * minus the signal that killed it. */
static int in_strict_child(int with_system_call)
{
    int ends[2], status = 0;
    char verdict = 'x';
    pid_t child;
    if (pipe(ends) != 0 || (child = fork()) < 0)
        give_up("fork");
    if (child == 0) {
        if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) != 0) {
            verdict = 'p';
        } else {
            if (with_system_call)
                syscall(SYS_getppid);
            verdict = do_everything() == 0 ? 'k' : 'b';
        }
        if (write(ends[1], &verdict, 1) != 1)
            verdict = 'w';
        /* _exit() would be exit_group, which isn't allowed. */
        syscall(SYS_exit, 0);
    }
    close(ends[1]);
    if (waitpid(child, &status, 0) != child)
        give_up("waitpid");
    if (!WIFSIGNALED(status) && read(ends[0], &verdict, 1) != 1)
        give_up("read");
    close(ends[0]);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : verdict;
}

static void make_models(void)
{
    static const struct shape shape = {
        .inputs = 5, .hidden = { 16, 9 }, .projected = { 7, 0 },
        .linear = { 6, 3 }, .activations = "rx", .has_bias = 1,
        .has_normalizer = 1
    };
    int type;
    size_t i;
    for (type = F32; type < DTYPES; type++) {
        void *memory; /* for the life of the program */
        models[type] = random_model(&shape, (enum dtype)type, 31, &memory);
        for (i = 0; i < STREAMS; i++)
            model_streams[type][i] = new_stream(models[type]);
    }
}

int main(int count, char **arguments)
{
    size_t i, size;
    check_usage(count == 2, "test_no_system_call VECTORS");
    vector_open(&v, arguments[1], "head-three");
    for (i = 0; i < STREAMS; i++)
        streams[i] = new_stream(v.model);
    make_models();
    output = (float *)allocate((v.steps * v.outputs + STREAMS * 8) * 4);
    batch = (float *)allocate(1024 * 4);
    for (i = 0; i < 1024; i++)
        batch[i] = 0;
    bytes = (unsigned char *)allocate(v.state_size);
    block = (unsigned char *)allocate(v.stream_size);
    CHECK_EQUAL(leat_model_measure(v.file, v.file_size, &size, NULL), LEAT_OK);
    model_block = allocate(size);
    window_size = leat_window_size(v.model, 30, 4);
    window_block = (unsigned char *)allocate(window_size);
    window_bytes_size = 4096 + 8 * leat_state_size(v.model);
    window_bytes = (unsigned char *)allocate(window_bytes_size);
    CHECK_EQUAL(leat_window_init(window_block, window_size, v.model, 30, 4,
                                 &streams[0], NULL), LEAT_OK);
    window_bytes_size = leat_stream_state_size(streams[0]);
    streams[0] = new_stream(v.model);

    /* Once outside, since a first call runs the dynamic linker. */
    CHECK_EQUAL(do_everything(), 0);
    fflush(stdout);
    /* The filter works. */
    CHECK_EQUAL(in_strict_child(1), -SIGKILL);
    CHECK_EQUAL(in_strict_child(0), 'k');

    for (i = 0; i < STREAMS; i++)
        free(streams[i]);
    free(model_block);
    free(block);
    free(bytes);
    free(batch);
    free(output);
    vector_close(&v);
    return check_report("test_no_system_call");
}
