# SPDX-License-Identifier: MIT
# The libraries for other Linux systems, under qemu; included by the Makefile.
#
#   make test-cross   all that an emulator can run, for every target of Scripts/targets.sh; others:
#                     CROSS_TARGETS="arm-linux-gnueabihf"; CROSS_PART=--quick for some minutes of it

CROSS_TARGETS = aarch64-linux-gnu arm-linux-gnueabihf riscv64-linux-gnu aarch64-linux-musl \
                x86_64-linux-musl
CROSS_PART    =

.PHONY: test-cross
test-cross: libraries
	@Tests/Emulated/build.sh $(CROSS_TARGETS)
	@Tests/Emulated/run.sh $(CROSS_PART) $(CROSS_TARGETS)
