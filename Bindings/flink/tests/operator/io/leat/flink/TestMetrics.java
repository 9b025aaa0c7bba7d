// SPDX-License-Identifier: MIT
package io.leat.flink;

import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/** A reporter that keeps the operator's metrics, so that tests can read them, also after the end. */
public final class TestMetrics implements MetricReporterFactory {
    private record Named(String name, Metric metric) {}

    private static final List<Named> ALL = new CopyOnWriteArrayList<>();

    @Override
    public MetricReporter createMetricReporter(Properties properties) {
        return new MetricReporter() {
            @Override
            public void open(MetricConfig config) {}

            @Override
            public void close() {}

            @Override
            public void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
                if (group.getMetricIdentifier(name).endsWith(".leat." + name)) {
                    ALL.add(new Named(name, metric));
                }
            }

            @Override
            public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {}
        };
    }

    static void forget() {
        ALL.clear();
    }

    /** The sum over all subtasks. */
    static long sum(String name) {
        List<Long> values = new ArrayList<>();
        for (Named named : ALL) {
            if (named.name().equals(name)) {
                values.add(value(named.metric()));
            }
        }
        if (values.isEmpty()) {
            throw new IllegalStateException("no metric " + name);
        }
        return values.stream().mapToLong(Long::longValue).sum();
    }

    private static long value(Metric metric) {
        return metric instanceof Counter ? ((Counter) metric).getCount()
                : ((Number) ((Gauge<?>) metric).getValue()).longValue();
    }
}
