// SPDX-License-Identifier: MIT
package io.leat.flink;

import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.core.io.InputStatus;

/** Reads the partitions of one subtask, some records of each in turn. */
final class PartitionReader implements SourceReader<Reading, Partition> {
    private static final int TURN = 64;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final int sensors;
    private final long steps;
    private final boolean repeats;
    private final File slow;
    private final double perNano;
    private final List<Partition> partitions = new ArrayList<>();
    private CompletableFuture<Void> available = new CompletableFuture<>();
    private boolean complete;
    private int current, inTurn;
    private boolean isSlow;
    private long looked = Long.MIN_VALUE, since, sent;

    /** While the file `slow` exists it sends `rate` records a second, else all it can. */
    PartitionReader(int sensors, long steps, boolean repeats, File slow, double rate) {
        this.sensors = sensors;
        this.steps = steps;
        this.repeats = repeats;
        this.slow = slow;
        this.perNano = rate / 1e9;
    }

    @Override
    public void start() {}

    @Override
    public InputStatus pollNext(ReaderOutput<Reading> output) {
        if (partitions.isEmpty()) {
            available = new CompletableFuture<>();
            return complete ? InputStatus.END_OF_INPUT : InputStatus.NOTHING_AVAILABLE;
        }
        if (isAhead()) {
            available =
                    CompletableFuture.runAsync(
                            () -> {},
                            CompletableFuture.delayedExecutor(2, TimeUnit.MILLISECONDS));
            return InputStatus.NOTHING_AVAILABLE;
        }
        Partition partition = partitions.get(current);
        if (partition.next < partition.length(sensors, steps)) {
            output.collect(partition.read(sensors, repeats));
            sent++;
        }
        if (partition.next >= partition.length(sensors, steps)) {
            partitions.remove(current);
            inTurn = TURN;
        }
        if (++inTurn >= TURN) {
            inTurn = 0;
            current = current + 1 < partitions.size() ? current + 1 : 0;
        }
        return InputStatus.MORE_AVAILABLE;
    }

    private boolean isAhead() {
        long now = System.nanoTime();
        if (looked == Long.MIN_VALUE || now - looked > LOOK_NANOS) {
            looked = now;
            if (slow.exists() != isSlow) {
                isSlow = !isSlow;
                since = now;
                sent = 0;
            }
        }
        return isSlow && sent > (now - since) * perNano;
    }

    @Override
    public List<Partition> snapshotState(long checkpoint) {
        List<Partition> copies = new ArrayList<>();
        for (Partition partition : partitions) {
            copies.add(new Partition(partition.number, partition.next));
        }
        return copies;
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
        return available;
    }

    @Override
    public void addSplits(List<Partition> splits) {
        partitions.addAll(splits);
        available.complete(null);
    }

    @Override
    public void notifyNoMoreSplits() {
        complete = true;
        available.complete(null);
    }

    @Override
    public void close() {}
}
