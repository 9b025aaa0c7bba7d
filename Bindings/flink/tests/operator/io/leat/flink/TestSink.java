// SPDX-License-Identifier: MIT
package io.leat.flink;

import java.util.List;
import java.util.function.Function;
import org.apache.flink.streaming.api.functions.sink.legacy.SinkFunction;

/** Adds what comes to a list of its channel. */
@SuppressWarnings("deprecation") // As TestSource.
final class TestSink<T> implements SinkFunction<T> {
    private static final long serialVersionUID = 1;

    /** Which of the lists. */
    interface Target extends Function<Channel, List<?>>, java.io.Serializable {}

    private final int channel;
    private final Target target;

    TestSink(int channel, Target target) {
        this.channel = channel;
        this.target = target;
    }

    @Override
    @SuppressWarnings("unchecked")
    public void invoke(T value, Context context) {
        ((List<T>) target.apply(Channel.of(channel))).add(value);
    }
}
