// SPDX-License-Identifier: MIT
package io.leat.flink.cluster;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Gives each sample the next position of its key, whatever number it came with, so that one that comes
 * again isn't known as such: a step without a position.
 */
final class Renumber extends KeyedProcessFunction<String, Sample, Sample> {
    private transient ValueState<Long> next;

    @Override
    public void open(OpenContext context) {
        next = getRuntimeContext().getState(new ValueStateDescriptor<>("next", Types.LONG));
    }

    @Override
    public void processElement(Sample sample, Context context, Collector<Sample> output)
            throws Exception {
        Long position = next.value();
        Sample renumbered = new Sample();
        renumbered.key = sample.key;
        renumbered.position = position == null ? 0 : position;
        renumbered.values = sample.values;
        next.update(renumbered.position + 1);
        output.collect(renumbered);
    }
}
