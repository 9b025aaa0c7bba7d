# SPDX-License-Identifier: MIT
#
#   make bench-accuracy   how much narrow weights change the outputs, into
#                         Documentation/Benchmarks.md

ACCURACY_MODEL = examples-c/telemetry/model.safetensors
ACCURACY_MODELS = $(ACCURACY_MODEL) $(patsubst %,build/bench/telemetry-%.safetensors,f16 bf16 int8)

build/bench/accuracy: $(patsubst %,build/bench/%.o,accuracy models model_files) build/libleat.so
	@$(CC) -o $@ $(filter %.o,$^) -Lbuild -lleat -lm -Wl,-rpath,'$$ORIGIN/..'

build/bench/telemetry-%.safetensors: $(ACCURACY_MODEL) build/leat
	@mkdir -p build/bench
	@build/leat quantize $< $@ --to $* --force >/dev/null

.PHONY: bench-accuracy
bench-accuracy: libraries build/leat
	@$(MAKE) -s build/bench/accuracy $(ACCURACY_MODELS)
	@build/bench/accuracy examples-c/telemetry/recording.csv $(ACCURACY_MODELS) \
	    >build/bench/accuracy.md
	@awk '/^<!-- end:accuracy -->$$/ { inside = 0; print "" } \
	    !inside { print } \
	    /^<!-- begin:accuracy -->$$/ { inside = 1; print ""; \
	        while ((getline line <"build/bench/accuracy.md") > 0) print line }' \
	    Documentation/Benchmarks.md >build/bench/Benchmarks.md
	@cat build/bench/Benchmarks.md >Documentation/Benchmarks.md
	@cat build/bench/accuracy.md
