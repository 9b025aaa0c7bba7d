// SPDX-License-Identifier: MIT
package io.leat.flink;

import java.io.Serializable;

/** Gets the sample out of a record: as many floats as the model's input_size. */
@FunctionalInterface
public interface SampleFunction<T> extends Serializable {
    /** The array is read before the next record comes, and isn't kept. */
    float[] sample(T record) throws Exception;
}
