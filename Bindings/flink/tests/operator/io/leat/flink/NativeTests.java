// SPDX-License-Identifier: MIT
package io.leat.flink;

import static io.leat.flink.Checks.contains;
import static io.leat.flink.Checks.equal;
import static io.leat.flink.Checks.expect;
import static io.leat.flink.Checks.refused;

import java.io.File;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** The border to C: what it refuses; and the library in several class loaders. */
final class NativeTests {
    private final String model;
    private final String jar;

    NativeTests(String model, String jar) {
        this.model = model;
        this.jar = jar;
    }

    void arguments() throws Exception {
        byte[] file = Files.readAllBytes(Path.of(model));
        contains("no file", "LeatException", refused(() -> Native.openModel(null)));
        contains("an empty file", "LeatException", refused(() -> Native.openModel(new byte[0])));
        file[0] ^= 1;
        contains("a damaged file", "LeatException", refused(() -> Native.openModel(file)));
        file[0] ^= 1;
        contains("no memory", "OutOfMemoryError",
                Checks.messages(thrown(() -> Native.allocate(-1))));
        try (Model opened = new Model(file, 0, 0)) {
            streams(opened);
        }
        messages();
        contains("no such window", "LeatException", refused(() -> new Model(file, 5, 6)));
        contains("a path that isn't there", "NoSuchFileException|FileNotFound".split("\\|")[1],
                refused(() -> TestJob.of("/nowhere/model", TestJob.options()).start()));
        contains("a file that isn't a model", jar, refused(() ->
                TestJob.of(jar, TestJob.options()).start()));
    }

    /** Messages are UTF-8, and one that is too long may end within a character. */
    private static void messages() {
        String face = "\ud83d\ude00";
        for (String ascii : new String[] {"", "a", "ab", "abc"}) {
            for (int faces : new int[] {1, 20, 54, 60}) {
                String name = ascii + face.repeat(faces);
                contains("a message with " + faces + " faces", "tensor '" + ascii + face,
                        refused(() -> Native.openModel(modelWith(name))));
            }
        }
    }

