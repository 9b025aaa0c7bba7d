// SPDX-License-Identifier: MIT
package io.leat.flink;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** A model file: nn.LSTM and nn.Linear with one output, with weights at random. */
final class BenchModel {
    private BenchModel() {}

    static void write(Path path, int inputs, int hidden) throws IOException {
        String[] names = {"lstm.weight_ih_l0", "lstm.weight_hh_l0", "lstm.bias_ih_l0",
            "lstm.bias_hh_l0", "head.weight", "head.bias"};
        int[][] shapes = {{4 * hidden, inputs}, {4 * hidden, hidden}, {4 * hidden}, {4 * hidden},
            {1, hidden}, {1}};
        StringBuilder header = new StringBuilder("{");
        int end = 0;
        for (int i = 0; i < names.length; i++) {
            int size = 4 * shapes[i][0] * (shapes[i].length > 1 ? shapes[i][1] : 1);
            String shape = shapes[i].length > 1 ? shapes[i][0] + "," + shapes[i][1] : "" + shapes[i][0];
            header.append(i == 0 ? "" : ",").append(String.format(
                    "\"%s\":{\"dtype\":\"F32\",\"shape\":[%s],\"data_offsets\":[%d,%d]}",
                    names[i], shape, end, end + size));
            end += size;
        }
        byte[] json = header.append("}").toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + json.length + end).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(json.length).put(json);
        Random random = new Random(1);
        float bound = 1 / (float) Math.sqrt(hidden);
        while (file.hasRemaining()) {
            file.putFloat((2 * random.nextFloat() - 1) * bound);
        }
        Files.write(path, file.array());
    }
}
