// SPDX-License-Identifier: MIT
package io.leat.flink;

/** What happens to a sample that the model can't take in, or a position that can't be one. */
public enum SamplePolicy {
    /** The job fails. */
    FAIL,
    /**
     * The record goes to {@link LeatStreams#badSampleTag} and has no output. The stream keeps h and
     * c, and moves on to the next position, so that the sample after it isn't a gap.
     */
    SIDE_OUTPUT
}
