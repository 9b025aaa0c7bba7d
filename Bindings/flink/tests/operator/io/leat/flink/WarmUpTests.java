// SPDX-License-Identifier: MIT
package io.leat.flink;

import static io.leat.flink.Checks.contains;
import static io.leat.flink.Checks.equal;
import static io.leat.flink.Checks.expect;
import static io.leat.flink.Checks.refused;

import java.util.ArrayList;
import java.util.List;

/** A new model warms up beside the old one, and takes over. */
final class WarmUpTests {
    private static final int SENSORS = 6;
    private static final int OLD = 20;
    private static final int WARM_UP = 15;
    private static final int SAMPLES = 60;

    private final String old;
    private final String model;
    private final String wide;

    WarmUpTests(String old, String model, String wide) {
        this.old = old;
        this.model = model;
        this.wide = wide;
    }

    private LeatOptions<Reading> options() {
        return TestJob.options().warmUp(old, WARM_UP);
    }

    private String oldSavepoint() throws Exception {
        return TestJob.of(old, TestJob.options()).start().sendAll(SENSORS, 0, OLD).stop();
    }

    /** The old model's outputs up to the end of the warm-up, then those of the new one's. */
    private void check(String what, List<LeatOutput<Long>> outputs) throws Exception {
        int split = SENSORS * WARM_UP;
        new Reference(old, SENSORS, SAMPLES, 0, 0, 0)
                .check(what + ", old", outputs.subList(0, split), SENSORS, OLD, OLD + WARM_UP);
        new Reference(model, SENSORS, SAMPLES, OLD, 0, 0).check(what + ", new",
                outputs.subList(split, outputs.size()), SENSORS, OLD + WARM_UP, SAMPLES);
    }

    void takesOver() throws Exception {
        TestJob<Long> job = TestJob.of(model, options()).from(oldSavepoint()).start();
        job.sendAll(SENSORS, OLD, OLD + 7).awaitSent().savepoint();
        String after = job.sendAll(SENSORS, OLD + 7, SAMPLES).stop();
        check("warm-up", job.outputs());
        String never = TestJob.of(model, TestJob.options()).start().sendAll(SENSORS, 0, SAMPLES).stop();
        equal("bytes of the savepoint as without a warm-up", bytes(never), bytes(after));
        // Now the old model isn't needed any more.
        TestJob<Long> next = TestJob.of(model, TestJob.options()).from(after)
                .run(j -> j.sendAll(SENSORS, SAMPLES, SAMPLES + 5));
        new Reference(model, SENSORS, SAMPLES + 5 - OLD, OLD, 0, 0)
                .check("after the warm-up", next.outputs(), SENSORS, SAMPLES, SAMPLES + 5);
    }

    private static long bytes(String savepoint) throws Exception {
        long sum = 0;
        for (java.io.File file : new java.io.File(java.net.URI.create(savepoint)).listFiles()) {
            sum += file.length();
        }
        return sum;
    }

    /** Stopped half-way, with few streams in memory. */
    void goesOn() throws Exception {
        TestJob<Long> first = TestJob.of(model, options().maxStreams(4)).from(oldSavepoint()).start();
        String half = first.sendAll(SENSORS, OLD, OLD + 7).stop();
        TestJob<Long> second = TestJob.of(model, options().maxStreams(4)).from(half)
                .run(j -> j.sendAll(SENSORS, OLD + 7, SAMPLES));
        List<LeatOutput<Long>> outputs = new ArrayList<>(first.outputs());
        outputs.addAll(second.outputs());
        check("stopped in the warm-up", outputs);
        TestJob<Long> without = TestJob.of(model, TestJob.options()).from(half).start();
        without.sendAll(SENSORS, OLD + 7, OLD + 8);
        contains("without the old model", "can't be loaded", without.failure());
    }

    /** Memory for a few streams, full of streams of new keys when those of old ones come. */
    void fullMemory() throws Exception {
        TestJob<Long> job = TestJob.of(model, options().maxBytes(16 << 10)).from(oldSavepoint())
                .run(j -> {
                    for (int i = 0; i < 200; i++) {
                        j.send(Reading.of(SENSORS + i, 0));
                    }
                    j.sendAll(SENSORS, OLD, SAMPLES);
                });
        check("full memory", job.outputs().subList(200, job.outputs().size()));
    }

    void newKeys() throws Exception {
        TestJob<Long> job = TestJob.of(model, options()).from(oldSavepoint())
                .run(j -> {
                    for (int i = 0; i < 5; i++) {
                        j.send(Reading.of(SENSORS, i));
                    }
                });
        Reference reference = new Reference(model, SENSORS + 1, 5, 0, 0, 0);
        int wrong = 0;
        for (LeatOutput<Long> output : job.outputs()) {
            wrong += Reference.sameBits(reference.row(SENSORS, output.position()), output.row())
                    ? 0 : 1;
        }
        equal("a new key has the new model: wrong bits", 0, wrong);
        equal("a new key has the new model: outputs", 5, job.outputs().size());
    }

    void reset() throws Exception {
        TestJob<Long> job = TestJob.of(model, options().onGap(GapPolicy.RESET)).from(oldSavepoint())
                .run(j -> j.sendAll(SENSORS, OLD + 3, SAMPLES));
        new Reference(model, SENSORS, SAMPLES - OLD - 3, OLD + 3, 0, 0)
                .check("a reset ends a warm-up", job.outputs(), SENSORS, OLD + 3, SAMPLES);
    }

    void refusals() throws Exception {
        TestJob<Long> windowed = TestJob.of(model, options().window(5, 1)).from(oldSavepoint()).start();
        windowed.send(Reading.of(0, OLD));
        String failure = windowed.failure();
        contains("other windows", "window", failure);
        expect("other windows: it has a warm-up already", !failure.contains("warmUp()"));
        contains("other input_size", "the old model takes 3 floats and the new one 2",
                refused(() -> TestJob.of(wide, options()).start()));
    }
}
