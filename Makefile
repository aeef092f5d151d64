# `make` lists what there is. Everything is installed below this folder: .venv and .venv-pyairbyte.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

BIN := .venv/bin
PY := $(BIN)/python
SOURCES := source_stripe tools benchmarks unit_tests integration_tests main.py
PIP_INSTALL := -m pip --disable-pip-version-check --no-input install --no-deps --quiet --quiet --progress-bar off
UV_LOCK := $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-strip-extras --no-emit-index-url --no-header --no-annotate

# The first Python found that can make environments for the connector and for the packages it is tested with.
# `make setup PYTHON=/path/to/python` tries that one before the others.
PYTHON ?=
define find-python
found=; \
for candidate in $(PYTHON) python3.11 python3.12 python3 python; do \
	if "$$candidate" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' \
		</dev/null >/dev/null 2>&1; then found=$$candidate; break; fi; \
done; \
if [ -z "$$found" ]; then \
	echo "No Python 3.11 or 3.12 with venv was found: install one (on Debian: apt-get install python3 python3-venv)," \
		"or name one: make $(or $(MAKECMDGOALS),setup) PYTHON=/path/to/python." >&2; \
	exit 1; \
fi
endef

.PHONY: help setup setup-pyairbyte test check format generate demo histories bench image lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.installed ## Create .venv: the connector, its locked dependencies and its tools

setup-pyairbyte: .venv-pyairbyte/.installed ## Create .venv-pyairbyte: PyAirbyte, a client to test against (800 MB)

.venv/.installed: requirements-dev.lock pyproject.toml
	@$(find-python); \
	echo "Installing the connector and its tools into .venv, about a minute ..."; \
	"$$found" -m venv .venv
	@$(PY) $(PIP_INSTALL) --require-hashes -r requirements-dev.lock
	@$(PY) $(PIP_INSTALL) --no-build-isolation --editable .
	@touch $@

.venv-pyairbyte/.installed: requirements-pyairbyte.lock
	@$(find-python); \
	echo "Installing PyAirbyte into .venv-pyairbyte, a minute or two ..."; \
	"$$found" -m venv .venv-pyairbyte
	@.venv-pyairbyte/bin/python $(PIP_INSTALL) --require-hashes -r requirements-pyairbyte.lock
	@touch $@

test: setup setup-pyairbyte ## Run every test
	@$(PY) -m pytest unit_tests integration_tests

check: setup setup-pyairbyte ## What must hold before a commit: format, lint, types, generated files, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy --strict $(SOURCES)
	$(PY) -m tools.generate --check
	$(PY) -m pytest unit_tests integration_tests

format: setup ## Format the code and mend what the linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

generate: setup ## Write the generated files: schemas and tables
	$(PY) -m tools.generate

demo: setup setup-pyairbyte ## Sync a sandbox account twice into DuckDB, without a Stripe key
	@$(PY) -m tools.demo

SEED ?= 1
EXAMPLES ?= 2000
histories: setup ## Look for a history that leaves the replica wrong: SEED=1 EXAMPLES=2000
	@$(PY) -m integration_tests.histories --seed $(SEED) --examples $(EXAMPLES)

bench: setup ## Measure speed, requests and memory, beside other connectors: OPTIONS=--quick or --full
	@$(PY) -m benchmarks --out docs $(OPTIONS)

image: ## Build the Dockerfile without a container engine and run it (Debian, root)
	tools/image_check.sh

lock: setup ## Refresh the three requirements*.lock files from pyproject.toml
	$(UV_LOCK) pyproject.toml --output-file requirements.lock
	$(UV_LOCK) pyproject.toml --group dev --constraints requirements.lock --output-file requirements-dev.lock
	$(UV_LOCK) --group pyairbyte --output-file requirements-pyairbyte.lock

clean: ## Remove the environments, caches and what the demo left
	rm -rf .venv .venv-pyairbyte .hypothesis .mypy_cache .pytest_cache .ruff_cache build dist demo benchmarks/.venv-*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
