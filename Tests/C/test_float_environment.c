/* SPDX-License-Identifier: MIT
 * In any floating-point environment that a program sets, the library gives the
 * same bits and the same codes, doesn't trap, and leaves the environment
 * unchanged.
 *
 * Small cases on every kernel.
 *
 *     test_float_environment VECTORS */
#define _GNU_SOURCE
#include "kernels.h"
#include "vectors.h"

#include <fenv.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#if !defined(__GLIBC__) && !defined(__x86_64__)
/* Only glibc has functions that turn traps on. */
static int fegetexcept(void) { return 0; }
#endif

static struct vector v;
static float *output, *whole, *state;
static unsigned char *bytes, *whole_bytes;
static void *memory;
static size_t memory_size;
static leat_model_info_t whole_info;
static uint32_t kernel;

/* The environment's control bits, without the flags that any operation
 * raises. */
static unsigned long controls(void)
{
#if defined(__x86_64__)
    return _mm_getcsr() & ~0x3fu;
#else
    return (unsigned long)fegetround() << 8 |
           (unsigned long)(fegetexcept() & 0xff);
#endif
}

static void to_nearest(void) { fesetround(FE_TONEAREST); }
static void to_upward(void) { fesetround(FE_UPWARD); }
static void to_downward(void) { fesetround(FE_DOWNWARD); }
static void to_zero(void) { fesetround(FE_TOWARDZERO); }
#if defined(__GLIBC__)
static void trap_invalid(void)
{
    feenableexcept(FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW);
}
static void trap_all(void) { feenableexcept(FE_ALL_EXCEPT); }
#endif
#if defined(__x86_64__)
static void flush_to_zero(void) { _mm_setcsr(_mm_getcsr() | 0x8040); }
static void trap_subnormal(void) { _mm_setcsr(_mm_getcsr() & ~0x100u); }
#endif

static const struct environment {
    const char *name;
    void (*set)(void);
} environments[] = {
    { "default", to_nearest },
    { "upward", to_upward },
    { "downward", to_downward },
    { "to zero", to_zero },
#if defined(__GLIBC__)
    { "trapping invalid, division and overflow", trap_invalid },
    { "trapping all", trap_all },
#endif
#if defined(__x86_64__)
    { "flushing subnormals", flush_to_zero },
    { "trapping subnormals", trap_subnormal },
#endif
};

/* Integer and memory operations only: these run in the environment. Each
 * returns the number of faults. */
static int step_in(const struct environment *e, leat_stream *stream)
{
    unsigned long was;
    size_t half = v.steps / 2;
    int bad = 0;
    e->set();
    was = controls();
    bad += leat_stream_run(stream, half, v.input, output, NULL) != LEAT_OK;
    for (; half < v.steps; half++) {
        uint64_t position = half;
        int result;
        bad += half % 2 == 0
                   ? leat_batch_step(&stream, 1, v.input + half * v.inputs,
                                     output + half * v.outputs, NULL) !=
                         LEAT_OK
                   : leat_batch_step_at(&stream, &position, 1,
                                        v.input + half * v.inputs,
                                        output + half * v.outputs, &result,
                                        NULL) != LEAT_OK ||
                         result != LEAT_OK;
    }
    bad += controls() != was;
    return bad;
}

static int load_in(const struct environment *e, const leat_model **model,
                   leat_model_info_t *info)
{
    unsigned long was;
    size_t size = 0;
    int bad = 0;
    e->set();
    was = controls();
    bad += leat_model_measure(v.file, v.file_size, &size, NULL) != LEAT_OK;
    bad += size != memory_size;
    bad += leat_model_init(memory, memory_size, v.file, v.file_size, model,
                           NULL) != LEAT_OK;
    if (bad == 0)
        bad += leat_model_info(*model, info, NULL) != LEAT_OK;
    bad += controls() != was;
    return bad;
}

static int save_in(const struct environment *e, leat_stream *stream)
{
    unsigned long was;
    int bad = 0;
    e->set();
    was = controls();
    bad += leat_stream_save(stream, bytes, v.state_size, NULL) != LEAT_OK;
    bad += leat_stream_load(stream, bytes, v.state_size, NULL) != LEAT_OK;
    bad += leat_stream_get_state(stream, 0, state, NULL, NULL) != LEAT_OK;
    bad += leat_stream_set_state(stream, 0, state, NULL, NULL) != LEAT_OK;
    bad += controls() != was;
    return bad;
}

