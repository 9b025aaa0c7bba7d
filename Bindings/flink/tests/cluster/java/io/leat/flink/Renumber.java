// SPDX-License-Identifier: MIT
package io.leat.flink;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Gives each reading the next number of its key, whatever number it came with, so that one that comes
 * again isn't known as such: a step without a position.
 */
final class Renumber extends KeyedProcessFunction<String, Reading, Reading> {
    private transient ValueState<Long> next;

    @Override
    public void open(OpenContext context) {
        next = getRuntimeContext().getState(new ValueStateDescriptor<>("next", Types.LONG));
    }

    @Override
    public void processElement(Reading reading, Context context, Collector<Reading> output)
            throws Exception {
        long number = next.value() == null ? 0 : next.value();
        next.update(number + 1);
        output.collect(new Reading(reading.sensor, number, reading.values));
    }
}
