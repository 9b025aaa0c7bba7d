// SPDX-License-Identifier: MIT
package io.leat.flink;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.flink.api.common.serialization.Encoder;

/** An output as compare.py reads it: sensor, position and row, little-endian, without padding. */
final class OutputEncoder implements Encoder<LeatOutput<String>> {
    @Override
    public void encode(LeatOutput<String> output, OutputStream stream) throws IOException {
        float[] row = output.row();
        ByteBuffer buffer = ByteBuffer.allocate(12 + 4 * row.length).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(FaultsJob.sensor(output.key())).putLong(output.position());
        for (float value : row) {
            buffer.putFloat(value);
        }
        stream.write(buffer.array());
    }
}
