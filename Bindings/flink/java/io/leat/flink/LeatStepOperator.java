// SPDX-License-Identifier: MIT
package io.leat.flink;

import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.runtime.event.WatermarkEvent;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.util.OutputTag;

/**
 * The operator of {@link LeatStreams#step}.
 *
 * <p>Each key's stream lives in native memory ({@link StreamCache}). Records gather, and are stepped in
 * one call ({@link PendingBatch}): when there are enough, after a time, when a key comes a second
 * time, before a watermark and before a barrier. Before a barrier all outputs of the records before it
 * go out, and the streams that moved are written to Flink's keyed state. So a checkpoint has the
 * streams just after the records before its barrier, as if each record had been stepped and written
 * by itself. After a restore a stream is loaded when its key comes.
 */
public class LeatStepOperator<T, K> extends AbstractStreamOperator<LeatOutput<K>>
        implements OneInputStreamOperator<T, LeatOutput<K>>, BoundedOneInput {
    private static final long serialVersionUID = 1;

    private final byte[] modelFile;
    private final byte[] oldModelFile;
    private final LeatOptions<T> options;
    private final OutputTag<T> gapTag;
    private final OutputTag<T> badSampleTag;

    private transient Models models;
    private transient StreamCache<K> cache;
    private transient PendingBatch<K> pending;
    private transient LeatMetrics metrics;
    private transient long batchNumber;
    private transient boolean delayIsRunning;

    LeatStepOperator(byte[] modelFile, byte[] oldModelFile, LeatOptions<T> options,
            TypeInformation<T> recordType) {
        this.modelFile = modelFile;
        this.oldModelFile = oldModelFile;
        this.options = options;
        gapTag = LeatStreams.gapTag(recordType);
        badSampleTag = LeatStreams.badSampleTag(recordType);
    }

    @Override
    public void open() throws Exception {
        super.open();
        models = Models.open(modelFile, oldModelFile, options.window, options.hop);
        metrics = new LeatMetrics(getMetricGroup());
        TypeSerializer<K> keySerializer = this.<K>getKeyedStateBackend().getKeySerializer();
        pending = new PendingBatch<>(models, options.batchSize, keySerializer, output);
        batchNumber = 1;
        StreamStates states = new StreamStates(getRuntimeContext());
        cache = new StreamCache<>(models, options, keySerializer,
                new StreamLoader(models, states, options.warmUpSamples),
                new StateWriter<>(models, states, this), this::stepPending, metrics);
        metrics.watch(cache);
        if (options.idleAfterMs > 0) {
            waitForTick();
        }
    }

    @Override
    public void processElement(StreamRecord<T> element) throws Exception {
        T record = element.getValue();
        long position = options.position.position(record);
        @SuppressWarnings("unchecked")
        CachedStream<K> stream = cache.get((K) getCurrentKey());
        if (position < 0 || position == Long.MAX_VALUE) {
            refuse(element, stream, "the position is " + position + ", and must be 0 to 2^63 - 2");
            return;
        }
        if (position < stream.next) {
            metrics.skipped.inc();
            return;
        }
        if (position > stream.next && !resolveGap(element, stream, position)) {
            return;
        }
        if (stream.batch == batchNumber) {
            stepPending();
        }
        float[] sample = options.sample.sample(record);
        String refusal = models.current.refusal(sample);
        if (refusal == null && stream.isWarmingUp()) {
            refusal = models.old.refusal(sample);
        }
        if (refusal != null) {
            refuse(element, stream, refusal);
            moveTo(stream, position + 1);
            return;
        }
        if (stream.isWarmingUp() && position >= stream.takeOver) {
            cache.endWarmUp(stream);
        }
        pending.add(stream, position, sample, element);
        stream.batch = batchNumber;
        stream.next = position + 1;
        cache.moved(stream);
        metrics.stepped.inc();
        if (pending.isFull()) {
            stepPending();
        } else if (!delayIsRunning) {
            waitForMore();
        }
    }

    /** Whether the record can be stepped after all. */
    private boolean resolveGap(StreamRecord<T> element, CachedStream<K> stream, long position)
            throws Exception {
        metrics.gaps.inc();
        switch (options.gapPolicy) {
            case SIDE_OUTPUT:
                output.collect(gapTag, element);
                return false;
            case RESET:
                if (stream.batch == batchNumber) {
                    stepPending();
                }
                if (stream.isWarmingUp()) {
                    cache.endWarmUp(stream); // The old model would begin anew, too.
                }
                Native.resetStream(stream.stream, position);
                stream.next = position;
                return true; // What follows, a step or a refusal, marks it as moved.
            default:
                throw new IllegalStateException("key " + stream.key + ": the record has position "
                        + position + ", and the stream's next is " + stream.next
                        + ": samples before it are missing");
        }
    }

    private void refuse(StreamRecord<T> element, CachedStream<K> stream, String refusal) {
        metrics.badSamples.inc();
        if (options.samplePolicy == SamplePolicy.FAIL) {
            throw new IllegalArgumentException("key " + stream.key + ", next position " + stream.next
                    + ": " + refusal);
        }
        output.collect(badSampleTag, element);
    }

    private void moveTo(CachedStream<K> stream, long position) {
        Native.setPosition(stream.stream, position);
        if (stream.isWarmingUp()) {
            Native.setPosition(stream.oldStream, position);
        }
        stream.next = position;
        cache.moved(stream);
    }

    private void stepPending() {
        if (pending.count() > 0) {
            pending.step();
            metrics.batches.inc();
            batchNumber++;
        }
    }

    /** One timer at most, and none while no record waits. */
    private void waitForMore() {
        delayIsRunning = true;
        ProcessingTimeService time = getProcessingTimeService();
        time.registerTimer(time.getCurrentProcessingTime() + options.batchDelayMs, now -> {
            delayIsRunning = false;
            if (pending != null) { // Else the operator is closed, and its memory freed.
                stepPending();
            }
        });
    }

    private void waitForTick() {
        ProcessingTimeService time = getProcessingTimeService();
        long interval = Math.max(1, options.idleAfterMs / StreamCache.IDLE_TICKS);
        time.registerTimer(time.getCurrentProcessingTime() + interval, now -> {
            if (cache != null) {
                cache.tick();
                waitForTick();
            }
        });
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        stepPending();
        long start = System.nanoTime();
        int count = cache.flush();
        metrics.flushNanos.inc(System.nanoTime() - start);
        metrics.flushes.inc();
        metrics.flushedStreams.inc(count);
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        stepPending();
        super.processWatermark(mark);
    }

    @Override
    public void processWatermark(WatermarkEvent mark) throws Exception {
        stepPending();
        super.processWatermark(mark);
    }

    /** Records that wait must not come after the word that none come. */
    @Override
    public void processWatermarkStatus(WatermarkStatus status) throws Exception {
        stepPending();
        super.processWatermarkStatus(status);
    }

    @Override
    public void endInput() {
        stepPending();
    }

    @Override
    public void finish() throws Exception {
        stepPending();
        super.finish();
    }

    @Override
    public void close() throws Exception {
        try {
            super.close();
        } finally {
            pending = null;
            if (cache != null) {
                cache.close();
                cache = null;
            }
            if (models != null) {
                models.close();
                models = null;
            }
        }
    }
}
