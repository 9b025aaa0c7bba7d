# SPDX-License-Identifier: MIT
# The Python package; included by the Makefile.
#
#   make wheel        build/python/leat-VERSION-cp311-abi3-PLATFORM.whl
#   make test-python  its tests, in a fresh virtual environment
#   make test-python-aarch64-linux-gnu WHEEL_CROSS=aarch64-linux-gnu   under qemu
#   make bench-python what Python adds to a step, beside C, ONNX Runtime and PyTorch
#
# WHEEL_CROSS=aarch64-linux-gnu: targets of CROSS= for which there is a wheel, too.
# PYTHON: Python 3.11 or newer with venv. PyPI must be reached.

PYTHON         = python3
WHEEL_CROSS    =
PYTHON_SOURCES = $(shell find Bindings/python/extension Bindings/python/leat -type f \
                   -not -name '*.pyc') $(wildcard Bindings/python/*.*)

.PHONY: wheel test-python bench-python
wheel: libraries
	@$(MAKE) -s build/python/wheel.stamp
	@for target in $(WHEEL_CROSS); do \
	    $(MAKE) -s CROSS=$$target libraries && \
	        PYTHON=$(PYTHON) Bindings/python/build-wheel.sh $$target || exit; done

build/python/wheel.stamp: $(PYTHON_SOURCES) $(HEADERS) build/libleat.a build/libleat_store.a
	@PYTHON=$(PYTHON) Bindings/python/build-wheel.sh
	@touch $@

# The wheel of another target, under qemu.
test-python-%-linux-gnu: wheel
	@Bindings/python/tests/test_other_processor.sh $*-linux-gnu

test-python:
	@PYTHON=$(PYTHON) Bindings/python/tests/run.sh

# In the virtual environment of bench-peers.
bench-python: wheel $(PEERS)/installed $(PEERS)/loop.so
	@$(PEERS)/bin/pip --disable-pip-version-check -q install --force-reinstall --no-deps \
	    build/python/*.whl
	@$(PEERS)/bin/python Benchmarks/compare_python.py build/libleat.so $(PEERS)/loop.so \
	    Benchmarks/results/python.json
	@python3 Benchmarks/report.py

include Bindings/python/framework-tests/frameworks.mk
