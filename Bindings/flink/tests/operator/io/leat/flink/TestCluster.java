// SPDX-License-Identifier: MIT
package io.leat.flink;

import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.PipelineExecutor;
import org.apache.flink.core.execution.PipelineExecutorFactory;
import org.apache.flink.core.execution.PipelineExecutorServiceLoader;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.runtime.minicluster.MiniClusterJobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;

/** A cluster within this JVM, on which the tests run their jobs one after the other. */
final class TestCluster {
    private static MiniCluster cluster;

    private TestCluster() {}

    static void start() throws Exception {
        Configuration configuration = new Configuration();
        configuration.setString("taskmanager.memory.managed.size", "64m");
        configuration.setString("taskmanager.memory.network.min", "32m");
        configuration.setString("taskmanager.memory.network.max", "32m");
        configuration.setString("rest.bind-port", "0");
        configuration.setString("rest.bind-address", "127.0.0.1");
        configuration.setString("metrics.reporters", "test");
        configuration.setString("metrics.reporter.test.factory.class", TestMetrics.class.getName());
        cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration).setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(8).build());
        cluster.start();
    }

    /** An environment whose execute() runs jobs here. */
    static StreamExecutionEnvironment environment(Configuration configuration) {
        configuration.setString("execution.target", "test");
        configuration.setString("execution.attached", "true");
        return new StreamExecutionEnvironment(new Loader(), configuration,
                TestCluster.class.getClassLoader()).setParallelism(1);
    }

    /** What Flink asks where a job runs. */
    private static final class Loader
            implements PipelineExecutorServiceLoader, PipelineExecutorFactory {
        @Override
        public PipelineExecutorFactory getExecutorFactory(Configuration configuration) {
            return this;
        }

        @Override
        public Stream<String> getExecutorNames() {
            return Stream.of(getName());
        }

        @Override
        public String getName() {
            return "test";
        }

        @Override
        public boolean isCompatibleWith(Configuration configuration) {
            return true;
        }

        @Override
        public PipelineExecutor getExecutor(Configuration configuration) {
            return (pipeline, options, classLoader) ->
                    CompletableFuture.completedFuture(submit((StreamGraph) pipeline));
        }
    }

    static JobClient submit(StreamExecutionEnvironment environment) throws Exception {
        return submit(environment.getStreamGraph());
    }

    private static JobClient submit(StreamGraph graph) throws Exception {
        JobID job = cluster.submitJob(graph.getJobGraph()).get().getJobID();
        return new MiniClusterJobClient(job, cluster, TestCluster.class.getClassLoader(),
                MiniClusterJobClient.JobFinalizationBehavior.NOTHING);
    }
}
