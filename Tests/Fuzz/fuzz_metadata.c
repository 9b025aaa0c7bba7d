/* SPDX-License-Identifier: MIT
 * The first byte chooses a place in the JSON of a model file that is otherwise
 * right; the bytes after it are written there. */
#include "fuzz.h"

/* A file being written, with room for the longest input. */
struct text {
    char *bytes;
    size_t size, capacity;
};

static void put(struct text *text, const void *bytes, size_t size)
{
    if (size > text->capacity - text->size) {
        text->capacity = 2 * (text->capacity + size);
        text->bytes = (char *)realloc(text->bytes, text->capacity);
        if (text->bytes == NULL)
            give_up("realloc");
    }
    if (size > 0)
        memcpy(text->bytes + text->size, bytes, size);
    text->size += size;
}

static void put_words(struct text *text, const char *words)
{
    put(text, words, strlen(words));
}

/* As a JSON string, whatever the bytes are. */
static void put_string(struct text *text, const uint8_t *bytes, size_t size)
{
    size_t i;
    put_words(text, "\"");
    for (i = 0; i < size; i++) {
        char escaped[8];
        if (bytes[i] < 0x20 || bytes[i] == '"' || bytes[i] == '\\') {
            sprintf(escaped, "\\u%04x", (unsigned)bytes[i]);
            put_words(text, escaped);
        } else
            put(text, bytes + i, 1);
    }
    put_words(text, "\"");
}

/* Up to the next `end`, or the whole rest. */
static struct input take_until(struct input *input, uint8_t end)
{
    struct input piece = { input->next, 0 };
    while (piece.left < input->left && piece.next[piece.left] != end)
        piece.left++;
    input->next += piece.left;
    input->left -= piece.left;
    if (input->left > 0)
        take_byte(input);
    return piece;
}

enum place { HEADER, METADATA, LAYERS, PAIRS, ENTRY, NAMES, PLACES };

static void put_metadata(struct text *text, enum place place,
                         struct input input)
{
    const char *between = "";
    put_words(text, "\"__metadata__\":{");
    switch (place) {
    case METADATA:
        put(text, input.next, input.left);
        break;
    case LAYERS:
        put_words(text, "\"leat.layers\":\"");
        put(text, input.next, input.left);
        put_words(text, "\"");
        break;
    case PAIRS:
        /* Keys and values in turn, one on each line. */
        while (input.left > 0) {
            struct input key = take_until(&input, '\n');
            struct input value = take_until(&input, '\n');
            put_words(text, between);
            put_string(text, key.next, key.left);
            put_words(text, ":");
            put_string(text, value.next, value.left);
            between = ",";
        }
        break;
    default:
        put_words(text, "\"leat.layers\":\"a b:tanh\"");
        break;
    }
    put_words(text, "},");
}

/* The tensors of two modules, "a" and "b". */
static size_t put_tensors(struct text *text, enum place place,
                          struct input input)
{
    static const struct {
        const char *name;
        size_t rows, columns;
    } tensors[] = {
        { "a.weight_ih_l0", 8, 3 }, { "a.weight_hh_l0", 8, 2 },
        { "a.bias_ih_l0", 8, 0 }, { "a.bias_hh_l0", 8, 0 },
        { "b.weight", 2, 2 }, { "b.bias", 2, 0 }
    };
    size_t count = sizeof tensors / sizeof *tensors, offset = 0, i;
    for (i = 0; i < count; i++) {
        size_t columns = tensors[i].columns, rows = tensors[i].rows;
        size_t end = offset + 4 * rows * (columns != 0 ? columns : 1);
        struct input name = { (const uint8_t *)tensors[i].name,
                              strlen(tensors[i].name) };
        char words[128];
        if (place == NAMES && input.left > 0)
            name = take_until(&input, '\n');
        put_words(text, "\"");
        put(text, name.next, name.left);
        put_words(text, "\":{");
        if (place == ENTRY && i == 0) {
            put(text, input.next, input.left);
            put_words(text, ",");
        }
        sprintf(words, columns != 0 ? "\"dtype\":\"F32\",\"shape\":[%zu,%zu],"
                                    : "\"dtype\":\"F32\",\"shape\":[%zu],",
                rows, columns);
        put_words(text, words);
        sprintf(words, "\"data_offsets\":[%zu,%zu]}%s", offset, end,
                i + 1 < count ? "," : "");
        put_words(text, words);
        offset = end;
    }
    return offset;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct input input = { bytes, size };
    struct text text = { NULL, 0, 0 };
    enum place place = (enum place)(take_byte(&input) % PLACES);
    size_t data_size = 248, i;
    uint32_t seed = 3;
    uint8_t *file;
    put(&text, "\0\0\0\0\0\0\0", 8); /* its length */
    if (place == HEADER)
        put(&text, input.next, input.left);
    else {
        put_words(&text, "{");
        put_metadata(&text, place, input);
        data_size = put_tensors(&text, place, input);
        put_words(&text, "}");
    }
    for (i = 0; i < 8; i++)
        text.bytes[i] = (char)((text.size - 8) >> 8 * i & 255);
    file = (uint8_t *)allocate(text.size + data_size);
    memcpy(file, text.bytes, text.size);
    for (i = 0; i < data_size; i += 4) {
        float weight = random_float(&seed, 1);
        memcpy(file + text.size + i, &weight, 4);
    }
    file_must_be_safe(file, text.size + data_size);
    free(file);
    free(text.bytes);
    return 0;
}
