// SPDX-License-Identifier: MIT
package io.leat.flink;

import java.util.Objects;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/** Puts out the state of each key that it was restored with. Nothing comes in. */
final class StateExport<K> extends AbstractStreamOperator<Tuple2<String, byte[]>>
        implements OneInputStreamOperator<K, Tuple2<String, byte[]>>, BoundedOneInput {
    private static final long serialVersionUID = 1;

    private final LeatStates.KeyNames<K> names;
    private final String uid;
    private transient int count;

    StateExport(LeatStates.KeyNames<K> names, String uid) {
        this.names = names;
        this.uid = uid;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        if (!context.isRestored()) {
            throw nothing();
        }
    }

    @Override
    public void open() throws Exception {
        super.open();
        // Registers the states, without which Flink would not read them.
        new StreamStates(getRuntimeContext());
    }

    @Override
    public void processElement(StreamRecord<K> element) {}

    @Override
    public void endInput() throws Exception {
        this.<K>getKeyedStateBackend().applyToAllKeys(VoidNamespace.INSTANCE,
                VoidNamespaceSerializer.INSTANCE, StreamStates.STREAM, (key, state) -> {
                    count++;
                    output.collect(new StreamRecord<>(Tuple2.of(name(key), state.value())));
                });
        if (count == 0) { // Flink restores an operator that had no state, too.
            throw nothing();
        }
    }

    private String name(K key) {
        return Objects.requireNonNull(names.name(key), () -> "the name of key " + key + " is null");
    }

    private IllegalArgumentException nothing() {
        return new IllegalArgumentException("the savepoint has no stream of an operator with uid '"
                + uid + "'");
    }
}
