// SPDX-License-Identifier: MIT
package io.leat.flink;

import static io.leat.flink.Checks.contains;
import static io.leat.flink.Checks.equal;
import static io.leat.flink.Checks.refused;

import java.time.Duration;
import java.util.List;

/** What steps the records that wait: each cause alone, with a delay of ten minutes. */
final class TimingTests {
    private static final Duration LONG = Duration.ofMinutes(10);

    private final String model;

    TimingTests(String model) {
        this.model = model;
    }

    void delay() throws Exception {
        TestJob<Long> job = TestJob.of(model, TestJob.options().batchDelay(Duration.ofMillis(10)))
                .start();
        job.sendAll(4, 0, 1).awaitOutputs(4).finish();
        equal("after the delay: outputs", 4, job.outputs().size());
        TestJob<Long> waiting = TestJob.of(model, TestJob.options().batchDelay(LONG)).start();
        waiting.sendAll(4, 0, 1).awaitSent();
        Thread.sleep(300);
        equal("before the delay: outputs", 0, waiting.outputs().size());
        waiting.finish();
        equal("at the end of input: outputs", 4, waiting.outputs().size());
    }

    void size() throws Exception {
        TestJob<Long> job = TestJob.of(model, TestJob.options().batchDelay(LONG).batchSize(4))
                .start();
        job.sendAll(9, 0, 1).awaitSent().awaitOutputs(8);
        equal("full batches: outputs", 8, job.outputs().size());
        job.finish();
    }

    void barrier() throws Exception {
        TestJob<Long> job = TestJob.of(model, TestJob.options().batchDelay(LONG)).start();
        job.sendAll(4, 0, 1).awaitSent().savepoint();
        job.awaitOutputs(4);
        equal("a barrier: outputs", 4, job.outputs().size());
        equal("a barrier: flushed", 4L, TestMetrics.sum("flushedStreams"));
        job.savepoint();
        equal("a second barrier: flushed no more", 4L, TestMetrics.sum("flushedStreams"));
        job.finish();
    }

    /** Outputs come before the watermark that came after their records, with their timestamps. */
    void watermark() throws Exception {
        TestJob<Long> job = TestJob.of(model, TestJob.options().batchDelay(LONG)).start();
        Reading first = Reading.of(0, 0);
        first.time = 1000;
        Reading second = Reading.of(1, 0);
        second.time = 1500;
        Reading third = Reading.of(2, 1);
        third.time = 1700;
        job.send(Reading.of(2, 0)).send(first).send(second).sendWatermark(1400);
        job.send(third).sendWatermark(2000).awaitOutputs(4);
        equal("order", List.of("2:0", "0:0@1000", "1:0@1500", "watermark 1400", "2:1@1700"),
                List.copyOf(job.channel.events).subList(0, 5));
        job.finish();
    }

    /** After IDLE nothing may come that was before it. */
    void idle() throws Exception {
        TestJob<Long> job = TestJob.of(model, TestJob.options().batchDelay(LONG)).start();
        job.sendAll(2, 0, 1).sendIdle().await("the status", () -> job.channel.events.contains("idle"));
        equal("order", List.of("0:0", "1:0", "idle"), List.copyOf(job.channel.events));
        job.finish();
    }

    void refusals() {
        for (Duration bad : new Duration[] {Duration.ZERO, Duration.ofNanos(999_999),
            Duration.ofSeconds(-1), Duration.ofDays(3651), Duration.ofSeconds(Long.MAX_VALUE)}) {
            contains("a delay of " + bad, "batchDelay is " + bad + ", and must be 1 ms to 3650 days",
                    refused(() -> TestJob.options().batchDelay(bad)));
            contains("idle after " + bad, "idleAfter is " + bad + ", and must be",
                    refused(() -> TestJob.options().idleAfter(bad)));
        }
        contains("no delay", "batchDelay", refused(() -> TestJob.options().batchDelay(null)));
    }
}
