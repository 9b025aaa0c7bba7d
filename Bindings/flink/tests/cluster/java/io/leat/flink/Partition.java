// SPDX-License-Identifier: MIT
package io.leat.flink;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * One of the logs that make up the source, as of Kafka: it holds the sensors number, number +
 * COUNT, number + 2 COUNT ... in one fixed order. `next` is the record that is read next; it is
 * what a checkpoint keeps.
 */
final class Partition implements SourceSplit {
    static final int COUNT = 16;
    /** A producer that isn't sure sends this many records again, each time it has sent so many. */
    private static final int REPEATED = 200, BETWEEN_REPEATS = 1000;

    final int number;
    long next;
    private long sent;

    Partition(int number, long next) {
        this.number = number;
        this.next = next;
    }

    @Override
    public String splitId() {
        return "partition-" + number;
    }

    long length(int sensors, long steps) {
        return mine(sensors) * steps;
    }

    private long mine(int sensors) {
        return (sensors - number + COUNT - 1) / COUNT;
    }

    /**
     * Read the next record. The log is in rounds of two samples of each sensor. In most rounds each
     * sensor sends one sample, then each its second; in every eighth, each sends both in a row, so
     * that a batch meets a key twice.
     */
    Reading read(int sensors, boolean repeats) {
        long mine = mine(sensors), round = next / (2 * mine), place = next % (2 * mine);
        boolean together = round % 8 == 0;
        long index = together ? place / 2 : place % mine;
        long second = together ? place % 2 : place / mine;
        next++;
        if (repeats && ++sent % BETWEEN_REPEATS == 0) {
            next = Math.max(0, next - REPEATED);
        }
        return Reading.of(number + COUNT * index, 2 * round + second);
    }

    static final class Serializer implements SimpleVersionedSerializer<Partition> {
        @Override
        public int getVersion() {
            return 1;
        }

        @Override
        public byte[] serialize(Partition partition) {
            return ByteBuffer.allocate(12).putInt(partition.number).putLong(partition.next).array();
        }

        @Override
        public Partition deserialize(int version, byte[] bytes) throws IOException {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            return new Partition(buffer.getInt(), buffer.getLong());
        }
    }
}
