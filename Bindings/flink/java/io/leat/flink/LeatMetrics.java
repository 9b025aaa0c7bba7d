// SPDX-License-Identifier: MIT
package io.leat.flink;

import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/** The metrics of a subtask, in the group "leat" of its operator. The README describes each. */
final class LeatMetrics {
    final Counter stepped;
    final Counter skipped;
    final Counter gaps;
    final Counter badSamples;
    final Counter batches;
    final Counter loaded;
    final Counter evicted;
    final Counter flushes;
    final Counter flushedStreams;
    final Counter flushNanos;
    private final MetricGroup group;

    LeatMetrics(MetricGroup operatorGroup) {
        group = operatorGroup.addGroup("leat");
        stepped = group.counter("stepped");
        skipped = group.counter("skipped");
        gaps = group.counter("gaps");
        badSamples = group.counter("badSamples");
        batches = group.counter("batches");
        loaded = group.counter("loaded");
        evicted = group.counter("evicted");
        flushes = group.counter("flushes");
        flushedStreams = group.counter("flushedStreams");
        flushNanos = group.counter("flushNanos");
    }

    void watch(StreamCache<?> cache) {
        group.gauge("streams", (Gauge<Integer>) cache::size);
        group.gauge("nativeBytes", (Gauge<Long>) cache::bytes);
    }
}
