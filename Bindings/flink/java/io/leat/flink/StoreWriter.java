// SPDX-License-Identifier: MIT
package io.leat.flink;

import java.util.HashSet;
import java.util.Set;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/** Writes states into a store in one transaction, which ends with the input. */
final class StoreWriter extends AbstractStreamOperator<Tuple2<String, byte[]>>
        implements OneInputStreamOperator<Tuple2<String, byte[]>, Tuple2<String, byte[]>> {
    private static final long serialVersionUID = 1;

    private final String path;
    private final boolean replace;
    private transient long store;
    private transient Set<String> written;

    StoreWriter(String path, boolean replace) {
        this.path = path;
        this.replace = replace;
    }

    @Override
    public void open() throws Exception {
        super.open();
        written = new HashSet<>();
        store = StoreNative.open(StoreNative.text(path), false);
        StoreNative.begin(store);
    }

    @Override
    public void processElement(StreamRecord<Tuple2<String, byte[]>> element) {
        String name = element.getValue().f0;
        if (!written.add(name)) {
            throw new IllegalArgumentException("two keys have the name '" + name + "'");
        }
        try {
            StoreNative.save(store, StoreNative.text(name), element.getValue().f1, replace);
        } catch (LeatException e) {
            throw new LeatException("stream '" + name + "'", e);
        }
    }

    @Override
    public void finish() throws Exception {
        StoreNative.commit(store);
        super.finish();
    }

    /** Without finish(), closing the store rolls the transaction back. */
    @Override
    public void close() throws Exception {
        try {
            super.close();
        } finally {
            if (store != 0) {
                long open = store;
                store = 0;
                StoreNative.close(open);
            }
        }
    }
}
