// SPDX-License-Identifier: MIT
package io.leat.flink;

import java.util.Arrays;
import org.apache.flink.streaming.api.operators.KeyContext;

/**
 * Writes streams into Flink's keyed state.
 *
 * <p>Streams are saved in groups, which costs less than one by one. Most of the rest is the wait for
 * the streams' memory, which no cache has after so many others. So a group is saved when the next one
 * is known: the memory of that comes while Flink updates the states of this one.
 */
final class StateWriter<K> {
    /** More were not faster; the library computes the checksums of three states in the time of one. */
    private static final int GROUP = 12;

    private final Models models;
    private final StreamStates states;
    private final KeyContext context;
    private final CachedStream<K>[] waiting = CachedStream.array(2 * GROUP);
    private final Object[] keys = new Object[2 * GROUP];
    private final long[] addresses = new long[2 * GROUP];
    private final byte[] saved;
    private int count;
    private Object keyBefore;

    StateWriter(Models models, StreamStates states, KeyContext context) {
        this.models = models;
        this.states = states;
        this.context = context;
        saved = new byte[Math.multiplyExact(GROUP, models.current.stateBytes)];
    }

    /** Remember the key of the record in hand, which finish() sets again. */
    void begin() {
        keyBefore = context.getCurrentKey();
        count = 0;
    }

    /**
     * The stream is written when a group is added after it, or by finish(). Its key and its address
     * are given, so that its object, which no cache has, is not read.
     */
    void add(CachedStream<K> stream, Object key, long address) throws Exception {
        addresses[count] = address;
        keys[count] = key;
        waiting[count++] = stream;
        if (count == waiting.length) {
            writeGroup();
        }
    }

    void finish() throws Exception {
        while (count > 0) {
            writeGroup();
        }
        if (keyBefore != null) {
            context.setCurrentKey(keyBefore);
        }
    }

    private void writeGroup() throws Exception {
        int size = Math.min(count, GROUP);
        Native.saveGroup(addresses, size, count - size, saved);
        int bytes = models.current.stateBytes;
        for (int i = 0; i < size; i++) {
            // Flink's heap state keeps the array itself, also while a snapshot is written: each
            // update needs a new one.
            byte[] state = Arrays.copyOfRange(saved, i * bytes, (i + 1) * bytes);
            context.setCurrentKey(keys[i]);
            if (models.old == null) {
                states.stream.update(state);
            } else {
                writeWarmUp(waiting[i], state);
            }
        }
        count -= size;
        for (int i = 0; i < count; i++) {
            waiting[i] = waiting[size + i];
            keys[i] = keys[size + i];
            addresses[i] = addresses[size + i];
        }
    }

    private void writeWarmUp(CachedStream<K> stream, byte[] state) throws Exception {
        if (stream.isWarmingUp()) {
            byte[] old = new byte[models.old.stateBytes];
            Native.saveStream(stream.oldStream, old);
            states.stream.update(old);
            states.warmUp.update(StreamStates.joined(stream.takeOver, state));
        } else {
            states.stream.update(state);
            if (stream.endedWarmUp) {
                states.warmUp.clear();
                stream.endedWarmUp = false;
            }
        }
    }
}
