/* SPDX-License-Identifier: MIT
 * A step from any state that is accepted, with the largest inputs, gives finite
 * outputs, and the states that it makes are accepted, too: a stream that was
 * saved can be loaded.
 *
 *     test_state_limits */
#include "kernels.h"
#include "layer_lists_reference.h"

enum { STEPS = 6 };

static const struct {
    const char *text;
    float hidden; /* weight_hh is at most 0, and that many times larger */
} lists[] = {
    { "l9 f3", 0 },        { "r9 f3", 0 },      { "g9 f3", 0 },
    { "l9p f3", 0 },       { "l9k f3", 0 },     { "l9c f3", 0 },
    { "l9h f3", 0 },       { "l9u f3", 0 },     { "l9u*2 g9 f3", 0 },
    { "r9c f3", 0 },       { "r9s f3", 0 },     { "r9n f3", 0 },
    { "r9n*2 l9u f3", 0 }, { "g9a f3", 0 },     { "g9b f3", 0 },
    { "g9c f3", 0 },       { "g9v f3", 0 },     { "g9v*2 r9n f3", 0 },
    { "r9n f3", 1e4f },    { "g9v f3", 1e4f },  { "r9n*2 f3", 1e4f },
    /* A step from a wrong h would overflow in the nn.Linear. */
    { "r9n f3@1e3", 1e4f },
};

static leat_error error;
static size_t states;

/* Positive weights of relu would give h no bound. */
static void repel(const struct list *list, float times)
{
    size_t i, j;
    for (i = 0; i < list->tensor_count; i++) {
        const struct tensor *t = &list->tensors[i];
        float *values = (float *)(uintptr_t)t->values;
        if (strstr(t->name, "weight_hh") == NULL)
            continue;
        for (j = 0; j < t->rows * t->columns; j++)
            values[j] = -(values[j] < 0 ? -values[j] : values[j]) * times;
    }
}

/* All of h or of c of a layer set to one value; whether it is accepted. */
static int set_all(leat_stream *stream, uint32_t layer, float value, int is_c)
{
    float values[WIDEST];
    size_t i;
    for (i = 0; i < WIDEST; i++)
        values[i] = value;
    return leat_stream_set_state(stream, layer, is_c ? NULL : values,
                                 is_c ? values : NULL, &error) == LEAT_OK;
}

/* The value of this sign with the largest magnitude that is accepted. */
static float farthest(leat_stream *stream, uint32_t layer, float sign, int is_c)
{
    uint32_t low = 0, high = 0x7f7fffff; /* bits of 0 and of FLT_MAX */
    float value;
    while (low < high) {
        uint32_t middle = low + (high - low + 1) / 2;
        memcpy(&value, &middle, 4);
        if (set_all(stream, layer, sign * value, is_c))
            low = middle;
        else
            high = middle - 1;
    }
    memcpy(&value, &low, 4);
    return sign * value;
}

/* All states at their limits, of these signs; then steps. */
static void check_from(const leat_model *model, float h_sign, float c_sign,
                       float input_sign)
{
    leat_stream *stream = new_stream(model), *other = new_stream(model);
    size_t size = leat_state_size(model), i, t;
    unsigned char *state = (unsigned char *)allocate(size);
    float input[WIDEST], output[WIDEST];
    leat_model_info_t info;
    uint32_t layer;
    CHECK_EQUAL(leat_model_info(model, &info, NULL), LEAT_OK);
    for (layer = 0; layer < info.recurrent_layers; layer++) {
        CHECK(set_all(stream, layer, farthest(stream, layer, h_sign, 0), 0));
        CHECK(set_all(stream, layer, farthest(stream, layer, c_sign, 1), 1));
    }
    for (i = 0; i < info.input_size; i++)
        input[i] = input_sign * info.input_limit;
    for (t = 0; t < STEPS; t++) {
        CHECK_CODE(leat_stream_step(stream, input, output, &error), LEAT_OK,
                   error);
        for (i = 0; i < info.output_size; i++)
            CHECK(isfinite(output[i]));
        CHECK_EQUAL(leat_stream_save(stream, state, size, NULL), LEAT_OK);
        CHECK_CODE(leat_stream_load(other, state, size, &error), LEAT_OK,
                   error);
        states++;
    }
    free(state);
    free(other);
    free(stream);
}

int main(void)
{
    static struct list list;
    size_t i;
    int type, signs;
    for (i = 0; i < sizeof lists / sizeof *lists; i++)
        for (type = F32; type < (lists[i].hidden > 0 ? (int)F16 : (int)DTYPES); type++) {
            const leat_model *model;
            void *block;
            check_context("%s, %s%s", lists[i].text,
                          dtype_name((enum dtype)type),
                          lists[i].hidden > 0 ? ", large weights below 0" : "");
            list_make(&list, lists[i].text, 3, (enum dtype)type, 0,
                      (uint32_t)i + 1);
            if (lists[i].hidden > 0)
                repel(&list, lists[i].hidden);
            model = list_model(&list, &block);
            for (signs = 0; signs < 8; signs++)
                check_from(model, signs & 1 ? -1 : 1, signs & 2 ? -1 : 1,
                           signs & 4 ? -1 : 1);
            free(block);
            list_free(&list);
        }
    printf("%zu states saved and loaded\n", states);
    return check_report("test_state_limits");
}
