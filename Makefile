# The only entry points. `make book` and `make test` need Python >= 3.11 and nothing else that is not set up here.
STAGES = style types rooms checks book pages
.PHONY: book test $(STAGES:%=test-%) test-rounding test-oldest test-colab \
	pdf slides links notebooks models bench mutants lock serve clean

PYTHON ?= python3
BIN = .venv/bin
READY = .venv/.ready
PORT ?= 8000
# With the newest versions instead of those in the lock file: make test LOCK=
LOCK ?= -c requirements.lock
# Two chapters run at the same time; more threads in each would only make them wait for each other.
export OMP_NUM_THREADS ?= 1

FILES = -type f -not -path '*/__pycache__/*' -not -path '*/.ipynb_checkpoints/*'
PACKAGE = $(shell find vae_notes $(FILES))
PAGES = _config.yml _toc.yml $(shell find book chapters $(FILES) -not -path 'chapters/exercises/*')

book: _build/html/.built
	@echo "The book: $(CURDIR)/_build/html/index.html"

# The whole book on paper, printed by Chromium from the built pages.
pdf: book
	$(BIN)/python tools/pdf.py

# Slides of every chapter, from the outputs that are stored in it.
slides: $(READY)
	$(BIN)/python tools/slides.py

# Every stage runs, whatever the ones before it said; what failed is named at the end.
test: $(READY)
	@failed=""; for stage in $(STAGES); do echo "== $$stage"; \
		$(MAKE) --no-print-directory test-$$stage || failed="$$failed $$stage"; done; \
	if [ -n "$$failed" ]; then echo "FAILED:$$failed (of: $(STAGES))"; exit 1; fi; echo "All passed: $(STAGES)"

test-style: $(READY)
	$(BIN)/ruff check .

test-types: $(READY)
	$(BIN)/mypy

test-rooms: $(READY)
	$(BIN)/lint-imports --no-cache

test-checks: $(READY)
	$(BIN)/pytest tests -n 2 --dist loadfile --ignore tests/test_book.py \
		--ignore tests/test_browser.py --ignore tests/test_firefox.py

# Building executes every chapter once; what it printed is what the chapter holds.
# One chapter by itself, executed anew: .venv/bin/pytest --nbval chapters/elbo.ipynb
test-book: book
	$(BIN)/pytest chapters --ignore chapters/exercises --nbval --executed _build/jupyter_execute

test-pages: $(READY)
	$(BIN)/pytest tests/test_book.py tests/test_browser.py tests/test_firefox.py -n 2

# Every chapter, rounded as other processors round. ARITHMETICS=--today: each in one of the five ways, by the day.
test-rounding: $(READY)
	$(BIN)/python tools/rounding.py $(ARITHMETICS)

# The package's own tests with the oldest versions it claims: make test-oldest PYTHONS="python3.11 python3.12"
test-oldest: $(READY)
	$(BIN)/python tools/oldest.py $(PYTHONS)

# Every notebook, as last committed, in an environment like Colab's. NOTEBOOKS=--today: a fifth of the chapters, by the day.
test-colab: $(READY)
	$(BIN)/python tools/colab.py $(NOTEBOOKS)

# Whether the addresses of others still answer.
links: $(READY)
	$(BIN)/python tools/book.py --links

notebooks: $(READY)
	$(BIN)/python tools/notebooks.py $(filter chapters/%.ipynb,$(PAGES))

# On a GPU: make models TRAIN="--device cuda --compile --precision tf32"
models: $(READY)
	@for name in $$($(BIN)/python -c "from vae_notes.shipped.recipes import RECIPES; print(*RECIPES)"); do \
		$(BIN)/python -m vae_notes train $$name --out vae_notes/shipped/weights $(TRAIN) || exit 1; done

bench: $(READY)
	$(BIN)/python tools/bench.py

# Whether the tests notice a changed sign, factor or constant: make mutants MUTANTS="--seed 1 --per-module 5 bounds kl"
mutants: $(READY)
	$(BIN)/python tools/mutants.py $(MUTANTS)

serve: book
	@echo "http://localhost:$(PORT) (stop with Ctrl-C)"
	@$(BIN)/python -m http.server $(PORT) --bind 127.0.0.1 --directory _build/html

# requirements.lock: the versions in .venv, for every system and every Python >= 3.11. Run `make test` before.
lock: $(READY)
	$(BIN)/pip freeze --exclude-editable > requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-annotate requirements.txt \
		--custom-compile-command "make lock" --output-file requirements.lock

clean:
	rm -rf _build .pytest_cache .ruff_cache .mypy_cache

PIP = $(BIN)/pip install --quiet --disable-pip-version-check

$(READY): requirements.txt requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "VAE Notes needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>&1)."; \
		echo "Name another one: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
		echo "This Python cannot create a virtual environment. On Debian or Ubuntu: sudo apt install python3-venv"; \
		exit 1; }
	$(PYTHON) -m venv .venv
	$(PIP) -r requirements.txt $(LOCK) || { \
		echo "requirements.lock names a version that cannot be had here; taking the newest ones instead."; \
		$(PIP) -r requirements.txt; }
	$(PIP) --no-deps --editable .
	@touch $@

# Sphinx notices a changed page; that the package under all chapters has changed, it does not.
_build/.package: $(READY) $(PACKAGE)
	@rm -rf _build/html _build/.doctrees _build/jupyter_execute
	@mkdir -p _build && touch $@

# Nor that an extension has; then every page is written again, and no chapter is executed for it.
_build/.look: _build/.package $(shell find book/extensions $(FILES))
	@rm -rf _build/html
	@touch $@

_build/html/.built: _build/.look $(PAGES)
	$(BIN)/python tools/book.py
	@touch $@
