// SPDX-License-Identifier: MIT
package io.leat.flink;

import java.util.Arrays;

/**
 * The blocks of one model's streams, in slabs of native memory. A block that is given back is used
 * again; slabs go back to the system together, when no stream is in memory.
 */
final class Blocks implements AutoCloseable {
    private static final long SLAB_BYTES = 1 << 20;

    private final Model model;
    private final long maxBytes;
    private final int perSlab;
    private long[] slabs = new long[0];
    private long[] free = new long[0];
    private int freeCount;

    /** Slabs are a sixteenth of the memory at most, so that a small limit can be used well. */
    Blocks(Model model, long maxBytes, int maxStreams) {
        this.model = model;
        this.maxBytes = maxBytes;
        if (model.blockBytes > maxBytes) {
            throw new IllegalArgumentException("maxBytes leaves " + maxBytes
                    + " for streams of a model, and one takes " + model.blockBytes);
        }
        long most = Math.min(SLAB_BYTES, maxBytes / 16) / model.blockBytes;
        perSlab = (int) Math.max(1, Math.min(most, maxStreams));
    }

    private long slabBytes() {
        return perSlab * model.blockBytes;
    }

    long bytes() {
        return slabs.length * slabBytes();
    }

    boolean hasFree() {
        return freeCount > 0;
    }

    boolean mayGrow() {
        return bytes() + slabBytes() <= maxBytes;
    }

    void grow() {
        // The arrays first: if the heap is full, no slab is lost.
        long[] moreSlabs = Arrays.copyOf(slabs, slabs.length + 1);
        long[] moreFree = Arrays.copyOf(free, Math.multiplyExact(moreSlabs.length, perSlab));
        long slab = Native.allocate(slabBytes());
        moreSlabs[slabs.length] = slab;
        slabs = moreSlabs;
        free = moreFree;
        for (int i = perSlab - 1; i >= 0; i--) {
            free[freeCount++] = slab + i * model.blockBytes;
        }
    }

    /** A new stream in a free block. */
    long take() {
        long block = free[freeCount - 1];
        Native.initStream(block, model.blockBytes, model.address, model.window, model.hop);
        freeCount--;
        return block;
    }

    void giveBack(long block) {
        free[freeCount++] = block;
    }

    /** Free all slabs: there are no streams any more. More can be taken after it. */
    @Override
    public void close() {
        for (long slab : slabs) {
            Native.free(slab);
        }
        slabs = new long[0];
        free = new long[0];
        freeCount = 0;
    }
}
