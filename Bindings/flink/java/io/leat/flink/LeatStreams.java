// SPDX-License-Identifier: MIT
package io.leat.flink;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.core.fs.Path;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.util.OutputTag;

/**
 * Steps a model over each key's records.
 *
 * <pre>{@code
 * LeatStreams.step(readings.keyBy(r -> r.pump), "model.safetensors",
 *                 LeatOptions.<Reading>of(r -> r.values, r -> r.number))
 *         .uid("leat")
 *         .sinkTo(...);
 * }</pre>
 *
 * <p>Each key has a stream, which takes its records in by their positions 0, 1, 2 and so on. A record
 * that comes again is skipped. An output has the bits that one C program would have put out.
 *
 * <p>How it works: {@link LeatStepOperator}.
 */
public final class LeatStreams {
    private LeatStreams() {}

    /**
     * Attach the operator to a keyed stream. Give the result a uid, by which Flink finds its states
     * again.
     *
     * @param modelFile a safetensors file: a path, or an address of any of Flink's file systems. It is
     *     read and checked now, and sent with the job, so that all subtasks have the same model.
     */
    public static <T, K> SingleOutputStreamOperator<LeatOutput<K>> step(
            KeyedStream<T, K> stream, String modelFile, LeatOptions<T> options) throws IOException {
        Objects.requireNonNull(stream, "stream");
        Objects.requireNonNull(modelFile, "modelFile");
        LeatOptions<T> copy = Objects.requireNonNull(options, "options").copy();
        copy.sample = stream.getExecutionEnvironment().clean(copy.sample);
        copy.position = stream.getExecutionEnvironment().clean(copy.position);
        byte[] model = read(modelFile);
        byte[] oldModel = copy.oldModelFile == null ? null : read(copy.oldModelFile);
        Models.check(modelFile, model, copy.oldModelFile, oldModel, copy.window, copy.hop);
        return stream.transform("Leat", LeatOutput.type(stream.getKeyType()),
                new LeatStepOperator<>(model, oldModel, copy, stream.getType()));
    }

    /** The side output of {@link GapPolicy#SIDE_OUTPUT}: the records as they came. */
    public static <T> OutputTag<T> gapTag(TypeInformation<T> recordType) {
        return new OutputTag<>("leat-gaps", recordType);
    }

    /** The side output of {@link SamplePolicy#SIDE_OUTPUT}: the records as they came. */
    public static <T> OutputTag<T> badSampleTag(TypeInformation<T> recordType) {
        return new OutputTag<>("leat-bad-samples", recordType);
    }

    private static byte[] read(String file) throws IOException {
        Path path = new Path(file);
        try (InputStream in = path.getFileSystem().open(path)) {
            return in.readAllBytes();
        }
    }
}
