# SPDX-License-Identifier: MIT
#   make test-python-torch  the tests that need PyTorch and Keras, and the example that trains
#
# PYTHON as for the wheel, TORCH_INDEX as for bench-peers.

.PHONY: test-python-torch
test-python-torch:
	@PYTHON=$(PYTHON) TORCH_INDEX=$(TORCH_INDEX) Bindings/python/framework-tests/run.sh

# The wheel has the tool's converter of Keras' files.
build/python/wheel.stamp: $(wildcard Sources/Tool/Convert/Python/*.py)
