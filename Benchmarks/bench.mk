# SPDX-License-Identifier: MIT
#
#   make bench          every figure but the peers', into Documentation/Benchmarks.md;
#                       BENCH="--quick --only step" prints some only
#   make bench-million  a million streams

BENCH =
BENCH_WARN  = $(WARN) -D_POSIX_C_SOURCE=200809L -IInclude
BENCH_PARTS = bench report samples subjects models model_files contest bench_step bench_batch \
              bench_threads bench_latency bench_formats bench_subnormal bench_state \
              bench_machine bench_roofline bench_store bench_store_many bench_autosave \
              sqlite_loop store_files keepers crowd
BENCH_OWN   = limit limit_memory limit_narrow $(BENCH_V4) plain roofline
BENCH_V4    = $(if $(filter x86_64,$(shell uname -m)),limit_narrow_v4 limit_wide)
BENCH_HEADERS = $(wildcard Benchmarks/*.h) $(HEADERS)

# What is compared with is compiled as well as can be, whatever CFLAGS says. The
# products of the limit must not be contracted: Leat's aren't.
BENCH_LANES = -O3 -ffp-contract=off
BENCH_MARCH = $(if $(filter x86_64,$(shell uname -m)),-march=haswell)
build/bench/limit_narrow.o build/bench/roofline.o: BENCH_FLAGS = $(BENCH_LANES) $(BENCH_MARCH)
$(BENCH_V4:%=build/bench/%.o): BENCH_FLAGS = $(BENCH_LANES) -march=x86-64-v4
build/bench/plain.o: BENCH_FLAGS = -O3 -march=native -ffast-math
BENCH_FLAGS = -O2

# With Swift comes a clang, which orders the limit's instructions better than gcc 12.
build/bench/limit_narrow.o $(BENCH_V4:%=build/bench/%.o): \
    BENCH_CC = $(or $(shell command -v clang),$(CC))
BENCH_CC = $(CC)

BENCH_COMPILE = mkdir -p build/bench; \
                $(BENCH_CC) $(BENCH_WARN) $(BENCH_FLAGS) -c -o $@ $<

build/bench/%.o: Benchmarks/%.c $(BENCH_HEADERS)
	@$(BENCH_COMPILE)

build/bench/limit_narrow_v4.o: Benchmarks/limit_narrow.c $(BENCH_HEADERS)
	@$(BENCH_COMPILE)

build/bench/bench: $(patsubst %,build/bench/%.o,$(BENCH_PARTS) $(BENCH_OWN)) $(LIBRARIES)
	@$(CC) -o $@ $(filter %.o,$(filter-out build/leat%,$^)) -Lbuild -lleat_store -lleat \
	    -lsqlite3 -lpthread -lm -Wl,-rpath,'$$ORIGIN/..'

build/bench/million: $(patsubst %,build/bench/%.o,million samples subjects models model_files) \
    $(LIBRARIES)
	@$(CC) -o $@ $(filter build/bench/%,$^) -Lbuild -lleat -lm -Wl,-rpath,'$$ORIGIN/..'

# A part of the bench doesn't replace the results of the whole.
.PHONY: bench bench-million
bench: libraries
	@$(MAKE) -s build/bench/bench
	@mkdir -p Benchmarks/results
	@build/bench/bench $(or $(BENCH),--json Benchmarks/results/leat.json)
	@$(if $(BENCH),,$(MAKE) -s bench-report)

bench-million: libraries
	@$(MAKE) -s build/bench/million
	@build/bench/million
