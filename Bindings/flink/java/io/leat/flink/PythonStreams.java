// SPDX-License-Identifier: MIT
package io.leat.flink;

import java.io.IOException;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.api.java.tuple.Tuple;
import org.apache.flink.api.java.typeutils.RowTypeInfo;
import org.apache.flink.api.java.typeutils.TupleTypeInfo;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.types.Row;

/** What leat.flink in Python calls: records are tuples or rows, whose fields are named by number. */
public final class PythonStreams {
    private PythonStreams() {}

    /** sample: the number of a field that is a float[], or those of fields that are numbers. */
    public static LeatOptions<Object> options(int position, List<Integer> sample) {
        int[] fields = sample.stream().mapToInt(Integer::intValue).toArray();
        return LeatOptions.of(record -> floats(record, fields),
                record -> number(field(record, position)).longValue());
    }

    public static SingleOutputStreamOperator<LeatOutput<Object>> step(DataStream<Object> stream, int key,
            String modelFile, LeatOptions<Object> options) throws IOException {
        TypeInformation<Object> keyType = typeAt(stream.getType(), key);
        KeySelector<Object, Object> selector = record -> field(record, key);
        return LeatStreams.step(stream.keyBy(selector, keyType), modelFile, options);
    }

    public static DataStream<Object> gaps(SingleOutputStreamOperator<?> outputs,
            DataStream<Object> records) {
        return outputs.getSideOutput(LeatStreams.gapTag(records.getType()));
    }

    public static DataStream<Object> badSamples(SingleOutputStreamOperator<?> outputs,
            DataStream<Object> records) {
        return outputs.getSideOutput(LeatStreams.badSampleTag(records.getType()));
    }

    private static TypeInformation<Object> typeAt(TypeInformation<?> type, int place) {
        if (!(type instanceof RowTypeInfo) && !(type instanceof TupleTypeInfo)) {
            throw new IllegalArgumentException("the records are of the type " + type + ", and must be"
                    + " rows or tuples: give output_type=Types.ROW([...]) to what makes them");
        }
        if (place < 0 || place >= type.getArity()) {
            throw new IllegalArgumentException("the key is field " + place + ", and the records have "
                    + type.getArity());
        }
        return type instanceof RowTypeInfo ? ((RowTypeInfo) type).getTypeAt(place)
                : ((TupleTypeInfo<?>) type).getTypeAt(place);
    }

    private static Object field(Object record, int place) {
        return record instanceof Row ? ((Row) record).getField(place)
                : ((Tuple) record).getField(place);
    }

    private static Number number(Object value) {
        if (value instanceof Number) {
            return (Number) value;
        }
        throw new IllegalArgumentException("expected a number, found " + value);
    }

    private static float[] floats(Object record, int[] fields) {
        Object first = field(record, fields[0]);
        if (fields.length == 1 && (first == null || first instanceof float[])) {
            return (float[]) first;
        }
        float[] sample = new float[fields.length];
        for (int i = 0; i < fields.length; i++) {
            sample[i] = number(field(record, fields[i])).floatValue();
        }
        return sample;
    }
}
