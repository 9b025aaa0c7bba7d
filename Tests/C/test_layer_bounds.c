/* SPDX-License-Identifier: MIT
 * A list of layers with large weights is either refused, or no sum of a step
 * overflows for inputs up to input_limit.
 *
 *     test_layer_bounds */
#include "kernels.h"
#include "layer_lists_reference.h"

static leat_error error;
static size_t loaded, refused;

static int are_finite(const float *values, size_t count)
{
    while (count > 0 && isfinite(values[count - 1]))
        count--;
    return count == 0;
}

/* Samples of the largest values, of any sign: three streams in a batch, the
 * first once more alone. All outputs are finite, and nearly the values in
 * double precision: an LSTM's gates would hide a sum that overflowed. */
static void check_largest(const leat_model *model, struct list *list)
{
    enum { STEPS = 16, WIDTH = 3 };
    leat_model_info_t info;
    leat_stream *streams[3], *alone = new_stream(model);
    float inputs[3 * WIDTH], outputs[3 * 32], one[32], h[32], c[32];
    size_t i, k, t;
    CHECK_EQUAL(leat_model_info(model, &info, NULL), LEAT_OK);
    for (i = 0; i < 3; i++)
        streams[i] = new_stream(model);
    reference_reset(list);
    for (t = 0; t < STEPS; t++) {
        double right[WIDEST];
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
        reference_step(list, inputs, right);
        /* With integers, inputs are rounded to multiples that are large
         * themselves. */
        for (i = 0; i < info.output_size && list->type != I8; i++) {
            double size = fabs(right[i]) > 1 ? fabs(right[i]) : 1;
            check_that(fabs(one[i] - right[i]) <= 1e-3 * size, __FILE__,
                       __LINE__, "step %zu: output %zu is %g, expected %g", t,
                       i, (double)one[i], right[i]);
        }
        for (i = k = 0; k < list->count; k++) {
            if (list->places[k].h == NULL)
                continue;
            memset(c, 0, sizeof c);
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

/* Returns the model's input_limit, or 0 if it is refused. */
static float check_weights(const char *text, enum dtype type,
                           int has_normalizer)
{
    leat_model_info_t info;
    struct list list;
    unsigned char *file;
    size_t file_size, size = 0;
    uint32_t kernel;
    int code;
    check_context("%s, %s%s", text, dtype_name(type),
                  has_normalizer ? ", normalizer" : "");
    memset(&info, 0, sizeof info);
    list_make(&list, text, 3, type, has_normalizer, 1);
    file = list_file(&list, &file_size);
    code = leat_model_measure(file, file_size, &size, &error);
    free(file);
    if (code != LEAT_OK) {
        CHECK_EQUAL(code, LEAT_E_MODEL);
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

int main(void)
{
    static const char *const texts[] = {
        "f3@%s l4", "f9@%s:relu l4", "f3@%s f5@%s l2", "f3@%s:tanh l4",
        "f3 l4@%s", "f5@%s l4@%s f2@%s", "f5@%s:softmax f3 l4",
        "l4 f3@%s:softmax f9:none", "l4 f3@%s l2 f2", "f9 l4/2@%s",
        "f3@%s r4@%s", "f7@%s:tanh r9@%s f2@1e5", "f3 r4@%s l3@1e5 r2@%s",
        "f3@%s :sigmoid l3 :relu f2@%s", "f17@%s :relu l4 :softmax f1",
        "f3 l4@%s f5", "f7@1e20 l4@%s", "f3@%s f3@1e5 l4@1e5 f2@1e20",
        "f3@%s g4@%s", "g9@%s l3@%s", "g4@%s f3@1e5 g2@%s",
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
                    /* It is no smaller than necessary. */
                    CHECK(k > 1 || limit >= 1e10f);
                    before = limit;
                }
            }
    CHECK(loaded > 0 && refused > 0);
    printf("weights of any size: %zu models loaded, %zu refused\n", loaded,
           refused);
    return check_report("test_layer_bounds");
}
