// SPDX-License-Identifier: MIT
package io.leat.flink;

import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;

/**
 * How records become samples, and what the operator does with them. Only the two functions must be
 * given; each method sets one thing and returns the same object.
 */
public final class LeatOptions<T> implements Serializable, Cloneable {
    private static final long serialVersionUID = 1;
    private static final Duration SHORTEST = Duration.ofMillis(1);
    /** Far from where a time would pass the end of a long. */
    private static final Duration LONGEST = Duration.ofDays(3650);

    SampleFunction<T> sample;
    PositionFunction<T> position;
    GapPolicy gapPolicy = GapPolicy.FAIL;
    SamplePolicy samplePolicy = SamplePolicy.FAIL;
    int batchSize = 128;
    long batchDelayMs = 10;
    int window;
    int hop;
    int maxStreams = Integer.MAX_VALUE;
    long maxBytes = 256L << 20;
    long idleAfterMs;
    String oldModelFile;
    long warmUpSamples;

    private LeatOptions(SampleFunction<T> sample, PositionFunction<T> position) {
        this.sample = Objects.requireNonNull(sample, "sample");
        this.position = Objects.requireNonNull(position, "position");
    }

    public static <T> LeatOptions<T> of(SampleFunction<T> sample, PositionFunction<T> position) {
        return new LeatOptions<>(sample, position);
    }

    /** For a record beyond its stream's position. FAIL unless set. */
    public LeatOptions<T> onGap(GapPolicy policy) {
        gapPolicy = Objects.requireNonNull(policy, "policy");
        return this;
    }

    /** For a sample that isn't finite, is too large, or has the wrong length. FAIL unless set. */
    public LeatOptions<T> onBadSample(SamplePolicy policy) {
        samplePolicy = Objects.requireNonNull(policy, "policy");
        return this;
    }

    /** The most records that are stepped in one call. 128 unless set. */
    public LeatOptions<T> batchSize(int records) {
        require(records >= 1 && records <= 65536, "batchSize is %d, and must be 1 to 65536", records);
        batchSize = records;
        return this;
    }

    /** How long a record waits for others, at most. 10 ms unless set. */
    public LeatOptions<T> batchDelay(Duration delay) {
        batchDelayMs = millis("batchDelay", delay);
        return this;
    }

    /** Step windowed streams: an output after W samples, and then after each H. */
    public LeatOptions<T> window(int w, int h) {
        require(w >= 1, "window is %d, and must be at least 1", w);
        require(h >= 1 && h <= w, "hop is %d, and must be 1 to the window", h);
        window = w;
        hop = h;
        return this;
    }

    /** The most streams in the memory of a subtask; the others are in Flink's state only. */
    public LeatOptions<T> maxStreams(int streams) {
        require(streams >= 1, "maxStreams is %d, and must be at least 1", streams);
        maxStreams = streams;
        return this;
    }

    /** The most native memory for streams, in bytes, of a subtask. 256 MiB unless set. */
    public LeatOptions<T> maxBytes(long bytes) {
        require(bytes >= 1, "maxBytes is %d, and must be at least 1", bytes);
        maxBytes = bytes;
        return this;
    }

    /** Unload a stream that had no record for so long. Never unless set. */
    public LeatOptions<T> idleAfter(Duration time) {
        idleAfterMs = millis("idleAfter", time);
        return this;
    }

    /**
     * Go on with the states of an older model. A stream with such a state is stepped by the old
     * model and beside it, from nothing, by the new one. After {@code samples} samples the new one
     * puts out, and the old one ends.
     */
    public LeatOptions<T> warmUp(String oldModelFile, long samples) {
        this.oldModelFile = Objects.requireNonNull(oldModelFile, "oldModelFile");
        require(samples >= 1, "the samples of a warm-up are %d, and must be at least 1", samples);
        warmUpSamples = samples;
        return this;
    }

    LeatOptions<T> copy() {
        try {
            @SuppressWarnings("unchecked")
            LeatOptions<T> copy = (LeatOptions<T>) clone();
            return copy;
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
    }

    private static long millis(String name, Duration time) {
        Objects.requireNonNull(time, name);
        if (time.compareTo(SHORTEST) < 0 || time.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    name + " is " + time + ", and must be 1 ms to 3650 days");
        }
        return time.toMillis();
    }

    private static void require(boolean right, String message, long found) {
        if (!right) {
            throw new IllegalArgumentException(String.format(message, found));
        }
    }
}
