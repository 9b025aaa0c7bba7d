# SPDX-License-Identifier: MIT
#
#   make flink-jar            build/flink/leat-flink.jar, for Flink 2.x and Java 17
#   make test-flink-operator  its tests without a cluster of processes
#   make test-flink-python    PyFlink with the operator, in a virtual environment
#   make test-flink           the operator's tests, and a cluster whose processes are killed
#   make bench-flink          the operator beside Flink without a model and beside C
#
# Flink's jars come out of PyPI's package apache-flink-libraries, into build/flink/lib.
# JAVAC: the compiler of a JDK 17 or newer, whose folder has include/jni.h.
# FLINK_CROSS=aarch64-linux-gnu: targets of CROSS= for which the jar has libraries, too.

FLINK_VERSION = 2.3.0
FLINK         = build/flink
FLINK_PYTHON  = python3
JAVAC         = javac
JAVA_HOME_OF  = $(shell dirname $$(dirname $$(readlink -f $$(command -v $(JAVAC)))))
FLINK_CROSS   =
FLINK_JAVA    = $(wildcard Bindings/flink/java/io/leat/flink/*.java)
FLINK_C       = $(wildcard Bindings/flink/native/*.c)

.PHONY: flink-jar flink-setup test-flink test-flink-operator test-flink-python bench-flink
flink-jar: flink-setup libraries $(FLINK_CROSS:%=flink-libraries-%)
	@$(MAKE) -s $(FLINK)/leat-flink.jar

flink-libraries-%:
	@$(MAKE) -s CROSS=$* libraries

flink-setup:
	@Scripts/setup $(JAVAC)=openjdk-17-jdk-headless pip3=python3-pip

$(FLINK)/lib/installed:
	@mkdir -p $(FLINK)
	@echo "downloading Flink $(FLINK_VERSION), 330 MB" >&2
	@$(FLINK_PYTHON) -m pip --disable-pip-version-check download -q --no-deps \
	    -d $(FLINK)/wheel apache-flink-libraries==$(FLINK_VERSION)
	@rm -rf $(FLINK)/lib $(FLINK)/unpacked
	@$(FLINK_PYTHON) -m zipfile -e $(FLINK)/wheel/apache_flink_libraries-*.whl $(FLINK)/unpacked
	@mv $(FLINK)/unpacked/pyflink/lib $(FLINK)/lib
	@rm -rf $(FLINK)/unpacked $(FLINK)/wheel
	@touch $@

# The C libraries are inside: nothing has to be installed where the job runs. What moves
# states to and from stores needs the system's SQLite, so it is a library of its own.
flink_library = $(WARN) $(CFLAGS) -shared -fPIC -fvisibility=hidden -IInclude \
    -I$(JAVA_HOME_OF)/include -I$(JAVA_HOME_OF)/include/linux -o $@ $(filter %.c %.a,$^) \
    -Wl,--exclude-libs,ALL -Wl,--gc-sections -Wl,-z,relro,-z,now,-z,noexecstack \
    -Wl,--no-undefined -Wl,-s

# The libraries of a processor: its name, its C compiler, the folder of the C libraries, and what
# that compiler doesn't find of SQLite.
define flink_natives
$(FLINK)/classes/native/linux-$(1)/libleat_flink.so: $(FLINK_C) Bindings/flink/native/support.h \
    $(3)/libleat.a
	@mkdir -p $$(@D)
	@$(2) $$(flink_library)

$(FLINK)/classes/native/linux-$(1)/libleat_flink_store.so: Bindings/flink/native/store/store.c \
    Bindings/flink/native/support.c Bindings/flink/native/support.h $(3)/libleat_store.a \
    $(3)/libleat.a
	@mkdir -p $$(@D)
	@$(2) $$(flink_library) $(4) -lsqlite3

FLINK_NATIVES += $(FLINK)/classes/native/linux-$(1)/libleat_flink.so \
    $(FLINK)/classes/native/linux-$(1)/libleat_flink_store.so
endef
$(eval $(call flink_natives,$(shell uname -m),$(CC),build,))
$(foreach target,$(FLINK_CROSS),$(eval $(call flink_natives,$(firstword $(subst -, ,$(target))),\
    $(target)-gcc,build/$(target),-isystem build/$(target)/sqlite -Lbuild/$(target)/sqlite)))

$(FLINK)/leat-flink.jar: $(FLINK_JAVA) $(FLINK_NATIVES) | $(FLINK)/lib/installed
	@rm -rf $(FLINK)/classes/io
	@for folder in $(FLINK)/classes/native/*; do \
	    case ' $(FLINK_NATIVES)' in *" $$folder/"*) ;; *) rm -r $$folder ;; esac; done
	@$(JAVAC) --release 17 -Xlint:all -Werror -cp '$(FLINK)/lib/*' -d $(FLINK)/classes $(FLINK_JAVA)
	@$(JAVA_HOME_OF)/bin/jar --create --file $@ -C $(FLINK)/classes .

test-flink-operator: flink-jar
	@Bindings/flink/tests/test_jar.sh
	@Bindings/flink/tests/test_operator.sh
	@Bindings/flink/tests/test_readme.sh

$(FLINK)/python/installed:
	@echo "installing PyFlink into $(FLINK)/python" >&2
	@rm -rf $(FLINK)/python && $(FLINK_PYTHON) -m venv $(FLINK)/python
	@$(FLINK)/python/bin/pip --disable-pip-version-check install -q apache-flink==$(FLINK_VERSION)
	@touch $@

test-flink-python: flink-jar $(FLINK)/python/installed
	@$(CC) $(WARN) -O1 -IInclude -o $(FLINK)/reference Bindings/flink/tests/reference.c build/libleat.a
	@$(FLINK)/python/bin/python Bindings/flink/tests/test_python.py $(FLINK)/leat-flink.jar \
	    Tests/Vectors/head/model.safetensors $(FLINK)/reference

test-flink: test-flink-operator
	@Bindings/flink/tests/cluster/run.sh

bench-flink: flink-jar
	@Bindings/flink/benchmarks/run.sh
