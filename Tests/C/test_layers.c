/* SPDX-License-Identifier: MIT
 * Lists of layers in any order: how a model describes them, what they compute,
 * and that the bits are the same in single steps, in runs, in batches, after
 * save and load, and on every kernel. Which lists load is in test_layer_rules,
 * how large their weights may be in test_layer_bounds.
 *
 *     test_layers                         the lists below, and a few at random
 *     test_layers --random COUNT [SEED]   only lists at random, ten a second;
 *                                         SEED is that of the first, or 1 */
#include "kernels.h"
#include "layer_lists_reference.h"
#include "random_lists.h"

enum { STEPS = 24, STREAMS = 9, FEW = 12 };

static const struct {
    const char *text;
    size_t inputs;
} lists[] = {
    { "f5:relu l8", 3 },
    { "l8 f3 l6", 2 },
    { "l9:tanh", 5 },
    { "l8 :sigmoid", 1 },
    { "l8 :relu :softmax :none", 4 },
    { "l5 :softmax l7", 3 },
    { "f9:tanh l12/5:relu f4:softmax l3 :tanh :none f2:sigmoid", 6 },
    { "f3 f4:relu :tanh l10/4*2:sigmoid", 3 },
    { "l4*2:relu l5:none f1", 9 },
    { "f17:softmax :relu l1 :tanh", 17 },
    { "l1 f1 l1 f1:softmax l1", 1 },
    /* The sample's buffer is large enough for what an LSTM of integers writes
     * there later in the step, and isn't full. */
    { "f7:tanh l8", 9 },
    { "f3:relu l17:tanh l9/4", 17 },
    /* Wide enough for every code path of an LSTM kernel. */
    { "f33:tanh l40 :relu f20:softmax l33/9 f1", 19 },
    { "r1", 1 },
    { "r17*3 f2", 3 },
    { "f5:relu r33:relu r8:tanh l9/4 r16 :softmax", 9 },
    { "l7 r40 f3:sigmoid r25 l8", 20 },
    { "g1", 1 },
    { "g17*3 f2", 3 },
    { "f5:relu g33:relu g8:tanh l9/4 r16 g16 :softmax", 9 },
    /* Wide enough for every code path of a GRU's kernel. */
    { "l7 g40 f3:sigmoid g48 r25 g64", 20 },
    /* Sums, nn.BatchNorm1d, nn.PReLU, and outputs in units. */
    { "l8 f1 +input[0:1]", 3 },
    { "l7 l7 +l0 l7 +l1 f5 +input u", 5 },
    { "f9:relu +input b l9 +f0 p f9 +l3 +input +input b:tanh u", 9 },
    { "b g17 p b f4 p b l4 +f4 u", 7 },
    { "l33 r33 +l0 f33:elu(0.5) +l0 +r1 :gelu f1 u", 2 },
    /* Cells that aren't PyTorch's. */
    { "l1p", 1 },
    { "l7k*2 l17p l33h", 3 },
    { "l16c l24u f3", 5 },
    { "g1b g17b g33c g7a", 2 },
    { "g24b*2 g40v", 9 },
    { "r9n r17s l8h +r1[0:8]", 4 },
    { "f5:hardtanh(-0.5,2) l6h g5a r5s g5b +input b p", 5 },
    /* Activations. */
    { "f7:leaky_relu :gelu_tanh l5:silu :softplus f6:softplus(2,5)", 3 },
    { "l9:softsign :hard_sigmoid :hardswish f4:hard_sigmoid(0.2,0.5) :relu6", 1 },
    { "f9:log_softmax l7:elu f5:leaky_relu(-0.2) :log_softmax", 8 },
};

static struct list list;
static const leat_model *model;
static leat_model_info_t info;
static size_t inputs_of_step, outputs_of_step, state_size;
static float samples[STEPS * WIDEST], outputs[STREAMS * STEPS * WIDEST];
static float expected[STREAMS][STEPS * WIDEST];
static unsigned char *states[STREAMS], *state;
static double worst[2];
/* The tolerances are these times as large. */
static double times = 1;
static leat_error error;

/* Sample t of stream i: each stream begins at another sample. */
static const float *sample(size_t i, size_t t)
{
    return samples + (t + 7 * i) % STEPS * inputs_of_step;
}

