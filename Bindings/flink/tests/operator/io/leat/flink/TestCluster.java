// SPDX-License-Identifier: MIT
package io.leat.flink;

import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.runtime.minicluster.MiniClusterJobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

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

    static JobClient submit(StreamExecutionEnvironment environment) throws Exception {
        JobID job = cluster.submitJob(environment.getStreamGraph().getJobGraph()).get().getJobID();
        return new MiniClusterJobClient(job, cluster, TestCluster.class.getClassLoader(),
                MiniClusterJobClient.JobFinalizationBehavior.NOTHING);
    }
}
