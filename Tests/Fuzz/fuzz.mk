# SPDX-License-Identifier: MIT
# Fuzzing, and threads under ThreadSanitizer; included by the Makefile. Both
# compile the library once more, with the sanitizer in its Swift code.
#
#   make fuzz        SECONDS=60 for each target, TARGETS="model metadata state store"
#   make test-tsan   the tests with threads

SECONDS = 60
TARGETS = model metadata state store

.PHONY: fuzz test-tsan
fuzz: setup
	@Tests/Fuzz/fuzz.sh $(SECONDS) $(TARGETS)

test-tsan: setup
	@Tests/Fuzz/threads.sh
