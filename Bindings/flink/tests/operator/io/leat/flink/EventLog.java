// SPDX-License-Identifier: MIT
package io.leat.flink;

import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/** Notes in which order outputs and watermarks come, and passes them on. */
final class EventLog<K> extends AbstractStreamOperator<LeatOutput<K>>
        implements OneInputStreamOperator<LeatOutput<K>, LeatOutput<K>> {
    private static final long serialVersionUID = 1;

    private final int channel;

    EventLog(int channel) {
        this.channel = channel;
    }

    @Override
    public void processElement(StreamRecord<LeatOutput<K>> element) {
        LeatOutput<K> value = element.getValue();
        Channel.of(channel).events.add(value.key() + ":" + value.position()
                + (element.hasTimestamp() ? "@" + element.getTimestamp() : ""));
        output.collect(element);
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        Channel.of(channel).events.add("watermark " + mark.getTimestamp());
        super.processWatermark(mark);
    }
}
