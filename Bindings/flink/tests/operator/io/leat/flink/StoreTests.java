// SPDX-License-Identifier: MIT
package io.leat.flink;

import static io.leat.flink.Checks.contains;
import static io.leat.flink.Checks.equal;
import static io.leat.flink.Checks.expect;
import static io.leat.flink.Checks.refused;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.api.common.typeinfo.Types;

/** A savepoint's states go into a store, a C program goes on with them, and a job with its states. */
final class StoreTests {
    private static final int SENSORS = 300;
    private static final int FIRST = 7;
    private static final int SECOND = 13;
    private static final int SAMPLES = 20;

    private final String model;
    private final String other;
    private final String folder;

    StoreTests(String model, String other, String folder) {
        this.model = model;
        this.other = other;
        this.folder = folder;
    }

    /** Names of keys in decimal. */
    private static class Decimal implements LeatStates.KeyNames<Long> {
        private static final long serialVersionUID = 1;

        @Override
        public String name(Long key) {
            return key.toString();
        }

        @Override
        public Long key(String name) {
            return Long.valueOf(name);
        }
    }

    private String savepoint(String modelFile, int samples) throws Exception {
        return TestJob.of(modelFile, TestJob.options()).parallelism(2).start()
                .sendAll(SENSORS, 0, samples).stop();
    }

    private void goOn(String what, String savepoint) throws Exception {
        TestJob<Long> job = TestJob.of(model, TestJob.options()).from(savepoint).parallelism(2)
                .run(j -> j.sendAll(SENSORS, SECOND, SAMPLES));
        new Reference(model, SENSORS, SAMPLES, 0, 0, 0)
                .check(what, job.outputs(), SENSORS, SECOND, SAMPLES);
    }

    private void goOnInC(String store) throws Exception {
        float[] found = Reference.run(folder + "/store_steps", model, store, "" + SENSORS, "" + SECOND);
        Reference reference = new Reference(model, SENSORS, SAMPLES, 0, 0, 0);
        int size = reference.row(0, 0).length;
        int wrong = 0;
        int at = 0;
        for (int sensor = 0; sensor < SENSORS; sensor++) {
            for (int position = FIRST; position < SECOND; position++, at += size) {
                float[] row = java.util.Arrays.copyOfRange(found, at, at + size);
                wrong += Reference.sameBits(reference.row(sensor, position), row) ? 0 : 1;
            }
        }
        equal("C goes on: outputs", SENSORS * (SECOND - FIRST) * size, found.length);
        equal("C goes on: wrong bits", 0, wrong);
    }

    void thereAndBack() throws Exception {
        String store = folder + "/there-and-back.db";
        LeatStates.exportToStore(savepoint(model, FIRST), "leat", Types.LONG, new Decimal(), store,
                false);
        goOnInC(store);
        goOn("back in Flink", LeatStates.importFromStore(store, new Decimal(), "leat", Types.LONG, 16,
                "file://" + folder + "/imported"));
    }

    void commandLine() throws Exception {
        String store = folder + "/command-line.db";
        LeatStatesTool.main(new String[] {"export", "savepoint=" + savepoint(model, FIRST),
            "store=" + store, "key=long"});
        goOnInC(store);
        PrintStream out = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            LeatStatesTool.main(new String[] {"import", "store=" + store, "key=long",
                "folder=file://" + folder + "/imported", "max-parallelism=16"});
        } finally {
            System.setOut(out);
        }
        goOn("by the command line", printed.toString(StandardCharsets.UTF_8).strip());
    }

    void refusals() throws Exception {
        String store = folder + "/refusals.db";
        String savepoint = savepoint(model, FIRST);
        export(savepoint, "leat", new Decimal(), store, false);
        contains("a stream that is further on", "stream '", refused(() -> {
            goOnInC(store);
            export(savepoint, "leat", new Decimal(), store, false);
        }));
        String others = savepoint(other, FIRST);
        contains("another model's", "stream '", refused(() ->
                export(others, "leat", new Decimal(), store, false)));
        contains("a name for two keys", "two keys have the name", refused(() ->
                export(savepoint, "leat", new Halved(), folder + "/halved.db", true)));
        contains("nothing was written", "NOT_FOUND -20", missing(folder + "/halved.db"));
        contains("a uid that isn't there", "no stream of an operator with uid 'none'", refused(() ->
                export(savepoint, "none", new Decimal(), store, true)));
        contains("an operator without streams", "no stream of an operator with uid 'source'",
                refused(() -> export(savepoint, "source", new Decimal(), store, true)));
        String empty = TestJob.of(model, TestJob.options()).start().stop();
        contains("a job without records", "no stream of an operator with uid 'leat'",
                refused(() -> export(empty, "leat", new Decimal(), folder + "/empty.db", true)));
        contains("a key without a name", "the name of key", refused(() ->
                export(savepoint, "leat", new Nameless(), store, true)));
        export(others, "leat", new Decimal(), store, true);
        expect("replaced", refused(() -> goOnInC(store)) != null);
        contains("a name that is no key", "NumberFormatException", refused(() -> {
            LeatStates.exportToStore(savepoint, "leat", Types.LONG, new Words(),
                    folder + "/words.db", false);
            imported(folder + "/words.db", "");
        }));
        contains("no path", "empty", refused(() -> StoreNative.open(null, true)));
        contains("a path with a NUL", "NUL inside",
                refused(() -> StoreNative.open(StoreNative.text("a\0b"), true)));
        contains("no store", "LeatException", refused(() -> StoreNative.begin(0)));
        contains("no such store", "LeatException", refused(() -> imported("/nowhere.db", "")));
        Files.writeString(Path.of(folder + "/text.db"), "not a store");
        contains("another file", "LeatException", refused(() -> imported(folder + "/text.db", "")));
        equal("imports that are waited for", 0, StoreSource.ENDS.size());
        StoreSource elsewhere = new StoreSource(store);
        elsewhere.close(); // As if another JVM had made it.
        contains("in another JVM", "another JVM than importFromStore()",
                refused(() -> elsewhere.run(null)));
    }

    private static void export(String savepoint, String uid, LeatStates.KeyNames<Long> names,
            String store, boolean replace) throws Exception {
        LeatStates.exportToStore(savepoint, uid, Types.LONG, names, store, replace);
    }

    private void imported(String store, String sub) throws Exception {
        LeatStates.importFromStore(store, new Decimal(), "leat", Types.LONG, 16,
                "file://" + folder + "/imported" + sub);
    }

    private static String missing(String path) {
        long store = StoreNative.open(StoreNative.text(path), true);
        try {
            StoreNative.load(store, StoreNative.text("0"));
            return "found";
        } catch (LeatException e) {
            return "NOT_FOUND " + e.code();
        } finally {
            StoreNative.close(store);
        }
    }

    private static final class Halved extends Decimal {
        private static final long serialVersionUID = 1;

        @Override
        public String name(Long key) {
            return "" + key / 2;
        }
    }

    private static final class Nameless extends Decimal {
        private static final long serialVersionUID = 1;

        @Override
        public String name(Long key) {
            return null;
        }
    }

    private static final class Words extends Decimal {
        private static final long serialVersionUID = 1;

        @Override
        public String name(Long key) {
            return "pump-" + key;
        }
    }
}
