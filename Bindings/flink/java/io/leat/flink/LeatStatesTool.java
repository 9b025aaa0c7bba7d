// SPDX-License-Identifier: MIT
package io.leat.flink;

import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;

/** The command line of {@link LeatStates}, for keys that are strings or whole numbers. */
public final class LeatStatesTool {
    private static final String USAGE = String.join("\n",
            "usage: java -cp 'leat-flink.jar:FLINK/lib/*' io.leat.flink.LeatStatesTool",
            "    export savepoint=PATH store=FILE [replace=yes]",
            "    import store=FILE folder=PATH [max-parallelism=128]",
            "both: [uid=leat] [key=string|long|int]");

    private LeatStatesTool() {}

    public static void main(String[] arguments) throws Exception {
        try {
            Map<String, String> options = options(arguments);
            String key = options.getOrDefault("key", "string");
            switch (key) {
                case "string" -> run(arguments[0], options, Types.STRING, new Strings());
                case "long" -> run(arguments[0], options, Types.LONG, new Longs());
                case "int" -> run(arguments[0], options, Types.INT, new Ints());
                default -> throw new Usage("key is " + key);
            }
        } catch (Usage e) {
            System.err.println(e.getMessage() + "\n" + USAGE);
            System.exit(64);
        }
    }

    private static <K> void run(String what, Map<String, String> options,
            TypeInformation<K> keyType, LeatStates.KeyNames<K> names) throws Exception {
        String uid = options.getOrDefault("uid", "leat");
        if (what.equals("export")) {
            LeatStates.exportToStore(needed(options, "savepoint"), uid, keyType, names,
                    needed(options, "store"), options.getOrDefault("replace", "no").equals("yes"));
        } else {
            System.out.println(LeatStates.importFromStore(needed(options, "store"), names, uid, keyType,
                    Integer.parseInt(options.getOrDefault("max-parallelism", "128")),
                    needed(options, "folder")));
        }
    }

    private static Map<String, String> options(String[] arguments) {
        if (arguments.length == 0 || !arguments[0].matches("export|import")) {
            throw new Usage("what to do is missing");
        }
        String known = "uid|key|store|" + (arguments[0].equals("export")
                ? "savepoint|replace" : "folder|max-parallelism");
        Map<String, String> options = new HashMap<>();
        for (int i = 1; i < arguments.length; i++) {
            String[] parts = arguments[i].split("=", 2);
            if (parts.length < 2 || !parts[0].matches(known)) {
                throw new Usage(arguments[0] + " has no option " + arguments[i]);
            }
            options.put(parts[0], parts[1]);
        }
        return options;
    }

    private static String needed(Map<String, String> options, String name) {
        String value = options.get(name);
        if (value == null) {
            throw new Usage(name + " is missing");
        }
        return value;
    }

    private static final class Usage extends RuntimeException {
        private static final long serialVersionUID = 1;

        Usage(String message) {
            super(message);
        }
    }

    private static final class Strings implements LeatStates.KeyNames<String> {
        private static final long serialVersionUID = 1;

        @Override
        public String name(String key) {
            return key;
        }

        @Override
        public String key(String name) {
            return name;
        }
    }

    private static final class Longs implements LeatStates.KeyNames<Long> {
        private static final long serialVersionUID = 1;

        @Override
        public String name(Long key) {
            return key.toString();
        }

        @Override
        public Long key(String name) {
            return Long.valueOf(name);
        }
    }

    private static final class Ints implements LeatStates.KeyNames<Integer> {
        private static final long serialVersionUID = 1;

        @Override
        public String name(Integer key) {
            return key.toString();
        }

        @Override
        public Integer key(String name) {
            return Integer.valueOf(name);
        }
    }
}
