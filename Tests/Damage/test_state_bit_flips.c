/* SPDX-License-Identifier: MIT
 * Every bit of a state flipped, every shorter length and one byte more, for the
 * models of all test vectors: each is refused, and changes neither the stream
 * nor the description. test_state_damage.c has damage with a right checksum.
 * Usage: test_state_bit_flips VECTORS */
#include "leat.h"

#include "check.h"
#include "files.h"

static struct {
    unsigned long models, flips, lengths;
} counts;

static leat_error error;

static leat_stream *new_stream(const leat_model *model)
{
    leat_stream *stream = NULL;
    size_t size = leat_stream_size(model);
    if (!CHECK_CODE(leat_stream_init(allocate(size), size, model, &stream,
                                     &error), LEAT_OK, error))
        exit(check_report("leat_stream_init"));
    return stream;
}

static void step(leat_stream *stream, const leat_model_info_t *info,
                 unsigned steps)
{
    float *input = (float *)allocate(info->input_size * sizeof *input);
    float *output = (float *)allocate(info->output_size * sizeof *output);
    unsigned seed = 1;
    for (; steps > 0; steps--) {
        uint32_t i;
        for (i = 0; i < info->input_size; i++) {
            seed = seed * 1664525u + 1013904223u;
            input[i] = (float)(seed >> 16) / 65536.0f - 0.5f;
        }
        CHECK_CODE(leat_stream_step(stream, input, output, &error), LEAT_OK,
                   error);
    }
    free(input);
    free(output);
}

/* What refusals must not change. */
struct witness {
    leat_stream *stream;
    unsigned char *before;
    size_t size;
};

/* Both functions that read a state refuse these bytes. */
static int is_refused(const struct witness *target, const unsigned char *bytes,
                      size_t size)
{
    leat_state_info_t info, info_before;
    memset(&info, 0x5a, sizeof info);
    info_before = info;
    error.code = 0;
    if (leat_stream_load(target->stream, bytes, size, &error) !=
            LEAT_E_CORRUPT ||
        error.code != LEAT_E_CORRUPT ||
        memcmp(target->stream, target->before, target->size) != 0)
        return 0;
    error.code = 0;
    return leat_state_info(bytes, size, &info, &error) == LEAT_E_CORRUPT &&
           error.code == LEAT_E_CORRUPT &&
           memcmp(&info, &info_before, sizeof info) == 0;
}

/* In a block of exactly its size, so that valgrind sees a read beyond it. */
static void check_length(const struct witness *target,
                         const unsigned char *state, size_t size)
{
    unsigned char *exact = (unsigned char *)allocate(size > 0 ? size : 1);
    memcpy(exact, state, size);
    check(is_refused(target, exact, size), "this length is refused", __FILE__,
          __LINE__);
    counts.lengths++;
    free(exact);
}

static void test_model(const char *folder, const char *name)
{
    char path[512];
    const leat_model *model = NULL;
    leat_model_info_t info;
    leat_stream *source;
    struct witness target;
    unsigned char *state, *longer;
    size_t size, byte;
    unsigned bit;

    check_context("%s", name);
    snprintf(path, sizeof path, "%s/%s/model.safetensors", folder, name);
    if (!CHECK_CODE(leat_model_open(path, &model, &error), LEAT_OK, error))
        return;
    CHECK_CODE(leat_model_info(model, &info, &error), LEAT_OK, error);
    source = new_stream(model);
    step(source, &info, 7);
    target.stream = new_stream(model);
    step(target.stream, &info, 3);
    target.size = leat_stream_size(model);
    target.before = (unsigned char *)allocate(target.size);
    memcpy(target.before, target.stream, target.size);

    size = leat_state_size(model);
    state = (unsigned char *)allocate(size);
    CHECK_CODE(leat_stream_save(source, state, size, &error), LEAT_OK, error);
    for (byte = 0; byte < size; byte++)
        for (bit = 0; bit < 8; bit++) {
            check_context("%s, bit %u of byte %lu of %lu", name, bit,
                          (unsigned long)byte, (unsigned long)size);
            state[byte] ^= (unsigned char)(1u << bit);
            check(is_refused(&target, state, size), "this flip is refused",
                  __FILE__, __LINE__);
            state[byte] ^= (unsigned char)(1u << bit);
            counts.flips++;
        }
    for (byte = 0; byte < size; byte++) {
        check_context("%s, %lu bytes of %lu", name, (unsigned long)byte,
                      (unsigned long)size);
        check_length(&target, state, byte);
    }
    longer = (unsigned char *)allocate(size + 1);
    memcpy(longer, state, size);
    for (byte = 0; byte < 256; byte++) {
        check_context("%s, and a byte %lu more", name, (unsigned long)byte);
        longer[size] = (unsigned char)byte;
        check_length(&target, longer, size + 1);
    }

    /* The unchanged bytes are a state. */
    check_context("%s", name);
    CHECK_CODE(leat_stream_load(target.stream, state, size, &error), LEAT_OK,
               error);
    CHECK_CODE(leat_stream_save(target.stream, longer, size, &error), LEAT_OK,
               error);
    CHECK_BYTES(longer, state, size);
    counts.models++;
    free(state);
    free(longer);
    free(target.before);
    free(target.stream);
    free(source);
    leat_model_close(model);
}

int main(int count, char **arguments)
{
    struct names names;
    size_t i;
    check_usage(count == 2, "test_state_bit_flips VECTORS");
    names = names_in(arguments[1]);
    for (i = 0; i < names.count; i++)
        test_model(arguments[1], names.name[i]);
    free(names.name);
    printf("%lu models: %lu flipped bits and %lu other lengths of a state\n",
           counts.models, counts.flips, counts.lengths);
    return check_report("test_state_bit_flips");
}
