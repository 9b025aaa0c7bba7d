// SPDX-License-Identifier: MIT
package io.leat.flink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The outputs of a C program (reference.c) for sensors 0, 1 and so on. */
final class Reference {
    static String program;

    private final float[] values;
    private final int samples;
    private final long first;
    private final int outputSize;

    Reference(String model, int sensors, int samples, long first, int window, int hop)
            throws Exception {
        values = run(program, model, "" + sensors, "" + samples, "" + first, "" + window, "" + hop);
        this.samples = samples;
        this.first = first;
        outputSize = values.length / sensors / samples;
    }

    /** The floats that a program prints. */
    static float[] run(String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        byte[] bytes = process.getInputStream().readAllBytes();
        if (process.waitFor() != 0) {
            throw new IllegalStateException(command[0] + " failed");
        }
        float[] values = new float[bytes.length / 4];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }

    float[] row(long sensor, long position) {
        int at = (int) (sensor * samples + position - first) * outputSize;
        return Arrays.copyOfRange(values, at, at + outputSize);
    }

    boolean hasRow(long sensor, long position) {
        return !Float.isNaN(row(sensor, position)[0]);
    }

    static boolean sameBits(float[] a, float[] b) {
        return Arrays.equals(bits(a), bits(b));
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(values[i]);
        }
        return bits;
    }

    /**
     * Check that the outputs are those of sensors 0 to `sensors`, positions `from` to `to`, each once,
     * in order, with these bits.
     */
    void check(String what, List<LeatOutput<Long>> outputs, int sensors, long from, long to) {
        Map<Long, Long> next = new HashMap<>();
        int wrong = 0;
        int disordered = 0;
        for (LeatOutput<Long> output : outputs) {
            long position = next.getOrDefault(output.key(), from);
            while (position < to && !hasRow(output.key(), position)) {
                position++;
            }
            disordered += output.position() == position ? 0 : 1;
            wrong += sameBits(row(output.key(), output.position()), output.row()) ? 0 : 1;
            next.put(output.key(), position + 1);
        }
        long expected = 0;
        for (long s = 0; s < sensors; s++) {
            for (long p = from; p < to; p++) {
                expected += hasRow(s, p) ? 1 : 0;
            }
        }
        Checks.equal(what + ": outputs", expected, (long) outputs.size());
        Checks.equal(what + ": outputs out of order", 0, disordered);
        Checks.equal(what + ": outputs with wrong bits", 0, wrong);
    }
}