static void check_info(void)
{
    static const uint32_t weights[] = { LEAT_WEIGHTS_F32, LEAT_WEIGHTS_F16,
                                        LEAT_WEIGHTS_BF16, LEAT_WEIGHTS_I8 };
    static const uint32_t zeros[16] = { 0 };
    uint32_t i, recurrent = 0;
    CHECK_EQUAL(info.layers, list.count);
    CHECK_EQUAL(info.recurrent_layers, list.recurrent);
    CHECK_EQUAL(info.input_size, list.inputs);
    CHECK_EQUAL(info.output_size, list.places[list.count - 1].outputs);
    CHECK_EQUAL(info.parameters, list.parameters);
    CHECK_EQUAL(info.macs_per_step, list.macs);
    CHECK_BYTES(info.reserved, zeros, sizeof info.reserved);
    CHECK(leat_stream_size(model) <=
          LEAT_STREAM_BYTES_ANY(list.inputs, list.widest_hidden, list.recurrent,
                                list.widest_linear, list.sums));
    if (list.sums == 0 && list.other_cells == 0)
        CHECK(leat_stream_size(model) <=
              LEAT_STREAM_BYTES(list.inputs, list.widest_hidden, list.recurrent,
                                list.widest_linear));
    for (i = 0; i < info.layers; i++) {
        const struct place *place = &list.places[i];
        leat_layer_info_t layer;
        memset(&layer, 0xa5, sizeof layer);
        CHECK_EQUAL(leat_model_layer(model, i, &layer, NULL), LEAT_OK);
        CHECK_EQUAL(layer.kind, place->kind);
        CHECK_EQUAL(layer.input_size, place->inputs);
        CHECK_EQUAL(layer.output_size, place->outputs);
        CHECK_EQUAL(layer.hidden_size, place->hidden);
        CHECK_EQUAL(layer.recurrent, place->h != NULL ? recurrent++
                                                      : LEAT_NOT_RECURRENT);
        CHECK_EQUAL(layer.activation, place->function.activation);
        CHECK_EQUAL(layer.weights, place->hidden > 0 ||
                                           place->kind == LEAT_LAYER_LINEAR
                                       ? weights[list.type]
                                       : LEAT_WEIGHTS_NONE);
        CHECK_EQUAL(layer.cell, place->cell != NULL ? LEAT_CELL_OTHER
                                                    : LEAT_CELL_PYTORCH);
        CHECK_BYTES(layer.reserved, zeros, sizeof layer.reserved);
    }
}

static void compare(const char *what, double actual, double right, size_t at)
{
    double tolerance = (list.type == I8 ? 2e-4 : 5e-6) * times;
    double off = fabs(actual - right) / (fabs(right) > 1 ? fabs(right) : 1);
    check_that(off <= tolerance, __FILE__, __LINE__,
               "%s %zu is %.9g, expected %.9g: error %.2g", what, at, actual,
               right, off);
    if (off > worst[list.type == I8])
        worst[list.type == I8] = off;
}

/* The best kernel's single steps are the reference. */
static void check_outputs(void)
{
    uint32_t k, recurrent = 0;
    size_t i, t, j;
    use_kernel(0);
    for (i = STREAMS; i-- > 0;) {
        leat_stream *stream = new_stream(model);
        reference_reset(&list);
        for (t = 0; t < STEPS; t++) {
            double right[WIDEST];
            float *y = expected[i] + t * outputs_of_step;
            CHECK_CODE(leat_stream_step(stream, sample(i, t), y, &error),
                       LEAT_OK, error);
            reference_step(&list, sample(i, t), right);
            for (j = 0; j < outputs_of_step; j++)
                compare("output", y[j], right[j], t * outputs_of_step + j);
        }
        for (k = 0; k < list.count && i == 0; k++) {
            const struct place *place = &list.places[k];
            float h[WIDEST], c[WIDEST];
            unsigned char untouched[sizeof c];
            if (place->h == NULL)
                continue;
            memset(untouched, 0xa5, sizeof untouched);
            memcpy(c, untouched, sizeof c);
            CHECK_CODE(leat_stream_get_state(stream, recurrent++, h, c, &error),
                       LEAT_OK, error);
            for (j = 0; j < place->outputs; j++)
                compare("h", h[j], place->h[j], j);
            for (j = 0; place->c != NULL && j < place->hidden; j++)
                compare("c", c[j], place->c[j], j);
            if (place->c == NULL)
                CHECK_BYTES(c, untouched, sizeof c);
        }
        CHECK_EQUAL(leat_stream_save(stream, states[i], state_size, NULL), 0);
        free(stream);
    }
}

static void check_end(const leat_stream *stream, size_t i)
{
    CHECK_EQUAL(leat_stream_save(stream, state, state_size, NULL), LEAT_OK);
    CHECK_BYTES(state, states[i], state_size);
}

/* In one run. Then in two, in a block with the values of another sequence, that
 * of the largest inputs. */
