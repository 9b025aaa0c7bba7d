/* SPDX-License-Identifier: MIT
 * Which lists of layers load: by leat.format, with fingerprints that tell them
 * apart; and with weights however large either not at all, or to outputs that
 * are finite at inputs of input_limit.
 *
 *     test_layer_rules */
#include "kernels.h"
#include "lists.h"

static leat_error error;
static size_t loaded, refused;

static int measure(const struct list *list, const char *format,
                   const char *layers)
{
    size_t size, memory_size;
    unsigned char *file = make_formatted(list->tensors, list->tensor_count,
                                         format, layers, &size);
    int code;
    memset(&error, 0, sizeof error);
    code = leat_model_measure(file, size, &memory_size, &error);
    free(file);
    return code;
}

/* What format 1 has no words for, an older Leat would refuse, and so does this
 * one as long as a file doesn't say leat.format 2. */
static void check_formats(void)
{
    static const char *const texts[] = { "f5:relu l8", "l8 f3 l6", "l9:tanh",
                                         "l8 :sigmoid", "l8 :none f2" };
    static const char *const newer[] = { "3", "10", "4294967298", "0", "-2", "",
                                         "2.0", "two" };
    size_t i, k;
    for (i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct list list;
        list_make(&list, texts[i], 3, F32, 0, 1);
        check_context("%s", texts[i]);
        CHECK_CODE(measure(&list, "2", list.layers), LEAT_OK, error);
        CHECK_CODE(measure(&list, "1", list.layers), LEAT_E_UNSUPPORTED, error);
        CHECK_WORDS(error.message, "leat.format 2");
        CHECK_CODE(measure(&list, NULL, list.layers), LEAT_E_UNSUPPORTED,
                   error);
        CHECK_WORDS(error.message, "leat.format 2");
        for (k = 0; k < sizeof newer / sizeof *newer; k++) {
            CHECK_CODE(measure(&list, newer[k], list.layers), LEAT_E_NEWER,
                       error);
            CHECK_WORDS(error.message, "leat.format");
        }
        list_free(&list);
    }
}

/* A model of the list's tensors in another order, and its fingerprint. */
static const leat_model *reordered(const struct list *list, const char *format,
                                   const char *layers, void **block,
                                   leat_model_info_t *info)
{
    size_t size;
    unsigned char *file = make_formatted(list->tensors, list->tensor_count,
                                         format, layers, &size);
    const leat_model *model = model_of(file, size, block);
    free(file);
    memset(info, 0, sizeof *info);
    CHECK_EQUAL(leat_model_info(model, info, NULL), LEAT_OK);
    return model;
}

/* A state of one is none of the other's. */
static void check_foreign(const leat_model *model, const leat_model *other)
{
    leat_stream *from = new_stream(model), *to = new_stream(other);
    size_t size = leat_state_size(model);
    unsigned char *state = (unsigned char *)allocate(size);
    CHECK_EQUAL(leat_state_size(other), size);
    CHECK_EQUAL(leat_stream_save(from, state, size, NULL), LEAT_OK);
    CHECK_CODE(leat_stream_load(to, state, size, &error), LEAT_E_MISMATCH,
               error);
    free(state);
    free(to);
    free(from);
}

static void check_fingerprints(void)
{
    /* Lists of the same tensors, each another model. */
    static const char *const layers[] = {
        "l0 l2 f1", "l2 l0 f1", "l0 l2 f1:relu", "l0 l2 f1 :relu",
        "l0 f1 l2", "l2 f1 l0", "f1 l0 l2", "f1:relu l0 l2", "f1 :relu l0 l2",
        "l0:relu f1 l2", "l0 f1:relu l2", "l0 f1 :relu l2", "l0 f1 l2:relu",
        "l0:tanh f1 l2", "l0 :tanh :relu f1 l2", "l0 :relu :tanh f1 l2",
        "l0 l2 f1 :none", "l0 :none l2 f1", "l0 l2 f1:relu :relu",
    };
    /* Pairs of lists that are the same model. */
    static const char *const same[][4] = {
        { NULL, "l0 l2 f1:tanh", "1", "l0 l2 f1:tanh" },
        { NULL, "l0 l2 f1:tanh", "2", "l0 l2 f1:tanh" },
        { "1", "l0 l2 f1", "2", "l0:none l2:none f1:none" },
        { "2", "l0:relu f1 l2", "2", "l0 :relu f1 l2" },
        { "2", "l0 f1 :relu l2", "2", "l0 f1:none :relu l2" },
    };
    enum { LISTS = sizeof layers / sizeof *layers };
    const leat_model *models[LISTS];
    leat_model_info_t infos[LISTS], pair[2];
    void *blocks[LISTS], *block[2];
    struct list list;
    size_t i, k;
    list_make(&list, "l4 f4 l4", 4, F32, 0, 1);
    for (i = 0; i < LISTS; i++) {
        check_context("%s", layers[i]);
        models[i] = reordered(&list, "2", layers[i], &blocks[i], &infos[i]);
        for (k = 0; k < i; k++) {
            check_context("%s, %s", layers[i], layers[k]);
            CHECK(memcmp(infos[i].fingerprint, infos[k].fingerprint, 32) != 0);
            check_foreign(models[i], models[k]);
        }
    }
    for (i = 0; i < sizeof same / sizeof *same; i++) {
        check_context("%s, %s", same[i][1], same[i][3]);
        for (k = 0; k < 2; k++)
            reordered(&list, same[i][2 * k], same[i][2 * k + 1], &block[k],
                      &pair[k]);
        CHECK_BYTES(&pair[1], &pair[0], sizeof pair[0]);
        free(block[1]);
        free(block[0]);
    }
    for (i = 0; i < LISTS; i++)
        free(blocks[i]);
    list_free(&list);
}

