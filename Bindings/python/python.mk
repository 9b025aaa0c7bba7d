# SPDX-License-Identifier: MIT
# The Python package; included by the Makefile.
#
#   make wheel        build/python/leat-VERSION-cp311-abi3-PLATFORM.whl
#   make test-python  its tests, in a fresh virtual environment
#   make bench-python what Python adds to a step, beside C, ONNX Runtime and PyTorch
#
# PYTHON: Python 3.11 or newer with venv. PyPI must be reached.

PYTHON         = python3
PYTHON_SOURCES = $(shell find Bindings/python/extension Bindings/python/leat -type f \
                   -not -name '*.pyc') $(wildcard Bindings/python/*.*)

.PHONY: wheel test-python bench-python
wheel: libraries
	@$(MAKE) -s build/python/wheel.stamp

build/python/wheel.stamp: $(PYTHON_SOURCES) $(HEADERS) build/libleat.a build/libleat_store.a
	@PYTHON=$(PYTHON) Bindings/python/build-wheel.sh
	@touch $@

test-python:
	@PYTHON=$(PYTHON) Bindings/python/tests/run.sh

# In the virtual environment of bench-peers.
bench-python: wheel $(PEERS)/installed $(PEERS)/libpeers.so
	@$(PEERS)/bin/pip --disable-pip-version-check -q install --force-reinstall --no-deps \
	    build/python/*.whl
	@$(PEERS)/bin/python Benchmarks/compare_python.py build/libleat.so $(PEERS)/libpeers.so \
	    Benchmarks/results/python.json
	@python3 Benchmarks/report.py

include Bindings/python/framework-tests/frameworks.mk
