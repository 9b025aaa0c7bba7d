// SPDX-License-Identifier: MIT
package io.leat.flink;

/** A key's stream in native memory, a member of the list of streams by their last use. */
final class CachedStream<K> {
    final K key;
    /** Its stream of the current model. */
    long stream;
    /** Its stream of the old model while the current one warms up, else 0. */
    long oldStream;
    /** The position at which the current model takes over. */
    long takeOver;
    /** Flink's state still has what a warm-up kept. */
    boolean endedWarmUp;
    /** The position of the next sample, counting those that wait in the batch. */
    long next;
    /** Its place in the list of those that are not in Flink's state as they are. */
    int dirtyPlace;
    /** In that list if it is the list's number. */
    long dirtyRound;
    /** The number of the batch it last waited in. */
    long batch;
    /** The tick of its last use. */
    long tick;
    CachedStream<K> older;
    CachedStream<K> newer;

    CachedStream(K key) {
        this.key = key;
    }

    @SuppressWarnings("unchecked")
    static <K> CachedStream<K>[] array(int size) {
        return (CachedStream<K>[]) new CachedStream<?>[size];
    }

    boolean isWarmingUp() {
        return oldStream != 0;
    }
}
