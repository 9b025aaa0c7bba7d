// SPDX-License-Identifier: MIT
package io.leat.flink.cluster;

/** One sample of one sensor. Its fields are public, so that Flink takes it as a POJO. */
public class Sample {
    /** What the model of the tests takes. */
    static final int INPUTS = 3;

    public String key;
    public long position;
    public float[] values;

    public Sample() {}

    /** The sample with this number of this sensor: the numbers that reference.c computes, too. */
    static Sample of(int sensor, long position) {
        Sample sample = new Sample();
        sample.key = "sensor-" + sensor;
        sample.position = position;
        sample.values = new float[INPUTS];
        for (int i = 0; i < INPUTS; i++) {
            long hash = mix((((long) sensor << 32) + position) * INPUTS + i);
            sample.values[i] = (hash >>> 40) * 0x1p-23f - 1f;
        }
        return sample;
    }

    /** The number in a key. */
    static int sensor(String key) {
        return Integer.parseInt(key.substring(key.indexOf('-') + 1));
    }

    /** Numbers that look random: SplitMix64. */
    private static long mix(long z) {
        z += 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
