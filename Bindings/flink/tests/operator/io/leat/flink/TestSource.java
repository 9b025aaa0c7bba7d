// SPDX-License-Identifier: MIT
package io.leat.flink;

import java.util.concurrent.TimeUnit;
import org.apache.flink.streaming.api.functions.source.legacy.SourceFunction;
import org.apache.flink.streaming.api.watermark.Watermark;

/** Puts out what a test sends, one thing at a time. */
@SuppressWarnings("deprecation") // It stays within Flink 2, and needs no reader and no enumerator.
public final class TestSource implements SourceFunction<Reading> {
    private static final long serialVersionUID = 1;

    private final int channel;
    private final boolean reusesRecord;
    private volatile boolean runs = true;

    TestSource(int channel, boolean reusesRecord) {
        this.channel = channel;
        this.reusesRecord = reusesRecord;
    }

    @Override
    public void run(SourceContext<Reading> context) throws Exception {
        Channel channel = Channel.of(this.channel);
        Reading reused = new Reading();
        while (runs) {
            Object next = channel.queue.poll(5, TimeUnit.MILLISECONDS);
            if (next == Channel.END) {
                return;
            }
            if (next == null) {
                continue;
            }
            synchronized (context.getCheckpointLock()) {
                if (next == Channel.IDLE) {
                    context.markAsTemporarilyIdle();
                } else if (next instanceof Long) {
                    context.emitWatermark(new Watermark((Long) next));
                } else {
                    emit(context, (Reading) next, reused);
                }
                channel.emitted.incrementAndGet();
            }
        }
    }

    private void emit(SourceContext<Reading> context, Reading reading, Reading reused) {
        Reading record = reading;
        if (reusesRecord) {
            reused.sensor = reading.sensor;
            reused.number = reading.number;
            reused.time = reading.time;
            reused.values = reading.values.clone();
            record = reused;
        }
        if (record.time < 0) {
            context.collect(record);
        } else {
            context.collectWithTimestamp(record, record.time);
        }
        if (reusesRecord) {
            java.util.Arrays.fill(reused.values, Float.NaN);
            reused.sensor = -1;
            reused.number = -1;
        }
    }

    @Override
    public void cancel() {
        runs = false;
    }
}
