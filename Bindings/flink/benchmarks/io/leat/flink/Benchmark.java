// SPDX-License-Identifier: MIT
package io.leat.flink;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * What the operator costs beside Flink and beside C, in processor time of the whole JVM.
 *
 * <p>A record's cost is the difference of a long and a short job, divided by the difference of their
 * records, so that starting a job doesn't count. The parts take turns in each round; a figure is the
 * median of the rounds.
 *
 * <p>usage: Benchmark BATCH_COST FOLDER
 */
public final class Benchmark {
    private static final int KEYS = 8192;
    private static final int SHORT = 100;
    private static final int LONG = 500;
    private static final int ROUNDS = 5;

    private static String model;

    private Benchmark() {}

    public static void main(String[] arguments) throws Exception {
        model = arguments[1] + "/model.safetensors";
        BenchModel.write(Path.of(model), 8, 64);
        TestCluster.start();
        throughput(arguments[0]);
        flush();
        System.exit(0);
    }

    private static void throughput(String batchCost) throws Exception {
        double[] engine = new double[ROUNDS];
        double[] c = new double[ROUNDS];
        double[] operator = new double[ROUNDS];
        double[] ratio = new double[ROUNDS];
        marginal(false); // The compiler of the JVM is done after this.
        marginal(true);
        for (int i = 0; i < ROUNDS; i++) {
            engine[i] = marginal(false);
            c[i] = inC(batchCost);
            operator[i] = marginal(true);
            ratio[i] = (engine[i] + c[i]) / operator[i];
        }
        System.out.printf("8 -> 64, %d keys, batches of 128, ns of processor time a record:%n", KEYS);
        print("Flink without a model", engine);
        print("leat_batch_step_at in C", c);
        print("Flink with the operator", operator);
        System.out.printf("(Flink + C) / operator%18s%8.2f   (%.2f to %.2f)%n", "", median(ratio),
                Arrays.stream(ratio).min().getAsDouble(), Arrays.stream(ratio).max().getAsDouble());
        System.out.printf("records a second and core %15s%8.2f M%n", "", 1e3 / median(operator));
    }

    private static double marginal(boolean withModel) throws Exception {
        double brief = job(withModel, SHORT);
        return (job(withModel, LONG) - brief) / ((double) KEYS * (LONG - SHORT));
    }

    private static double job(boolean withModel, int samples) throws Exception {
        StreamExecutionEnvironment environment = environment(new Configuration());
        KeyedStream<Tuple3<Long, Long, float[]>, Long> records = records(environment, samples, 0);
        SingleOutputStreamOperator<LeatOutput<Long>> outputs = withModel
                ? LeatStreams.step(records, model, LeatOptions.of(r -> r.f2, r -> r.f1))
                : records.transform("pass", LeatOutput.type(Types.LONG), new PassThrough());
        outputs.sinkTo(new DiscardingSink<>());
        System.gc();
        OperatingSystemMXBean system =
                (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long start = system.getProcessCpuTime();
        TestCluster.submit(environment).getJobExecutionResult().get();
        return system.getProcessCpuTime() - start;
    }

    /** Both sides in one job, at the same barriers, with the same keys. */
    private static void flush() throws Exception {
        for (String backend : new String[] {"hashmap", "rocksdb"}) {
            Configuration configuration = new Configuration();
            configuration.setString("state.backend.type", backend);
            configuration.setString("execution.checkpointing.interval", "100ms");
            StreamExecutionEnvironment environment = environment(configuration);
            KeyedStream<Tuple3<Long, Long, float[]>, Long> records = records(environment, 150, 100);
            records.transform("step", LeatOutput.type(Types.LONG), new MeasuredFlush<>(
                    Files.readAllBytes(Path.of(model)), LeatOptions.of(r -> r.f2, r -> r.f1),
                    records.getType())).sinkTo(new DiscardingSink<>());
            records.transform("update", Types.LONG, new FlinkUpdate(new byte[stateBytes()]))
                    .sinkTo(new DiscardingSink<>());
            TestMetrics.forget();
            TestCluster.submit(environment).getJobExecutionResult().get();
            double operator = (double) MeasuredFlush.nanos / TestMetrics.sum("flushedStreams");
            double update = (double) FlinkUpdate.nanos / FlinkUpdate.updates;
            System.out.printf("a flush, %s, ns a key: operator %.0f, Flink's update %.0f: %.2f"
                    + " (%d and %d keys)%n", backend, operator, update, operator / update,
                    TestMetrics.sum("flushedStreams"), FlinkUpdate.updates);
        }
    }

    private static int stateBytes() throws Exception {
        try (Model opened = new Model(Files.readAllBytes(Path.of(model)), 0, 0)) {
            return opened.stateBytes;
        }
    }

    private static StreamExecutionEnvironment environment(Configuration configuration) {
        configuration.setString("pipeline.object-reuse", "true");
        StreamExecutionEnvironment environment = new StreamExecutionEnvironment(configuration);
        environment.setParallelism(1);
        return environment;
    }

    @SuppressWarnings("deprecation") // As BenchSource.
    private static KeyedStream<Tuple3<Long, Long, float[]>, Long> records(
            StreamExecutionEnvironment environment, int samples, long pauseMs) {
        return environment.addSource(new BenchSource(KEYS, samples, pauseMs), Types.TUPLE(Types.LONG,
                Types.LONG, PrimitiveArrayTypeInfo.FLOAT_PRIMITIVE_ARRAY_TYPE_INFO))
                .keyBy(r -> r.f0, Types.LONG);
    }

    private static double inC(String batchCost) throws Exception {
        Process process = new ProcessBuilder(batchCost, model, "" + KEYS, "200", "128").start();
        double found = Double.parseDouble(
                new String(process.getInputStream().readAllBytes()).strip());
        process.waitFor();
        return found;
    }

    private static void print(String what, double[] values) {
        System.out.printf("%-40s%8.0f   (%.0f to %.0f)%n", what, median(values),
                Arrays.stream(values).min().getAsDouble(), Arrays.stream(values).max().getAsDouble());
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
