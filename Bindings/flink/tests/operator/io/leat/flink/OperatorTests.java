// SPDX-License-Identifier: MIT
package io.leat.flink;

/**
 * The tests of the operator, in clusters within this JVM.
 * usage: OperatorTests VECTORS FOLDER JAR [PART], with a folder for what is made, which has the C
 * programs
 */
public final class OperatorTests {
    private OperatorTests() {}

    private static String only;

    private static void part(String name, Checks.Body body) {
        if (only == null || name.contains(only)) {
            Checks.part(name, body);
        }
    }

    public static void main(String[] arguments) throws Exception {
        String model = arguments[0] + "/head/model.safetensors";
        String other = arguments[0] + "/head-three/model.safetensors";
        String wide = arguments[0] + "/head-wide/model.safetensors";
        Reference.program = arguments[1] + "/reference";
        TestJob.temporary = arguments[1];
        only = arguments.length > 3 ? arguments[3] : null;

        TestCluster.start();
        NativeTests border = new NativeTests(model, arguments[2]);
        part("arguments of C functions", border::arguments);
        part("class loaders", border::classLoaders);
        BitsTests bits = new BitsTests(model);
        part("keys of any type", bits::keys);
        part("batches", bits::batches);
        part("subtasks", bits::subtasks);
        part("object reuse", bits::objectReuse);
        part("windows", bits::windows);
        PolicyTests policies = new PolicyTests(model);
        part("repeated records", policies::repeats);
        part("gaps: fail", policies::gapFails);
        part("gaps: side output", policies::gapToSideOutput);
        part("gaps: reset", policies::gapResets);
        part("bad samples: fail", policies::badSampleFails);
        part("bad samples: side output", policies::badSampleToSideOutput);
        part("bad samples: savepoint", policies::badSampleIsKept);
        part("the greatest position", policies::greatestPosition);
        TimingTests timing = new TimingTests(model);
        part("stepped by: delay, end", timing::delay);
        part("stepped by: size", timing::size);
        part("stepped by: barrier", timing::barrier);
        part("stepped by: watermark", timing::watermark);
        part("stepped by: idle status", timing::idle);
        part("delays that are refused", timing::refusals);
        LifeTests life = new LifeTests(model);
        part("life: closed without a start", life::neverOpened);
        part("life: timers after the end", life::timersAfterClose);
        part("life: failures half way", life::failures);
        RestoreTests restores = new RestoreTests(model, other);
        part("savepoints", restores::backends);
        part("savepoints with windows", restores::windows);
        part("another model's states", restores::otherModel);
        MemoryTests memory = new MemoryTests(model);
        part("memory: limits", memory::limits);
        part("memory: savepoint", memory::savepoint);
        part("memory: idle streams", memory::idle);
        part("memory: refusals", memory::tooSmall);
        WarmUpTests warmUp = new WarmUpTests(model, other, wide);
        part("warm-up: takes over", warmUp::takesOver);
        part("warm-up: stopped", warmUp::goesOn);
        part("warm-up: full memory", warmUp::fullMemory);
        part("warm-up: new keys", warmUp::newKeys);
        part("warm-up: reset", warmUp::reset);
        part("warm-up: refusals", warmUp::refusals);
        StoreTests stores = new StoreTests(model, other, arguments[1]);
        part("store: there and back", stores::thereAndBack);
        LeatStates.environments = TestCluster::environment; // Starting a cluster takes seconds.
        part("store: command line", stores::commandLine);
        part("store: refusals", stores::refusals);
        System.exit(Checks.finish() ? 0 : 1);
    }
}
