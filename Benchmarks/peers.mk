# SPDX-License-Identifier: MIT
#
#   make bench-peers   the same models in other runtimes
#       RTNEURAL=path, NEURALAUDIO=path   also in these, compiled from clones with their
#                       submodules; without a path they are not measured
#       PEERS_ONLY=step,small,gru,batch,int8,int8_batch   prints some, and writes nothing
#
# PEERS_PYTHON: Python 3.11 or newer. TORCH_INDEX: an index with wheels of PyTorch
# for CPUs only; if it can't be reached, pip's default index is used.

PEERS_PYTHON = python3
TORCH_INDEX  = https://download.pytorch.org/whl/cpu
PEERS        = build/peers
PEERS_LIST   = Benchmarks/requirements.txt
PEERS_ONLY   =
RTNEURAL     =
NEURALAUDIO  =

# Their sizes are fixed when they are compiled. PROJECT+strict+OPTIONS.so and
# PROJECT+fast+OPTIONS.so, with -ffast-math: peers/templates.py measures the fastest of each.
TEMPLATE_SETS = $(if $(filter x86_64,$(shell uname -m)),AVX2 native,native)
TEMPLATES_OF = $(foreach math,strict fast,$(foreach way,$(2),$(TEMPLATE_SETS:%=\
               $(PEERS)/$(1)+$(math)+$(way),%.so)))
TEMPLATES = $(if $(RTNEURAL),$(call TEMPLATES_OF,RTNeural,xsimd Eigen STL)) \
            $(if $(NEURALAUDIO),$(call TEMPLATES_OF,NeuralAudio,EigenMath StdMath))

comma = ,
TEMPLATE_CXX   = $(or $(shell command -v clang++),$(CXX)) -std=c++20 -O3 -DNDEBUG -w -fPIC -shared
TEMPLATE_FLAGS = $(foreach word,$(subst +, ,$(subst $(comma), ,$*)),$(TEMPLATE_$(word)))
TEMPLATE_fast      = -ffast-math
TEMPLATE_AVX2      = -march=haswell -DRTNEURAL_AVX_ENABLED=1
TEMPLATE_native    = -march=native
TEMPLATE_xsimd     = -DRTNEURAL_USE_XSIMD=1 -DRTNEURAL_DEFAULT_ALIGNMENT=64 \
                     -I$(RTNEURAL)/modules/xsimd/include
TEMPLATE_Eigen     = -DRTNEURAL_USE_EIGEN=1 -DRTNEURAL_DEFAULT_ALIGNMENT=32 \
                     -I$(RTNEURAL)/modules/Eigen
TEMPLATE_STL       = -DRTNEURAL_USE_STL=1 -DRTNEURAL_DEFAULT_ALIGNMENT=32
TEMPLATE_EigenMath = -DLSTM_MATH=EigenMath
TEMPLATE_StdMath   = -DLSTM_MATH=StdMath

.PHONY: bench-peers bench-report
bench-peers: libraries $(PEERS)/installed $(PEERS)/loop.so $(TEMPLATES)
	@mkdir -p Benchmarks/results
	@TORCHINDUCTOR_CACHE_DIR=$(PEERS)/inductor $(PEERS)/bin/python \
	    Benchmarks/compare_peers.py build/libleat.so $(PEERS)/loop.so \
	    $(if $(PEERS_ONLY),$(PEERS)/some.json --only $(PEERS_ONLY),Benchmarks/results/peers.json) \
	    --templates $(TEMPLATES)
	@$(if $(PEERS_ONLY),,python3 Benchmarks/report.py)

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

$(PEERS)/loop.so: Benchmarks/peers/loop.c $(PEERS)/installed
	@$(CC) $(WARN) -D_POSIX_C_SOURCE=199309L $(CFLAGS) -shared -fPIC -o $@ $<

$(PEERS)/RTNeural+%.so: Benchmarks/peers/rtneural.cpp Benchmarks/peers/templates.h \
    $(RTNEURAL)/RTNeural/RTNeural.h | $(PEERS)/installed
	@echo "compiling RTNeural: $*" >&2
	@$(TEMPLATE_CXX) $(TEMPLATE_FLAGS) -DEIGEN_STACK_ALLOCATION_LIMIT=0 -I$(RTNEURAL) -o $@ $<

# The eigen that it has is RTNeural's, which is one of its submodules.
$(PEERS)/NeuralAudio+%.so: Benchmarks/peers/neuralaudio.cpp Benchmarks/peers/templates.h \
    $(NEURALAUDIO)/NeuralAudio/LSTM.h | $(PEERS)/installed
	@echo "compiling NeuralAudio: $*" >&2
	@$(TEMPLATE_CXX) $(TEMPLATE_FLAGS) -DEIGEN_STACK_ALLOCATION_LIMIT=0 -I$(NEURALAUDIO) \
	    -I$(NEURALAUDIO)/deps/math_approx/include \
	    -I$(NEURALAUDIO)/deps/RTNeural/modules/Eigen -o $@ $<
