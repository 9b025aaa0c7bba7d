/* SPDX-License-Identifier: MIT
 *
 * Many streams in one call. The buffers are outside the Java heap, so that no
 * garbage collection has to wait for a step. */
#include "support.h"

/* The memory of a direct buffer that holds `count` elements, or NULL and an
 * exception. */
static void *elements(JNIEnv *env, jobject buffer, const char *name, jint count, size_t size)
{
    void *memory = buffer ? (*env)->GetDirectBufferAddress(env, buffer) : NULL;
    jlong capacity = buffer ? (*env)->GetDirectBufferCapacity(env, buffer) : 0;

    if (!memory || count < 0 || (uint64_t)capacity / size < (uint64_t)count) {
        throw_leat(env, LEAT_E_SIZE, name);
        return NULL;
    }
    return memory;
}

/* input_size and output_size of the model of a batch, or 0 and an exception. */
static int sizes_of_batch(JNIEnv *env, leat_stream *const *streams, jint count, size_t *input,
                          size_t *output)
{
    leat_model_info_t info;
    leat_error error;
    int code;

    *input = *output = 1;
    if (count == 0)
        return 1;
    if ((code = leat_model_info(leat_stream_model(streams[0]), &info, &error)) != LEAT_OK) {
        throw_error(env, code, &error);
        return 0;
    }
    *input = info.input_size;
    *output = info.output_size;
    return 1;
}

JNIEXPORT void JNICALL Java_io_leat_flink_Native_stepBatch(JNIEnv *env, jclass type,
                                                           jobject streams, jobject positions,
                                                           jint count, jobject inputs,
                                                           jobject outputs, jobject results)
{
    leat_stream **list;
    leat_error error;
    size_t input, output;
    void *position, *x, *y, *result;

    (void)type;
    if (!(list = elements(env, streams, "the buffer of streams is missing or too short", count,
                          sizeof *list)) ||
        !sizes_of_batch(env, list, count, &input, &output) ||
        !(position = elements(env, positions, "the buffer of positions is missing or too short",
                              count, sizeof(uint64_t))) ||
        !(x = elements(env, inputs, "the buffer of inputs is missing or too short", count,
                       input * sizeof(float))) ||
        !(y = elements(env, outputs, "the buffer of outputs is missing or too short", count,
                       output * sizeof(float))) ||
        !(result = elements(env, results, "the buffer of results is missing or too short", count,
                            sizeof(int))))
        return;
    throw_error(env,
                leat_batch_step_at(list, position, (size_t)count, x, y, result, &error), &error);
}
