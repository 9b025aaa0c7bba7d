// SPDX-License-Identifier: MIT
package io.leat.flink;

import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.streaming.api.operators.KeyContext;

/** Writes streams into Flink's keyed state, a chunk with each call of the library. */
final class StateWriter<K> {
    private static final int CHUNK = 64;

    private final Models models;
    private final StreamStates states;
    private final KeyContext context;
    private final ByteBuffer addresses = Batch.direct(CHUNK * Long.BYTES);
    private final LongBuffer address = addresses.asLongBuffer();
    private final ByteBuffer saved;
    private final List<CachedStream<K>> chunk = new ArrayList<>(CHUNK);
    private Object keyBefore;

    StateWriter(Models models, StreamStates states, KeyContext context) {
        this.models = models;
        this.states = states;
        this.context = context;
        saved = Batch.direct((long) CHUNK * models.current.stateBytes);
    }

    /** Remember the key of the record in hand, which finish() sets again. */
    void begin() {
        keyBefore = context.getCurrentKey();
    }

    void add(CachedStream<K> stream) throws Exception {
        if (stream.isWarmingUp()) {
            writeBoth(stream);
            return;
        }
        address.put(chunk.size(), stream.stream);
        chunk.add(stream);
        if (chunk.size() == CHUNK) {
            writeChunk();
        }
    }

    void finish() throws Exception {
        writeChunk();
        if (keyBefore != null) {
            context.setCurrentKey(keyBefore);
        }
    }

    private void writeChunk() throws Exception {
        if (chunk.isEmpty()) {
            return;
        }
        Native.saveBatch(addresses, chunk.size(), saved);
        int size = models.current.stateBytes;
        for (int i = 0; i < chunk.size(); i++) {
            CachedStream<K> stream = chunk.get(i);
            // Flink's heap state keeps the array itself, also while a snapshot is written: each
            // update needs a new one.
            byte[] state = new byte[size];
            saved.get(i * size, state);
            context.setCurrentKey(stream.key);
            states.stream.update(state);
            if (stream.endedWarmUp) {
                states.warmUp.clear();
                stream.endedWarmUp = false;
            }
            stream.dirty = false;
        }
        chunk.clear();
    }

    private void writeBoth(CachedStream<K> stream) throws Exception {
        byte[] old = new byte[models.old.stateBytes];
        Native.saveStream(stream.oldStream, old);
        byte[] state = new byte[models.current.stateBytes];
        Native.saveStream(stream.stream, state);
        context.setCurrentKey(stream.key);
        states.stream.update(old);
        states.warmUp.update(StreamStates.joined(stream.takeOver, state));
        stream.dirty = false;
    }
}
