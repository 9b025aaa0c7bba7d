// SPDX-License-Identifier: MIT
package io.leat.flink;

import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/** The engine without a model: a new output of the same kind for each record. */
final class PassThrough extends AbstractStreamOperator<LeatOutput<Long>>
        implements OneInputStreamOperator<Tuple3<Long, Long, float[]>, LeatOutput<Long>> {
    private static final long serialVersionUID = 1;

    private transient StreamRecord<LeatOutput<Long>> record;

    @Override
    public void open() throws Exception {
        super.open();
        record = new StreamRecord<>(null);
    }

    @Override
    public void processElement(StreamRecord<Tuple3<Long, Long, float[]>> element) {
        Tuple3<Long, Long, float[]> value = element.getValue();
        output.collect(record.replace(
                new LeatOutput<>((Long) getCurrentKey(), value.f1, new float[] {value.f2[0]})));
    }
}
