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

static int sizes_of_batch(JNIEnv *env, leat_stream *const *streams, jint count, size_t *input,
                          size_t *output, size_t *state)
{
    leat_model_info_t info;
    leat_error error;
    int code = LEAT_OK;

    *input = *output = *state = 1;
    if (count == 0)
        return 1;
    *state = leat_stream_state_size(streams[0]);
    if ((code = leat_model_info(leat_stream_model(streams[0]), &info, &error)) != LEAT_OK) {
        throw_error(env, code, &error);
        return 0;
    }
    *input = info.input_size;
    *output = info.output_size;
    return 1;
}

JNIEXPORT void JNICALL Java_io_leat_flink_Native_saveBatch(JNIEnv *env, jclass type,
                                                           jobject streams, jint count,
                                                           jobject states)
{
    leat_stream **list;
    leat_error error;
    size_t input, output, size;
    void *buffer;

    (void)type;
    if (!(list = elements(env, streams, "the buffer of streams is missing or too short", count,
                          sizeof *list)) ||
        !sizes_of_batch(env, list, count, &input, &output, &size) ||
        !(buffer = elements(env, states, "the buffer of states is missing or too short", count,
                            size)))
        return;
    throw_error(env, leat_batch_save(list, (size_t)count, buffer, (size_t)count * size, &error),
                &error);
}

JNIEXPORT void JNICALL Java_io_leat_flink_Native_stepBatch(JNIEnv *env, jclass type,
                                                           jobject streams, jobject positions,
                                                           jint count, jobject inputs,
                                                           jobject outputs, jobject results)
{
    leat_stream **list;
    leat_error error;
    size_t input, output, state;
    void *position, *x, *y, *result;

    (void)type;
    if (!(list = elements(env, streams, "the buffer of streams is missing or too short", count,
                          sizeof *list)) ||
        !sizes_of_batch(env, list, count, &input, &output, &state) ||
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
