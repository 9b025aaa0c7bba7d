// SPDX-License-Identifier: MIT
package io.leat.flink;

import static io.leat.flink.Checks.contains;
import static io.leat.flink.Checks.equal;
import static io.leat.flink.Checks.expect;

import java.util.ArrayList;
import java.util.List;

/** A job that was stopped with a savepoint goes on with the same bits, with any backend. */
final class RestoreTests {
    private static final int SENSORS = 20;
    private static final int SAMPLES = 60;

    private final String model;
    private final String other;

    RestoreTests(String model, String other) {
        this.model = model;
        this.other = other;
    }

    void backends() throws Exception {
        for (String backend : new String[] {"hashmap", "rocksdb"}) {
            goesOn(backend, TestJob.options(), 0, 0);
        }
    }

    void windows() throws Exception {
        goesOn("hashmap", TestJob.options().window(12, 5), 12, 5);
    }

    private void goesOn(String backend, LeatOptions<Reading> options, int window, int hop)
            throws Exception {
        TestJob<Long> first = TestJob.of(model, options).backend(backend).start();
        String savepoint = first.sendAll(SENSORS, 0, 25).stop();
        TestJob<Long> second = TestJob.of(model, options).backend(backend).from(savepoint)
                .parallelism(2).run(j -> j.sendAll(SENSORS, 20, SAMPLES)); // 5 are repeated
        List<LeatOutput<Long>> outputs = new ArrayList<>(first.outputs());
        outputs.addAll(second.outputs());
        new Reference(model, SENSORS, SAMPLES, 0, window, hop)
                .check(backend + ", restored", outputs, SENSORS, 0, SAMPLES);
        equal(backend + ": loaded", (long) SENSORS, TestMetrics.sum("loaded"));
        equal(backend + ": skipped", (long) SENSORS * 5, TestMetrics.sum("skipped"));
    }

    void otherModel() throws Exception {
        String savepoint = TestJob.of(model, TestJob.options()).start().sendAll(2, 0, 5).stop();
        TestJob<Long> job = TestJob.of(other, TestJob.options()).from(savepoint).start();
        job.sendAll(1, 5, 6);
        String message = job.failure();
        contains("another model", "the state of key 0 can't be loaded", message);
        contains("another model: what to do", "LeatOptions.warmUp()", message);
        contains("another model: the library's sentence", "state of model 803047", message);
        TestJob<Long> windowed = TestJob.of(model, TestJob.options().window(5, 1)).from(savepoint)
                .start();
        windowed.sendAll(1, 5, 6);
        String failure = windowed.failure();
        contains("other windows", "window", failure);
        expect("other windows: no warm-up would help", !failure.contains("warmUp"));
    }
}
