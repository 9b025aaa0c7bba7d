/* SPDX-License-Identifier: MIT
 * LEAT_STREAM_BYTES is a constant expression that is never too small, and never
 * far too large. Compiled as C and as C++.
 *
 *     test_stream_bytes VECTORS */
#include "layer_lists.h"
#include "vectors.h"

enum { LAYERS = 6, MODELS = 300, GUARD = 64 };

/* The bound includes scratch memory that not every model has. If all layers,
 * and h, are as wide as the widest one, that is all that is too much. If inputs
 * and outputs are no wider than the layers, which have c and two h, the bound
 * is at most (3 + 3 + 2 + 2) / 3 of what is needed. */
#define MOST_RATIO 3.4
#define SCRATCH_FLOATS(inputs, hidden, linear)                                 \
    (3 * LEAT_ROUND_UP(hidden) + 2 * LEAT_ROUND_UP(inputs) +                   \
     2 * LEAT_ROUND_UP(linear))

/* The size of an array, at file scope and in a struct. */
static LEAT_ALIGNED unsigned char block[LEAT_STREAM_BYTES(3, 32, 1, 2)];
static struct {
    char before;
    LEAT_ALIGNED unsigned char block[LEAT_STREAM_BYTES(3, 2, 1, 0)];
} holder;
enum { CONSTANT = LEAT_STREAM_BYTES(1, 1, 1, 1) };

static leat_error error;
static size_t most_unused;
static double most_ratio;
static size_t dense;

static uint32_t up_to(uint32_t most)
{
    static uint32_t seed = 7;
    seed = seed * 1664525u + 1013904223u;
    return 1 + (seed >> 8) % most;
}

/* The bound holds and isn't far off; the stream stays within its size. */
static void check_model(const leat_model *model, size_t linear)
{
    leat_model_info_t info;
    leat_layer_info_t layer;
    leat_stream *stream = NULL;
    size_t hidden = 0, size = leat_stream_size(model), bound, sums = 0, t;
    unsigned char *memory = (unsigned char *)allocate(size + GUARD);
    unsigned char guard[GUARD];
    float *input, *output;
    int is_even = 1, has_other_cell = 0;
    uint32_t k;
    CHECK_EQUAL(leat_model_info(model, &info, NULL), LEAT_OK);
    for (k = 0; k < info.layers; k++) {
        CHECK_EQUAL(leat_model_layer(model, k, &layer, NULL), LEAT_OK);
        sums += layer.kind == LEAT_LAYER_SUM;
        has_other_cell |= layer.cell == LEAT_CELL_OTHER;
    }
    for (k = 0; k < info.recurrent_layers; k++) {
        layer = recurrent_layer(model, k);
        if (layer.hidden_size > hidden)
            hidden = layer.hidden_size;
    }
    bound = LEAT_STREAM_BYTES(info.input_size, hidden, info.recurrent_layers,
                              linear);
    if (sums > 0 || has_other_cell)
        bound = LEAT_STREAM_BYTES_ANY(info.input_size, hidden,
                                      info.recurrent_layers, linear, sums);
    check_that(bound >= size, __FILE__, __LINE__,
               "%lu inputs, %zu hidden, %lu layers, %zu linear, %zu sums: "
               "LEAT_STREAM_BYTES gives %zu, leat_stream_size() %zu",
               (unsigned long)info.input_size, hidden,
               (unsigned long)info.recurrent_layers, linear, sums, bound, size);
    CHECK_EQUAL(info.stream_size, size);
    CHECK_EQUAL(size % LEAT_FAST_ALIGNMENT, 0);
    if (bound - size > most_unused)
        most_unused = bound - size;
    for (k = 0; k < info.recurrent_layers; k++) {
        layer = recurrent_layer(model, k);
        is_even &= sums == 0 && !has_other_cell &&
                   cell_size(&layer) == hidden && layer.output_size == hidden;
    }
    if (is_even)
        CHECK(bound - size < 64 + 4 * SCRATCH_FLOATS(info.input_size, hidden,
                                                     linear));
    if (is_even && info.input_size <= hidden && linear <= hidden &&
        (double)bound / (double)size > most_ratio)
        most_ratio = (double)bound / (double)size;

    memset(memory, 0xa5, size + GUARD);
    memset(guard, 0xa5, GUARD);
    input = (float *)allocate(info.input_size * 4);
    output = (float *)allocate(info.output_size * 4);
    for (k = 0; k < info.input_size; k++)
        input[k] = 1;
    CHECK_CODE(leat_stream_init(memory, size, model, &stream, &error), LEAT_OK,
               error);
    for (t = 0; t < 3; t++)
        CHECK_CODE(leat_stream_step(stream, input, output, &error), LEAT_OK,
                   error);
    CHECK_BYTES(memory + size, guard, GUARD);
    free(output);
    free(input);
    free(memory);
}

