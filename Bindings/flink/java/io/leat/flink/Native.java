// SPDX-License-Identifier: MIT
package io.leat.flink;

import java.nio.ByteBuffer;

/**
 * The C library: native/*.c implements these methods. A long is the address of a model, a stream or a
 * block, which only this package passes on. What the library refuses is a {@link LeatException}.
 * Buffers are direct, in the machine's order of bytes.
 */
final class Native {
    static {
        NativeLibrary.load("leat_flink");
    }

    private Native() {}

    static native long openModel(byte[] file);

    static native void closeModel(long model);

    /** sizes gets input_size, output_size, and the bytes of a stream's block and of its state. */
    static native void describeModel(long model, int window, int hop, long[] sizes,
            float[] inputLimit, byte[] fingerprint);

    /** Memory aligned to a cache line, or an OutOfMemoryError. */
    static native long allocate(long bytes);

    static native void free(long address);

    static native void initStream(long block, long bytes, long model, int window, int hop);

    /** Begin anew at a position. */
    static native void resetStream(long stream, long position);

    static native void setPosition(long stream, long position);

    static native long position(long stream);

    static native void loadStream(long stream, byte[] state);

    static native void saveStream(long stream, byte[] state);

    /**
     * Save the first count streams, their states one after the other. The next ones after them are
     * saved later: their memory is asked for already. Both are 64 at most.
     */
    static native void saveGroup(long[] streams, int count, int next, byte[] states);

    /** Check a state and get its model's fingerprint. */
    static native void describeState(byte[] state, byte[] fingerprint);

    /** leat_batch_step_at(). */
    static native void stepBatch(ByteBuffer streams, ByteBuffer positions, int count,
            ByteBuffer inputs, ByteBuffer outputs, ByteBuffer results);
}
