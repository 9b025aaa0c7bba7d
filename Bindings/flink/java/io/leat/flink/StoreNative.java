// SPDX-License-Identifier: MIT
package io.leat.flink;

/** native/store/store.c: stores, as {@link Native} has models and streams. Texts: {@link #text}. */
final class StoreNative {
    static {
        NativeLibrary.load("leat_flink_store");
    }

    private StoreNative() {}

    static native long open(byte[] path, boolean readOnly);

    static native void close(long store);

    static native void begin(long store);

    static native void commit(long store);

    /** replace: also over a checkpoint of another model, or one that is further on. */
    static native void save(long store, byte[] name, byte[] state, boolean replace);

    static native byte[] load(long store, byte[] name);

    /** All streams' names, each with a NUL after it. */
    static native byte[] names(long store);

    /** The bytes of a text for C: UTF-8 and a NUL. */
    static byte[] text(String text) {
        byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        return java.util.Arrays.copyOf(bytes, bytes.length + 1);
    }
}
