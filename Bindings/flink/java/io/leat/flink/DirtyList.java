// SPDX-License-Identifier: MIT
package io.leat.flink;

import java.util.Arrays;

/** The streams that Flink's state doesn't have as they are, each once, in an array. */
final class DirtyList<K> {
    private static final int CLEAN = -1;

    private CachedStream<K>[] streams = array(64);
    private int count;

    int count() {
        return count;
    }

    CachedStream<K> get(int place) {
        return streams[place];
    }

    void add(CachedStream<K> stream) {
        if (stream.dirtyPlace != CLEAN) {
            return;
        }
        if (count == streams.length) {
            streams = Arrays.copyOf(streams, 2 * count);
        }
        stream.dirtyPlace = count;
        streams[count++] = stream;
    }

    void remove(CachedStream<K> stream) {
        if (stream.dirtyPlace == CLEAN) {
            return;
        }
        CachedStream<K> moved = streams[--count];
        streams[stream.dirtyPlace] = moved;
        moved.dirtyPlace = stream.dirtyPlace;
        streams[count] = null;
        stream.dirtyPlace = CLEAN;
    }

    boolean has(CachedStream<K> stream) {
        return stream.dirtyPlace != CLEAN;
    }

    void clear() {
        for (int i = 0; i < count; i++) {
            streams[i].dirtyPlace = CLEAN;
            streams[i] = null;
        }
        count = 0;
    }

    @SuppressWarnings("unchecked")
    private static <K> CachedStream<K>[] array(int size) {
        return (CachedStream<K>[]) new CachedStream<?>[size];
    }
}
