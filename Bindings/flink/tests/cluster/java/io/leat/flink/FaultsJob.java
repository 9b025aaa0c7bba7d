// SPDX-License-Identifier: MIT
package io.leat.flink;

import java.time.Duration;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.connector.file.sink.FileSink;
import org.apache.flink.core.fs.Path;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.filesystem.bucketassigners.BasePathBucketAssigner;
import org.apache.flink.streaming.api.functions.sink.filesystem.rollingpolicies.OnCheckpointRollingPolicy;
import org.apache.flink.util.ParameterTool;

/** The job whose processes are killed: readings of many sensors, a stream for each, files. */
public final class FaultsJob {
    private FaultsJob() {}

    public static void main(String[] args) throws Exception {
        ParameterTool options = ParameterTool.fromArgs(args);
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment(configuration(options));
        environment.setParallelism(options.getInt("parallelism"));
        environment.setMaxParallelism(128);
        String controls = options.getRequired("controls");
        step(readings(environment, options, controls).keyBy(FaultsJob::key), options)
                .map(new Hold<>(controls + "/hold"))
                .returns(LeatOutput.type(Types.STRING))
                .uid("hold")
                .sinkTo(files(options.getRequired("output")))
                .uid("files");
        environment.execute("streams");
    }

    /** The operator takes keys of any type; these aren't numbers. */
    private static String key(Reading reading) {
        return "sensor-" + reading.sensor;
    }

    /** The sensor of such a key. */
    static int sensor(String key) {
        return Integer.parseInt(key.substring(key.indexOf('-') + 1));
    }

    /** What differs from the cluster's configuration. */
    private static Configuration configuration(ParameterTool options) {
        Configuration configuration = new Configuration();
        if (options.has("restart")) {
            configuration.set(RestartStrategyOptions.RESTART_STRATEGY, options.get("restart"));
        }
        if (options.has("interval")) {
            configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL,
                    Duration.ofMillis(options.getLong("interval")));
        }
        return configuration;
    }

    private static DataStream<Reading> readings(
            StreamExecutionEnvironment environment, ParameterTool options, String controls) {
        ReplayedSource source = new ReplayedSource(
                options.getInt("sensors"), options.getLong("steps"), options.has("repeats"),
                controls + "/slow", options.getDouble("rate"));
        return environment
                .fromSource(source, WatermarkStrategy.noWatermarks(), "readings",
                        TypeInformation.of(Reading.class))
                .uid("readings");
    }

    private static DataStream<LeatOutput<String>> step(
            KeyedStream<Reading, String> readings, ParameterTool options) throws Exception {
        String model = options.getRequired("model");
        LeatOptions<Reading> leat =
                LeatOptions.<Reading>of(reading -> reading.values, reading -> reading.number);
        if (options.has("streams")) {
            leat.maxStreams(options.getInt("streams"));
        }
        switch (options.get("control", "none")) {
            case "none":
                return LeatStreams.step(readings, model, leat).uid("leat");
            case "no-flush": // After a restart each key has a gap. It must not end the job.
                return WithoutFlush.step(readings, model, leat.onGap(GapPolicy.RESET)).uid("leat");
            case "no-guard":
                return LeatStreams.step(
                        readings.process(new Renumber()).uid("numbers").keyBy(FaultsJob::key),
                        model, leat).uid("leat");
            default:
                throw new IllegalArgumentException("there is no control " + options.get("control"));
        }
    }

    private static FileSink<LeatOutput<String>> files(String folder) {
        return FileSink.forRowFormat(new Path(folder), new OutputEncoder())
                .withBucketAssigner(new BasePathBucketAssigner<>())
                .withRollingPolicy(OnCheckpointRollingPolicy.build())
                .build();
    }
}
