// SPDX-License-Identifier: MIT
package io.leat.flink;

/** Sets a key's stream to what Flink's state has of it. */
final class StreamLoader {
    private final Models models;
    private final StreamStates states;
    private final long warmUpSamples;

    StreamLoader(Models models, StreamStates states, long warmUpSamples) {
        this.models = models;
        this.states = states;
        this.warmUpSamples = warmUpSamples;
    }

    /** The state of the current key, or null if it has none. */
    byte[] read() throws Exception {
        return states.stream.value();
    }

    boolean isOld(byte[] state) {
        return models.old != null && !models.current.owns(state) && models.old.owns(state);
    }

    /** Load a state of the old model, and what the warm-up had reached, or begin it. */
    void loadWarmUp(CachedStream<?> stream, byte[] state) throws Exception {
        Native.loadStream(stream.oldStream, state);
        long position = Native.position(stream.oldStream);
        byte[] joined = states.warmUp.value();
        // A warm-up of another new model begins again with this one.
        if (joined != null && models.current.owns(StreamStates.state(joined))) {
            Native.loadStream(stream.stream, StreamStates.state(joined));
            stream.takeOver = StreamStates.takeOver(joined);
        } else {
            Native.resetStream(stream.stream, position);
            stream.takeOver = position > Long.MAX_VALUE - warmUpSamples
                    ? Long.MAX_VALUE : position + warmUpSamples;
        }
    }

    /** States of other windows are a mismatch, too, but there a warm-up doesn't help. */
    LeatException refused(Object key, byte[] state, LeatException e) {
        String context = "the state of key " + key + " can't be loaded";
        if (e.code() == LeatException.MISMATCH && !models.current.owns(state)
                && (models.old == null || !models.old.owns(state))) {
            context += "; LeatOptions.warmUp() goes on from an older model's states";
        }
        return new LeatException(context, e);
    }
}
