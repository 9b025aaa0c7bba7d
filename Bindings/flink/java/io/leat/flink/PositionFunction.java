// SPDX-License-Identifier: MIT
package io.leat.flink;

import java.io.Serializable;

/** Gets the position out of a record: the number of its sample in its key's stream, from 0. */
@FunctionalInterface
public interface PositionFunction<T> extends Serializable {
    long position(T record) throws Exception;
}
