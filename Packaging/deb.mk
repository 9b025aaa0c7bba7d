# SPDX-License-Identifier: MIT
# Debian packages; the Makefile includes it.
#
#   make deb        libleat0, libleat-dev and leat-tools, into build/
#
# DEBFULLNAME, DEBEMAIL and HOMEPAGE name the packages' maintainer: debian-identity.sh.
# dpkg-buildpackage gets a copy of the sources and of build/, with Packaging/debian as
# debian/, so that nothing is built twice.

STAGE   = build/deb/leat-$(VERSION)
PRODUCTS = $(LIBRARIES) build/leat.o build/leat_store.o build/embedded.stamp build/leat \
           build/tool.stamp build/man build/completions

.PHONY: deb
deb: libraries
	@Scripts/setup dpkg-buildpackage=dpkg-dev dh=debhelper
	@$(MAKE) -s build/leat build/tool.stamp
	@rm -rf build/deb build/*.deb && mkdir -p $(STAGE)/build
	@cp -a $(filter-out build,$(wildcard *)) .ci $(STAGE)
	@cp -a $(PRODUCTS) $(STAGE)/build
	@cp -a Packaging/debian $(STAGE)/debian
	@Packaging/debian-identity.sh $(STAGE)/debian
	@cd $(STAGE) && ../../../Scripts/quietly dpkg-buildpackage -b -nc -us -uc
	@mv build/deb/*.deb build/
	@ls build/*.deb
