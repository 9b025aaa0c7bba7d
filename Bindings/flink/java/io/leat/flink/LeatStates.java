// SPDX-License-Identifier: MIT
package io.leat.flink;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.client.JobCancellationException;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.ExceptionUtils;

/**
 * Moves the streams of a savepoint into a store (SQLite), and back. Keys become names of streams.
 *
 * <p>Each is a small Flink job that runs in this JVM. It has an operator with the uid of the operator
 * whose states are moved, so Flink itself reads and writes the savepoint.
 */
public final class LeatStates {
    /** Where the jobs run. Tests have a cluster that lives longer than one job. */
    static Function<Configuration, StreamExecutionEnvironment> environments =
            configuration -> StreamExecutionEnvironment.createLocalEnvironment(1, configuration);

    private LeatStates() {}

    /**
     * Write the state of each key into a store, in one transaction: all or none.
     *
     * @param savepoint a savepoint or a retained checkpoint
     * @param uid the uid that the job gave to LeatStreams.step()
     * @param replace write also over checkpoints that are further on, or another model's
     */
    @SuppressWarnings("deprecation") // addSource(): see StoreSource.
    public static <K> void exportToStore(String savepoint, String uid, TypeInformation<K> keyType,
            KeyNames<K> names, String store, boolean replace) throws Exception {
        Configuration configuration = configuration();
        configuration.setString("execution.state-recovery.path", savepoint);
        configuration.setString("execution.state-recovery.ignore-unclaimed-state", "true");
        StreamExecutionEnvironment environment = environments.apply(configuration);
        environment.addSource(new NoRecords<K>(), "nothing", keyType)
                .keyBy(key -> key, keyType)
                .transform("export", NamedState.TYPE, new StateExport<>(names, uid))
                .uid(Objects.requireNonNull(uid, "uid"))
                .transform("store", NamedState.TYPE, new StoreWriter(store, replace))
                .setParallelism(1);
        environment.execute("export to " + store);
    }

    /**
     * Write a savepoint with the newest checkpoint of each stream of a store, and return its path. A
     * job whose operator has this uid starts from it.
     *
     * @param folder where the savepoint's own folder is made
     * @param maxParallelism that of the job; Flink's default is 128
     */
    public static <K> String importFromStore(String store, KeyNames<K> names, String uid,
            TypeInformation<K> keyType, int maxParallelism, String folder) throws Exception {
        try (StoreSource source = new StoreSource(store)) {
            return imported(source, store, names, uid, keyType, maxParallelism, folder);
        }
    }

    private static <K> String imported(StoreSource source, String store, KeyNames<K> names, String uid,
            TypeInformation<K> keyType, int maxParallelism, String folder) throws Exception {
        StreamExecutionEnvironment environment = environments.apply(configuration());
        environment.setMaxParallelism(maxParallelism);
        source.attach(environment)
                .keyBy(state -> names.key(state.f0), keyType)
                .transform("import", NamedState.TYPE, new StateImport())
                .uid(Objects.requireNonNull(uid, "uid"))
                .sinkTo(new org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink<>());
        JobClient job = environment.executeAsync("import of " + store);
        CompletableFuture<JobExecutionResult> end = job.getJobExecutionResult();
        try {
            while (!source.awaitEnd(50)) {
                if (end.isDone()) {
                    end.get(); // It has failed: this throws the reason.
                }
            }
            return stopped(job, folder);
        } catch (Exception e) {
            cancel(job);
            throw reason(end, e);
        }
    }

    /** Flink refuses a savepoint until all tasks run; the source may be done before. */
    private static String stopped(JobClient job, String folder) throws Exception {
        for (int tries = 0; ; tries++) {
            try {
                return job.stopWithSavepoint(false, folder, SavepointFormatType.CANONICAL).get();
            } catch (ExecutionException e) {
                if (tries == 600 || !ExceptionUtils.findThrowableWithMessage(e,
                        "Not all required tasks are currently running").isPresent()) {
                    throw e;
                }
                Thread.sleep(50);
            }
        }
    }

    /** If the job failed, that is why there is no savepoint, whatever the request for one says. */
    private static Exception reason(CompletableFuture<JobExecutionResult> end, Exception refusal)
            throws InterruptedException {
        try {
            end.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (!ExceptionUtils.findThrowable(e, JobCancellationException.class).isPresent()) {
                return e;
            }
        } catch (TimeoutException e) {
            return refusal;
        }
        return refusal;
    }

    private static Configuration configuration() {
        Configuration configuration = new Configuration();
        configuration.setString("restart-strategy.type", "none");
        return configuration;
    }

    private static void cancel(JobClient job) throws InterruptedException {
        try {
            job.cancel().get(60, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException | IllegalStateException e) {
            return; // It has ended already; the caller gets the reason.
        }
    }

    /** How a key is written as the name of a stream, and read back. */
    public interface KeyNames<K> extends java.io.Serializable {
        String name(K key);

        K key(String name);
    }
}
