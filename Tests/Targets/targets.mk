# SPDX-License-Identifier: MIT
# Other processors; included by the Makefile.
#
#   make test-arm64      the vectors on arm64, with qemu
#   make test-cortex-m   the vectors on Cortex-M4, M7, M33 and M55, bare metal, with qemu
#   make sizes           code, stack and static memory on each of them

.PHONY: test-arm64 test-cortex-m sizes
test-arm64: build/leat.o
	@Tests/Targets/run.sh arm64

test-cortex-m: build/leat.o
	@Tests/Targets/run.sh cortex-m4 cortex-m7 cortex-m33 cortex-m55

sizes: build/leat.o
	@Tests/Targets/sizes.sh