/* Zeros; with scales if they are integers. */
static void add(struct tensor *tensors, size_t *count, enum dtype type,
                const char *name, size_t rows, size_t columns)
{
    static float ones[4 * 96];
    struct tensor *tensor = &tensors[(*count)++];
    size_t k;
    snprintf(tensor->name, sizeof tensor->name, "%s", name);
    tensor->rows = rows;
    tensor->columns = columns;
    tensor->values = NULL;
    tensor->type = type;
    if (type != I8)
        return;
    tensor = &tensors[(*count)++];
    snprintf(tensor->name, sizeof tensor->name, "%.50s_scale", name);
    tensor->rows = rows;
    tensor->columns = 0;
    tensor->type = F32;
    for (k = 0; k < 4 * 96; k++)
        ones[k] = 1;
    tensor->values = ones;
}

/* Any number of nn.LSTM and nn.Linear of any sizes. */
static void check_random_model(void)
{
    static float ones[96];
    struct tensor tensors[16 + 8 * LAYERS];
    enum dtype type = (enum dtype)(up_to(DTYPES) - 1);
    char layers[160] = "", name[64];
    unsigned char *file;
    void *memory;
    size_t count = 0, length = 0, file_size, inputs = up_to(90), width = inputs;
    size_t linear = 0, hidden, output, modules = up_to(LAYERS), k;
    for (k = 0; k < 96; k++)
        ones[k] = 1;
    if (up_to(2) == 1) {
        add(tensors, &count, F32, "input_mean", inputs, 0);
        add(tensors, &count, F32, "input_std", inputs, 0);
        tensors[count - 1].values = ones;
    }
    for (k = 0; k < modules; k++) {
        hidden = up_to(70);
        output = hidden > 1 && up_to(2) == 1 ? up_to((uint32_t)hidden - 1)
                                             : hidden;
        snprintf(name, sizeof name, "m%zu.weight_ih_l0", k);
        add(tensors, &count, type, name, 4 * hidden, width);
        snprintf(name, sizeof name, "m%zu.weight_hh_l0", k);
        add(tensors, &count, type, name, 4 * hidden, output);
        if (output < hidden) {
            snprintf(name, sizeof name, "m%zu.weight_hr_l0", k);
            add(tensors, &count, type, name, output, hidden);
        }
        length += (size_t)sprintf(layers + length, "%sm%zu", k > 0 ? " " : "",
                                  k);
        width = output;
    }
    modules = up_to(7) - 1;
    for (k = 0; k < modules; k++) {
        /* Often larger than the one before: two of them fit only at opposite
         * ends of their room. */
        output = up_to(2) == 1 ? up_to(90) : width + up_to(20);
        snprintf(name, sizeof name, "n%zu.weight", k);
        add(tensors, &count, type, name, output, width);
        length += (size_t)sprintf(layers + length, " n%zu", k);
        linear = output > linear ? output : linear;
        width = output;
    }
    check_context("%s, %zu inputs, then %s", dtype_name(type), inputs, layers);
    file = make_safetensors(tensors, count, layers, &file_size);
    check_model(model_of(file, file_size, &memory), linear);
    free(memory);
    free(file);
}

/* Sizes at which rounding could be wrong: all small ones, and those near
 * multiples of 8 and 64; every dtype, with and without layers that need scratch
 * memory. */
static void check_dense(void)
{
    static const size_t sizes[] = { 1, 2, 3, 5, 6, 7, 8, 9, 14, 15, 16, 17,
                                    63, 65 };
    enum { SIZES = sizeof sizes / sizeof *sizes };
    size_t i, h, with;
    int type;
    for (i = 0; i < SIZES; i++)
        for (h = 0; h < SIZES; h++)
            for (type = F32; type < DTYPES; type++)
                for (with = 0; with < 8; with++) {
                    struct shape shape;
                    const leat_model *model;
                    void *block;
                    memset(&shape, 0, sizeof shape);
                    shape.inputs = sizes[i];
                    shape.hidden[0] = sizes[h];
                    shape.hidden[1] = with % 3 == 1 ? sizes[h] : 0;
                    if ((with & 1) && sizes[h] > 1)
                        shape.projected[0] = sizes[h] - 1;
                    shape.linear[0] = with & 2 ? sizes[i] : 0;
                    shape.activations = "n";
                    shape.has_normalizer = (with & 4) != 0;
                    check_context("%s, %zu inputs, %zu hidden, with %zu",
                                  dtype_name((enum dtype)type), sizes[i],
                                  sizes[h], with);
                    model = random_model(&shape, (enum dtype)type, 1, &block);
                    check_model(model, shape.linear[0]);
                    free(block);
                    dense++;
                }
}

/* Lists with sums and other cells: of integers a cell needs most, if its input
 * is as wide as it, and short vectors are mostly padding. */
