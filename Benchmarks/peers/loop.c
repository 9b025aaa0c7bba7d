/* SPDX-License-Identifier: MIT
 *
 * The timed loop of compare_peers.py: one step a call through a runtime's C
 * interface, so that no Python runs between two steps. The runtimes' headers
 * aren't in their wheels, so a call is an address and arguments. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

enum { LEAT, LEAT_BATCH, ONNX_RUN, ONNX_BINDING, HANDLE, LITERT_RUN,
       TEMPLATE };

/* A call. If there are two, odd steps make the second, which reads the state
 * from where the first wrote it. */
struct call {
    void *argument[8];
    float *input;        /* where the runtime reads its sample, or NULL */
    const float *output; /* where it writes its output */
};

/* A part of the state that must be copied after a call for the next. */
struct carry {
    void *to;
    const void *from;
    size_t bytes;
};

struct loop {
    int32_t kind;
    int32_t calls; /* 1 or 2 */
    int32_t sample; /* which argument is the sample's address, without input */
    void (*function)(void);
    struct call call[2];
    struct carry carry[8];
    size_t carries;
    size_t input_floats, output_floats;
};

static int step(const struct loop *loop, void *const *a)
{
    switch (loop->kind) {
    case LEAT:
        return ((int (*)(void *, const void *, void *, void *))
                    loop->function)(a[0], a[1], a[2], a[3]);
    case LEAT_BATCH:
        return ((int (*)(void *, size_t, const void *, void *, void *))
                    loop->function)(a[0], (size_t)a[1], a[2], a[3], a[4]);
    case ONNX_RUN:
        return ((void *(*)(void *, void *, void *, void *, size_t, void *,
                           size_t, void *))loop->function)(
                   a[0], a[1], a[2], a[3], (size_t)a[4], a[5], (size_t)a[6],
                   a[7]) != NULL;
    case ONNX_BINDING:
        return ((void *(*)(void *, void *, void *))loop->function)(
                   a[0], a[1], a[2]) != NULL;
    case HANDLE:
        return ((int (*)(void *))loop->function)(a[0]);
    case LITERT_RUN:
        return ((int (*)(void *, size_t, size_t, void *, size_t, void *))
                    loop->function)(a[0], (size_t)a[1], (size_t)a[2], a[3],
                                    (size_t)a[4], a[5]);
    case TEMPLATE:
        return ((int (*)(void *, const void *, void *))
                    loop->function)(a[0], a[1], a[2]);
    default:
        return -1;
    }
}

static uint64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* Make `count` * `block` steps. ns[i] is the time of block i, which includes
 * copying samples and state; outputs may be NULL. A run begins with the first
 * call, so count * block must be even when there are two. */
int run(struct loop *loop, size_t count, size_t block,
        const float *inputs, float *outputs, uint64_t *ns)
{
    const size_t in = loop->input_floats, out = loop->output_floats;
    size_t t = 0;
    for (size_t i = 0; i < count; i++) {
        const uint64_t start = now();
        for (size_t k = 0; k < block; k++, t++) {
            struct call *call = &loop->call[loop->calls == 2 ? t & 1 : 0];
            const float *sample = inputs + t * in;
            if (call->input == NULL)
                memcpy(&call->argument[loop->sample], &sample, sizeof sample);
            else
                memcpy(call->input, sample, in * sizeof *sample);
            const int code = step(loop, call->argument);
            if (code != 0) return code;
            for (size_t c = 0; c < loop->carries; c++)
                memcpy(loop->carry[c].to, loop->carry[c].from,
                       loop->carry[c].bytes);
            if (outputs != NULL)
                memcpy(outputs + t * out, call->output, out * sizeof *outputs);
        }
        ns[i] = now() - start;
    }
    return 0;
}
