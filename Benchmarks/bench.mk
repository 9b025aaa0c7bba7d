# SPDX-License-Identifier: MIT
#
#   make bench          all figures but those of other runtimes, into
#                       Documentation/Benchmarks.md; BENCH="--quick --only step"
#                       only prints some
#   make bench-check    instructions of a step and other calls compared with those in
#                       Benchmarks/instructions.txt, and page faults of steps, of which
#                       there must be none; WRITE=1 writes the instructions there
#   make bench-arm64    instructions of a step on arm64 compared with plain C's, under qemu

BENCH =
BENCH_WARN  = $(WARN) -D_POSIX_C_SOURCE=200809L -IInclude
BENCH_COMMON = timing streams models model_files
BENCH_PARTS = bench report $(BENCH_COMMON) step_comparison bench_step bench_sizes bench_batch \
              bench_many bench_window bench_threads bench_latency bench_formats bench_subnormal bench_state \
              bench_machine bench_roofline bench_store bench_store_growth bench_autosave \
              sqlite_loop sqlite_by_hand store_files store_comparison filled_store \
              handwritten handwritten_memory handwritten_8 handwritten_int8_memory $(BENCH_V4) plain_step \
              roofline roofline_loops
BENCH_V4    = $(if $(filter x86_64,$(shell uname -m)),handwritten_8_v4 handwritten_16 \
              roofline_16 handwritten_int8)
BENCH_HEADERS = $(wildcard Benchmarks/*.h) $(HEADERS)

# The steps that Leat's is compared with are compiled with the best options, whatever
# CFLAGS says. The hand-written step's products must not be contracted, since Leat's
# aren't.
BENCH_LANES = -O3 -ffp-contract=off
BENCH_MARCH = $(if $(filter x86_64,$(shell uname -m)),-march=haswell)
build/bench/handwritten_8.o build/bench/roofline_loops.o: BENCH_FLAGS = $(BENCH_LANES) $(BENCH_MARCH)
$(BENCH_V4:%=build/bench/%.o): BENCH_FLAGS = $(BENCH_LANES) -march=x86-64-v4
build/bench/plain_step.o: BENCH_FLAGS = -O3 -march=native -ffast-math
BENCH_FLAGS = -O2

# Swift comes with a clang, which schedules the hand-written step better than gcc 12.
build/bench/handwritten_8.o $(BENCH_V4:%=build/bench/%.o): \
    BENCH_CC = $(or $(shell command -v clang),$(CC))
BENCH_CC = $(CC)

BENCH_COMPILE = mkdir -p build/bench; \
                $(BENCH_CC) $(BENCH_WARN) $(BENCH_FLAGS) -c -o $@ $<

build/bench/%.o: Benchmarks/%.c $(BENCH_HEADERS)
	@$(BENCH_COMPILE)

build/bench/handwritten_int8.o: BENCH_FLAGS += -mavx512vnni
build/bench/roofline_16.o: BENCH_FLAGS += -DHANDWRITTEN_16
build/bench/roofline_16.o: Benchmarks/roofline_loops.c $(BENCH_HEADERS)
	@$(BENCH_COMPILE)

build/bench/handwritten_8_v4.o: Benchmarks/handwritten_8.c $(BENCH_HEADERS)
	@$(BENCH_COMPILE)

build/bench/bench: $(patsubst %,build/bench/%.o,$(BENCH_PARTS)) $(LIBRARIES)
	@$(CC) -o $@ $(filter %.o,$(filter-out build/leat%,$^)) -Lbuild -lleat_store -lleat \
	    -lsqlite3 -lpthread -lm -Wl,-rpath,'$$ORIGIN/..'

build/bench/instructions build/bench/page_faults: build/bench/%: build/bench/%.o \
    $(patsubst %,build/bench/%.o,$(BENCH_COMMON)) $(LIBRARIES)
	@$(CC) -o $@ $(filter build/bench/%,$^) -Lbuild -lleat -lm -Wl,-rpath,'$$ORIGIN/..'

# Only a run of all sections replaces the results.
.PHONY: bench bench-check bench-arm64
bench: libraries
	@$(MAKE) -s build/bench/bench
	@mkdir -p Benchmarks/results
	@build/bench/bench $(or $(BENCH),--json Benchmarks/results/leat.json)
	@$(if $(BENCH),,$(MAKE) -s bench-report)

bench-check: libraries
	@Scripts/setup valgrind=valgrind
	@$(MAKE) -s build/bench/instructions build/bench/page_faults
	@Benchmarks/count_instructions.sh build/bench/instructions >build/bench/instructions.txt
	@$(if $(WRITE),cp build/bench/instructions.txt Benchmarks/instructions.txt)
	@Tests/Benchmarks/run.sh

ARM64_SHAPES = A B C D E F
bench-arm64:
	@$(MAKE) -s CROSS=aarch64-linux-gnu build/aarch64-linux-gnu/libleat.a
	@Benchmarks/count_arm64.sh build/aarch64-linux-gnu/libleat.a $(ARM64_SHAPES)
