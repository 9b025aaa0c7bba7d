/* SPDX-License-Identifier: MIT
 * Rules for a store's operations, whatever the store contains. */
#ifndef LEAT_TESTS_STORE_OPERATIONS_H
#define LEAT_TESTS_STORE_OPERATIONS_H

#include "store_edits.h"

/* A store that is reported older can't tell whether it ever had a stream. */
static inline int is_gone(int code)
{
    return code == LEAT_E_NOT_FOUND || code == LEAT_E_CORRUPT;
}

/* A stream's export, for which no model is needed. */
struct exported {
    int code;
    leat_checkpoint checkpoint;
    unsigned char *state; /* free() it */
};

static inline struct exported export(leat_store *store, const char *name)
{
    struct exported found;
    leat_error error;
    memset(&found, 0, sizeof found);
    found.code = leat_store_export(store, name, NULL, 0, NULL, 0,
                                   &found.checkpoint, &error);
    if (found.code < 0) {
        must_report(found.code, &error);
        return found;
    }
    MUST(found.checkpoint.state_size <= 4 << 20);
    found.state = (unsigned char *)allocate(found.checkpoint.state_size);
    MUST(leat_store_export(store, name, found.state,
                           found.checkpoint.state_size, NULL, 0,
                           &found.checkpoint, &error) == found.code);
    return found;
}

static inline int are_equal(const struct exported *a, const struct exported *b)
{
    return a->code >= 0 && b->code >= 0 &&
           a->checkpoint.position == b->checkpoint.position &&
           a->checkpoint.cursor_size == b->checkpoint.cursor_size &&
           a->checkpoint.state_size == b->checkpoint.state_size &&
           memcmp(a->state, b->state, a->checkpoint.state_size) == 0;
}

/* A load accepts what an export gives, except for a stream of another model. */
static inline void export_like_load(leat_store *store, const char *name,
                                    int loaded,
                                    const leat_stream *stream)
{
    struct exported found = export(store, name);
    leat_state_info_t info;
    MUST(found.code == loaded || loaded == LEAT_E_MISMATCH);
    if (found.code >= 0) {
        MUST(leat_state_info(found.state, found.checkpoint.state_size, &info,
                             NULL) == LEAT_OK);
        MUST(info.position == found.checkpoint.position);
    }
    if (loaded >= 0) {
        unsigned char *state = state_bytes(stream);
        MUST(found.checkpoint.state_size == leat_state_size(store_model));
        MUST(memcmp(found.state, state, leat_state_size(store_model)) == 0);
        free(state);
    }
    free(found.state);
}

static inline void count_finding(void *context, const char *line)
{
    MUST(line[0] != '\0' && is_utf8(line));
    ++*(size_t *)context;
}

/* A stream without a finding can be loaded. */
static inline void verify(leat_store *store)
{
    leat_store_statistics_t statistics;
    leat_error error;
    size_t findings = 0, i;
    int code = leat_store_verify(store, count_finding, NULL, &findings, &error);
    if (code != LEAT_OK)
        must_report(code, &error);
    MUST(code != LEAT_OK || findings == 0);
    MUST(code == LEAT_OK || edit_count() > 0);
    for (i = 0; i < NAMES && code == LEAT_OK; i++) {
        struct exported found = export(store, names_saved[i]);
        MUST(found.code == LEAT_OK || found.code == LEAT_E_NOT_FOUND);
        free(found.state);
    }
    code = leat_store_statistics(store, &statistics, &error);
    if (code != LEAT_OK)
        must_report(code, &error);
}

/* Deletes nothing that could be loaded as the newest. */
static inline void prune(leat_store *store, unsigned choice)
{
    struct exported before[NAMES];
    leat_prune_options options;
    leat_error error;
    uint64_t deleted = 0;
    size_t i;
    int code;
    memset(&options, 0, sizeof options);
    options.saved_before_ms = choice & 1 ? INT64_MAX : 0;
    options.generations = choice >> 1 & 3;
    for (i = 0; i < NAMES; i++)
        before[i] = export(store, names_saved[i]);
    code = leat_store_prune(store, &options, NULL, NULL, &deleted, &error);
    if (code != LEAT_OK)
        must_report(code, &error);
    for (i = 0; i < NAMES; i++) {
        struct exported after = export(store, names_saved[i]);
        if (edits.page_edits == 0) {
            MUST(before[i].code < 0 || are_equal(&before[i], &after));
            MUST(before[i].code >= 0 || after.code == before[i].code);
        }
        free(after.state);
        free(before[i].state);
    }
}

/* Under another name, and copied to a third, it is the same. */
static inline void move_and_copy(leat_store *store, const char *name)
{
    struct exported before = export(store, name), after;
    leat_error error;
    int code = leat_store_rename(store, name, "renamed", &error);
    if (code != LEAT_OK)
        must_report(code, &error);
    else {
        after = export(store, "renamed");
        if (edits.page_edits == 0) {
            MUST(before.code < 0 ? after.code < 0
                                 : are_equal(&before, &after));
            MUST(before.code == after.code);
            MUST(is_gone(leat_store_export(store, name, NULL, 0, NULL, 0,
                                           NULL, NULL)));
        }
        free(after.state);
    }
    if (before.code >= 0) {
        code = leat_store_import(store, "copy", before.state,
                                 before.checkpoint.state_size, NULL, 0, 0,
                                 &error);
        if (code != LEAT_OK)
            must_report(code, &error);
        after = export(store, "copy");
        before.checkpoint.cursor_size = 0;
        if (code == LEAT_OK && edits.page_edits == 0)
            MUST(are_equal(&before, &after));
        free(after.state);
    }
    free(before.state);
}

#endif
