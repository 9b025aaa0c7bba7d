# SPDX-License-Identifier: MIT
#
#   make bench-run  `leat run` beside a program with strtof and printf

build/bench/run_text: $(patsubst %,build/bench/%.o,run_text models)
	@$(CC) -o $@ $^ -lm

build/bench/run_text_loop: build/bench/run_text_loop.o $(LIBRARIES)
	@$(CC) -o $@ $< -Lbuild -lleat -lm -Wl,-rpath,'$$ORIGIN/..'

.PHONY: bench-run
bench-run: libraries build/leat
	@$(MAKE) -s build/bench/run_text build/bench/run_text_loop
	@build/bench/run_text build/leat build/bench/run_text_loop build/bench
