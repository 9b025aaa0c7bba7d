// SPDX-License-Identifier: MIT
package io.leat.flink;

import java.nio.charset.StandardCharsets;

/** What the C library refused: its code (LEAT_E_* of leat.h) and its sentence. */
public final class LeatException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** LEAT_E_MISMATCH: the state belongs to another model. */
    public static final int MISMATCH = -8;

    private final int code;

    /** Called by the native library, with UTF-8. A character that is cut becomes U+FFFD. */
    LeatException(int code, byte[] message) {
        super(new String(message, StandardCharsets.UTF_8));
        this.code = code;
    }

    LeatException(String context, LeatException cause) {
        super(context + ": " + cause.getMessage(), cause);
        this.code = cause.code;
    }

    public int code() {
        return code;
    }
}
