// SPDX-License-Identifier: MIT
package io.leat.flink;

/** What happens to a record whose position is beyond its stream's: samples before it are missing. */
public enum GapPolicy {
    /** The job fails. With a source that replays, Flink restarts it from the last checkpoint. */
    FAIL,
    /** The record goes to {@link LeatStreams#gapTag}. The stream still waits for the missing one. */
    SIDE_OUTPUT,
    /** The stream begins anew, as one that has taken in nothing, at the record's position. */
    RESET
}
