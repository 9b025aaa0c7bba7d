/* SPDX-License-Identifier: MIT
 * The guarantees of a stream across a store: the same bits on every kernel that
 * continues from a checkpoint, no trace of a refused sample, and no sample
 * applied twice or left out when the source restarts.
 * Usage: test_store_guarantees MODEL.safetensors */
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE
#include "store_fixture.h"
#include "kernels.h"
#include "random_models.h"

#include <math.h>

enum { STEPS = 60, INPUTS = 5, OUTPUTS = 3, MANY = 4 };

/* A sequence, and the outputs of an uninterrupted run on the best kernel. */
static const leat_model *subject;
static float inputs[STEPS][INPUTS], outputs[STEPS][OUTPUTS];
static float whole[STEPS][OUTPUTS];
static unsigned char *whole_state;
static size_t subject_state_size;

static void run_whole(void)
{
    leat_stream *stream = new_stream(subject);
    uint32_t noise = 7;
    random_floats(&noise, inputs[0], STEPS * INPUTS, 2);
    subject_state_size = leat_state_size(subject);
    OK(leat_stream_run(stream, STEPS, inputs[0], whole[0], &error));
    whole_state = state_of(stream);
    free(stream);
}

static void clear_outputs(void) { memset(outputs, 0xa5, sizeof outputs); }

static void run_on(leat_stream *stream, size_t to)
{
    size_t from = (size_t)leat_stream_position(stream);
    OK(leat_stream_run(stream, to - from, inputs[from], outputs[from], &error));
}

/* Whether all from `from` on is as in the uninterrupted run. */
static void check_end(const leat_stream *stream, size_t from)
{
    unsigned char *state = state_of(stream);
    CHECK_BYTES(outputs[from], whole[from],
                (STEPS - from) * sizeof outputs[0]);
    CHECK_BYTES(state, whole_state, subject_state_size);
    free(state);
}

static void save(leat_store *store, const char *name, leat_stream *stream)
{
    OK(leat_store_save(store, name, stream, NULL, 0, LEAT_SAVE_REWIND,
                       &error));
}

/* G4: saved under one kernel, loaded under every other. */
static void test_kernels(void)
{
    leat_store *store = open_new("kernels.db");
    leat_stream *stream = new_stream(subject), *found;
    uint32_t from, to, kernels = kernel_count();
    size_t cut;

    for (from = 0; from < kernels; from++)
        for (to = 0; to < kernels; to++)
            for (cut = 0; cut <= STEPS; cut += 7) {
                check_context("saved by %s, loaded by %s, at %zu",
                              leat_kernel_available(from),
                              leat_kernel_available(to), cut);
                clear_outputs();
                use_kernel(from);
                set_kernel(stream);
                leat_stream_reset(stream, NULL);
                run_on(stream, cut);
                save(store, "a", stream);
                found = new_stream(subject);
                use_kernel(to);
                set_kernel(found);
                OK(leat_store_load(store, "a", found, NULL, 0, NULL, &error));
                CHECK_EQUAL(leat_stream_position(found), cut);
                run_on(found, STEPS);
                check_end(found, 0);
                free(found);
            }

    /* On another kernel after every sample. */
    check_context("every sample on another of %u kernels", (unsigned)kernels);
    clear_outputs();
    leat_stream_reset(stream, NULL);
    save(store, "a", stream);
    for (cut = 0; cut < STEPS; cut++) {
        found = new_stream(subject);
        use_kernel((uint32_t)cut % kernels);
        set_kernel(found);
        OK(leat_store_load(store, "a", found, NULL, 0, NULL, &error));
        run_on(found, cut + 1);
        save(store, "a", found);
        if (cut + 1 == STEPS)
            check_end(found, 0);
        free(found);
    }
    use_kernel(0);
    OK(leat_store_close(store, &error));
    check_context("%s", "");
    free(stream);
}

/* The checkpoint that a stream makes. */
static unsigned char *state_through(leat_store *store, leat_stream *stream)
{
    leat_stream *found = new_stream(subject);
    unsigned char *state;
    save(store, "probe", stream);
    OK(leat_store_load(store, "probe", found, NULL, 0, NULL, &error));
    state = state_of(found);
    free(found);
    return state;
}

