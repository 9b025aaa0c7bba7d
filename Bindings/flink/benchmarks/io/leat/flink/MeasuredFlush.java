// SPDX-License-Identifier: MIT
package io.leat.flink;

import java.lang.management.ManagementFactory;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/** The operator, which also notes the processor time that a barrier takes of its thread. */
final class MeasuredFlush<T, K> extends LeatStepOperator<T, K> {
    private static final long serialVersionUID = 1;

    /** Read by the benchmark, in the same JVM, after the job. */
    static volatile long nanos;

    MeasuredFlush(byte[] model, LeatOptions<T> options, TypeInformation<T> recordType) {
        super(model, null, options, recordType);
    }

    @Override
    public void open() throws Exception {
        super.open();
        nanos = 0;
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        long start = threadNanos();
        super.prepareSnapshotPreBarrier(checkpointId);
        nanos += threadNanos() - start;
    }

    static long threadNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
