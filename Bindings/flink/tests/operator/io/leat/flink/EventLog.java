// SPDX-License-Identifier: MIT
package io.leat.flink;

import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/** Notes in which order outputs, watermarks and statuses come, and passes them on. */
final class EventLog<K> extends AbstractStreamOperator<LeatOutput<K>>
        implements OneInputStreamOperator<LeatOutput<K>, LeatOutput<K>> {
    private static final long serialVersionUID = 1;

    /** What a user's function does with a key that it got. */
    interface KeyUse<K> extends java.io.Serializable {
        void use(K key);
    }

    private final int channel;
    private final KeyUse<K> use;

    EventLog(int channel, KeyUse<K> use) {
        this.channel = channel;
        this.use = use;
    }

    @Override
    public void processElement(StreamRecord<LeatOutput<K>> element) {
        LeatOutput<K> value = element.getValue();
        Channel.of(channel).events.add(value.key() + ":" + value.position()
                + (element.hasTimestamp() ? "@" + element.getTimestamp() : ""));
        output.collect(element);
        use.use(value.key());
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        Channel.of(channel).events.add("watermark " + mark.getTimestamp());
        super.processWatermark(mark);
    }

    @Override
    public void processWatermarkStatus(WatermarkStatus status) throws Exception {
        Channel.of(channel).events.add(status.isIdle() ? "idle" : "active");
        super.processWatermarkStatus(status);
    }
}
