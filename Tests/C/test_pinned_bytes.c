/* SPDX-License-Identifier: MIT
 * What is stored stays the same from version to version: each vector's model
 * has the fingerprint that it had, and after its first samples its stream, and
 * a windowed stream, have the states that they had, to the byte. A list has
 * one line for each model: its name, fingerprint, and the two states as
 * FNV-1a. It changes only with the version of the arithmetic or of the state;
 * new vectors add lines.
 * Usage: test_pinned_bytes VECTORS LIST [--write] */
#include "checksums.h"
#include "kernels.h"
#include "vectors.h"
#include "windows.h"

enum { STEPS = 20, WINDOW = 5, HOP = 2, LINE = 512 };

static uint64_t hash_of_state(const struct vector *v, leat_stream *stream)
{
    leat_error error;
    size_t size = leat_stream_state_size(stream), t;
    unsigned char *state = (unsigned char *)allocate(size);
    float *output = (float *)allocate(v->outputs * sizeof *output);
    uint64_t hash;
    for (t = 0; t < v->steps && t < STEPS; t++) {
        int code = leat_stream_step(stream, v->input + t * v->inputs, output,
                                    &error);
        CHECK_CODE(code == LEAT_NO_OUTPUT ? LEAT_OK : code, LEAT_OK, error);
    }
    CHECK_CODE(leat_stream_save(stream, state, size, &error), LEAT_OK, error);
    hash = hash_bytes(hash_start, state, size);
    free(output);
    free(state);
    return hash;
}

static void describe(const char *vectors, const char *name, char line[LINE])
{
    struct vector v;
    leat_model_info_t info;
    leat_stream *stream, *window;
    char hex[65];
    size_t i;
    vector_open(&v, vectors, name);
    CHECK_EQUAL(leat_model_info(v.model, &info, NULL), LEAT_OK);
    for (i = 0; i < 32; i++)
        snprintf(hex + 2 * i, 3, "%02x", info.fingerprint[i]);
    stream = new_stream(v.model);
    window = new_window(v.model, WINDOW, HOP);
    snprintf(line, LINE, "%s %s %016llx %016llx\n", name, hex,
             (unsigned long long)hash_of_state(&v, stream),
             (unsigned long long)hash_of_state(&v, window));
    free(window);
    free(stream);
    vector_close(&v);
}

/* Both are sorted by name. A line that is in one of them alone is a failure,
 * too: a model that vanished, or one that the list doesn't know. */
static void compare(const char *found, const char *expected)
{
    check_that(strcmp(found, expected) == 0, __FILE__, __LINE__,
               "it was and is\n    %s    %s", expected, found);
}

int main(int count, char **arguments)
{
    int write = count == 4 && strcmp(arguments[3], "--write") == 0;
    char found[LINE], expected[LINE];
    struct names cases;
    FILE *list;
    size_t i;
    check_usage(count == 3 + write, "test_pinned_bytes VECTORS LIST [--write]");
    cases = names_in(arguments[1]);
    if ((list = fopen(arguments[2], write ? "w" : "r")) == NULL)
        give_up(arguments[2]);
    for (i = 0; i < cases.count; i++) {
        describe(arguments[1], cases.name[i], found);
        if (write)
            fputs(found, list);
        else
            compare(found, fgets(expected, sizeof expected, list) != NULL
                               ? expected : "nothing\n");
    }
    check_context("%s", arguments[2]);
    CHECK(write || fgets(expected, sizeof expected, list) == NULL);
    CHECK(fclose(list) == 0);
    CHECK(cases.count > 100);
    free(cases.name);
    return check_report("test_pinned_bytes");
}
