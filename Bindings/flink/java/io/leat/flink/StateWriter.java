// SPDX-License-Identifier: MIT
package io.leat.flink;

import org.apache.flink.streaming.api.operators.KeyContext;

/**
 * Writes streams into Flink's keyed state.
 *
 * <p>Most of the time that saving takes is the wait for the stream's memory, which no cache has after
 * so many others. So each stream is saved when the next one is known: the memory of that comes while
 * Flink updates the state of this one.
 */
final class StateWriter<K> {
    private final Models models;
    private final StreamStates states;
    private final KeyContext context;
    private Object keyBefore;
    private CachedStream<K> last;

    StateWriter(Models models, StreamStates states, KeyContext context) {
        this.models = models;
        this.states = states;
        this.context = context;
    }

    /** Remember the key of the record in hand, which finish() sets again. */
    void begin() {
        keyBefore = context.getCurrentKey();
    }

    /** The stream is written when the next is added, or by finish(). */
    void add(CachedStream<K> stream) throws Exception {
        if (last != null) {
            write(last, stream.stream);
        }
        last = stream;
    }

    void finish() throws Exception {
        if (last != null) {
            write(last, 0);
            last = null;
        }
        if (keyBefore != null) {
            context.setCurrentKey(keyBefore);
        }
    }

    private void write(CachedStream<K> stream, long next) throws Exception {
        // Flink's heap state keeps the array itself, also while a snapshot is written: each update
        // needs a new one.
        byte[] state = new byte[models.current.stateBytes];
        Native.saveStream(stream.stream, state, next);
        context.setCurrentKey(stream.key);
        if (stream.isWarmingUp()) {
            byte[] old = new byte[models.old.stateBytes];
            Native.saveStream(stream.oldStream, old, 0);
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