static int are_finite(const float *values, size_t count)
{
    while (count > 0 && isfinite(values[count - 1]))
        count--;
    return count == 0;
}

/* Samples of which each value is as large as it may be, of any sign: three
 * streams, one of them without the batch. */
static void check_largest(const leat_model *model, const struct list *list)
{
    enum { STEPS = 16, WIDTH = 3 };
    leat_model_info_t info;
    leat_stream *streams[3], *alone = new_stream(model);
    float inputs[3 * WIDTH], outputs[3 * 32], one[32], h[32], c[32];
    size_t i, k, t;
    CHECK_EQUAL(leat_model_info(model, &info, NULL), LEAT_OK);
    for (i = 0; i < 3; i++)
        streams[i] = new_stream(model);
    for (t = 0; t < STEPS; t++) {
        for (i = 0; i < 3; i++)
            for (k = 0; k < WIDTH; k++)
                inputs[i * WIDTH + k] = (t * (i + 1) >> k & 1)
                                            ? info.input_limit
                                            : -info.input_limit;
        CHECK_CODE(leat_batch_step(streams, 3, inputs, outputs, &error),
                   LEAT_OK, error);
        CHECK_CODE(leat_stream_step(alone, inputs, one, &error), LEAT_OK,
                   error);
        CHECK(are_finite(outputs, 3 * info.output_size));
        CHECK_BYTES(one, outputs, info.output_size * 4);
        for (i = k = 0; k < list->count; k++) {
            if (list->places[k].kind != LEAT_LAYER_LSTM)
                continue;
            CHECK_EQUAL(leat_stream_get_state(alone, (uint32_t)i++, h, c, NULL),
                        LEAT_OK);
            CHECK(are_finite(h, list->places[k].outputs));
            CHECK(are_finite(c, list->places[k].hidden));
        }
    }
    inputs[1] = nextafterf(info.input_limit, INFINITY);
    CHECK_CODE(leat_stream_step(alone, inputs, one, &error), LEAT_E_INPUT,
               error);
    for (i = 0; i < 3; i++)
        free(streams[i]);
    free(alone);
}

/* Returns the model's input_limit, 0 of one that is refused. */
static float check_weights(const char *text, enum dtype type,
                           int has_normalizer)
{
    leat_model_info_t info;
    struct list list;
    uint32_t kernel;
    check_context("%s, %s%s", text, dtype_name(type),
                  has_normalizer ? ", normalizer" : "");
    memset(&info, 0, sizeof info);
    list_make(&list, text, 3, type, has_normalizer, 1);
    if (measure(&list, "2", list.layers) != LEAT_OK) {
        CHECK_EQUAL(error.code, LEAT_E_MODEL);
        CHECK_WORDS(error.message, "tensor '");
        CHECK_WORDS(error.message, "so large that a step could overflow");
        refused++;
    } else {
        void *block;
        const leat_model *model = list_model(&list, &block);
        for (kernel = 0; kernel < kernel_count(); kernel++) {
            use_kernel(kernel);
            check_largest(model, &list);
        }
        CHECK_EQUAL(leat_model_info(model, &info, NULL), LEAT_OK);
        CHECK(has_normalizer || info.input_limit >= 1);
        free(block);
        loaded++;
    }
    list_free(&list);
    return info.input_limit;
}

static void check_bounds(void)
{
    static const char *const texts[] = {
        "f3@%s l4", "f9@%s:relu l4", "f3@%s f5@%s l2", "f3@%s:tanh l4",
        "f3 l4@%s", "f5@%s l4@%s f2@%s", "f5@%s:softmax f3 l4",
        "l4 f3@%s:softmax f9:none", "l4 f3@%s l2 f2", "f9 l4/2@%s",
        "f3@%s :sigmoid l3 :relu f2@%s", "f17@%s :relu l4 :softmax f1",
    };
    static const char *const weights[] = { "1e-3", "1", "1e5", "1e10", "1e18",
                                           "1e20", "1e30", "1e35", "1e36",
                                           "1e37", "3e38" };
    static const enum dtype types[] = { F32, BF16, I8 };
    size_t i, k, t, n;
    for (i = 0; i < sizeof texts / sizeof *texts; i++)
        for (t = 0; t < 3; t++)
            for (n = 0; n < 2; n++) {
                float before = INFINITY;
                for (k = 0; k < sizeof weights / sizeof *weights; k++) {
                    char text[128];
                    float limit;
                    snprintf(text, sizeof text, texts[i], weights[k],
                             weights[k], weights[k]);
                    limit = check_weights(text, types[t], (int)n);
                    CHECK(limit <= before);
                    /* It is no smaller than it has to be. */
                    CHECK(k > 1 || limit >= 1e30f);
                    before = limit;
                }
            }
    CHECK(loaded > 0 && refused > 0);
    printf("weights of any size: %zu models loaded, %zu refused\n", loaded,
           refused);
}

int main(void)
{
    check_formats();
    check_fingerprints();
    check_bounds();
    return check_report("test_layer_rules");
}
