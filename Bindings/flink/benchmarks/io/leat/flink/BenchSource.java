// SPDX-License-Identifier: MIT
package io.leat.flink;

import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.streaming.api.functions.source.legacy.SourceFunction;

/** Sends a sample of each key, then the next of each key. It costs as little as a source can. */
@SuppressWarnings("deprecation") // It stays within Flink 2.
final class BenchSource implements SourceFunction<Tuple3<Long, Long, float[]>> {
    private static final long serialVersionUID = 1;

    private final long keys;
    private final long samples;
    private final long pauseMs;
    private volatile boolean runs = true;

    /** pauseMs: after each sample of all keys, so that checkpoints have a key only once. */
    BenchSource(long keys, long samples, long pauseMs) {
        this.keys = keys;
        this.samples = samples;
        this.pauseMs = pauseMs;
    }

    @Override
    public void run(SourceContext<Tuple3<Long, Long, float[]>> context) throws Exception {
        float[] values = new float[8];
        for (long position = 0; position < samples && runs; position++) {
            for (long key = 0; key < keys; key += 64) {
                synchronized (context.getCheckpointLock()) {
                    for (long k = key; k < Math.min(keys, key + 64); k++) {
                        for (int i = 0; i < values.length; i++) {
                            values[i] = ((k + i + position) % 97) / 97.0f;
                        }
                        context.collect(Tuple3.of(k, position, values));
                    }
                }
            }
            if (pauseMs > 0) {
                Thread.sleep(pauseMs);
            }
        }
    }

    @Override
    public void cancel() {
        runs = false;
    }
}
