# SPDX-License-Identifier: MIT
# The libraries for another Linux; the Makefile includes it if CROSS is given.
#
#   make CROSS=aarch64-linux-gnu            libraries and examples, into build/aarch64-linux-gnu
#   make CROSS=... libraries | examples     one of them
#   make CROSS=... install-libraries        as without CROSS; PREFIX= and DESTDIR=
#
# Scripts/targets.sh has the targets.

MADE = all libraries examples install install-libraries uninstall clean setup
ifneq ($(filter-out $(MADE) build/%,$(MAKECMDGOALS)),)
$(error with CROSS there is: $(MADE))
endif

.PHONY: the-libraries-alone
all: the-libraries-alone examples
	@ls $(LIBRARIES) $(EXAMPLES)

the-libraries-alone:
	@echo "$(TARGET): the libraries; the tool isn't built for another processor"

install: the-libraries-alone install-libraries

uninstall:
	@$(placed) uninstall libraries

# musl's FD_SET converts so.
WARN += -Wno-sign-conversion

# What the compiler doesn't find of SQLite.
SQLITE = $(OUT)/sqlite/stamp
SQLITE_HEADER = -isystem $(CURDIR)/$(OUT)/sqlite
SQLITE_LIBRARY = -L$(OUT)/sqlite

$(SQLITE): | setup
	@CC="$(CC)" Scripts/stand-in-sqlite $(OUT)/sqlite
	@touch $@
