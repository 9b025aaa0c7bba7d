// SPDX-License-Identifier: MIT
package io.leat.flink;

/** The records of the tests: a POJO, as Flink calls it. */
public class Reading {
    public long sensor;
    public long number;
    public float[] values;
    /** The event's time, or a negative number for none. */
    public long time;

    public Reading() {}

    public Reading(long sensor, long number, float[] values) {
        this.sensor = sensor;
        this.number = number;
        this.values = values;
        this.time = -1;
    }

    static Reading of(long sensor, long number) {
        return new Reading(sensor, number, sample(sensor, number, 3));
    }

    /** The sample that samples.h computes, too. */
    static float[] sample(long sensor, long number, int size) {
        float[] sample = new float[size];
        long h = mix(sensor * 0x9e3779b97f4a7c15L + number);
        for (int i = 0; i < size; i++) {
            h = mix(h + 0x9e3779b97f4a7c15L);
            sample[i] = (h >>> 40) * 0x1p-23f - 1.0f;
        }
        return sample;
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
