# SPDX-License-Identifier: MIT
#
#   make bench-peers   the same models in other runtimes
#
# PEERS_PYTHON: Python 3.11 or newer. TORCH_INDEX: an index with wheels of PyTorch
# for CPUs only; if it can't be reached, pip's default index is used.

PEERS_PYTHON = python3
TORCH_INDEX  = https://download.pytorch.org/whl/cpu
PEERS        = build/peers
PEERS_LIST   = Benchmarks/requirements.txt

.PHONY: bench-peers bench-report
bench-peers: libraries $(PEERS)/installed $(PEERS)/libpeers.so
	@mkdir -p Benchmarks/results
	@TORCHINDUCTOR_CACHE_DIR=$(PEERS)/inductor $(PEERS)/bin/python \
	    Benchmarks/compare_peers.py build/libleat.so $(PEERS)/libpeers.so \
	    Benchmarks/results/peers.json
	@python3 Benchmarks/report.py

bench-report:
	@python3 Benchmarks/report.py

# PyTorch first and without its dependencies, so that only one package is looked up
# in its index. If not all packages can be installed, each is tried alone:
# compare_peers.py says which runtimes are missing and measures the others.
$(PEERS)/installed: $(PEERS_LIST)
	@echo "installing PyTorch, ONNX Runtime, OpenVINO and LiteRT into $(PEERS)" >&2
	@rm -rf $(PEERS) && $(PEERS_PYTHON) -m venv $(PEERS)
	@pip="$(PEERS)/bin/pip --disable-pip-version-check -q"; \
	torch=$$(grep '^torch==' $(PEERS_LIST)); \
	$$pip install --retries 1 --no-deps --extra-index-url $(TORCH_INDEX) $$torch || \
	    echo "no $$torch" >&2; \
	$$pip install -r $(PEERS_LIST) || grep '^[a-z]' $(PEERS_LIST) | \
	    while read -r package; do \
	        $$pip install "$$package" || echo "no $$package" >&2; \
	    done
	@$(PEERS)/bin/python -c 'import numpy, safetensors'
	@touch $@

$(PEERS)/libpeers.so: Benchmarks/peers.c $(PEERS)/installed
	@$(CC) $(WARN) -D_POSIX_C_SOURCE=199309L $(CFLAGS) -shared -fPIC -o $@ $<