    /** A file with one tensor, of an unknown type. */
    private static byte[] modelWith(String tensor) {
        byte[] header = ("{\"" + tensor + "\":{\"dtype\":\"X\",\"shape\":[1],\"data_offsets\":[0,4]}}")
                .getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + header.length + 4).order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length).put(header).array();
    }

    private static void streams(Model opened) {
        Blocks blocks = new Blocks(opened, 1 << 20, 10);
        blocks.grow();
        long stream = blocks.take();
        byte[] state = new byte[opened.stateBytes];
        Native.saveStream(stream, state);
        equal("a new stream's position", 0L, Native.position(stream));
        contains("no state", "LeatException", refused(() -> Native.loadStream(stream, null)));
        contains("a short state", "LeatException",
                refused(() -> Native.loadStream(stream, new byte[state.length - 1])));
        contains("a short buffer", "LeatException",
                refused(() -> Native.saveStream(stream, new byte[state.length - 1])));
        contains("no buffer", "LeatException", refused(() -> Native.saveStream(stream, null)));
        int accepted = 0;
        for (int i = 0; i < state.length; i++) {
            state[i] ^= 16;
            accepted += refused(() -> Native.loadStream(stream, state)) == null ? 1 : 0;
            accepted += refused(() -> opened.owns(state)) == null ? 1 : 0;
            state[i] ^= 16;
        }
        equal("states with a flipped bit that were loaded", 0, accepted);
        contains("no stream", "LeatException", refused(() -> Native.setPosition(0, 1)));
        contains("a negative position", "LeatException",
                refused(() -> Native.resetStream(stream, -1)));
        contains("a small block", "LeatException",
                refused(() -> Native.initStream(stream, 8, opened.address, 0, 0)));
        Native.setPosition(stream, 7);
        buffers(opened, stream);
        groups(opened, blocks);
        blocks.close();
    }

    private static void groups(Model opened, Blocks blocks) {
        final int count = 5;
        int size = opened.stateBytes;
        long[] streams = new long[count];
        byte[] states = new byte[count * size];
        for (int i = 0; i < count; i++) {
            streams[i] = blocks.take();
            Native.setPosition(streams[i], 100 + i);
        }
        for (int group = 1; group <= count; group++) {
            Native.saveGroup(streams, group, count - group, states);
            for (int i = 0; i < group; i++) {
                byte[] one = new byte[size];
                Native.saveStream(streams[i], one);
                expect("the state of stream " + i + " of a group of " + group,
                        Arrays.equals(one, Arrays.copyOfRange(states, i * size, (i + 1) * size)));
            }
        }
        contains("more streams than are listed", "ArrayIndexOutOfBounds",
                refused(() -> Native.saveGroup(streams, count, 1, states)));
        for (int[] bad : new int[][] {{-1, 1}, {count, -1}, {65, 0}, {60, 5},
                {count, Integer.MAX_VALUE}, {Integer.MAX_VALUE, 1}}) {
            contains("a group of " + bad[0] + " and " + bad[1], "LeatException",
                    refused(() -> Native.saveGroup(new long[80], bad[0], bad[1], states)));
        }
        contains("a short array of states", "LeatException",
                refused(() -> Native.saveGroup(streams, count, 0, new byte[count * size - 1])));
        contains("no list of streams", "LeatException",
                refused(() -> Native.saveGroup(null, count, 0, states)));
        contains("no array of states", "LeatException",
                refused(() -> Native.saveGroup(streams, count, 0, null)));
        contains("no stream in a group", "LeatException",
                refused(() -> Native.saveGroup(new long[1], 1, 0, states)));
        streams[1] = streams[0];
        contains("a stream twice", "twice",
                refused(() -> Native.saveGroup(streams, count, 0, states)));
    }

    private static void buffers(Model opened, long stream) {
        ByteBuffer streams = Batch.direct(8);
        streams.putLong(0, stream);
        ByteBuffer position = Batch.direct(8);
        position.putLong(0, 7);
        ByteBuffer in = Batch.direct(opened.inputSize * 4L);
        ByteBuffer out = Batch.direct(opened.outputSize * 4L);
        ByteBuffer result = Batch.direct(4);
        ByteBuffer small = Batch.direct(3);
        ByteBuffer heap = ByteBuffer.allocate(64);
        for (ByteBuffer bad : new ByteBuffer[] {null, small, heap}) {
            String buffer = bad == null ? "no buffer" : bad == small ? "small" : "on the heap";
            contains(buffer + ": streams", "missing or too short", refused(() ->
                    Native.stepBatch(bad, position, 1, in, out, result)));
            contains(buffer + ": positions", "missing or too short", refused(() ->
                    Native.stepBatch(streams, bad, 1, in, out, result)));
            contains(buffer + ": inputs", "missing or too short", refused(() ->
                    Native.stepBatch(streams, position, 1, bad, out, result)));
            contains(buffer + ": outputs", "missing or too short", refused(() ->
                    Native.stepBatch(streams, position, 1, in, bad, result)));
            contains(buffer + ": results", "missing or too short", refused(() ->
                    Native.stepBatch(streams, position, 1, in, out, bad)));
        }
        contains("a negative count", "missing or too short", refused(() ->
                Native.stepBatch(streams, position, -1, in, out, result)));
        ByteBuffer nowhere = Batch.direct(8);
        contains("no stream in a batch", "LeatException", refused(() ->
                Native.stepBatch(nowhere, position, 1, in, out, result)));
        equal("nothing was stepped", 7L, Native.position(stream));
        expect("and then it is", refused(() ->
                Native.stepBatch(streams, position, 1, in, out, result)) == null);
        equal("one step", 8L, Native.position(stream));
        equal("its result", 0, result.getInt(0));
    }

    private static Throwable thrown(Checks.Body body) {
        try {
            body.run();
            return null;
        } catch (Throwable e) {
            return e;
        }
    }

    /** What happens when a job starts on a TaskManager where one ran: it has another class loader. */
    void classLoaders() throws Exception {
        byte[] file = Files.readAllBytes(Path.of(model));
        for (int i = 0; i < 3; i++) {
            URLClassLoader loader = new URLClassLoader(new URL[] {new File(jar).toURI().toURL()},
                    new ParentWithoutLeat(NativeTests.class.getClassLoader()));
            Class<?> type = Class.forName("io.leat.flink.Native", true, loader);
            expect("class loader " + i + " has its own class", type != Native.class);
            Method open = type.getDeclaredMethod("openModel", byte[].class);
            open.setAccessible(true);
            expect("class loader " + i + " opens a model", (Long) open.invoke(null, file) != 0);
        }
        int left = 0;
        try (var files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            left = (int) files.filter(f -> f.getFileName().toString().startsWith("leat_flink")).count();
        }
        equal("copies of the library that are left", 0, left);
    }

    private static final class ParentWithoutLeat extends ClassLoader {
        ParentWithoutLeat(ClassLoader parent) {
            super(parent);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("io.leat.flink")) {
                throw new ClassNotFoundException(name);
            }
            return super.loadClass(name, resolve);
        }
    }
}
