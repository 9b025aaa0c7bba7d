# SPDX-License-Identifier: MIT
#
#   make bench-run     `leat run` against a program with strtof and printf
#   make bench-run-by  `leat run --by` over 10,000 streams against one stream

build/bench/tool_run: $(patsubst %,build/bench/%.o,tool_run timing models model_files)
	@$(CC) -o $@ $^ -lm

build/bench/tool_run_baseline: build/bench/tool_run_baseline.o $(LIBRARIES)
	@$(CC) -o $@ $< -Lbuild -lleat -lm -Wl,-rpath,'$$ORIGIN/..'

.PHONY: bench-run bench-run-by
bench-run: libraries build/leat
	@$(MAKE) -s build/bench/tool_run build/bench/tool_run_baseline
	@build/bench/tool_run build/leat build/bench/tool_run_baseline build/bench

bench-run-by: build/leat
	@Benchmarks/tool_run_by.sh build/leat Tests/Vectors/size-7-64/model.safetensors 7
