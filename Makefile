# The only entry points. `make book` and `make test` need Python >= 3.11 and nothing else that is not set up here.
.PHONY: book test test-colab notebooks models bench serve clean

PYTHON ?= python3
BIN = .venv/bin
READY = .venv/.ready
PORT ?= 8000
# Two chapters run at the same time; more threads in each would only make them wait for each other.
export OMP_NUM_THREADS ?= 1

FILES = -type f -not -path '*/__pycache__/*' -not -path '*/.ipynb_checkpoints/*'
PACKAGE = $(shell find vae_notes $(FILES))
PAGES = _config.yml _toc.yml $(shell find book chapters $(FILES) -not -path 'chapters/exercises/*')

book: _build/html/.built
	@echo "The book: $(CURDIR)/_build/html/index.html"

test: $(READY)
	$(BIN)/ruff check .
	$(BIN)/pytest tests chapters -n 2 --dist loadfile --nbval --nbval-cell-timeout 120 \
		--ignore chapters/exercises --ignore tests/test_book.py --ignore tests/test_browser.py
	@$(MAKE) --no-print-directory book
	$(BIN)/pytest tests/test_book.py tests/test_browser.py -n 2

# Every notebook, as last committed, in an environment like Colab's.
test-colab: $(READY)
	$(BIN)/python tools/colab.py

notebooks: $(READY)
	$(BIN)/python tools/notebooks.py $(filter chapters/%.ipynb,$(PAGES))

models: $(READY)
	@for name in $$($(BIN)/python -c "from vae_notes.recipes import RECIPES; print(*RECIPES)"); do \
		$(BIN)/python -m vae_notes train $$name --out vae_notes/weights || exit 1; done

bench: $(READY)
	$(BIN)/python tools/bench.py

serve: book
	@echo "http://localhost:$(PORT) (stop with Ctrl-C)"
	@$(BIN)/python -m http.server $(PORT) --bind 127.0.0.1 --directory _build/html

clean:
	rm -rf _build .pytest_cache .ruff_cache

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "VAE Notes needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>&1)."; \
		echo "Name another one: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
		echo "This Python cannot create a virtual environment. On Debian or Ubuntu: sudo apt install python3-venv"; \
		exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

# Sphinx notices a changed page; that the package under all chapters has changed, it does not.
_build/.package: $(READY) $(PACKAGE)
	@rm -rf _build/html _build/.doctrees _build/jupyter_execute
	@mkdir -p _build && touch $@

_build/html/.built: _build/.package $(PAGES)
	$(BIN)/python tools/book.py
	@touch $@
