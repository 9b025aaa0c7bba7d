# SPDX-License-Identifier: MIT
#
#   make bench-peers   what other runtimes need for the same models
#
# PEERS_PYTHON: a Python of 3.11 or newer. TORCH_INDEX: where wheels of PyTorch
# for CPUs only are; where it can't be reached, pip's own index decides.

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

# PyTorch first, and without what it needs: one question to its own index
# rather than one for every package. Packages that can't be had one by one:
# compare_peers.py says which peers are missing and measures the rest.
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
