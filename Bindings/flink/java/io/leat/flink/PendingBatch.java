// SPDX-License-Identifier: MIT
package io.leat.flink;

import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * The records that wait to be stepped, each of another key, in the order in which they came. Records of
 * streams that warm up also wait in a batch of the old model, whose outputs count.
 */
final class PendingBatch<K> {
    private static final int NOT_OLD = -1;

    private final TypeSerializer<K> keySerializer;
    private final Output<StreamRecord<LeatOutput<K>>> output;
    private final Batch current;
    private final Batch old;
    private final CachedStream<K>[] streams;
    private final long[] positions;
    private final int[] oldPlaces;
    private final boolean[] hasTimestamp;
    private final long[] timestamps;
    private final StreamRecord<LeatOutput<K>> record = new StreamRecord<>(null);

    PendingBatch(Models models, int size, TypeSerializer<K> keySerializer,
            Output<StreamRecord<LeatOutput<K>>> output) {
        this.keySerializer = keySerializer;
        this.output = output;
        current = new Batch(models.current, size);
        old = models.old == null ? null : new Batch(models.old, size);
        @SuppressWarnings("unchecked")
        CachedStream<K>[] none = (CachedStream<K>[]) new CachedStream<?>[size];
        streams = none;
        positions = new long[size];
        oldPlaces = new int[size];
        hasTimestamp = new boolean[size];
        timestamps = new long[size];
    }

    int count() {
        return current.count();
    }

    boolean isFull() {
        return current.count() == streams.length;
    }

    void add(CachedStream<K> stream, long position, float[] sample, StreamRecord<?> from) {
        int place = current.add(stream.stream, position, sample);
        oldPlaces[place] = stream.isWarmingUp()
                ? old.add(stream.oldStream, position, sample) : NOT_OLD;
        streams[place] = stream;
        positions[place] = position;
        hasTimestamp[place] = from.hasTimestamp();
        timestamps[place] = from.hasTimestamp() ? from.getTimestamp() : 0;
    }

    /** Step all and put their outputs out. */
    void step() {
        current.step();
        if (old != null) {
            old.step();
        }
        int count = current.count();
        for (int i = 0; i < count; i++) {
            check(current, i, i);
            if (oldPlaces[i] != NOT_OLD) {
                check(old, oldPlaces[i], i);
            }
        }
        for (int i = 0; i < count; i++) {
            float[] row = oldPlaces[i] == NOT_OLD ? current.row(i) : old.row(oldPlaces[i]);
            if (row != null) {
                // A copy: what comes after may change its object, and the cache finds streams by ours.
                K key = keySerializer.copy(streams[i].key);
                record.replace(new LeatOutput<>(key, positions[i], row));
                if (hasTimestamp[i]) {
                    record.setTimestamp(timestamps[i]);
                } else {
                    record.eraseTimestamp();
                }
                output.collect(record);
            }
        }
        current.clear();
        if (old != null) {
            old.clear();
        }
    }

    /** Position and sample were checked when the record came. If the library disagrees, stop. */
    private void check(Batch batch, int place, int record) {
        int result = batch.result(place);
        if (!Batch.isStepped(result)) {
            throw new IllegalStateException("key " + streams[record].key + ": the sample at position "
                    + positions[record] + " was not taken in: result " + result);
        }
    }
}