static void check_lists(void)
{
    static const struct {
        const char *text;
        size_t inputs;
    } lists[] = {
        { "l96:tanh l96k", 8 },  { "l8:tanh l8k", 1 },  { "g8:tanh g8c", 1 },
        { "g40:tanh g40a", 1 },  { "l9:tanh r9s", 2 },  { "b +input l8", 1000 },
        { "l1:tanh l1p", 1 },    { "f90:tanh l7h", 3 }, { "l64k", 200 },
        { "f9 +input b l9k +f0 g9a +l3 +f0 +input", 9 },
        { "l33 r33 +l0 f33 +l0 +r1 g33c +l0 +r1 +f3", 2 },
    };
    size_t i;
    int type;
    for (i = 0; i < sizeof lists / sizeof *lists; i++)
        for (type = F32; type < DTYPES; type++) {
            static struct list list;
            const leat_model *model;
            size_t bound;
            void *block;
            list_make(&list, lists[i].text, lists[i].inputs, (enum dtype)type,
                      0, 1);
            check_context("%s, %s", lists[i].text,
                          dtype_name((enum dtype)type));
            model = list_model(&list, &block);
            bound = LEAT_STREAM_BYTES_ANY(list.inputs, list.widest_hidden,
                                          list.recurrent, list.widest_linear,
                                          list.sums);
            check_that(leat_stream_size(model) <= bound, __FILE__, __LINE__,
                       "LEAT_STREAM_BYTES_ANY gives %zu, leat_stream_size() "
                       "%zu", bound, leat_stream_size(model));
            free(block);
            list_free(&list);
        }
}

/* The largest out_features, from the shapes of a file's nn.Linear layers. */
static size_t largest_linear(const struct vector *v)
{
    size_t length = v->file[0] + 256 * (size_t)v->file[1], largest = 0;
    char *header = (char *)allocate(length + 1), *at = header;
    memcpy(header, v->file + 8, length);
    header[length] = '\0';
    while ((at = strstr(at, ".weight\":")) != NULL) {
        size_t rows = strtoul(strstr(at, "\"shape\":[") + 9, NULL, 10);
        largest = rows > largest ? rows : largest;
        at++;
    }
    free(header);
    return largest;
}

/* A model of integers and its stream, without a heap. */
static void check_static_integers(void)
{
    static LEAT_ALIGNED unsigned char memory[1 << 14];
    static LEAT_ALIGNED unsigned char stream_block[LEAT_STREAM_BYTES(5, 24, 2,
                                                                     6)];
    struct shape shape;
    const leat_model *model = NULL;
    leat_stream *stream = NULL;
    float input[5] = { 1, -2, 0.5f, 0, 3 }, output[6], again[6];
    size_t file_size, t;
    unsigned char *file;
    memset(&shape, 0, sizeof shape);
    shape.inputs = 5;
    shape.hidden[0] = 24;
    shape.hidden[1] = 17;
    shape.projected[0] = 9;
    shape.linear[0] = 6;
    shape.activations = "x";
    shape.has_bias = shape.has_normalizer = 1;
    file = random_file(&shape, I8, 3, &file_size);
    CHECK_CODE(leat_model_init(memory, sizeof memory, file, file_size, &model,
                               &error), LEAT_OK, error);
    free(file);
    CHECK_CODE(leat_stream_init(stream_block, sizeof stream_block, model,
                                &stream, &error), LEAT_OK, error);
    for (t = 0; t < 50; t++)
        CHECK_CODE(leat_stream_step(stream, input, output, &error), LEAT_OK,
                   error);
    CHECK_CODE(leat_stream_reset(stream, &error), LEAT_OK, error);
    for (t = 0; t < 50; t++)
        CHECK_CODE(leat_stream_step(stream, input, again, &error), LEAT_OK,
                   error);
    CHECK_BYTES(again, output, sizeof again);
}

static void check_static_blocks(const char *folder)
{
    leat_stream *stream = NULL;
    struct vector v;
    vector_open(&v, folder, "head");
    CHECK(CONSTANT > 0);
    CHECK_EQUAL((uintptr_t)block % LEAT_FAST_ALIGNMENT, 0);
    CHECK_CODE(leat_stream_init(block, sizeof block, v.model, &stream, &error),
               LEAT_OK, error);
    CHECK((void *)stream == (void *)block);
    vector_close(&v);
    vector_open(&v, folder, "documentation-3-2");
    CHECK_EQUAL((uintptr_t)holder.block % LEAT_FAST_ALIGNMENT, 0);
    CHECK_CODE(leat_stream_init(holder.block, sizeof holder.block, v.model,
                                &stream, &error), LEAT_OK, error);
    /* A small model wastes little. */
    CHECK(sizeof holder.block <= v.stream_size + 128);
    vector_close(&v);
}

int main(int count, char **arguments)
{
    struct names cases;
    size_t i;
    check_usage(count == 2, "test_stream_bytes VECTORS");
    cases = names_in(arguments[1]);
    for (i = 0; i < cases.count; i++) {
        struct vector v;
        vector_open(&v, arguments[1], cases.name[i]);
        check_model(v.model, largest_linear(&v));
        vector_close(&v);
    }
    for (i = 0; i < MODELS; i++)
        check_random_model();
    check_static_blocks(arguments[1]);
    check_context("static integers");
    check_static_integers();
    check_dense();
    check_lists();
    CHECK(most_ratio <= MOST_RATIO);
    printf("%zu models, %d at random, %zu of small sizes; at most %zu bytes "
           "too many, of even layers at most %.2f times the stream's size\n",
           cases.count, (int)MODELS, dense, most_unused, most_ratio);
    free(cases.name);
    return check_report("test_stream_bytes");
}
