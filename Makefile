# SPDX-License-Identifier: MIT
#
#   make            the libraries and the tool, into build/
#   make demo       kill and resume a stream over a real recording, compare all bits
#   make check      the tests to run after each change: format, Swift, vectors, store
#   make test       all tests
#   make test-soak  1,000 kills of a process that steps and saves
#   make fuzz       SECONDS=60 of libFuzzer for each target
#   make test-tsan  the tests with threads, under ThreadSanitizer
#   make test-flink an operator for Apache Flink, and a cluster whose processes are killed
#   make test-arm64, test-cortex-m   the same bits on these processors, with qemu
#   make test-cross the libraries made with CROSS=, under qemu, and a store carried to all of them
#   make sizes      code, stack and static memory on each of them
#   make bench      speed and memory, compared with the hardware's limits
#   make bench-check  the instructions of a step compared with the committed figures; bench-arm64
#   make bench-accuracy  the error of narrow weights
#   make bench-peers  the same shapes in PyTorch, ONNX Runtime, OpenVINO, LiteRT; RTNEURAL=path NEURALAUDIO=path
#   make bench-run    leat run compared with a program with strtof and printf; bench-run-by
#   make examples   the programs of examples-c/, into build/examples/
#   make CROSS=aarch64-linux-gnu   the libraries and examples for another Linux: Packaging/cross.mk
#   make install    PREFIX=/usr/local DESTDIR= LIBDIR=$(PREFIX)/lib; uninstall
#   make deb        Debian packages, into build/
#   make dist       tarballs for machines without Swift, TARGETS="..."; dist-check
#   make wheel      the Python package, into build/python/; test-python, test-python-torch, bench-python
#   make clean

# CROSS=aarch64-linux-gnu, the prefix of another Linux's tools, makes libraries and examples for it,
# in build/aarch64-linux-gnu. SYSROOT= names that system's root where its compiler doesn't know it.
CROSS   =
SYSROOT =
TARGET  = $(notdir $(CROSS))
OUT     = build$(if $(CROSS),/$(TARGET))

CC      = $(if $(CROSS),$(CROSS)-gcc$(if $(SYSROOT), --sysroot=$(SYSROOT)),cc)
CFLAGS  = -O2 -g
WARN    = -std=c99 -Wall -Wextra -Wpedantic -Wconversion -Werror

# Three numbers. The first is the version of the ABI.
VERSION := $(shell awk '/^.define LEAT_VERSION_(MAJOR|MINOR|PATCH)/ { v = v s $$3; s = "." } \
                        END { print v }' Include/leat.h)
ABI     := $(firstword $(subst ., ,$(VERSION)))
EMBEDDED = .build-$(if $(CROSS),$(TARGET),embedded)
SWIFT_SOURCES := $(shell find Sources Package.swift -name '*.swift' -o -name '*.h' \
                   -o -name '*.modulemap' -o -name '*.js' -o -name '*.css' -o -name '*.py')
