// SPDX-License-Identifier: MIT
package io.leat.flink;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.source.legacy.SourceFunction;

/**
 * Puts out the states of all streams of a store, tells so, and then waits for the savepoint: Flink
 * makes none of a job that has ended.
 */
@SuppressWarnings("deprecation") // Sources of the new kind need a reader, an enumerator and splits.
final class StoreSource implements SourceFunction<Tuple2<String, byte[]>>, AutoCloseable {
    private static final long serialVersionUID = 1;

    /** Flink copies a source; the copy in the job, in this JVM, finds what the caller waits for. */
    static final Map<String, CountDownLatch> ENDS = new ConcurrentHashMap<>();

    private final String path;
    private final String id = UUID.randomUUID().toString();
    private transient CountDownLatch cancelled;

    StoreSource(String path) {
        this.path = path;
        ENDS.put(id, new CountDownLatch(1));
    }

    DataStream<Tuple2<String, byte[]>> attach(StreamExecutionEnvironment environment) {
        return environment.addSource(this, "store", NamedState.TYPE);
    }

    boolean awaitEnd(long millis) throws InterruptedException {
        return ENDS.get(id).await(millis, TimeUnit.MILLISECONDS);
    }

    /** Nobody waits any more. */
    @Override
    public void close() {
        ENDS.remove(id);
    }

    @Override
    public void run(SourceContext<Tuple2<String, byte[]>> context) throws Exception {
        CountDownLatch end = ENDS.get(id);
        if (end == null) {
            throw new IllegalStateException("the source of an import runs in another JVM than"
                    + " importFromStore(), and must run in the same one");
        }
        CountDownLatch wait = cancellation();
        long store = StoreNative.open(StoreNative.text(path), true);
        try {
            String all = new String(StoreNative.names(store), StandardCharsets.UTF_8);
            for (int at = 0, next; at < all.length() && wait.getCount() > 0; at = next) {
                String name = all.substring(at, all.indexOf('\0', at));
                next = at + name.length() + 1;
                context.collect(Tuple2.of(name, load(store, name)));
            }
        } finally {
            StoreNative.close(store);
        }
        if (wait.getCount() > 0) {
            end.countDown();
            wait.await();
        }
    }

    private static byte[] load(long store, String name) {
        try {
            return StoreNative.load(store, StoreNative.text(name));
        } catch (LeatException e) {
            throw new LeatException("stream '" + name + "'", e);
        }
    }

    private synchronized CountDownLatch cancellation() {
        if (cancelled == null) {
            cancelled = new CountDownLatch(1);
        }
        return cancelled;
    }

    @Override
    public void cancel() {
        cancellation().countDown();
    }
}
