// SPDX-License-Identifier: MIT
package io.leat.flink;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** A job of one operator, in a cluster within this JVM: start it, send to it, stop or finish it. */
final class TestJob<K> {
    static String temporary;

    final Channel channel = new Channel();
    private final KeySelector<Reading, K> key;
    private final TypeInformation<K> keyType;
    private final String model;
    private final LeatOptions<Reading> options;
    private String backend = "hashmap";
    private String savepoint;
    private boolean objectReuse;
    private EventLog.KeyUse<K> keyUse = key -> {};
    private Maker<K> maker;
    private int parallelism = 1;
    private JobClient client;

    /** Makes the operator instead of LeatStreams. */
    interface Maker<K> {
        LeatStepOperator<Reading, K> make(byte[] model, LeatOptions<Reading> options);
    }

    TestJob(String model, LeatOptions<Reading> options, KeySelector<Reading, K> key,
            TypeInformation<K> keyType) {
        this.model = model;
        this.options = options;
        this.key = key;
        this.keyType = keyType;
    }

    static TestJob<Long> of(String model, LeatOptions<Reading> options) {
        return new TestJob<>(model, options, r -> r.sensor, Types.LONG);
    }

    static LeatOptions<Reading> options() {
        return LeatOptions.of(r -> r.values, r -> r.number);
    }

    TestJob<K> backend(String name) {
        backend = name;
        return this;
    }

    TestJob<K> from(String savepoint) {
        this.savepoint = savepoint;
        return this;
    }

    TestJob<K> objectReuse() {
        objectReuse = true;
        return this;
    }

    /** What comes after the operator does this with each key. */
    TestJob<K> keyUse(EventLog.KeyUse<K> use) {
        keyUse = use;
        return this;
    }

    TestJob<K> operator(Maker<K> maker) {
        this.maker = maker;
        return this;
    }

    TestJob<K> parallelism(int subtasks) {
        parallelism = subtasks;
        return this;
    }

    @SuppressWarnings("deprecation") // As TestSource.
    TestJob<K> start() throws Exception {
        Configuration configuration = new Configuration();
        configuration.setString("state.backend.type", backend);
        configuration.setString("execution.checkpointing.dir",
                "file://" + temporary + "/checkpoints");
        configuration.setString("restart-strategy.type", "none");
        configuration.setString("pipeline.object-reuse", "" + objectReuse);
        if (savepoint != null) {
            configuration.setString("execution.state-recovery.path", savepoint);
        }
        StreamExecutionEnvironment environment = new StreamExecutionEnvironment(configuration);
        environment.setParallelism(parallelism);
        environment.setMaxParallelism(16);
        TestMetrics.forget();
        DataStream<Reading> readings = environment
                .addSource(new TestSource(channel.number, objectReuse), Types.POJO(Reading.class))
                .setParallelism(1).uid("source");
        SingleOutputStreamOperator<LeatOutput<K>> outputs =
                step(readings.keyBy(key, keyType)).uid("leat");
        outputs.getSideOutput(LeatStreams.gapTag(readings.getType()))
                .addSink(new TestSink<>(channel.number, c -> c.gaps)).setParallelism(1);
        outputs.getSideOutput(LeatStreams.badSampleTag(readings.getType()))
                .addSink(new TestSink<>(channel.number, c -> c.badSamples)).setParallelism(1);
        outputs.transform("events", outputs.getType(), new EventLog<>(channel.number, keyUse))
                .addSink(new TestSink<>(channel.number, c -> c.outputs)).setParallelism(1);
        client = TestCluster.submit(environment);
        return this;
    }

    private SingleOutputStreamOperator<LeatOutput<K>> step(KeyedStream<Reading, K> readings)
            throws Exception {
        if (maker != null) {
            byte[] file = java.nio.file.Files.readAllBytes(java.nio.file.Path.of(model));
            return readings.transform("Leat", LeatOutput.type(keyType), maker.make(file, options));
        }
        LeatOptions<Reading> own = options.copy();
        SingleOutputStreamOperator<LeatOutput<K>> outputs = LeatStreams.step(readings, model, own);
        own.window(1, 1).onGap(GapPolicy.RESET).maxStreams(1000); // Too late to change anything.
        return outputs;
    }

    TestJob<K> sendIdle() {
        channel.send(Channel.IDLE);
        return this;
    }

    TestJob<K> send(Reading reading) {
        channel.send(reading);
        return this;
    }

    TestJob<K> sendWatermark(long time) {
        channel.send(time);
        return this;
    }

    /** Positions from to to (exclusive) of sensors 0 to sensors, one of each sensor at a time. */
    TestJob<K> sendAll(int sensors, long from, long to) {
        for (long position = from; position < to; position++) {
            for (long sensor = 0; sensor < sensors; sensor++) {
                send(Reading.of(sensor, position));
            }
        }
        return this;
    }

    @SuppressWarnings("unchecked")
    List<LeatOutput<K>> outputs() {
        return (List<LeatOutput<K>>) (List<?>) List.copyOf(channel.outputs);
    }

    /** Wait until the source has put out all that was sent. */
    TestJob<K> awaitSent() throws Exception {
        await("the source to send", () -> channel.emitted.get() == channel.sent.get());
        return this;
    }

    TestJob<K> awaitOutputs(int count) throws Exception {
        await(count + " outputs", () -> channel.outputs.size() >= count);
        return this;
    }

    void await(String what, BooleanSupplier condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("waited in vain for " + what);
            }
            if (client.getJobStatus().get().isGloballyTerminalState()) {
                client.getJobExecutionResult().get();
                throw new IllegalStateException("the job ended; waited for " + what);
            }
            Thread.sleep(2);
        }
    }

    /** Stop with a savepoint, and return its path. */
    String stop() throws Exception {
        awaitSent();
        return afterStart(() -> client.stopWithSavepoint(false, savepoints(),
                SavepointFormatType.CANONICAL));
    }

    void savepoint() throws Exception {
        afterStart(() -> client.triggerSavepoint(savepoints(), SavepointFormatType.CANONICAL));
    }

    private static String savepoints() {
        return "file://" + temporary + "/savepoints";
    }

    /** Flink refuses savepoints until all tasks run: then ask again. */
    private static String afterStart(Supplier<CompletableFuture<String>> savepoint) throws Exception {
        for (int tries = 0; ; tries++) {
            try {
                return savepoint.get().get(60, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                String reason = Checks.messages(e);
                if (tries == 200 || !reason.contains("Not all required tasks")
                        && !reason.contains("JobManager is initializing")) {
                    throw e;
                }
                Thread.sleep(20);
            }
        }
    }

    /** End the source, and wait for the end of the job. */
    TestJob<K> finish() throws Exception {
        channel.queue.add(Channel.END);
        client.getJobExecutionResult().get(60, TimeUnit.SECONDS);
        return this;
    }

    /** The messages with which the job fails. */
    String failure() {
        return Checks.refused(() -> client.getJobExecutionResult().get(60, TimeUnit.SECONDS));
    }

    /** Start, let a test send, finish. */
    TestJob<K> run(Consumer<TestJob<K>> sends) throws Exception {
        start();
        sends.accept(this);
        return finish();
    }
}
