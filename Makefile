# The two commands of README are `make run` and `make test`; both install what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: run dev console test slow smoke check bench soak reproduction screenshots clean

run: $(VENV)/.run
	@$(BIN)/dlworkbench

# The app with live style sheets; `make console`, in a second terminal, shows its output and events.
dev: $(VENV)/.live
	$(BIN)/textual run --dev -c $(BIN)/dlworkbench

console: $(VENV)/.live
	$(BIN)/textual console -v

test: $(VENV)/.dev check
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

slow: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2 --dist loadfile -m slow

smoke: $(BIN)/python
	$(BIN)/python tests/smoke.py

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

soak: $(VENV)/.dev
	$(BIN)/python tests/soak/soak.py
	$(BIN)/python tests/soak/tour.py

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks

reproduction: $(VENV)/.dev
	$(BIN)/dlworkbench reproduce --markdown lessons/REPRODUCTION.md

screenshots: $(VENV)/.dev
	$(BIN)/python screenshots/make.py
	$(BIN)/python screenshots/gallery.py

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 to 3.13 is needed, this is " + sys.version.split()[0]) if not (3, 11) <= sys.version_info[:2] <= (3, 13) else 0'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing (once; TensorFlow is large) ..."
	$(INSTALL) -e .
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing with what the tests need ..."
	$(INSTALL) -e '.[dev]'
	@touch $@

$(VENV)/.live: $(VENV)/.dev
	$(INSTALL) -e '.[dev,live]'
	@touch $@

clean:
	rm -rf build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
