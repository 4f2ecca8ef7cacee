# `make help` tells what there is. Every step works on a machine that has Python 3.11 or newer and
# pip, and nothing else of ours: uv, which installs the environment, is fetched if it is not there.

BIN := .venv/bin
UV := $(shell command -v uv 2>/dev/null)
ifeq ($(UV),)
  UV := .tools/uv/bin/uv
  UV_TO_FETCH := $(UV)
endif

# Reports and tests run in parallel processes; threads inside each of them would only contend.
# MPLBACKEND is left alone on purpose: a notebook's kernel inherits it, and with a backend forced
# on it no figure would reach the report.
export OPENBLAS_NUM_THREADS ?= 1
export OMP_NUM_THREADS ?= 1

# How many processes run the tests; a file is run by one of them, which opens what it needs once.
WORKERS ?= 2

# What a first look needs, China first; in one command, so that libraries are loaded once for all.
FIRST_LOOK := china provinces_2017-12-31 provinces_2020-12-31 wuhai wuhai_2020 mock_city michigan \
  --first 8 --first provinces_2017-12-31=2 --first mock_city=1 --first michigan=4 \
  --lang mock_city=zh --lang michigan=en

# Side by side: types take most of the time, and advisories wait for another host.
CHECKS := lint-style lint-types lint-imports lint-advisories

.DEFAULT_GOAL := help
.PHONY: help env build reports lint test test-slow test-all lab docs clean
.PHONY: $(CHECKS) test-quick

help:  ## Show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

env: .venv/.stamp  ## Install what requirements.lock names into .venv, and this project

build: env  ## Compute the tables of every study into data/processed
	$(BIN)/edu-metrics build

reports: build  ## Make the reports that a first look needs; reports/index.html lists them
	$(BIN)/edu-metrics report $(FIRST_LOOK)
	@echo "Open $(CURDIR)/reports/index.html"

lint: env | $(UV_TO_FETCH)  ## Check style, types, who imports whom, and advisories on packages
	@$(MAKE) --no-print-directory -j $(CHECKS)

lint-style:
	$(BIN)/ruff check
	$(BIN)/ruff format --check
lint-types:
	$(BIN)/mypy
lint-imports:
	$(BIN)/lint-imports
lint-advisories:
	$(BIN)/python scripts/audit_packages.py --uv $(UV)

# Checking types keeps one processor busy for half a minute where nothing is cached. What a check
# says comes in one piece between the dots of the tests, and what fails stops nothing else.
test: env | $(UV_TO_FETCH)  ## Check everything, and run the tests but for the slow ones
	@$(MAKE) --no-print-directory -k -j --output-sync=target $(CHECKS) test-quick
test-quick:
	+@$(BIN)/pytest -n $(WORKERS) --dist loadfile -m "not slow"

test-slow: env  ## Run the slow tests alone
	$(BIN)/pytest -n $(WORKERS) --dist loadfile -m slow

test-all: test test-slow  ## Run all tests

lab: env  ## Open the notebooks in JupyterLab
	$(BIN)/jupyter lab notebooks

docs: env  ## Build the site into site/: tutorials are run, nothing is fetched
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict
	@echo "Open $(CURDIR)/site/index.html; with search: python3 -m http.server --directory site"

clean:  ## Remove what was generated: reports, tables, caches (the environment stays)
	find reports data/processed -mindepth 1 ! -name .gitkeep -delete
	rm -rf data/raw/simulated dist site .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

.venv/.stamp: requirements.lock pyproject.toml | $(UV_TO_FETCH)
	test -x $(BIN)/python || $(UV) venv --quiet --python '>=3.11' .venv
# Compiled once here, and not by each of the many processes that make reports and run tests: some
# machines (containers above all) forbid Python to keep what it compiles.
	$(UV) pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q lib
	touch $@

# Where an environment without pip is active, one of our own has it.
.tools/uv/bin/uv:
	python3 -m pip install --quiet --target .tools/uv uv || { python3 -m venv .tools/pip && \
	  .tools/pip/bin/python -m pip install --quiet --target .tools/uv uv; }
