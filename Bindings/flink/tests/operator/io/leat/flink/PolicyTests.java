// SPDX-License-Identifier: MIT
package io.leat.flink;

import static io.leat.flink.Checks.contains;
import static io.leat.flink.Checks.equal;
import static io.leat.flink.Checks.expect;

import java.util.List;

/** Repeated records, gaps and bad samples. */
final class PolicyTests {
    private static final int SENSORS = 5;
    private static final int SAMPLES = 60;

    private final String model;

    PolicyTests(String model) {
        this.model = model;
    }

    void repeats() throws Exception {
        TestJob<Long> job = TestJob.of(model, TestJob.options()).run(j -> {
            j.sendAll(SENSORS, 0, 30);
            j.sendAll(SENSORS, 10, 40); // 20 of them again
            j.sendAll(SENSORS, 0, SAMPLES);
        });
        new Reference(model, SENSORS, SAMPLES, 0, 0, 0)
                .check("repeats", job.outputs(), SENSORS, 0, SAMPLES);
        equal("repeats: skipped", (long) SENSORS * (20 + 40), TestMetrics.sum("skipped"));
        equal("repeats: stepped", (long) SENSORS * SAMPLES, TestMetrics.sum("stepped"));
    }

    void gapFails() throws Exception {
        TestJob<Long> job = TestJob.of(model, TestJob.options()).start();
        job.sendAll(SENSORS, 0, 5).send(Reading.of(3, 7));
        String message = job.failure();
        contains("a gap fails", "key 3: the record has position 7, and the stream's next is 5",
                message);
    }

    void gapToSideOutput() throws Exception {
        TestJob<Long> job = TestJob.of(model, TestJob.options().onGap(GapPolicy.SIDE_OUTPUT))
                .run(j -> {
                    j.sendAll(SENSORS, 0, 20);
                    j.send(Reading.of(2, 22)).send(Reading.of(2, 21));
                    j.sendAll(SENSORS, 20, SAMPLES); // the missing one, and on
                });
        new Reference(model, SENSORS, SAMPLES, 0, 0, 0)
                .check("gaps aside", job.outputs(), SENSORS, 0, SAMPLES);
        equal("gaps aside: how many", 2, job.channel.gaps.size());
        Reading first = job.channel.gaps.get(0);
        equal("gaps aside: sensor", 2L, first.sensor);
        equal("gaps aside: position", 22L, first.number);
        expect("gaps aside: values",
                Reference.sameBits(Reading.sample(2, 22, 3), first.values));
        equal("gaps aside: counted", 2L, TestMetrics.sum("gaps"));
    }

    void gapResets() throws Exception {
        TestJob<Long> job = TestJob.of(model, TestJob.options().onGap(GapPolicy.RESET)).run(j -> {
            j.sendAll(SENSORS, 0, 20);
            j.sendAll(SENSORS, 30, SAMPLES);
            j.sendAll(SENSORS, 20, 30); // too late now
        });
        List<LeatOutput<Long>> outputs = job.outputs();
        new Reference(model, SENSORS, 20, 0, 0, 0)
                .check("before the reset", outputs.subList(0, SENSORS * 20), SENSORS, 0, 20);
        new Reference(model, SENSORS, 30, 30, 0, 0).check("after the reset",
                outputs.subList(SENSORS * 20, outputs.size()), SENSORS, 30, SAMPLES);
        equal("resets: gaps", (long) SENSORS, TestMetrics.sum("gaps"));
        equal("resets: skipped", (long) SENSORS * 10, TestMetrics.sum("skipped"));
    }

    private interface Spoil {
        Reading spoil(Reading reading);
    }

    void badSampleFails() throws Exception {
        fails("a NaN", r -> with(r, 1, Float.NaN), "value 1 of the sample is NaN");
        fails("an infinity", r -> with(r, 2, Float.NEGATIVE_INFINITY), "value 2 of the sample is -Inf");
        fails("too large", r -> with(r, 0, Float.MAX_VALUE), "must be finite and at most");
        fails("too short", r -> new Reading(r.sensor, r.number, new float[2]),
                "the sample has 2 floats, and the model takes 3");
        fails("null", r -> new Reading(r.sensor, r.number, null), "the sample is null");
        fails("a negative position", r -> new Reading(r.sensor, -1, r.values), "the position is -1");
    }

