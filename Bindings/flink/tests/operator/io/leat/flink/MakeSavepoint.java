// SPDX-License-Identifier: MIT
package io.leat.flink;

import org.apache.flink.api.common.typeinfo.Types;

/**
 * Makes the savepoint that the README's commands read, and prints its path.
 * usage: MakeSavepoint MODEL FOLDER
 */
public final class MakeSavepoint {
    private MakeSavepoint() {}

    public static void main(String[] arguments) throws Exception {
        TestJob.temporary = arguments[1];
        TestCluster.start();
        System.out.println(new TestJob<>(arguments[0], TestJob.options(), r -> "pump-" + r.sensor,
                Types.STRING).start().sendAll(5, 0, 10).stop());
        System.exit(0);
    }
}
