// SPDX-License-Identifier: MIT
package io.leat.flink;

import static io.leat.flink.Checks.equal;
import static io.leat.flink.Checks.expect;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.api.java.tuple.Tuple2;

/** Outputs have the bits of a C program, with keys of any type, in batches of any size. */
final class BitsTests {
    private static final int SENSORS = 20;
    private static final int SAMPLES = 50;

    private final String model;

    BitsTests(String model) {
        this.model = model;
    }

    void keys() throws Exception {
        key("Long", r -> r.sensor, Types.LONG, k -> k);
        key("Integer", r -> (int) r.sensor, Types.INT, k -> k);
        key("String", r -> "pump-" + r.sensor, Types.STRING, k -> Long.parseLong(k.substring(5)));
        key("Tuple2", r -> Tuple2.of("site", r.sensor), Types.TUPLE(Types.STRING, Types.LONG),
                k -> k.f1);
        key("a POJO", r -> new PumpKey("site", r.sensor), Types.POJO(PumpKey.class), k -> k.pump);
    }

    private interface ToSensor<K> {
        long sensor(K key);
    }

    private <K> void key(String name, KeySelector<Reading, K> selector, TypeInformation<K> type,
            ToSensor<K> toSensor) throws Exception {
        TestJob<K> job = new TestJob<>(model, TestJob.options(), selector, type)
                .run(j -> j.sendAll(SENSORS, 0, SAMPLES));
        List<LeatOutput<Long>> outputs = new ArrayList<>();
        for (LeatOutput<K> output : job.outputs()) {
            outputs.add(new LeatOutput<>(toSensor.sensor(output.key()), output.position(),
                    output.row()));
        }
        reference(0, 0).check("a key that is " + name, outputs, SENSORS, 0, SAMPLES);
    }

    void batches() throws Exception {
        for (int size : new int[] {1, 2, 7, 128}) {
            TestJob<Long> job = TestJob.of(model, TestJob.options().batchSize(size)
                    .batchDelay(Duration.ofMinutes(10))).run(j -> j.sendAll(SENSORS, 0, SAMPLES));
            reference(0, 0).check("batches of " + size, job.outputs(), SENSORS, 0, SAMPLES);
            long least = (long) SENSORS * SAMPLES / Math.min(size, SENSORS);
            equal("batches of " + size + ": as large as can be", true,
                    TestMetrics.sum("batches") <= least + SAMPLES);
        }
        // A key that comes again steps what waits before it.
        TestJob<Long> job = TestJob.of(model, TestJob.options().batchDelay(Duration.ofMinutes(10)))
                .run(j -> {
                    for (int i = 0; i < SAMPLES; i++) {
                        j.send(Reading.of(0, i));
                    }
                });
        reference(0, 0).check("one key", job.outputs(), 1, 0, SAMPLES);
        equal("one key: batches", (long) SAMPLES, TestMetrics.sum("batches"));
    }

    void subtasks() throws Exception {
        TestJob<Long> job = TestJob.of(model, TestJob.options()).parallelism(3)
                .run(j -> j.sendAll(SENSORS, 0, SAMPLES));
        reference(0, 0).check("three subtasks", job.outputs(), SENSORS, 0, SAMPLES);
    }

    /** The source changes its record as soon as it has sent it. */
    void objectReuse() throws Exception {
        TestJob<Long> job = TestJob.of(model, TestJob.options()).objectReuse()
                .run(j -> j.sendAll(SENSORS, 0, SAMPLES));
        reference(0, 0).check("object reuse", job.outputs(), SENSORS, 0, SAMPLES);
        TestJob<Long> array = TestJob.of(model, LeatOptions.of(BitsTests::inOneArray, r -> r.number))
                .run(j -> j.sendAll(SENSORS, 0, SAMPLES));
        reference(0, 0).check("one array for all samples", array.outputs(), SENSORS, 0, SAMPLES);
        TestJob<PumpKey> spoilt = new TestJob<>(model, TestJob.options(),
                r -> new PumpKey("site", r.sensor), Types.POJO(PumpKey.class)).objectReuse()
                .keyUse(key -> key.pump = -1).run(j -> j.sendAll(SENSORS, 0, SAMPLES));
        equal("keys that are changed after the output: outputs", SENSORS * SAMPLES,
                spoilt.outputs().size());
        TestJob<PumpKey> oneKey = new TestJob<>(model, TestJob.options().maxStreams(5),
                new OneKey(), Types.POJO(PumpKey.class)).run(j -> j.sendAll(SENSORS, 0, SAMPLES));
        equal("one object for all keys: outputs", SENSORS * SAMPLES, oneKey.outputs().size());
    }

    /** Gives the same object for each record. */
    private static final class OneKey implements KeySelector<Reading, PumpKey> {
        private static final long serialVersionUID = 1;

        private transient PumpKey key;

        @Override
        public PumpKey getKey(Reading reading) {
            if (key == null) {
                key = new PumpKey("site", 0);
            }
            key.pump = reading.sensor;
            return key;
        }
    }

    private static final float[] ARRAY = new float[3];

    private static float[] inOneArray(Reading reading) {
        System.arraycopy(reading.values, 0, ARRAY, 0, ARRAY.length);
        return ARRAY;
    }

    void windows() throws Exception {
        TestJob<Long> job = TestJob.of(model, TestJob.options().window(12, 5))
                .run(j -> j.sendAll(SENSORS, 0, SAMPLES));
        Reference reference = reference(12, 5);
        expect("windows: some samples have no output", !reference.hasRow(0, 10));
        reference.check("windows", job.outputs(), SENSORS, 0, SAMPLES);
    }

    private Reference reference(int window, int hop) throws Exception {
        return new Reference(model, SENSORS, SAMPLES, 0, window, hop);
    }

    /** A key of two fields. */
    public static class PumpKey {
        public String site;
        public long pump;

        public PumpKey() {}

        PumpKey(String site, long pump) {
            this.site = site;
            this.pump = pump;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof PumpKey && ((PumpKey) other).pump == pump
                    && ((PumpKey) other).site.equals(site);
        }

        @Override
        public int hashCode() {
            return site.hashCode() * 31 + Long.hashCode(pump);
        }
    }
}
