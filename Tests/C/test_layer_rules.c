/* SPDX-License-Identifier: MIT
 * Which lists of layers load under which leat.format, and that fingerprints
 * tell them apart. Lists that are refused for other reasons are in
 * Tests/Refused.
 *
 *     test_layer_rules */
#include "kernels.h"
#include "layer_lists.h"

static leat_error error;

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

/* An older Leat would refuse what format 1 can't describe; this one does so
 * too, unless the file says leat.format 2. */
static void check_formats(void)
{
    static const char *const texts[] = { "f5:relu l8", "l8 f3 l6", "l9:tanh",
                                         "l8 :sigmoid", "l8 :none f2", "r8",
                                         "r5*2 f2", "l8 r4 f2:tanh",
                                         "g8", "g5*2 f2", "l8 g4 r2" };
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

/* A state of one model is refused by the other. */
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
    /* Lists of the same tensors that are different models. */
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

int main(void)
{
    check_formats();
    check_fingerprints();
    return check_report("test_layer_rules");
}
