/* SPDX-License-Identifier: MIT
 * leat_batch_step_at() does for each stream what leat_stream_step_at() does:
 * the same result, the same output or none, the same state; with streams at
 * different positions, samples that come again or too early, and samples that
 * a stream refuses, anywhere in the batch. On every kernel.
 *
 *     test_batch_step_at */
#include "kernels.h"
#include "layer_lists.h"

enum { STREAMS = 61, ROUNDS = 60, PATTERN = 0xa5 };

static const struct {
    const char *text;
    size_t inputs;
} lists[] = {
    { "l17 f3", 3 }, { "g9 l8", 8 }, { "b g9a l33k*2 f2 +input u", 2 },
};

static leat_stream *batched[STREAMS], *single[STREAMS];
static float inputs[STREAMS * 17], kept[STREAMS * 17], outputs[STREAMS * 17],
    one[17];
static uint64_t positions[STREAMS];
static int results[STREAMS];
static unsigned char *state, *expected_state;
static size_t counts[4];
static uint32_t seed = 15;
static leat_error error;

/* A sample as it may come: the next one, an old one, one too early, or one with
 * a value that is refused. */
static void next_sample(size_t i, size_t size)
{
    static const float bad[] = { NAN, -INFINITY, 3.4e38f };
    uint64_t now = leat_stream_position(batched[i]);
    uint32_t chance = next_random(&seed) % 8;
    random_floats(&seed, inputs + i * size, size, 2);
    positions[i] = now;
    if (chance == 0 && now > 0)
        positions[i] = next_random(&seed) % now;
    if (chance == 1)
        positions[i] = now + 1 + next_random(&seed) % 3;
    if (chance == 2)
        inputs[i * size + next_random(&seed) % size] =
            bad[next_random(&seed) % 3];
    if (chance == 3 && next_random(&seed) % 8 == 0)
        positions[i] = UINT64_MAX;
}

static size_t kind_of(int result)
{
    return result == LEAT_OK ? 0 : result == LEAT_SKIPPED ? 1 :
           result == LEAT_E_POSITION ? 2 : 3;
}

static void check_round(const leat_model_info_t *info, size_t first,
                        size_t count)
{
    size_t in = info->input_size, out = info->output_size, i;
    int is_in_place = in == out && next_random(&seed) % 2 == 0;
    float *target = is_in_place ? inputs + first * in : outputs;
    leat_error untouched;
    for (i = first; i < first + count; i++)
        next_sample(i, in);
    memcpy(kept, inputs, sizeof kept);
    memset(outputs, PATTERN, sizeof outputs);
    memset(results, PATTERN, sizeof results);
    memset(&error, '?', sizeof error);
    untouched = error;
    CHECK_CODE(leat_batch_step_at((leat_stream *const *)batched + first,
                                  positions + first, count,
                                  inputs + first * in, target, results,
                                  &error), LEAT_OK, error);
    CHECK_BYTES(&error, &untouched, sizeof error);
    for (i = 0; i < count; i++) {
        size_t s = first + i;
        check_context("stream %zu of %zu, sample %llu", i, count,
                      (unsigned long long)positions[s]);
        if (is_in_place)
            memcpy(one, kept + s * in, out * 4);
        else
            memset(one, PATTERN, sizeof one);
        CHECK_EQUAL(leat_stream_step_at(single[s], positions[s],
                                        kept + s * in, one, NULL),
                    results[i]);
        CHECK_BYTES(target + i * out, one, out * 4);
        CHECK_CODE(leat_stream_save(batched[s], state,
                                    leat_state_size(
                                        leat_stream_model(batched[s])),
                                    &error), LEAT_OK, error);
        CHECK_CODE(leat_stream_save(single[s], expected_state,
                                    leat_state_size(
                                        leat_stream_model(single[s])),
                                    &error), LEAT_OK, error);
        CHECK_BYTES(state, expected_state,
                    leat_state_size(leat_stream_model(single[s])));
        counts[kind_of(results[i])]++;
    }
}

/* A stream at the greatest position takes no sample in, but the others do. */
static void check_last_position(const leat_model_info_t *info)
{
    size_t i;
    CHECK_EQUAL(leat_stream_set_position(batched[1], LEAT_POSITION_MAX, NULL),
                0);
    random_floats(&seed, inputs, STREAMS * info->input_size, 1);
    for (i = 0; i < 3; i++)
        positions[i] = leat_stream_position(batched[i]);
    CHECK_CODE(leat_batch_step_at((leat_stream *const *)batched, positions, 3,
                                  inputs, outputs, results, &error), LEAT_OK,
               error);
    CHECK_EQUAL(results[0], LEAT_OK);
    CHECK_EQUAL(results[1], LEAT_E_POSITION);
    CHECK_EQUAL(results[2], LEAT_OK);
}

static void check_list(const char *text, size_t input_size, uint32_t kernel)
{
    static struct list list;
    const leat_model *model;
    leat_model_info_t info;
    void *block;
    size_t i;
    list_make(&list, text, input_size, F32, 0, 1);
    model = list_model(&list, &block);
    CHECK_EQUAL(leat_model_info(model, &info, NULL), LEAT_OK);
    use_kernel(kernel);
    for (i = 0; i < STREAMS; i++) {
        batched[i] = new_stream(model);
        single[i] = new_stream(model);
        CHECK_EQUAL(leat_stream_set_position(batched[i], i, NULL), 0);
        CHECK_EQUAL(leat_stream_set_position(single[i], i, NULL), 0);
    }
    state = (unsigned char *)allocate(leat_state_size(model));
    expected_state = (unsigned char *)allocate(leat_state_size(model));
    for (i = 0; i < ROUNDS; i++) {
        size_t count = i < 4 ? i : 1 + next_random(&seed) % STREAMS;
        check_round(&info, next_random(&seed) % (STREAMS - count + 1), count);
    }
    check_context("%s", text);
    check_last_position(&info);
    for (i = 0; i < STREAMS; i++) {
        free(batched[i]);
        free(single[i]);
    }
    free(state);
    free(expected_state);
    free(block);
    list_free(&list);
}

int main(void)
{
    size_t i;
    uint32_t kernel;
    for (kernel = 0; kernel < kernel_count(); kernel++)
        for (i = 0; i < sizeof lists / sizeof *lists; i++)
            check_list(lists[i].text, lists[i].inputs, kernel);
    printf("%zu samples taken in, %zu skipped, %zu too early, %zu refused\n",
           counts[0], counts[1], counts[2], counts[3]);
    for (i = 0; i < 4; i++)
        CHECK(counts[i] > 100);
    return check_report("test_batch_step_at");
}
