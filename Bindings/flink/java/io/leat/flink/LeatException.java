// SPDX-License-Identifier: MIT
package io.leat.flink;

/** What the C library refused: its code (LEAT_E_* of leat.h) and its sentence. */
public final class LeatException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** LEAT_E_MISMATCH: the state belongs to another model. */
    public static final int MISMATCH = -8;

    private final int code;

    /** Called by the native library, too. */
    public LeatException(int code, String message) {
        super(message);
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
