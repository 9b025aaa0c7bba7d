// SPDX-License-Identifier: MIT
package io.leat.flink;

import java.util.Arrays;

/** A model in native memory, and the sizes of its streams. */
final class Model implements AutoCloseable {
    final long address;
    final int window;
    final int hop;
    final int inputSize;
    final int outputSize;
    final long blockBytes;
    final int stateBytes;
    final float inputLimit;
    private final byte[] fingerprint = new byte[32];
    private boolean closed;

    Model(byte[] file, int window, int hop) {
        this.window = window;
        this.hop = hop;
        address = Native.openModel(file);
        long[] sizes = new long[4];
        float[] limit = new float[1];
        try {
            Native.describeModel(address, window, hop, sizes, limit, fingerprint);
            inputSize = Math.toIntExact(sizes[0]);
            outputSize = Math.toIntExact(sizes[1]);
            blockBytes = sizes[2];
            stateBytes = Math.toIntExact(sizes[3]);
            inputLimit = limit[0];
        } catch (RuntimeException | Error e) {
            Native.closeModel(address);
            throw e;
        }
    }

    /** Whether a state is of this model. A state that isn't whole is refused. */
    boolean owns(byte[] state) {
        byte[] owner = new byte[32];
        Native.describeState(state, owner);
        return Arrays.equals(owner, fingerprint);
    }

    /** Why the model can't take a sample in, or null if it can. */
    String refusal(float[] sample) {
        if (sample == null) {
            return "the sample is null";
        }
        if (sample.length != inputSize) {
            return "the sample has " + sample.length + " floats, and the model takes " + inputSize;
        }
        for (int i = 0; i < inputSize; i++) {
            if (!(Math.abs(sample[i]) <= inputLimit)) { // A NaN, too.
                return "value " + i + " of the sample is " + sample[i]
                        + ", and must be finite and at most " + inputLimit;
            }
        }
        return null;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            Native.closeModel(address);
        }
    }
}
