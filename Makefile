# The book's commands; `make` alone lists them. Everything they need is installed on first use, into this folder.
PYTHON ?= python3
BIN := .venv/bin
INDEX := book/_build/html/index.html

# One thread a process: sums add up in the same order on every machine, and tests share the cores.
export OMP_NUM_THREADS := 1

help:                   ## list the commands
	@sed -n 's/^\([a-z]*\):.*## /make \1  /p' Makefile | expand -t 18

book: .venv/.ready tools/node_modules/.ready  ## build the book and print the file to open
	$(BIN)/jupyter-book build book -W -n --keep-going
	@echo "==> Open file://$(CURDIR)/$(INDEX)"

.venv/.ready: requirements.txt pyproject.toml
	$(PYTHON) tools/environment.py
	@touch $@

tools/node_modules/.ready: tools/package.json tools/package-lock.json | .venv/.ready
	@echo "==> Fetching KaTeX's fonts and axe-core"
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --prefix tools || { echo "npm failed for the reason above; the first run needs a network."; exit 1; }
	@touch $@

clean:                  ## remove what was built, keep what was installed
	rm -rf book/_build

.PHONY: help book clean
