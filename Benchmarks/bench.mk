# SPDX-License-Identifier: MIT
#
#   make bench          all figures but those of other runtimes, into
#                       Documentation/Benchmarks.md; BENCH="--quick --only step"
#                       only prints some
#   make bench-million  a million streams

BENCH =
BENCH_WARN  = $(WARN) -D_POSIX_C_SOURCE=200809L -IInclude
BENCH_COMMON = timing streams models model_files
BENCH_PARTS = bench report $(BENCH_COMMON) step_comparison bench_step bench_batch bench_window \
              bench_threads bench_latency bench_formats bench_subnormal bench_state \
              bench_machine bench_roofline bench_store bench_store_growth bench_autosave \
              sqlite_loop sqlite_by_hand store_files store_comparison filled_store \
              handwritten handwritten_memory handwritten_8 $(BENCH_V4) plain_step roofline \
              handwritten_bytes handwritten_bytes_memory
BENCH_V4    = $(if $(filter x86_64,$(shell uname -m)),handwritten_8_v4 handwritten_16)
BENCH_HEADERS = $(wildcard Benchmarks/*.h) $(HEADERS)

# The steps that Leat's is compared with are compiled with the best options, whatever
# CFLAGS says. The hand-written step's products must not be contracted, since Leat's
# aren't.
BENCH_LANES = -O3 -ffp-contract=off
BENCH_VNNI  = $(if $(filter x86_64,$(shell uname -m)),-march=x86-64-v4 -mavx512vnni)
BENCH_MARCH = $(if $(filter x86_64,$(shell uname -m)),-march=haswell)
build/bench/handwritten_8.o build/bench/roofline.o: BENCH_FLAGS = $(BENCH_LANES) $(BENCH_MARCH)
$(BENCH_V4:%=build/bench/%.o): BENCH_FLAGS = $(BENCH_LANES) -march=x86-64-v4
build/bench/handwritten_bytes.o: BENCH_FLAGS = $(BENCH_LANES) $(BENCH_VNNI)
build/bench/plain_step.o: BENCH_FLAGS = -O3 -march=native -ffast-math
BENCH_FLAGS = -O2

# Swift comes with a clang, which schedules the hand-written step better than gcc 12.
build/bench/handwritten_8.o build/bench/handwritten_bytes.o $(BENCH_V4:%=build/bench/%.o): \
    BENCH_CC = $(or $(shell command -v clang),$(CC))
BENCH_CC = $(CC)

BENCH_COMPILE = mkdir -p build/bench; \
                $(BENCH_CC) $(BENCH_WARN) $(BENCH_FLAGS) -c -o $@ $<

build/bench/%.o: Benchmarks/%.c $(BENCH_HEADERS)
	@$(BENCH_COMPILE)

build/bench/handwritten_8_v4.o: Benchmarks/handwritten_8.c $(BENCH_HEADERS)
	@$(BENCH_COMPILE)

build/bench/bench: $(patsubst %,build/bench/%.o,$(BENCH_PARTS)) $(LIBRARIES)
	@$(CC) -o $@ $(filter %.o,$(filter-out build/leat%,$^)) -Lbuild -lleat_store -lleat \
	    -lsqlite3 -lpthread -lm -Wl,-rpath,'$$ORIGIN/..'

build/bench/million_streams: $(patsubst %,build/bench/%.o,million_streams $(BENCH_COMMON)) \
    $(LIBRARIES)
	@$(CC) -o $@ $(filter build/bench/%,$^) -Lbuild -lleat -lm -Wl,-rpath,'$$ORIGIN/..'

# Only a run of all sections replaces the results.
.PHONY: bench bench-million
bench: libraries
	@$(MAKE) -s build/bench/bench
	@mkdir -p Benchmarks/results
	@build/bench/bench $(or $(BENCH),--json Benchmarks/results/leat.json)
	@$(if $(BENCH),,$(MAKE) -s bench-report)

bench-million: libraries
	@$(MAKE) -s build/bench/million_streams
	@build/bench/million_streams
