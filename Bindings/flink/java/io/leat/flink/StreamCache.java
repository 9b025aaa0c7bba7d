// SPDX-License-Identifier: MIT
package io.leat.flink;

import java.util.HashMap;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.util.function.ThrowingRunnable;

/**
 * The streams that are in native memory, by key and in a list by their last use.
 *
 * <p>The oldest ones are unloaded when memory is full, or when they are idle. A stream that moved since
 * the last flush is written to Flink's state before its block is given back.
 */
final class StreamCache<K> implements AutoCloseable {
    /** A stream is idle after 8 to 9 ticks without a record. */
    static final int IDLE_TICKS = 8;

    private static final int CHUNK = 32;

    private final HashMap<K, CachedStream<K>> streams = new HashMap<>();
    private final DirtyList<K> dirty = new DirtyList<>();
    private final TypeSerializer<K> keySerializer;
    private final StreamLoader loader;
    private final StateWriter<K> writer;
    private final ThrowingRunnable<Exception> stepBatch;
    private final LeatMetrics metrics;
    private final Blocks blocks;
    private final Blocks oldBlocks;
    private final int maxStreams;
    private CachedStream<K> oldest;
    private CachedStream<K> newest;
    private long tick;
    /** Keeps the reads of flush() from being left out. */
    private long touched;

    /** stepBatch: steps what waits, after which no stream is in the batch. */
    StreamCache(Models models, LeatOptions<?> options, TypeSerializer<K> keySerializer,
            StreamLoader loader, StateWriter<K> writer, ThrowingRunnable<Exception> stepBatch,
            LeatMetrics metrics) {
        this.keySerializer = keySerializer;
        this.loader = loader;
        this.writer = writer;
        this.stepBatch = stepBatch;
        this.metrics = metrics;
        maxStreams = options.maxStreams;
        // While streams warm up, each has a block of both kinds.
        long share = models.old == null ? options.maxBytes
                : (long) ((double) options.maxBytes / (models.current.blockBytes
                        + models.old.blockBytes) * models.current.blockBytes);
        blocks = new Blocks(models.current, share, maxStreams);
        oldBlocks = models.old == null ? null
                : new Blocks(models.old, options.maxBytes - share, maxStreams);
    }

    int size() {
        return streams.size();
    }

    long bytes() {
        return blocks.bytes() + (oldBlocks == null ? 0 : oldBlocks.bytes());
    }

    /** The stream of a key, loaded from the state of the current key at its first use. */
    CachedStream<K> get(K key) throws Exception {
        CachedStream<K> stream = streams.get(key);
        if (stream == null) {
            stream = load(key);
        } else if (stream != newest) {
            unlink(stream);
            link(stream);
        }
        stream.tick = tick;
        return stream;
    }

    /** The stream isn't any more as Flink's state has it. */
    void moved(CachedStream<K> stream) {
        dirty.add(stream);
    }

    /** Write the streams that moved since the last flush, and return how many they were. */
    int flush() throws Exception {
        int count = dirty.count();
        writer.begin();
        for (int from = 0; from < count; from += CHUNK) {
            int to = Math.min(from + CHUNK, count);
            // The processor waits for the keys, which no cache has, all at once.
            for (int i = from; i < to; i++) {
                touched += dirty.key(i).getClass() == Object.class ? 1 : 0;
            }
            for (int i = from; i < to; i++) {
                writer.add(dirty.get(i), dirty.key(i), dirty.address(i));
            }
        }
        writer.finish();
        dirty.clear();
        return count;
    }

    /** Let time pass: unload the streams that are idle. */
    void tick() throws Exception {
        tick++;
        int count = 0;
        for (CachedStream<K> s = oldest; s != null && tick - s.tick > IDLE_TICKS; s = s.newer) {
            count++;
        }
        unload(count);
        if (streams.isEmpty()) {
            close(); // Only memory: the streams to come take new blocks.
        }
    }

    /** The current model takes over. The stream isn't in the batch, and is moved() after this. */
    void endWarmUp(CachedStream<K> stream) {
        oldBlocks.giveBack(stream.oldStream);
        stream.oldStream = 0;
        stream.endedWarmUp = true;
    }

    private CachedStream<K> load(K key) throws Exception {
        byte[] state = loader.read();
        if (streams.size() >= maxStreams) {
            unloadSome();
        }
        CachedStream<K> stream = new CachedStream<>(keySerializer.copy(key));
        try {
            boolean isOld = state != null && loader.isOld(state);
            stream.stream = take(blocks);
            if (isOld) {
                stream.oldStream = take(oldBlocks);
                loader.loadWarmUp(stream, state);
            } else if (state != null) {
                Native.loadStream(stream.stream, state);
            }
        } catch (LeatException e) {
            throw loader.refused(key, state, e);
        }
        stream.next = Native.position(stream.isWarmingUp() ? stream.oldStream : stream.stream);
        if (state != null) {
            metrics.loaded.inc();
        }
        streams.put(stream.key, stream);
        link(stream);
        return stream;
    }

    private long take(Blocks from) throws Exception {
        while (!from.hasFree()) {
            if (from.mayGrow()) {
                from.grow();
            } else {
                unloadSome();
            }
        }
        return from.take();
    }

    /** A part of all, so that the cost of a batch that is not full is shared. */
    private void unloadSome() throws Exception {
        unload(Math.max(1, streams.size() / 64));
    }

    private void unload(int count) throws Exception {
        if (count == 0) {
            return;
        }
        stepBatch.run();
        writer.begin();
        CachedStream<K> s = oldest;
        for (int i = 0; i < count; i++, s = s.newer) {
            if (dirty.has(s)) {
                writer.add(s, s.key, s.stream);
            }
        }
        writer.finish();
        for (int i = 0; i < count; i++) {
            remove(oldest);
        }
        metrics.evicted.inc(count);
    }

    private void remove(CachedStream<K> stream) {
        unlink(stream);
        streams.remove(stream.key);
        dirty.remove(stream);
        blocks.giveBack(stream.stream);
        if (stream.isWarmingUp()) {
            oldBlocks.giveBack(stream.oldStream);
        }
    }

    private void link(CachedStream<K> stream) {
        stream.older = newest;
        stream.newer = null;
        if (newest == null) {
            oldest = stream;
        } else {
            newest.newer = stream;
        }
        newest = stream;
    }

    private void unlink(CachedStream<K> stream) {
        if (stream.older == null) {
            oldest = stream.newer;
        } else {
            stream.older.newer = stream.newer;
        }
        if (stream.newer == null) {
            newest = stream.older;
        } else {
            stream.newer.older = stream.older;
        }
    }

    @Override
    public void close() {
        streams.clear();
        oldest = null;
        newest = null;
        blocks.close();
        if (oldBlocks != null) {
            oldBlocks.close();
        }
    }
}
