// SPDX-License-Identifier: MIT
package io.leat.flink;

import static io.leat.flink.Checks.contains;
import static io.leat.flink.Checks.equal;

import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.operators.ProcessingTimeService.ProcessingTimeCallback;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;

/** The beginning and the end of an operator, also when something fails in between. */
final class LifeTests {
    private static final List<ProcessingTimeCallback> TIMERS = new CopyOnWriteArrayList<>();
    private static final AtomicInteger CLOSED = new AtomicInteger();

    private final String model;

    LifeTests(String model) {
        this.model = model;
    }

    /** Remembers its timers, and counts its ends. */
    private static final class Watched extends LeatStepOperator<Reading, Long> {
        private static final long serialVersionUID = 1;

        Watched(byte[] model, LeatOptions<Reading> options) {
            super(model, null, options, Types.POJO(Reading.class));
        }

        @Override
        public ProcessingTimeService getProcessingTimeService() {
            ProcessingTimeService real = super.getProcessingTimeService();
            return (ProcessingTimeService) Proxy.newProxyInstance(LifeTests.class.getClassLoader(),
                    new Class<?>[] {ProcessingTimeService.class}, (proxy, method, arguments) -> {
                        if (method.getName().equals("registerTimer")) {
                            TIMERS.add((ProcessingTimeCallback) arguments[1]);
                        }
                        return method.invoke(real, arguments);
                    });
        }

        @Override
        public void close() throws Exception {
            super.close();
            CLOSED.incrementAndGet();
        }
    }

    private TestJob<Long> job(LeatOptions<Reading> options) throws Exception {
        TIMERS.clear();
        CLOSED.set(0);
        return TestJob.of(model, options).operator(Watched::new).start();
    }

    void neverOpened() throws Exception {
        Watched operator = new Watched(Files.readAllBytes(Path.of(model)), TestJob.options());
        CLOSED.set(0);
        operator.close();
        operator.close();
        equal("closed twice", 2, CLOSED.get());
    }

    /** A record waits when the job fails, and its memory is freed. The timers must not step it. */
    void timersAfterClose() throws Exception {
        TestJob<Long> job = job(TestJob.options().batchDelay(Duration.ofMinutes(10))
                .idleAfter(Duration.ofMinutes(10)));
        job.send(Reading.of(0, 0)).send(Reading.of(1, 5));
        contains("the job fails", "key 1: the record has position 5", job.failure());
        equal("timers", 2, TIMERS.size());
        for (ProcessingTimeCallback timer : List.copyOf(TIMERS)) {
            timer.onProcessingTime(0);
        }
        equal("timers that began anew", 2, TIMERS.size());
        equal("streams after the end", 0L, TestMetrics.sum("streams"));
        equal("memory after the end", 0L, TestMetrics.sum("nativeBytes"));
    }

    void failures() throws Exception {
        fails("a sample that throws", job(LeatOptions.of(r -> {
            throw new IllegalStateException("no sample");
        }, r -> r.number)), "no sample");
        fails("a position that throws", job(LeatOptions.of(r -> r.values, r -> {
            throw new IllegalStateException("no position");
        })), "no position");
        fails("an open() that throws", job(TestJob.options().maxBytes(10)), "maxBytes leaves 10");
        TIMERS.clear();
        CLOSED.set(0);
        fails("an output that throws", TestJob.of(model, TestJob.options()).operator(Watched::new)
                .keyUse(key -> {
                    throw new IllegalStateException("no output");
                }).start(), "no output");
    }

    private static void fails(String what, TestJob<Long> job, String message) throws Exception {
        job.send(Reading.of(0, 0));
        contains(what, message, job.failure());
        equal(what + ": closed", 1, CLOSED.get());
    }
}
