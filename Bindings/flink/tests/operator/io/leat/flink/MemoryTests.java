// SPDX-License-Identifier: MIT
package io.leat.flink;

import static io.leat.flink.Checks.contains;
import static io.leat.flink.Checks.equal;
import static io.leat.flink.Checks.expect;
import static io.leat.flink.Checks.refused;

import java.time.Duration;

/** Streams unload when memory is full or they are idle, and come back with the same bits. */
final class MemoryTests {
    private static final int SENSORS = 50;
    private static final int SAMPLES = 20;

    private final String model;

    MemoryTests(String model) {
        this.model = model;
    }

    void limits() throws Exception {
        for (int streams : new int[] {1, 3, 49}) {
            TestJob<Long> job = TestJob.of(model, TestJob.options().maxStreams(streams))
                    .run(j -> j.sendAll(SENSORS, 0, SAMPLES));
            check("at most " + streams + " streams", job);
            expect("at most " + streams + " streams: found " + TestMetrics.sum("streams"),
                    TestMetrics.sum("evicted") >= SENSORS);
        }
        long bytes = 64 << 10;
        TestJob<Long> job = TestJob.of(model, TestJob.options().maxBytes(bytes)).start();
        job.sendAll(SENSORS * 2, 0, 1).awaitOutputs(SENSORS * 2);
        long used = TestMetrics.sum("nativeBytes");
        expect("at most 64 KiB: found " + used, used > bytes / 2 && used <= bytes);
        long inMemory = TestMetrics.sum("streams");
        equal("at most 64 KiB: the others are evicted", SENSORS * 2L,
                TestMetrics.sum("evicted") + inMemory);
        job.finish();
        TestJob<Long> few = TestJob.of(model, TestJob.options().maxBytes(4096))
                .run(j -> j.sendAll(SENSORS, 0, SAMPLES));
        check("4096 bytes", few);
    }

    private void check(String what, TestJob<Long> job) throws Exception {
        new Reference(model, SENSORS, SAMPLES, 0, 0, 0)
                .check(what, job.outputs(), SENSORS, 0, SAMPLES);
    }

    /** Evicted streams are in a savepoint, too, and so is what moved after it was loaded again. */
    void savepoint() throws Exception {
        TestJob<Long> first = TestJob.of(model, TestJob.options().maxStreams(7)).start();
        String savepoint = first.sendAll(SENSORS, 0, 11).stop();
        TestJob<Long> second = TestJob.of(model, TestJob.options().maxStreams(9)).from(savepoint)
                .run(j -> j.sendAll(SENSORS, 11, SAMPLES));
        new Reference(model, SENSORS, SAMPLES, 0, 0, 0)
                .check("evicted and restored", second.outputs(), SENSORS, 11, SAMPLES);
    }

    void idle() throws Exception {
        TestJob<Long> job = TestJob.of(model, TestJob.options().idleAfter(Duration.ofMillis(80)))
                .start();
        job.sendAll(SENSORS, 0, 10).awaitOutputs(SENSORS * 10);
        job.await("idle streams to unload", () -> TestMetrics.sum("streams") == 0);
        job.await("memory to be freed", () -> TestMetrics.sum("nativeBytes") == 0);
        equal("idle: evicted", (long) SENSORS, TestMetrics.sum("evicted"));
        job.sendAll(SENSORS, 10, SAMPLES).finish();
        check("idle", job);
    }

    void tooSmall() throws Exception {
        TestJob<Long> job = TestJob.of(model, TestJob.options().maxBytes(100)).start();
        contains("too small", "maxBytes leaves 100 for streams of a model, and one takes", job.failure());
        contains("no streams", "maxStreams is 0, and must be at least 1",
                refused(() -> TestJob.options().maxStreams(0)));
    }
}
