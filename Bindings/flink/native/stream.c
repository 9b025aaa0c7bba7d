/* SPDX-License-Identifier: MIT
 *
 * One stream, and one state. */
#include "support.h"

JNIEXPORT void JNICALL Java_io_leat_flink_Native_initStream(JNIEnv *env, jclass type, jlong block,
                                                            jlong bytes, jlong address, jint window,
                                                            jint hop)
{
    const leat_model *model = ADDRESS(const leat_model *, address);
    void *memory = ADDRESS(void *, block);
    leat_stream *stream;
    leat_error error;

    (void)type;
    throw_error(env,
                window ? leat_window_init(memory, (size_t)bytes, model, (uint32_t)window,
                                          (uint32_t)hop, &stream, &error)
                       : leat_stream_init(memory, (size_t)bytes, model, &stream, &error),
                &error);
}

JNIEXPORT void JNICALL Java_io_leat_flink_Native_resetStream(JNIEnv *env, jclass type,
                                                             jlong address, jlong position)
{
    leat_stream *stream = ADDRESS(leat_stream *, address);
    leat_error error;
    int code;

    (void)type;
    if ((code = leat_stream_reset(stream, &error)) == LEAT_OK)
        code = leat_stream_set_position(stream, (uint64_t)position, &error);
    throw_error(env, code, &error);
}

JNIEXPORT void JNICALL Java_io_leat_flink_Native_setPosition(JNIEnv *env, jclass type,
                                                             jlong address, jlong position)
{
    leat_error error;

    (void)type;
    throw_error(
        env,
        leat_stream_set_position(ADDRESS(leat_stream *, address), (uint64_t)position, &error),
        &error);
}

JNIEXPORT jlong JNICALL Java_io_leat_flink_Native_position(JNIEnv *env, jclass type,
                                                           jlong address)
{
    (void)env, (void)type;
    return (jlong)leat_stream_position(ADDRESS(const leat_stream *, address));
}

/* The elements of an array, which stay where they are until unpin(); of no array, NULL
 * and 0. Nothing may call Java in between. Returns 0 after an exception. */
static int pin(JNIEnv *env, jbyteArray array, void **bytes, size_t *size)
{
    *bytes = NULL;
    *size = 0;
    if (!array)
        return 1;
    *size = (size_t)(*env)->GetArrayLength(env, array);
    *bytes = (*env)->GetPrimitiveArrayCritical(env, array, NULL);
    return *bytes != NULL;
}

/* mode: 0 if the elements were written, JNI_ABORT if they were only read. */
static void unpin(JNIEnv *env, jbyteArray array, void *bytes, jint mode)
{
    if (bytes)
        (*env)->ReleasePrimitiveArrayCritical(env, array, bytes, mode);
}

JNIEXPORT void JNICALL Java_io_leat_flink_Native_loadStream(JNIEnv *env, jclass type, jlong address,
                                                            jbyteArray state)
{
    leat_stream *stream = ADDRESS(leat_stream *, address);
    leat_error error;
    size_t size;
    void *bytes;
    int code;

    (void)type;
    if (!pin(env, state, &bytes, &size))
        return;
    code = leat_stream_load(stream, bytes, size, &error);
    unpin(env, state, bytes, JNI_ABORT);
    throw_error(env, code, &error);
}

JNIEXPORT void JNICALL Java_io_leat_flink_Native_saveStream(JNIEnv *env, jclass type, jlong address,
                                                            jbyteArray state)
{
    const leat_stream *stream = ADDRESS(const leat_stream *, address);
    leat_error error;
    size_t size;
    void *bytes;
    int code;

    (void)type;
    if (!pin(env, state, &bytes, &size))
        return;
    code = leat_stream_save(stream, bytes, size, &error);
    unpin(env, state, bytes, 0);
    throw_error(env, code, &error);
}

/* Ask for the memory that a save reads. Not more than a page: the rest of a large
 * state is read in order, which the processor foresees. */
static void prefetch(const leat_stream *stream, size_t size)
{
    const char *memory = (const char *)stream;
    size_t i;

    for (i = 0; i < size && i < 4096; i += LEAT_FAST_ALIGNMENT)
        __builtin_prefetch(memory + i);
}

JNIEXPORT void JNICALL Java_io_leat_flink_Native_saveGroup(JNIEnv *env, jclass type,
                                                           jlongArray streams, jint count,
                                                           jint next, jbyteArray states)
{
    enum { MOST = 64 };
    jlong addresses[MOST];
    leat_stream *list[MOST];
    leat_error error;
    size_t size;
    void *bytes;
    int code;
    jint i;

    (void)type;
    if (!streams || count < 0 || next < 0 || count > MOST || next > MOST - count) {
        throw_leat(env, LEAT_E_SIZE, "a group and the next one must have 0 to 64 streams");
        return;
    }
    (*env)->GetLongArrayRegion(env, streams, 0, count + next, addresses);
    if ((*env)->ExceptionCheck(env))
        return;
    for (i = 0; i < count + next; i++)
        list[i] = ADDRESS(leat_stream *, addresses[i]);
    if (!pin(env, states, &bytes, &size))
        return;
    code = leat_batch_save(list, (size_t)count, bytes, size, &error);
    unpin(env, states, bytes, 0);
    if (code == LEAT_OK && count > 0 && next > 0) {
        size = leat_stream_block_size(list[0]);
        for (i = count; i < count + next; i++)
            prefetch(list[i], size);
    }
    throw_error(env, code, &error);
}

JNIEXPORT void JNICALL Java_io_leat_flink_Native_describeState(JNIEnv *env, jclass type,
                                                               jbyteArray state,
                                                               jbyteArray fingerprint)
{
    leat_state_info_t info;
    leat_error error;
    size_t size;
    void *bytes;
    int code;

    (void)type;
    if (!pin(env, state, &bytes, &size))
        return;
    code = leat_state_info(bytes, size, &info, &error);
    unpin(env, state, bytes, JNI_ABORT);
    throw_error(env, code, &error);
    if (code == LEAT_OK)
        (*env)->SetByteArrayRegion(env, fingerprint, 0, (jsize)sizeof info.fingerprint,
                                   (const jbyte *)info.fingerprint);
}
