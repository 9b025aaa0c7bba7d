/* SPDX-License-Identifier: MIT
 *
 * Models, and memory for streams. */
#define _POSIX_C_SOURCE 200112L
#include "support.h"
#include <stdlib.h>
#include <string.h>

static void *aligned(size_t size)
{
    void *memory;
    return posix_memalign(&memory, LEAT_FAST_ALIGNMENT, size) == 0 ? memory : NULL;
}

static void throw_memory(JNIEnv *env)
{
    jclass type = (*env)->FindClass(env, "java/lang/OutOfMemoryError");
    if (type)
        (*env)->ThrowNew(env, type, "no native memory for a model or for streams");
}

JNIEXPORT jlong JNICALL Java_io_leat_flink_Native_openModel(JNIEnv *env, jclass type,
                                                            jbyteArray file)
{
    const leat_model *model = NULL;
    leat_error error;
    void *block = NULL;
    jbyte *bytes = NULL;
    size_t file_size = 0, size = 0;
    int code;

    (void)type;
    if (file) {
        file_size = (size_t)(*env)->GetArrayLength(env, file);
        if (!(bytes = (*env)->GetByteArrayElements(env, file, NULL)))
            return 0;
    }
    code = leat_model_measure(bytes, file_size, &size, &error);
    if (code == LEAT_OK && (block = aligned(size)))
        code = leat_model_init(block, size, bytes, file_size, &model, &error);
    if (bytes)
        (*env)->ReleaseByteArrayElements(env, file, bytes, JNI_ABORT);
    if (code == LEAT_OK && !block)
        throw_memory(env);
    throw_error(env, code, &error);
    if (code != LEAT_OK) {
        free(block);
        block = NULL;
    }
    return (jlong)(intptr_t)block;
}

/* A model is the block that openModel() allocated. */
JNIEXPORT void JNICALL Java_io_leat_flink_Native_closeModel(JNIEnv *env, jclass type, jlong model)
{
    (void)env, (void)type;
    free(ADDRESS(void *, model));
}

/* Bytes of a stream's block and of its state. Only a stream tells the size of a
 * state with windows, so one is made. */
static int stream_sizes(const leat_model *model, uint32_t window, uint32_t hop, size_t *block_size,
                        size_t *state_size, leat_error *error)
{
    leat_stream *stream;
    void *block;
    int code;

    *block_size = window ? leat_window_size(model, window, hop) : leat_stream_size(model);
    if (!(block = aligned(*block_size ? *block_size : 1)))
        return LEAT_E_MEMORY;
    code = window ? leat_window_init(block, *block_size, model, window, hop, &stream, error)
                  : leat_stream_init(block, *block_size, model, &stream, error);
    if (code == LEAT_OK)
        *state_size = leat_stream_state_size(stream);
    free(block);
    return code;
}

JNIEXPORT void JNICALL Java_io_leat_flink_Native_describeModel(JNIEnv *env, jclass type,
                                                               jlong address, jint window, jint hop,
                                                               jlongArray sizes, jfloatArray limit,
                                                               jbyteArray fingerprint)
{
    const leat_model *model = ADDRESS(const leat_model *, address);
    leat_model_info_t info;
    leat_error error;
    size_t block_size, state_size = 0;
    jlong found[4];
    int code;

    (void)type;
    if ((code = leat_model_info(model, &info, &error)) != LEAT_OK) {
        throw_error(env, code, &error);
        return;
    }
    code = stream_sizes(model, (uint32_t)window, (uint32_t)hop, &block_size, &state_size, &error);
    if (code == LEAT_E_MEMORY) {
        throw_memory(env);
        return;
    }
    if (code != LEAT_OK) {
        throw_error(env, code, &error);
        return;
    }
    found[0] = info.input_size;
    found[1] = info.output_size;
    found[2] = (jlong)block_size;
    found[3] = (jlong)state_size;
    (*env)->SetLongArrayRegion(env, sizes, 0, 4, found);
    (*env)->SetFloatArrayRegion(env, limit, 0, 1, &info.input_limit);
    (*env)->SetByteArrayRegion(env, fingerprint, 0, (jsize)sizeof info.fingerprint,
                               (const jbyte *)info.fingerprint);
}

JNIEXPORT jlong JNICALL Java_io_leat_flink_Native_allocate(JNIEnv *env, jclass type, jlong bytes)
{
    void *memory = bytes > 0 ? aligned((size_t)bytes) : NULL;

    (void)type;
    if (!memory)
        throw_memory(env);
    return (jlong)(intptr_t)memory;
}

JNIEXPORT void JNICALL Java_io_leat_flink_Native_free(JNIEnv *env, jclass type, jlong address)
{
    (void)env, (void)type;
    free(ADDRESS(void *, address));
}
