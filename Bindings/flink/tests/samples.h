/* SPDX-License-Identifier: MIT
 * The samples of the tests: the same as in operator/io/leat/flink/Reading.java. */
#ifndef SAMPLES_H
#define SAMPLES_H

#include <stdint.h>

static inline uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static inline void sample(uint64_t sensor, uint64_t number, float *x, uint32_t size)
{
    uint64_t h = mix(sensor * UINT64_C(0x9e3779b97f4a7c15) + number);
    uint32_t i;

    for (i = 0; i < size; i++) {
        h = mix(h + UINT64_C(0x9e3779b97f4a7c15));
        x[i] = (float)(h >> 40) * 0x1p-23f - 1.0f;
    }
}

#endif
