// SPDX-License-Identifier: MIT
package io.leat.flink;

import java.util.Arrays;

/**
 * The streams that Flink's state doesn't have as they are, each once. Their keys and addresses are in
 * arrays beside them: a flush reads these in order, and none of the objects, which no cache has.
 */
final class DirtyList<K> {
    private CachedStream<K>[] streams = CachedStream.array(64);
    private Object[] keys = new Object[64];
    private long[] addresses = new long[64];
    private int count;
    /** Streams with another number aren't in the list. */
    private long round = 1;

    int count() {
        return count;
    }

    CachedStream<K> get(int place) {
        return streams[place];
    }

    Object key(int place) {
        return keys[place];
    }

    /** The stream's address. */
    long address(int place) {
        return addresses[place];
    }

    void add(CachedStream<K> stream) {
        if (has(stream)) {
            return;
        }
        if (count == streams.length) {
            streams = Arrays.copyOf(streams, 2 * count);
            keys = Arrays.copyOf(keys, 2 * count);
            addresses = Arrays.copyOf(addresses, 2 * count);
        }
        put(stream, count++);
        stream.dirtyRound = round;
    }

    void remove(CachedStream<K> stream) {
        if (!has(stream)) {
            return;
        }
        put(streams[--count], stream.dirtyPlace);
        streams[count] = null;
        keys[count] = null;
        stream.dirtyRound = 0;
    }

    boolean has(CachedStream<K> stream) {
        return stream.dirtyRound == round;
    }

    void clear() {
        Arrays.fill(streams, 0, count, null);
        Arrays.fill(keys, 0, count, null);
        count = 0;
        round++;
    }

    private void put(CachedStream<K> stream, int place) {
        streams[place] = stream;
        keys[place] = stream.key;
        addresses[place] = stream.stream;
        stream.dirtyPlace = place;
    }
}
