// SPDX-License-Identifier: MIT
package io.leat.flink;

import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.api.java.typeutils.TupleTypeInfo;

/**
 * One output of a model: the key, the position of the sample that it belongs to, and the row, as many
 * floats as the model's output_size. It is a tuple, so that Flink's serializers and PyFlink know it.
 */
@SuppressWarnings("unchecked") // Tuple3 overrides a generic copy() of Tuple.
public class LeatOutput<K> extends Tuple3<K, Long, float[]> {
    private static final long serialVersionUID = 1;

    /** For Flink's serializer. */
    public LeatOutput() {}

    public LeatOutput(K key, long position, float[] row) {
        super(key, position, row);
    }

    public K key() {
        return f0;
    }

    public long position() {
        return f1;
    }

    public float[] row() {
        return f2;
    }

    /** The type of an output whose key has this type. */
    @SuppressWarnings({"unchecked", "rawtypes"}) // A class literal has no type arguments.
    public static <K> TypeInformation<LeatOutput<K>> type(TypeInformation<K> keyType) {
        return new TupleTypeInfo<LeatOutput<K>>((Class) LeatOutput.class, keyType, Types.LONG,
                PrimitiveArrayTypeInfo.FLOAT_PRIMITIVE_ARRAY_TYPE_INFO);
    }
}
