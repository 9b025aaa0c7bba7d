// SPDX-License-Identifier: MIT
package io.leat.flink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;

/** The arguments of leat_batch_step_at() for streams of one model, outside the Java heap. */
final class Batch {
    private static final int OK = 0;
    private static final int NO_OUTPUT = 3;

    private final int inputSize;
    private final int outputSize;
    private final ByteBuffer streams;
    private final ByteBuffer positions;
    private final ByteBuffer inputs;
    private final ByteBuffer outputs;
    private final ByteBuffer results;
    private final LongBuffer stream;
    private final LongBuffer position;
    private final FloatBuffer input;
    private final FloatBuffer output;
    private final IntBuffer result;
    private int count;

    Batch(Model model, int size) {
        inputSize = model.inputSize;
        outputSize = model.outputSize;
        streams = direct((long) size * Long.BYTES);
        positions = direct((long) size * Long.BYTES);
        inputs = direct((long) size * inputSize * Float.BYTES);
        outputs = direct((long) size * outputSize * Float.BYTES);
        results = direct((long) size * Integer.BYTES);
        stream = streams.asLongBuffer();
        position = positions.asLongBuffer();
        input = inputs.asFloatBuffer();
        output = outputs.asFloatBuffer();
        result = results.asIntBuffer();
    }

    static ByteBuffer direct(long bytes) {
        if (bytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("the samples of a batch take " + bytes
                    + " bytes, and may take 2^31 - 1: batchSize is too large for this model");
        }
        return ByteBuffer.allocateDirect((int) bytes).order(ByteOrder.nativeOrder());
    }

    /** Returns the entry's place. */
    int add(long address, long samplePosition, float[] sample) {
        stream.put(count, address);
        position.put(count, samplePosition);
        input.put(count * inputSize, sample);
        return count++;
    }

    int count() {
        return count;
    }

    void step() {
        if (count > 0) {
            Native.stepBatch(streams, positions, count, inputs, outputs, results);
        }
    }

    /** Whether the entry was stepped as was expected: the operator has checked it before. */
    int result(int place) {
        return result.get(place);
    }

    static boolean isStepped(int result) {
        return result == OK || result == NO_OUTPUT;
    }

    /** An entry's output, or null if no window ended with it. */
    float[] row(int place) {
        if (result.get(place) == NO_OUTPUT) {
            return null;
        }
        float[] row = new float[outputSize];
        output.get(place * outputSize, row);
        return row;
    }

    void clear() {
        count = 0;
    }
}
