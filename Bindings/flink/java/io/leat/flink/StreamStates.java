// SPDX-License-Identifier: MIT
package io.leat.flink;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;

/** What Flink keeps for each key: the stream's state, and in a warm-up the new model's beside it. */
final class StreamStates {
    /** The bytes of leat_stream_save(). A job that reads savepoints uses the name, too. */
    static final ValueStateDescriptor<byte[]> STREAM = bytes("leat");

    /** The position at which the new model takes over, and the bytes of its stream. */
    static final ValueStateDescriptor<byte[]> WARM_UP = bytes("leat-warm-up");

    final ValueState<byte[]> stream;
    final ValueState<byte[]> warmUp;

    StreamStates(RuntimeContext context) {
        stream = context.getState(STREAM);
        warmUp = context.getState(WARM_UP);
    }

    private static ValueStateDescriptor<byte[]> bytes(String name) {
        return new ValueStateDescriptor<>(name, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);
    }

    static byte[] joined(long takeOver, byte[] state) {
        return ByteBuffer.allocate(Long.BYTES + state.length).putLong(takeOver).put(state).array();
    }

    static long takeOver(byte[] joined) {
        return ByteBuffer.wrap(joined).getLong();
    }

    static byte[] state(byte[] joined) {
        return Arrays.copyOfRange(joined, Long.BYTES, joined.length);
    }
}
