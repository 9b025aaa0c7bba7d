// SPDX-License-Identifier: MIT
package io.leat.flink;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a test and its job share, which run in one JVM. Flink copies sources and sinks, so these know
 * their channel by its number.
 */
final class Channel {
    /** What ends the source. */
    static final Object END = new Object();
    /** What makes the source say that it is idle. */
    static final Object IDLE = new Object();

    private static final Map<Integer, Channel> ALL = new ConcurrentHashMap<>();
    private static final AtomicInteger COUNT = new AtomicInteger();

    final int number = COUNT.incrementAndGet();
    /** Readings; a Long is a watermark. */
    final LinkedBlockingQueue<Object> queue = new LinkedBlockingQueue<>();
    final AtomicLong sent = new AtomicLong();
    final AtomicLong emitted = new AtomicLong();
    final List<Object> outputs = Collections.synchronizedList(new ArrayList<>());
    final List<Reading> gaps = Collections.synchronizedList(new ArrayList<>());
    final List<Reading> badSamples = Collections.synchronizedList(new ArrayList<>());
    /** Outputs and watermarks as they come out of the operator. */
    final List<String> events = Collections.synchronizedList(new ArrayList<>());

    Channel() {
        ALL.put(number, this);
    }

    static Channel of(int number) {
        return ALL.get(number);
    }

    void send(Object what) {
        sent.incrementAndGet();
        queue.add(what);
    }
}
