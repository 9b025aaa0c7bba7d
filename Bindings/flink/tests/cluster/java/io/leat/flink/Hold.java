// SPDX-License-Identifier: MIT
package io.leat.flink;

import java.io.File;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;

/**
 * Passes everything on. While a file exists its part of a checkpoint doesn't end, so that a test can
 * kill in the middle of one: of the one in the name of a second file, which it makes.
 */
final class Hold<T> extends RichMapFunction<T, T> implements CheckpointedFunction {
    private static final long LONGEST_MILLIS = 60_000;

    private final String file;

    Hold(String file) {
        this.file = file;
    }

    @Override
    public T map(T value) {
        return value;
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        long begin = System.currentTimeMillis();
        while (new File(file).exists() && System.currentTimeMillis() - begin < LONGEST_MILLIS) {
            new File(file + "-" + context.getCheckpointId()).createNewFile();
            Thread.sleep(10);
        }
    }

    @Override
    public void initializeState(FunctionInitializationContext context) {}
}
