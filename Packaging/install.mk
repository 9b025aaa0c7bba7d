# SPDX-License-Identifier: MIT
# Installation; the Makefile includes it.
#
#   make install            libraries, headers, pkg-config, CMake, man pages; the tool
#   make install-libraries  the same without the tool, its pages and its completions
#   make uninstall          remove what an install put there
#
# Each of the folders below may be set on the command line; DESTDIR is put before all
# of them. A LIBDIR that isn't absolute, such as lib/x86_64-linux-gnu, is in PREFIX.

PREFIX       = /usr/local
DESTDIR      =
LIBDIR       = $(PREFIX)/lib
BINDIR       = $(PREFIX)/bin
INCLUDEDIR   = $(PREFIX)/include
MANDIR       = $(PREFIX)/share/man
PKGCONFIGDIR = $(LIBDIR)/pkgconfig
CMAKEDIR     = $(LIBDIR)/cmake/leat
BASHDIR      = $(PREFIX)/share/bash-completion/completions
ZSHDIR       = $(PREFIX)/share/zsh/site-functions
FISHDIR      = $(PREFIX)/share/fish/vendor_completions.d

PLACES = PREFIX DESTDIR LIBDIR BINDIR INCLUDEDIR MANDIR PKGCONFIGDIR CMAKEDIR BASHDIR \
         ZSHDIR FISHDIR
placed = VERSION="$(VERSION)" TARGET="$(TARGET)" CC="$(CC)" $(foreach p,$(PLACES),$p="$($p)") \
         Packaging/install.sh

.PHONY: install-libraries
ifeq ($(CROSS),)
install: $(LIBRARIES) build/leat build/tool.stamp
	@$(placed) install libraries tool

uninstall:
	@$(placed) uninstall libraries tool
endif

install-libraries: $(LIBRARIES)
	@$(placed) install libraries

# --- pages and completions -------------------------------------------------

# The tool's man pages and completions, into build/man and build/completions.
build/tool.stamp: build/leat Packaging/man/tool.awk Packaging/man/leat.3
	@rm -rf build/man build/completions
	@mkdir -p build/man build/completions
	@for shell in bash zsh fish; do \
	    build/leat --generate-completion-script $$shell >build/completions/leat.$$shell || exit; \
	done
	@sed -i '1 { /^#!/d }' build/completions/leat.bash
	@build/leat --experimental-dump-help | awk -v folder=build/man \
	    -v date="$$(sed -n 's/^\.Dd //p' Packaging/man/leat.3)" -f Packaging/man/tool.awk
	@touch $@
