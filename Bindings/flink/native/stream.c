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

JNIEXPORT void JNICALL Java_io_leat_flink_Native_loadStream(JNIEnv *env, jclass type, jlong address,
                                                            jbyteArray state)
{
    leat_stream *stream = ADDRESS(leat_stream *, address);
    leat_error error;
    size_t size = 0;
    void *bytes = NULL;
    int code;

    (void)type;
    if (state) {
        size = (size_t)(*env)->GetArrayLength(env, state);
        if (!(bytes = (*env)->GetPrimitiveArrayCritical(env, state, NULL)))
            return;
    }
    code = leat_stream_load(stream, bytes, size, &error);
    if (bytes)
        (*env)->ReleasePrimitiveArrayCritical(env, state, bytes, JNI_ABORT);
    throw_error(env, code, &error);
}

/* Ask for the memory that a save reads. Not more than a page: the rest of a large
 * state is read in order, which the processor foresees. */
static void prefetch(const char *stream, size_t size)
{
    size_t i;

    for (i = 0; i < size && i < 4096; i += LEAT_FAST_ALIGNMENT)
        __builtin_prefetch(stream + i);
}

JNIEXPORT void JNICALL Java_io_leat_flink_Native_saveStream(JNIEnv *env, jclass type, jlong address,
                                                            jbyteArray state, jlong next)
{
    const leat_stream *stream = ADDRESS(const leat_stream *, address);
    leat_error error;
    size_t size = 0;
    void *bytes = NULL;
    int code;

    (void)type;
    if (state) {
        size = (size_t)(*env)->GetArrayLength(env, state);
        if (!(bytes = (*env)->GetPrimitiveArrayCritical(env, state, NULL)))
            return;
    }
    code = leat_stream_save(stream, bytes, size, &error);
    if (bytes)
        (*env)->ReleasePrimitiveArrayCritical(env, state, bytes, 0);
    if (next)
        prefetch(ADDRESS(const char *, next), size);
    throw_error(env, code, &error);
}

JNIEXPORT void JNICALL Java_io_leat_flink_Native_describeState(JNIEnv *env, jclass type,
                                                               jbyteArray state,
                                                               jbyteArray fingerprint)
{
    leat_state_info_t info;
    leat_error error;
    size_t size = 0;
    void *bytes = NULL;
    int code;

    (void)type;
    if (state) {
        size = (size_t)(*env)->GetArrayLength(env, state);
        if (!(bytes = (*env)->GetPrimitiveArrayCritical(env, state, NULL)))
            return;
    }
    code = leat_state_info(bytes, size, &info, &error);
    if (bytes)
        (*env)->ReleasePrimitiveArrayCritical(env, state, bytes, JNI_ABORT);
    throw_error(env, code, &error);
    if (code == LEAT_OK)
        (*env)->SetByteArrayRegion(env, fingerprint, 0, (jsize)sizeof info.fingerprint,
                                   (const jbyte *)info.fingerprint);
}
