// SPDX-License-Identifier: MIT
package io.leat.flink;

import java.util.Objects;

/** Counted checks. A check that fails is printed; the totals are the last line. */
final class Checks {
    private static int passed;
    private static int failed;

    private Checks() {}

    /** A part of the tests. */
    interface Body {
        void run() throws Exception;
    }

    static void expect(String what, boolean right) {
        if (right) {
            passed++;
        } else {
            failed++;
            System.out.println("FAILED: " + what);
        }
    }

    static void equal(String what, Object expected, Object found) {
        expect(what + ": expected " + expected + ", found " + found,
                Objects.equals(expected, found));
    }

    static void contains(String what, String part, String found) {
        expect(what + ": expected '" + part + "' in: " + found, found != null && found.contains(part));
    }

    /** The message of what a body throws, or null. */
    static String refused(Body body) {
        try {
            body.run();
            return null;
        } catch (Exception | LinkageError e) {
            return messages(e);
        }
    }

    /** The messages of an exception and of all its causes. */
    static String messages(Throwable e) {
        StringBuilder all = new StringBuilder();
        for (Throwable t = e; t != null; t = t.getCause()) {
            all.append(t.getClass().getSimpleName()).append(": ").append(t.getMessage()).append("\n");
        }
        return all.toString();
    }

    /** Run a part. An exception that it doesn't expect is a failure. */
    static void part(String name, Body body) {
        int before = passed;
        long start = System.nanoTime();
        try {
            body.run();
        } catch (Throwable e) {
            failed++;
            System.out.println("FAILED: " + name + ": " + messages(e));
            e.printStackTrace(System.out);
        }
        System.out.printf("%-36s %3d checks, %4d ms%n", name, passed - before,
                (System.nanoTime() - start) / 1_000_000);
    }

    static boolean finish() {
        System.out.println(passed + " passed, " + failed + " failed");
        return failed == 0 && passed > 0;
    }
}
