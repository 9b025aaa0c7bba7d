# SPDX-License-Identifier: MIT
#
# Processes that are killed; included by the Makefile.
#
#   make test-soak  1,000 kills of a process that steps and saves; another number:
#                   SOAK="--rounds 10000 --seed 1"

SOAK = --rounds 1000
SOAK_MODELS = $(patsubst %,Tests/Vectors/%/model.safetensors,head projection-head)
SOAK_SOURCES = Tests/Soak/soak.c Tests/Soak/soak_worker.c

build/tests/soak: $(SOAK_SOURCES) Tests/Soak/soak.h Tests/C/store_fixture.h Tests/C/check.h \
    $(LIBRARIES) $(HEADERS)
	@mkdir -p build/tests
	@$(CC) $(WARN) -O1 -g -IInclude -ITests/C -o $@ $(SOAK_SOURCES) -Lbuild -lleat_store \
	    -lleat -lsqlite3 -lm -lpthread -Wl,-rpath,'$$ORIGIN/..'

.PHONY: test-soak
test-soak: libraries
	@$(MAKE) -s build/tests/soak
	@build/tests/soak $(SOAK) $(SOAK_MODELS)
