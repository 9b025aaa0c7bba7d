// SPDX-License-Identifier: MIT
package io.leat.flink;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * What Flink takes for the state alone: at a barrier it updates the state of each key that came with
 * new bytes, as many as a stream's state has. Nothing is stepped or saved.
 */
final class FlinkUpdate extends AbstractStreamOperator<Long>
        implements OneInputStreamOperator<Tuple3<Long, Long, float[]>, Long> {
    private static final long serialVersionUID = 1;

    /** Read by the benchmark, in the same JVM, after the job. */
    static volatile long nanos;
    static volatile long updates;

    private final byte[] bytes;
    private transient Set<Long> known;
    private transient List<Long> dirty;
    private transient ValueState<byte[]> state;

    FlinkUpdate(byte[] bytes) {
        this.bytes = bytes;
    }

    @Override
    public void open() throws Exception {
        super.open();
        nanos = 0;
        updates = 0;
        known = new HashSet<>();
        dirty = new ArrayList<>();
        state = getRuntimeContext().getState(StreamStates.STREAM);
    }

    @Override
    public void processElement(StreamRecord<Tuple3<Long, Long, float[]>> element) {
        Long key = (Long) getCurrentKey();
        if (known.add(key)) {
            dirty.add(key);
        }
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        long start = MeasuredFlush.threadNanos();
        for (Long key : dirty) {
            setCurrentKey(key);
            state.update(bytes.clone());
        }
        nanos += MeasuredFlush.threadNanos() - start;
        updates += dirty.size();
        dirty.clear();
        known.clear();
    }
}
