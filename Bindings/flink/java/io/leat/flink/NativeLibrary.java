// SPDX-License-Identifier: MIT
package io.leat.flink;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Loads a native library out of the jar.
 *
 * <p>A JVM gives a file to one class loader only, as long as that lives. Flink makes a class loader for
 * each job, and for each of its restarts, in the same JVM. So each class loader loads a copy of its own
 * from a temporary file, which has no name any more when this returns.
 */
final class NativeLibrary {
    private NativeLibrary() {}

    static void load(String name) {
        String folder = "native/" + system() + "-" + processor();
        String resource = "/" + folder + "/lib" + name + ".so";
        try (InputStream in = NativeLibrary.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new UnsatisfiedLinkError("this jar has no " + folder + "/lib" + name + ".so");
            }
            Path copy = Files.createTempFile(name, ".so");
            try {
                Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
                System.load(copy.toString());
            } catch (UnsatisfiedLinkError e) {
                throw withReason(e, copy);
            } finally {
                Files.delete(copy);
            }
        } catch (IOException e) {
            throw withReason(new UnsatisfiedLinkError(e.toString()),
                    Path.of(System.getProperty("java.io.tmpdir")));
        }
    }

    private static UnsatisfiedLinkError withReason(UnsatisfiedLinkError e, Path place) {
        UnsatisfiedLinkError explained = new UnsatisfiedLinkError(e.getMessage() + " (it is copied to "
                + place + " and loaded from there; -Djava.io.tmpdir names another folder)");
        explained.initCause(e);
        return explained;
    }

    private static String system() {
        return System.getProperty("os.name").toLowerCase(java.util.Locale.ROOT);
    }

    private static String processor() {
        String name = System.getProperty("os.arch");
        return name.equals("amd64") ? "x86_64" : name;
    }
}