HEADERS = Include/leat.h Include/leat_kernels.h Include/leat_store.h
LIBRARIES = $(OUT)/libleat.so $(OUT)/libleat.a $(OUT)/libleat_store.so $(OUT)/libleat_store.a
EXAMPLES = $(patsubst examples-c/%.c,$(OUT)/examples/%,$(filter-out \
             examples-c/telemetry.c,$(wildcard examples-c/*.c)))

# An object that needs too much is no object.
.DELETE_ON_ERROR:

.PHONY: all libraries demo check test examples install uninstall clean setup
ifeq ($(CROSS),)
all: libraries build/leat build/tool.stamp
	@Scripts/next-steps
else
include Packaging/cross.mk
endif

libraries: setup
	@$(MAKE) -s $(LIBRARIES)

setup:
	@Scripts/setup git=git cc=gcc ld=binutils sqlite3.h=libsqlite3-dev
	@$(if $(CROSS),. Scripts/targets.sh && settings_of $(TARGET) "$(CC)" && \
	    CC="$(CC)" Scripts/setup $$packages)

# --- the libraries ---------------------------------------------------------

# Make decides when to call Swift's compiler; the compiler decides what is out of
# date. It doesn't notice a changed C header: then everything is compiled again, as
# it is when a flag is another, so both libraries get the same.
forget = $(if $(filter %.h %.modulemap,$?),rm -rf $(1))

compile = CC="$(CC)" Scripts/compile-embedded "$(TARGET)" $(EMBEDDED)
object = CC="$(CC)" Scripts/link-object $@ $(EMBEDDED)/release
checked = $(if $(CROSS),@CC="$(CC)" Scripts/check-needs "$(TARGET)" $@ $(1))

$(OUT)/embedded.stamp: $(SWIFT_SOURCES) $(HEADERS) Scripts/targets.sh Scripts/compile-embedded $(SQLITE)
	@mkdir -p $(OUT)
	@$(call forget,$(EMBEDDED))
	@echo "compiling the libraries (Embedded Swift), which takes some minutes"
	@$(compile) LeatArchive $(SQLITE_HEADER)
	@$(compile) LeatStoreArchive $(SQLITE_HEADER)
	@touch $@

# One object for each library, in which everything except the interface is local.
$(OUT)/leat.o: $(OUT)/embedded.stamp Scripts/link-object
	@$(object)/LeatArchive.product/Objects.LinkFileList
	$(call checked,leat)

$(OUT)/leat_store.o: $(OUT)/embedded.stamp Scripts/link-object
	@$(object)/LeatStoreArchive.product/Objects.LinkFileList
	$(call checked,leat_store)

$(OUT)/lib%.a: $(OUT)/%.o
	@rm -f $@ && $$($(CC) -print-prog-name=ar) rcs $@ $<

SHARED = -shared -Wl,--version-script=Sources/Library/CShims/exports.map -Wl,--gc-sections \
         -Wl,-z,relro,-z,now,-z,noexecstack,-z,text -Wl,--no-undefined

$(OUT)/libleat.so: $(OUT)/leat.o Sources/Library/CShims/exports.map
	@$(CC) $(SHARED) -Wl,-soname,libleat.so.$(ABI) -o $@ $(OUT)/leat.o
	@ln -sf libleat.so $(OUT)/libleat.so.$(ABI)

$(OUT)/libleat_store.so: $(OUT)/leat_store.o $(OUT)/libleat.so Sources/Library/CShims/exports.map
	@$(CC) $(SHARED) -Wl,-soname,libleat_store.so.$(ABI) -o $@ $(OUT)/leat_store.o \
	    -L$(OUT) -lleat $(SQLITE_LIBRARY) -lsqlite3
	@ln -sf libleat_store.so $(OUT)/libleat_store.so.$(ABI)

# --- the tool --------------------------------------------------------------

build/leat: $(SWIFT_SOURCES) $(HEADERS)
	@mkdir -p build
	@$(call forget,.build)
	@echo "compiling the tool, which takes some minutes"
	@Scripts/quietly swift build -c release --static-swift-stdlib --product leat \
	    --disable-local-rpath -Xlinker -znow
	@strip -o $@ .build/release/leat

# --- the examples ----------------------------------------------------------

examples: libraries
	@$(MAKE) -s $(EXAMPLES)

$(OUT)/examples/monitor $(OUT)/examples/record_telemetry: examples-c/telemetry.c \
    examples-c/telemetry.h
$(OUT)/examples/%: examples-c/%.c $(LIBRARIES) $(HEADERS)
	@mkdir -p $(OUT)/examples
	@$(CC) $(WARN) $(CFLAGS) -IInclude -o $@ $(filter %.c,$^) -L$(OUT) -lleat_store -lleat \
	    $(SQLITE_HEADER) $(SQLITE_LIBRARY) -lsqlite3 -lm -Wl,-rpath,'$$ORIGIN/..'

demo: libraries
	@$(MAKE) -s build/examples/monitor build/leat
	@examples-c/demo.sh

# --- the tests -------------------------------------------------------------

check: libraries
	@Scripts/test --quick

test:
	@Scripts/setup git=git cc=gcc g++=g++ ld=binutils sqlite3.h=libsqlite3-dev valgrind=valgrind \
	    /usr/lib/python3/dist-packages/h5py=python3-h5py
	@$(MAKE) -s -j2 $(LIBRARIES) build/leat build/tool.stamp $(EXAMPLES)
	@$(MAKE) -s flink-jar
	@Scripts/test

include Packaging/install.mk
include Packaging/deb.mk
include Packaging/dist.mk
include Tests/Targets/targets.mk
include Tests/Emulated/tests.mk
include Tests/Fuzz/fuzz.mk
include Tests/Soak/soak.mk
include Benchmarks/bench.mk
include Benchmarks/accuracy.mk
include Benchmarks/peers.mk
include Benchmarks/tool_run.mk
include Bindings/python/python.mk
include Bindings/flink/flink.mk

clean:
	@rm -rf build .build .build-*
