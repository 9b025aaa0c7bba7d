# SPDX-License-Identifier: MIT
# Debian packages; the Makefile includes it.
#
#   make deb              libleat0, libleat-dev and leat-tools, into build/
#   make deb ARCH=arm64   libleat0 and libleat-dev for another architecture; or armhf
#
# DEBFULLNAME, DEBEMAIL and HOMEPAGE name the packages' maintainer: debian-identity.sh.
# dpkg-buildpackage gets a copy of the sources and of build/, with Packaging/debian as
# debian/, so that nothing is built twice. For another architecture its libsqlite3 must be
# here, since the packages say which version of it they need.

ARCH    =
STAGE   = build/deb/leat-$(VERSION)
PRODUCTS = $(LIBRARIES) build/leat.o build/leat_store.o build/embedded.stamp build/leat \
           build/tool.stamp build/man build/completions

# The prefix of the tools for ARCH.
triple_arm64 = aarch64-linux-gnu
triple_armhf = arm-linux-gnueabihf
triple       = $(or $(triple_$(ARCH)),$(error ARCH is arm64 or armhf, not $(ARCH)))

.PHONY: deb
ifneq ($(ARCH),)
deb: DEB = build/$(triple)
deb: DEB_OPTIONS = --host-arch $(ARCH) --build-profiles=cross --no-check-builddeps
deb: PRODUCTS = $(foreach name,libleat.so libleat.a libleat_store.so libleat_store.a leat.o \
                  leat_store.o embedded.stamp sqlite,$(DEB)/$(name))
else
deb: DEB = build
endif
deb:
	@Scripts/setup dpkg-buildpackage=dpkg-dev dh=debhelper
	@$(if $(ARCH),Scripts/setup /usr/lib/$(triple)/libsqlite3.so.0=libsqlite3-0:$(ARCH))
	@$(MAKE) -s libraries $(if $(ARCH),CROSS=$(triple),build/leat build/tool.stamp)
	@rm -rf build/deb build/*.deb && mkdir -p $(STAGE)/$(DEB)
	@cp -a $(filter-out build,$(wildcard *)) .ci $(STAGE)
	@cp -a $(PRODUCTS) $(STAGE)/$(DEB)
	@cp -a Packaging/debian $(STAGE)/debian
	@Packaging/debian-identity.sh $(STAGE)/debian
	@cd $(STAGE) && ../../../Scripts/quietly dpkg-buildpackage -b -nc -us -uc $(DEB_OPTIONS)
	@mv build/deb/*.deb build/
	@ls build/*.deb