    private void fails(String what, Spoil spoil, String message) throws Exception {
        TestJob<Long> job = TestJob.of(model, TestJob.options()).start();
        job.sendAll(SENSORS, 0, 5).send(spoil.spoil(Reading.of(3, 5)));
        contains(what, message, job.failure());
        contains(what, "key 3, next position 5", job.failure());
    }

    /** The stream goes on as if the sample had not been, at the position after it. */
    void badSampleToSideOutput() throws Exception {
        Reading bad = with(Reading.of(0, 5), 0, Float.NaN);
        TestJob<Long> job = TestJob.of(model, TestJob.options()
                .onBadSample(SamplePolicy.SIDE_OUTPUT)).run(j -> {
                    j.sendAll(1, 0, 5).send(bad).send(bad);
                    j.send(new Reading(0, -7, bad.values));
                    j.send(new Reading(0, Long.MAX_VALUE, bad.values));
                    for (long p = 6; p < 20; p++) {
                        j.send(new Reading(0, p, Reading.sample(0, p - 1, 3)));
                    }
                });
        equal("bad samples aside", 3, job.channel.badSamples.size());
        equal("bad samples aside: the NaN", 5L, job.channel.badSamples.get(0).number);
        equal("bad samples aside: counted", 3L, TestMetrics.sum("badSamples"));
        equal("bad samples aside: the second time is a repeat", 1L, TestMetrics.sum("skipped"));
        Reference reference = new Reference(model, 1, 20, 0, 0, 0);
        int wrong = 0;
        for (LeatOutput<Long> output : job.outputs()) {
            long position = output.position() < 5 ? output.position() : output.position() - 1;
            wrong += Reference.sameBits(reference.row(0, position), output.row()) ? 0 : 1;
        }
        equal("bad samples aside: outputs", 19, job.outputs().size());
        equal("bad samples aside: wrong bits", 0, wrong);
    }

    /** The position after a bad sample is in a savepoint, though nothing was stepped. */
    void badSampleIsKept() throws Exception {
        LeatOptions<Reading> options = TestJob.options().onBadSample(SamplePolicy.SIDE_OUTPUT);
        TestJob<Long> first = TestJob.of(model, options).start().sendAll(1, 0, 5).awaitSent();
        first.savepoint();
        String savepoint = first.send(with(Reading.of(0, 5), 0, Float.NaN)).stop();
        TestJob<Long> second = TestJob.of(model, options).from(savepoint)
                .run(j -> j.send(Reading.of(0, 6)));
        equal("after a bad sample and a restart: outputs", 1, second.outputs().size());
    }

    void greatestPosition() throws Exception {
        long greatest = Long.MAX_VALUE - 1;
        TestJob<Long> job = TestJob.of(model, TestJob.options().onGap(GapPolicy.RESET)).start();
        job.send(Reading.of(0, greatest)).send(Reading.of(0, greatest)).send(Reading.of(0, 0));
        String savepoint = job.stop();
        equal("the greatest position: outputs", List.of(greatest),
                job.outputs().stream().map(LeatOutput::position).toList());
        equal("the greatest position: skipped", 2L, TestMetrics.sum("skipped"));
        TestJob<Long> next = TestJob.of(model, TestJob.options()).from(savepoint).start();
        next.send(Reading.of(0, greatest)).send(Reading.of(0, Long.MAX_VALUE));
        contains("beyond it", "key 0, next position 9223372036854775807: the position is"
                + " 9223372036854775807, and must be 0 to 2^63 - 2", next.failure());
    }

    private static Reading with(Reading reading, int place, float value) {
        reading.values[place] = value;
        return reading;
    }
}
