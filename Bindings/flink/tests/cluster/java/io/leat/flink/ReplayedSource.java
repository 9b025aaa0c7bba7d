// SPDX-License-Identifier: MIT
package io.leat.flink;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * A source that can be read again from any place, as Kafka can: 16 partitions, each a log, of which
 * a checkpoint keeps the places. It computes the samples instead of reading them.
 */
final class ReplayedSource implements Source<Reading, Partition, List<Partition>> {
    private final int sensors;
    private final long steps;
    private final boolean repeats;
    private final String slow;
    private final double rate;

    /**
     * @param repeats whether producers send records again, as those do that send at least once
     * @param slow a file: while it exists, all readers together send `rate` records a second
     */
    ReplayedSource(int sensors, long steps, boolean repeats, String slow, double rate) {
        this.sensors = sensors;
        this.steps = steps;
        this.repeats = repeats;
        this.slow = slow;
        this.rate = rate;
    }

    @Override
    public Boundedness getBoundedness() {
        return Boundedness.BOUNDED;
    }

    @Override
    public SourceReader<Reading, Partition> createReader(SourceReaderContext context) {
        return new PartitionReader(
                sensors, steps, repeats, new File(slow), rate / context.currentParallelism());
    }

    @Override
    public SplitEnumerator<Partition, List<Partition>> createEnumerator(
            SplitEnumeratorContext<Partition> context) {
        List<Partition> all = new ArrayList<>();
        for (int number = 0; number < Partition.COUNT; number++) {
            all.add(new Partition(number, 0));
        }
        return new Assigner(context, all);
    }

    @Override
    public SplitEnumerator<Partition, List<Partition>> restoreEnumerator(
            SplitEnumeratorContext<Partition> context, List<Partition> left) {
        return new Assigner(context, left);
    }

    @Override
    public SimpleVersionedSerializer<Partition> getSplitSerializer() {
        return new Partition.Serializer();
    }

    @Override
    public SimpleVersionedSerializer<List<Partition>> getEnumeratorCheckpointSerializer() {
        return new ListSerializer();
    }

    /** Gives each reader its share of the partitions that no reader has yet. */
    private static final class Assigner implements SplitEnumerator<Partition, List<Partition>> {
        private final SplitEnumeratorContext<Partition> context;
        private final List<Partition> left;

        Assigner(SplitEnumeratorContext<Partition> context, List<Partition> left) {
            this.context = context;
            this.left = new ArrayList<>(left);
        }

        @Override
        public void addReader(int subtask) {
            for (Iterator<Partition> i = left.iterator(); i.hasNext(); ) {
                Partition partition = i.next();
                if (partition.number % context.currentParallelism() == subtask) {
                    i.remove();
                    context.assignSplit(partition, subtask);
                }
            }
            context.signalNoMoreSplits(subtask);
        }

        @Override
        public void addSplitsBack(List<Partition> partitions, int subtask) {
            left.addAll(partitions);
        }

        @Override
        public List<Partition> snapshotState(long checkpoint) {
            return new ArrayList<>(left);
        }

        @Override
        public void start() {}

        @Override
        public void handleSplitRequest(int subtask, String host) {}

        @Override
        public void close() {}
    }

    private static final class ListSerializer implements SimpleVersionedSerializer<List<Partition>> {
        private final Partition.Serializer each = new Partition.Serializer();

        @Override
        public int getVersion() {
            return each.getVersion();
        }

        @Override
        public byte[] serialize(List<Partition> partitions) {
            ByteBuffer buffer = ByteBuffer.allocate(12 * partitions.size());
            for (Partition partition : partitions) {
                buffer.put(each.serialize(partition));
            }
            return buffer.array();
        }

        @Override
        public List<Partition> deserialize(int version, byte[] bytes) throws IOException {
            List<Partition> partitions = new ArrayList<>();
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                byte[] one = new byte[12];
                buffer.get(one);
                partitions.add(each.deserialize(version, one));
            }
            return partitions;
        }
    }
}