static void check_runs(void)
{
    leat_stream *stream = new_stream(model), *other = new_stream(model);
    unsigned char *begin = (unsigned char *)allocate(state_size);
    unsigned char *middle = (unsigned char *)allocate(state_size);
    size_t size = STEPS * outputs_of_step * 4, cut = STEPS / 3, t, j;
    CHECK_EQUAL(leat_stream_save(stream, begin, state_size, NULL), LEAT_OK);
    CHECK_EQUAL(leat_stream_run(stream, STEPS, samples, outputs, NULL), 0);
    CHECK_BYTES(outputs, expected[0], size);
    check_end(stream, 0);

    CHECK_EQUAL(leat_stream_load(stream, begin, state_size, NULL), LEAT_OK);
    CHECK_EQUAL(leat_stream_run(stream, cut, samples, outputs, NULL), 0);
    CHECK_EQUAL(leat_stream_save(stream, middle, state_size, NULL), LEAT_OK);
    for (t = 0; t < 5; t++) {
        float most[WIDEST];
        for (j = 0; j < inputs_of_step; j++)
            most[j] = (t + j) % 2 == 0 ? info.input_limit : -info.input_limit;
        CHECK_CODE(leat_stream_step(other, most, outputs + size / 4, &error),
                   LEAT_OK, error);
    }
    CHECK_EQUAL(leat_stream_load(other, middle, state_size, NULL), LEAT_OK);
    CHECK_EQUAL(leat_stream_run(other, STEPS - cut, sample(0, cut),
                                outputs + cut * outputs_of_step, NULL), 0);
    CHECK_BYTES(outputs, expected[0], size);
    check_end(other, 0);
    free(middle);
    free(begin);
    free(other);
    free(stream);
}

static void check_batches(void)
{
    size_t count, i, t;
    for (count = 1; count <= STREAMS; count++) {
        leat_stream *streams[STREAMS];
        for (i = 0; i < count; i++)
            streams[i] = new_stream(model);
        for (t = 0; t < STEPS; t++) {
            float batch[STREAMS * WIDEST];
            for (i = 0; i < count; i++)
                memcpy(batch + i * inputs_of_step, sample(i, t),
                       inputs_of_step * 4);
            CHECK_CODE(leat_batch_step(streams, count, batch, outputs, &error),
                       LEAT_OK, error);
            for (i = 0; i < count; i++)
                CHECK_BYTES(outputs + i * outputs_of_step,
                            expected[i] + t * outputs_of_step,
                            outputs_of_step * 4);
        }
        for (i = 0; i < count; i++) {
            check_end(streams[i], i);
            free(streams[i]);
        }
    }
}

/* `name` says which list it is. */
static void check_list(const char *name, const char *text, size_t inputs,
                       enum dtype type, int has_normalizer, uint32_t list_seed)
{
    void *block;
    uint32_t kernel, seed = 5;
    size_t i;
    const char *normalizer = has_normalizer ? ", normalizer" : "";
    check_context("%s%s, %s%s", name, text, dtype_name(type), normalizer);
    list_make(&list, text, inputs, type, has_normalizer, list_seed);
    model = list_model(&list, &block);
    CHECK_EQUAL(leat_model_info(model, &info, NULL), LEAT_OK);
    inputs_of_step = info.input_size;
    outputs_of_step = info.output_size;
    state_size = leat_state_size(model);
    state = (unsigned char *)allocate(state_size);
    for (i = 0; i < STREAMS; i++)
        states[i] = (unsigned char *)allocate(state_size);
    random_floats(&seed, samples, STEPS * inputs_of_step, 2);
    check_info();
    check_outputs();
    for (kernel = 0; kernel < kernel_count(); kernel++) {
        check_context("%s%s, %s%s, %s", name, text, dtype_name(type),
                      normalizer, leat_kernel_available(kernel));
        use_kernel(kernel);
        check_runs();
        check_batches();
    }
    for (i = 0; i < STREAMS; i++)
        free(states[i]);
    free(state);
    free(block);
    list_free(&list);
}

/* The list of a seed, with every type of weights in turn. */
static void check_random_list(uint32_t seed)
{
    char name[32], text[TEXT_MOST];
    size_t inputs;
    write_random_list(seed, text, &inputs);
    sprintf(name, "seed %lu: ", (unsigned long)seed);
    check_list(name, text, inputs, (enum dtype)(seed % DTYPES),
               seed / DTYPES % 2 == 1, seed);
}

int main(int argument_count, char **arguments)
{
    int is_random = argument_count > 2 && argument_count < 5 &&
                    strcmp(arguments[1], "--random") == 0;
    unsigned long count = is_random ? strtoul(arguments[2], NULL, 10) : FEW;
    unsigned long first = argument_count == 4 ? strtoul(arguments[3], NULL, 10)
                                              : 1;
    unsigned long k;
    size_t i;
    int type;
    check_usage((is_random && count > 0) || argument_count == 1,
                "test_layers [--random COUNT [SEED]]");
    for (i = 0; i < sizeof lists / sizeof *lists && !is_random; i++)
        for (type = F32; type < DTYPES; type++) {
            uint32_t seed = 50 + (uint32_t)i;
            check_list("", lists[i].text, lists[i].inputs, (enum dtype)type, 0,
                       seed);
            check_list("", lists[i].text, lists[i].inputs, (enum dtype)type, 1,
                       seed);
        }
    /* Wide layers in a row make a rounding larger in each of them. A wrong
     * weight shows far more. */
    times = 4;
    for (k = 0; k < count; k++)
        check_random_list((uint32_t)(first + k));
    printf("%lu lists at random; worst errors: %.2g, of integers %.2g\n", count,
           worst[0], worst[1]);
    return check_report("test_layers");
}
