# SPDX-License-Identifier: MIT
# Releases, for machines without Swift; the Makefile includes it.
#
#   make dist         a tarball for each of TARGETS, into build/dist/, their checksums, and
#                     the recipes for Yocto and Buildroot that download them
#   make dist-check   unpack each on a root without Swift, compile, kill, resume (needs root)
#
# TARGETS="aarch64-linux-gnu ..." chooses some; zephyr is a module with the core for
# Cortex-M. SOURCE_DATE_EPOCH, or else the commit, gives the files their time, so that equal
# builds give equal bytes. DIST_URI is where the tarballs will be published, for the recipes.

NATIVE   := $(shell uname -m)-linux-gnu
RELEASES  = $(NATIVE) $(filter-out $(NATIVE),aarch64-linux-gnu arm-linux-gnueabihf \
              riscv64-linux-gnu aarch64-linux-musl x86_64-linux-musl) zephyr
dist dist-check: TARGETS = $(RELEASES)

.PHONY: dist dist-check
dist:
	@mkdir -p build/dist
	@for target in $(TARGETS); do case $$target in \
	    zephyr) VERSION=$(VERSION) Packaging/dist/pack-zephyr.sh ;; \
	    *) VERSION=$(VERSION) Packaging/dist/pack.sh $$target ;; \
	    esac || exit; done
	@cd build/dist && sha256sum leat-$(VERSION)-*.tar.gz >SHA256SUMS
	@VERSION=$(VERSION) Packaging/dist/recipes.sh
	@ls -d build/dist/*

dist-check: dist
	@Tests/Dist/test_recipes.sh
	@Tests/Dist/run.sh $(TARGETS)