static int refuse_in(const struct environment *e, leat_stream *stream)
{
    static const uint32_t values[] = { 0x7fc00000u, 0x7fa00000u, 0x7f800000u,
                                       0xff800000u, 0x7f7fffffu };
    leat_error error;
    unsigned long was;
    size_t i;
    int bad = 0;
    e->set();
    was = controls();
    for (i = 0; i < sizeof values / sizeof *values; i++) {
        memcpy(output, &values[i], 4);
        bad += leat_stream_step(stream, output, output, &error) != LEAT_E_INPUT;
        bad += leat_batch_step(&stream, 1, output, output, &error) !=
               LEAT_E_INPUT;
        bad += leat_stream_set_state(stream, 0, output, NULL, &error) !=
               LEAT_E_INPUT;
        if (i < 4)
            bad += leat_stream_set_state(stream, 0, NULL, output, &error) !=
                   LEAT_E_INPUT;
    }
    bad += controls() != was;
    return bad;
}

/* In its own child process, which a trap would kill: the number of faults, or
 * minus the signal. */
static int in_child(const struct environment *e, int part)
{
    int status = 0;
    pid_t child;
    fflush(stdout);
    if ((child = fork()) < 0)
        give_up("fork");
    if (child == 0) {
        leat_stream *stream = new_stream(v.model);
        const leat_model *model = v.model;
        leat_model_info_t info;
        int bad = 0;
        memset(output, 0, v.steps * v.outputs * 4);
        info = whole_info;
        if (part == 0)
            bad = step_in(e, stream);
        if (part == 1) {
            bad = load_in(e, &model, &info);
            if (bad == 0)
                bad += leat_stream_init(stream, v.stream_size, model, &stream,
                                        NULL) != LEAT_OK;
            fesetenv(FE_DFL_ENV);
            if (bad == 0)
                bad += leat_stream_set_kernel(stream,
                                              leat_kernel_available(kernel),
                                              NULL) != LEAT_OK;
            if (bad == 0)
                bad += step_in(&environments[0], stream);
        }
        if (part == 2) {
            bad = step_in(&environments[0], stream);
            bad += save_in(e, stream);
        }
        if (part == 3) {
            bad = refuse_in(e, stream);
            fesetenv(FE_DFL_ENV);
            bad += step_in(&environments[0], stream);
        }
        fesetenv(FE_DFL_ENV);
        bad += memcmp(output, whole, v.steps * v.outputs * 4) != 0;
        bad += leat_stream_save(stream, bytes, v.state_size, NULL) != LEAT_OK;
        bad += memcmp(bytes, whole_bytes, v.state_size) != 0;
        bad += memcmp(&info, &whole_info, sizeof info) != 0;
        _exit(bad);
    }
    if (waitpid(child, &status, 0) != child)
        give_up("waitpid");
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

int main(int count, char **arguments)
{
    static const char *const cases[] = {
        "documentation-3-2", "head-three", "f16-subnormal", "bf16",
        "normaliser", "projection-head", "saturate-spikes", "softmax-far",
    };
    static const char *const parts[] = { "steps", "loading a model",
                                         "save and load", "refusals" };
    size_t i, e;
    int part;
    check_usage(count == 2, "test_float_environment VECTORS");
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        leat_stream *stream;
        vector_open(&v, arguments[1], cases[i]);
        whole = (float *)allocate(v.steps * v.outputs * 4);
        output = (float *)allocate(v.steps * (v.inputs + v.outputs) * 4);
        state = (float *)allocate(v.state_floats * 4);
        bytes = (unsigned char *)allocate(v.state_size);
        whole_bytes = (unsigned char *)allocate(v.state_size);
        CHECK_EQUAL(leat_model_measure(v.file, v.file_size, &memory_size, NULL),
                    LEAT_OK);
        memory = allocate(memory_size);
        CHECK_EQUAL(leat_model_info(v.model, &whole_info, NULL), LEAT_OK);
        stream = new_stream(v.model);
        CHECK_EQUAL(leat_stream_run(stream, v.steps, v.input, whole, NULL), 0);
        CHECK_EQUAL(leat_stream_save(stream, whole_bytes, v.state_size, NULL),
                    LEAT_OK);
        for (kernel = 0; kernel < kernel_count(); kernel++) {
            use_kernel(kernel);
            if (steps_for_kernel(v.model, kernel, 4 * v.steps) < 4 * v.steps)
                continue;
            for (e = 0; e < sizeof environments / sizeof *environments; e++)
                for (part = 0; part < 4; part++) {
                    check_context("%s, %s, %s, %s", v.name,
                                  leat_kernel_available(kernel),
                                  environments[e].name, parts[part]);
                    CHECK_EQUAL(in_child(&environments[e], part), 0);
                }
        }
        use_kernel(0);
        free(stream);
        free(memory);
        free(whole_bytes);
        free(bytes);
        free(state);
        free(output);
        free(whole);
        vector_close(&v);
    }
    return check_report("test_float_environment");
}
