// SPDX-License-Identifier: MIT
package io.leat.flink;

/** The model of an operator, and the old one of a warm-up. */
final class Models implements AutoCloseable {
    final Model current;
    /** Null without a warm-up. */
    final Model old;

    private Models(Model current, Model old) {
        this.current = current;
        this.old = old;
    }

    static Models open(byte[] file, byte[] oldFile, int window, int hop) {
        Model current = new Model(file, window, hop);
        Model old = null;
        try {
            old = oldFile == null ? null : new Model(oldFile, window, hop);
            if (old != null && old.inputSize != current.inputSize) {
                throw new IllegalArgumentException("the old model takes " + old.inputSize
                        + " floats and the new one " + current.inputSize
                        + ": in a warm-up both take the same samples in");
            }
            return new Models(current, old);
        } catch (RuntimeException | Error e) {
            current.close();
            if (old != null) {
                old.close();
            }
            throw e;
        }
    }

    /** Open the models of a job while it is put together, to refuse what can't run. */
    static void check(String path, byte[] file, String oldPath, byte[] oldFile, int window, int hop) {
        try {
            new Model(file, window, hop).close();
        } catch (LeatException e) {
            throw new LeatException(path, e);
        }
        try {
            open(file, oldFile, window, hop).close();
        } catch (LeatException e) {
            throw new LeatException(oldPath, e);
        }
    }

    @Override
    public void close() {
        current.close();
        if (old != null) {
            old.close();
        }
    }
}
