// SPDX-License-Identifier: MIT
package io.leat.flink;

import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * An operator that is broken on purpose, to see that a test notices: at a barrier it neither steps what
 * waits nor writes its streams.
 */
public final class WithoutFlush<T, K> extends LeatStepOperator<T, K> {
    private WithoutFlush(byte[] model, LeatOptions<T> options, KeyedStream<T, K> stream) {
        super(model, null, options, stream.getType());
    }

    public static <T, K> SingleOutputStreamOperator<LeatOutput<K>> step(
            KeyedStream<T, K> stream, String modelFile, LeatOptions<T> options) throws Exception {
        byte[] model = Files.readAllBytes(Path.of(modelFile));
        return stream.transform("without flush", LeatOutput.type(stream.getKeyType()),
                new WithoutFlush<>(model, options, stream));
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) {}
}
