/* SPDX-License-Identifier: MIT
 *
 * Stores: what moves states between Flink's savepoints and SQLite. In a library of
 * its own, so that the operator needs no SQLite. A text is its bytes in UTF-8 and
 * a NUL: JNI's own strings have other bytes beyond ASCII. */
#include "../support.h"
#include <leat_store.h>
#include <stdlib.h>
#include <string.h>

#define STORE(address) ADDRESS(leat_store *, address)

/* A copy of a text, which free() frees, or NULL and an exception. */
static char *text_of(JNIEnv *env, jbyteArray array)
{
    jsize size = array ? (*env)->GetArrayLength(env, array) : 0;
    char *text = size > 0 ? malloc((size_t)size) : NULL;

    if (text) {
        (*env)->GetByteArrayRegion(env, array, 0, size, (jbyte *)text);
        if (memchr(text, 0, (size_t)size) == text + size - 1)
            return text;
        free(text);
    }
    throw_leat(env, LEAT_E_ARGUMENT, "a path or name is empty, or has a NUL inside");
    return NULL;
}

JNIEXPORT jlong JNICALL Java_io_leat_flink_StoreNative_open(JNIEnv *env, jclass type,
                                                            jbyteArray path, jboolean read_only)
{
    leat_store_options options;
    leat_store *store = NULL;
    leat_error error;
    char *text = text_of(env, path);

    (void)type;
    if (!text)
        return 0;
    memset(&options, 0, sizeof options);
    options.flags = read_only ? LEAT_STORE_READ_ONLY | LEAT_STORE_NO_CREATE : 0;
    throw_error(env, leat_store_open(text, &options, &store, &error), &error);
    free(text);
    return (jlong)(intptr_t)store;
}

JNIEXPORT void JNICALL Java_io_leat_flink_StoreNative_close(JNIEnv *env, jclass type, jlong store)
{
    leat_error error;

    (void)type;
    throw_error(env, leat_store_close(STORE(store), &error), &error);
}

JNIEXPORT void JNICALL Java_io_leat_flink_StoreNative_begin(JNIEnv *env, jclass type, jlong store)
{
    leat_error error;

    (void)type;
    throw_error(env, leat_store_begin(STORE(store), &error), &error);
}

JNIEXPORT void JNICALL Java_io_leat_flink_StoreNative_commit(JNIEnv *env, jclass type, jlong store)
{
    leat_error error;

    (void)type;
    throw_error(env, leat_store_commit(STORE(store), &error), &error);
}

JNIEXPORT void JNICALL Java_io_leat_flink_StoreNative_save(JNIEnv *env, jclass type, jlong store,
                                                           jbyteArray name, jbyteArray state,
                                                           jboolean replace)
{
    leat_error error;
    char *text = text_of(env, name);
    jbyte *bytes = NULL;
    size_t size = 0;
    int code;

    (void)type;
    if (!text)
        return;
    if (state) {
        size = (size_t)(*env)->GetArrayLength(env, state);
        if (!(bytes = (*env)->GetByteArrayElements(env, state, NULL))) {
            free(text);
            return;
        }
    }
    code = leat_store_import(STORE(store), text, bytes, size, NULL, 0,
                             replace ? LEAT_SAVE_REWIND | LEAT_SAVE_REPLACE : 0, &error);
    if (bytes)
        (*env)->ReleaseByteArrayElements(env, state, bytes, JNI_ABORT);
    throw_error(env, code, &error);
    free(text);
}

/* The state of a stream's newest checkpoint. An older one isn't given instead. */
JNIEXPORT jbyteArray JNICALL Java_io_leat_flink_StoreNative_load(JNIEnv *env, jclass type,
                                                                 jlong store, jbyteArray name)
{
    leat_checkpoint checkpoint;
    leat_error error;
    char *text = text_of(env, name);
    jbyteArray state = NULL;
    void *bytes = NULL;
    int code;

    (void)type;
    if (!text)
        return NULL;
    code = leat_store_export(STORE(store), text, NULL, 0, NULL, 0, &checkpoint, &error);
    if (code >= 0 && !(bytes = malloc((size_t)checkpoint.state_size)))
        throw_leat(env, LEAT_E_MEMORY, "no memory for a state");
    else if (code >= 0)
        code = leat_store_export(STORE(store), text, bytes, (size_t)checkpoint.state_size, NULL, 0,
                                 &checkpoint, &error);
    if (bytes && code == LEAT_FALLBACK)
        throw_leat(env, LEAT_E_CORRUPT,
                   "its newest checkpoint is damaged or missing; leat store verify tells more");
    else if (bytes && code == LEAT_OK &&
             (state = (*env)->NewByteArray(env, (jsize)checkpoint.state_size)))
        (*env)->SetByteArrayRegion(env, state, 0, (jsize)checkpoint.state_size, bytes);
    throw_error(env, code, &error);
    free(bytes);
    free(text);
    return state;
}

/* A list of names that grows. */
struct names {
    char *bytes;
    size_t size, capacity;
    int failed;
};

static int add_name(void *context, const leat_store_entry *entry)
{
    struct names *names = context;
    size_t size = strlen(entry->name) + 1;
    char *grown;

    if (entry->members > 0) /* a group, whose members are listed, too */
        return 0;
    if (names->capacity - names->size < size) {
        names->capacity = 2 * names->capacity + 65536;
        if (!(grown = realloc(names->bytes, names->capacity))) {
            names->failed = 1;
            return 1;
        }
        names->bytes = grown;
    }
    memcpy(names->bytes + names->size, entry->name, size);
    names->size += size;
    return 0;
}

JNIEXPORT jbyteArray JNICALL Java_io_leat_flink_StoreNative_names(JNIEnv *env, jclass type,
                                                                  jlong store)
{
    struct names names = {NULL, 0, 0, 0};
    leat_error error;
    jbyteArray array = NULL;
    int code = leat_store_list(STORE(store), add_name, &names, &error);

    (void)type;
    if (names.failed || names.size > INT32_MAX)
        throw_leat(env, LEAT_E_MEMORY, "no memory for the names of the streams");
    else if (code == LEAT_OK && (array = (*env)->NewByteArray(env, (jsize)names.size)))
        (*env)->SetByteArrayRegion(env, array, 0, (jsize)names.size, (const jbyte *)names.bytes);
    throw_error(env, code, &error);
    free(names.bytes);
    return array;
}
