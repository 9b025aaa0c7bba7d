// SPDX-License-Identifier: MIT
package io.leat.flink;

import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/** Sets the state of each key that comes. Nothing goes out; a savepoint has the states. */
final class StateImport extends AbstractStreamOperator<Tuple2<String, byte[]>>
        implements OneInputStreamOperator<Tuple2<String, byte[]>, Tuple2<String, byte[]>> {
    private static final long serialVersionUID = 1;

    private transient StreamStates states;

    @Override
    public void open() throws Exception {
        super.open();
        states = new StreamStates(getRuntimeContext());
    }

    @Override
    public void processElement(StreamRecord<Tuple2<String, byte[]>> element) throws Exception {
        if (states.stream.value() != null) {
            throw new IllegalArgumentException("the name '" + element.getValue().f0
                    + "' and another one are of one key");
        }
        states.stream.update(element.getValue().f1);
    }
}