/* G16: a refused sample, by each of the calls that take samples. */
static void test_refused_samples(void)
{
    const float values[] = { NAN, INFINITY, -INFINITY };
    leat_store *store = open_new("refused.db");
    leat_stream *streams[MANY], *found;
    unsigned char *before, *after;
    float bad[STEPS * INPUTS], output[STEPS * OUTPUTS], kept[STEPS * OUTPUTS];
    uint32_t kernel;
    size_t k, i, value;

    memset(kept, 0x5a, sizeof kept);
    memcpy(output, kept, sizeof output);
    for (i = 0; i < MANY; i++)
        streams[i] = new_stream(subject);
    for (kernel = 0; kernel < kernel_count(); kernel++) {
        use_kernel(kernel);
        for (i = 0; i < MANY; i++) {
            set_kernel(streams[i]);
            leat_stream_reset(streams[i], NULL);
        }
        clear_outputs();
        for (k = 0; k + 3 < STEPS; k++) {
            check_context("%s, refused at %zu", leat_kernel_available(kernel),
                          k);
            before = state_through(store, streams[0]);
            for (value = 0; value < 3; value++) {
                /* In any of its values, and in the last of several samples. */
                memcpy(bad, inputs[k], 3 * sizeof inputs[0]);
                bad[(k + value) % INPUTS] = values[value];
                RETURNS(LEAT_E_INPUT, leat_stream_step(streams[0], bad, output,
                                                       &error));
                RETURNS(LEAT_E_INPUT, leat_stream_step_at(streams[0], k, bad,
                                                          output, &error));
                RETURNS(LEAT_E_INPUT, leat_stream_run(streams[0], 3, bad,
                                                      output, &error));
                memcpy(bad, inputs[k], 3 * sizeof inputs[0]);
                bad[2 * INPUTS + k % INPUTS] = values[value];
                RETURNS(LEAT_E_INPUT, leat_stream_run(streams[0], 3, bad,
                                                      output, &error));
                for (i = 0; i < MANY; i++)
                    memcpy(bad + i * INPUTS, inputs[k], sizeof inputs[0]);
                bad[(MANY - 1) * INPUTS + value] = values[value];
                RETURNS(LEAT_E_INPUT, leat_batch_step(streams, MANY, bad,
                                                      output, &error));
            }
            CHECK_BYTES(output, kept, sizeof output);
            for (i = 0; i < MANY; i++) {
                after = state_through(store, streams[i]);
                CHECK_BYTES(after, before, subject_state_size);
                free(after);
                run_on(streams[i], k + 1);
            }
            free(before);
        }
        found = new_stream(subject);
        save(store, "a", streams[0]);
        OK(leat_store_load(store, "a", found, NULL, 0, NULL, &error));
        run_on(found, STEPS);
        check_end(found, 0);
        free(found);
    }
    use_kernel(0);
    OK(leat_store_close(store, &error));
    check_context("%s", "");
    for (i = 0; i < MANY; i++)
        free(streams[i]);
}

/* G19: the program restarts repeatedly from its checkpoint, and its source from
 * somewhere before it; the source also leaves samples out. */
static void test_replays(void)
{
    leat_store *store = open_new("replays.db");
    uint32_t noise = 1;
    int starts, skips = 0, gaps = 0;
    size_t once[STEPS], k;

    for (starts = 0; starts < 200; starts++) {
        leat_stream *stream = NULL;
        uint64_t sent = 0, saved = 0;
        memset(once, 0, sizeof once);
        clear_outputs();
        RETURNS(starts == 0 ? LEAT_E_NOT_FOUND : LEAT_OK,
                leat_store_delete(store, "a", &error));
        while (saved < STEPS) {
            unsigned char *before, *after;
            int code = LEAT_E_NOT_FOUND;
            if (stream == NULL || next_random(&noise) % 8 == 0) {
                /* Restart: samples that weren't saved must be stepped again. */
                free(stream);
                stream = new_stream(subject);
                code = leat_store_load(store, "a", stream, NULL, 0, NULL,
                                       &error);
                CHECK(code == (saved == 0 ? LEAT_E_NOT_FOUND : LEAT_OK));
                CHECK_EQUAL(leat_stream_position(stream), saved);
                for (k = (size_t)saved; k < STEPS; k++)
                    once[k] = 0;
                sent = saved - next_random(&noise) % (saved + 1);
            }
            if (next_random(&noise) % 8 == 0) {
                before = state_of(stream);
                RETURNS(LEAT_E_POSITION,
                        leat_stream_step_at(stream,
                                            leat_stream_position(stream) + 1 +
                                                next_random(&noise) % 9,
                                            inputs[0], outputs[0], &error));
                after = state_of(stream);
                CHECK_BYTES(after, before, subject_state_size);
                free(before);
                free(after);
                gaps++;
            }
            if (sent < STEPS) {
                float output[OUTPUTS];
                code = leat_stream_step_at(stream, sent, inputs[sent], output,
                                           &error);
                CHECK(code == LEAT_OK || code == LEAT_SKIPPED);
                if (code == LEAT_OK) {
                    memcpy(outputs[sent], output, sizeof output);
                    once[sent]++;
                }
                skips += code == LEAT_SKIPPED;
                sent++;
            }
            if (next_random(&noise) % 4 == 0 ||
                leat_stream_position(stream) == STEPS) {
                OK(leat_store_save(store, "a", stream, NULL, 0, 0, &error));
                saved = leat_stream_position(stream);
            }
        }
        check_context("with start %d", starts);
        for (k = 0; k < STEPS && once[k] == 1; k++) {
        }
        CHECK_EQUAL(k, STEPS);
        check_end(stream, 0);
        free(stream);
    }
    check_context("%s", "");
    printf("%d samples sent again were skipped, %d gaps refused\n", skips,
           gaps);
    CHECK(skips > 1000 && gaps > 1000);
    OK(leat_store_close(store, &error));
}

int main(int count, char **arguments)
{
    static const enum dtype types[] = { F32, F16, BF16, I8 };
    char directory[64];
    struct shape shape;
    size_t i;
    check_usage(count == 2, "test_store_guarantees MODEL.safetensors");
    set_up(arguments[1], directory);
    memset(&shape, 0, sizeof shape);
    shape.inputs = INPUTS;
    shape.hidden[0] = 33;
    shape.projected[0] = 9;
    shape.hidden[1] = 20;
    shape.linear[0] = OUTPUTS;
    shape.activations = "s";
    shape.has_bias = shape.has_normalizer = 1;
    for (i = 0; i < sizeof types / sizeof *types; i++) {
        void *block;
        subject = random_model(&shape, types[i], 3, &block);
        run_whole();
        test_kernels();
        test_refused_samples();
        test_replays();
        free(whole_state);
        free(block);
    }
    return tear_down("test_store_guarantees", directory);
}
