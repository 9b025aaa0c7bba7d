// SPDX-License-Identifier: MIT
package io.leat.flink;

import org.apache.flink.streaming.api.functions.source.legacy.SourceFunction;

/** A source that ends at once. */
@SuppressWarnings("deprecation") // As StoreSource.
final class NoRecords<T> implements SourceFunction<T> {
    private static final long serialVersionUID = 1;

    @Override
    public void run(SourceContext<T> context) {}

    @Override
    public void cancel() {}
}
