# `make` lists what there is. Everything is installed below this folder, in .venv and .venv-*.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

BIN := .venv/bin
PY := $(BIN)/python
SOURCES := source_stripe tools benchmarks unit_tests integration_tests main.py
# `make setup PYTHON=/path/to/python` takes that one, and makes .venv anew if it is of another.
PYTHON ?=
PYTHONS := 3.11 3.12 3.13
PYTHONS_OF_PYAIRBYTE := 3.11 3.12
FIND_PYTHON := tools/find_python.sh --only "$(PYTHON)" --first $(PY) $(PYTHONS)
FIND_PYTHON_FOR_PYAIRBYTE := tools/find_python.sh --first "$(PYTHON)" --first .venv-pyairbyte/bin/python \
	$(PYTHONS_OF_PYAIRBYTE)
# Does nothing where the environment holds what its lock pins already.
ENVIRONMENT := tools/environment.py
PYAIRBYTE := .venv-pyairbyte requirements-pyairbyte.lock --takes "two or three minutes"

# Tests that stand together mostly run in the same process, which makes what they share once.
SIDE_BY_SIDE := -n auto --dist worksteal

.PHONY: help setup setup-pyairbyte setup-docs setup-dbt setup-clients setup-dagster setup-airflow pyairbyte-where-it-runs \
	test test-dbt test-clients test-airflow \
	test-registry check pythons format generate demo demo-accounts demo-dagster demo-pyairbyte sandbox live docs histories soak fuzz mutants bench image \
	lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Create .venv: the connector, its locked dependencies and its tools
	@python=$$($(FIND_PYTHON)) && "$$python" $(ENVIRONMENT) .venv requirements-dev.lock --project . \
		$(if $(PYTHON),--this-python) --takes "a minute or two"

setup-pyairbyte: ## Create .venv-pyairbyte: PyAirbyte, a client to test against (800 MB)
	@python=$$($(FIND_PYTHON_FOR_PYAIRBYTE)) && "$$python" $(ENVIRONMENT) $(PYAIRBYTE)

setup-dbt: setup ## Create .venv-dbt: dbt with DuckDB, to test the models of `source-stripe dbt` (200 MB)
	@$(PY) $(ENVIRONMENT) .venv-dbt requirements-dbt.lock --takes "a minute or two"

setup-clients: setup ## Create .venv-clients: dlt, Dagster, Meltano and others, to run the recipes (400 MB)
	@$(PY) $(ENVIRONMENT) .venv-clients requirements-clients.lock --takes "a minute or two"

# Tests that need PyAirbyte are skipped where no Python that it runs on is there.
pyairbyte-where-it-runs:
	@if python=$$($(FIND_PYTHON_FOR_PYAIRBYTE) 2>/dev/null); then "$$python" $(ENVIRONMENT) $(PYAIRBYTE); \
		else echo "PyAirbyte runs on Python $(PYTHONS_OF_PYAIRBYTE) only, none of which is here: its tests are skipped."; fi

setup-dagster: setup ## Create .venv-dagster: Dagster, to run examples/dagster (156 MB)
	@$(PY) $(ENVIRONMENT) .venv-dagster requirements-dagster.lock --takes "a minute"

setup-airflow: setup ## Create .venv-airflow: Airflow, to run examples/airflow (300 MB)
	@$(PY) $(ENVIRONMENT) .venv-airflow requirements-airflow.lock --takes "two minutes"

setup-docs: ## Create .venv-docs: mkdocs-material, and the driver of a browser for its tests
	@python=$$($(FIND_PYTHON)) && "$$python" $(ENVIRONMENT) .venv-docs requirements-docs.lock --takes "a minute"

docs: setup-docs ## Build the site of the documentation into build/site, and check its links
	@NO_MKDOCS_2_WARNING=1 .venv-docs/bin/mkdocs build --strict
	@.venv-docs/bin/python tools/site_links.py build/site
	@echo "Open build/site/index.html."

test: setup setup-dagster pyairbyte-where-it-runs ## Run every test
	@$(PY) -m pytest $(SIDE_BY_SIDE) unit_tests integration_tests

test-dbt: setup-dbt ## Run the tests of the dbt models; `make test` leaves them out where .venv-dbt is not there
	@$(PY) -m pytest unit_tests/test_dbt_project.py integration_tests/test_dbt.py
	@$(PY) -m pytest integration_tests/test_documents.py -k "docs/dbt.md"

test-clients: setup-clients ## Run the recipes; `make test` leaves out those whose client is not there
	@$(PY) -m pytest -rs integration_tests/test_documents.py integration_tests/test_manifest.py -k "recipes or manifest"

test-airflow: setup-airflow ## Run the DAG of examples/airflow; `make test` leaves it out where .venv-airflow is not there
	@$(PY) -m pytest -rs integration_tests/test_airflow.py

test-registry: setup ## Run what a registry of connectors asks for: `airbyte-cdk connector test`, metadata, its page
	@$(PY) -m pytest unit_tests/test_registry.py unit_tests/test_packaging.py integration_tests/test_standard.py

check: setup setup-docs setup-dagster pyairbyte-where-it-runs ## What must hold before a commit: format, lint, types, imports, generated files, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy --strict $(SOURCES)
	$(BIN)/lint-imports
	$(PY) -m tools.generate --check
	$(PY) -m pytest $(SIDE_BY_SIDE) unit_tests integration_tests

pythons: ## Run the quick tests on every Python found that the connector is said to run on
	@for version in $(PYTHONS); do \
		if python=$$(tools/find_python.sh $$version 2>/dev/null); then \
			echo "Python $$version:"; \
			"$$python" $(ENVIRONMENT) .venv-$$version requirements-dev.lock --project . --takes "a minute or two" \
				&& .venv-$$version/bin/python -m pytest -q unit_tests || exit 1; \
		else echo "Python $$version: not here, not tested."; fi; \
	done

format: setup ## Format the code and mend what the linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

generate: setup ## Write the generated files: schemas and tables
	$(PY) -m tools.generate

demo: setup ## See it work, without a Stripe key: two syncs of a sandbox account, and what one does with the data
	@$(PY) -m tools.demo

demo-accounts: setup ## Many accounts in one connection: three syncs of a sandbox platform (a minute)
	@$(PY) -m tools.demo_accounts

demo-dagster: setup-dagster ## A sandbox platform read by shards under Dagster, twice, one shard failing at first (minutes)
	@$(PY) -m tools.demo_dagster

demo-pyairbyte: setup-pyairbyte setup ## The same with PyAirbyte and every stream (a quarter of an hour)
	@$(PY) -m tools.demo_pyairbyte

PORT ?= 8420
sandbox: setup ## Serve a Stripe account to try commands on: PORT=8420
	@$(PY) -m tools.sandbox serve --port $(PORT)

DAYS ?= 14
live: ## Let days pass in the account that `make sandbox` serves: DAYS=14
	@$(PY) -m tools.sandbox live --port $(PORT) --days $(DAYS)

SEED ?= 1
EXAMPLES ?= 2000
histories: setup ## Look for a history that leaves the replica wrong: SEED=1 EXAMPLES=2000
	@$(PY) -m integration_tests.histories --seed $(SEED) --examples $(EXAMPLES)

SYNCS ?= 100
soak: setup ## Sync a living account while everything goes wrong that can: SEED=1 SYNCS=100
	@$(PY) -m integration_tests.soak --seed $(SEED) --syncs $(SYNCS)

KIND ?= all
fuzz: setup ## Try odd states, configurations, catalogues, answers: SEED=1 EXAMPLES=2000 KIND=all
	@$(PY) -m integration_tests.fuzz --kind $(KIND) --seed $(SEED) --examples $(EXAMPLES)

N ?= 60
mutants: setup ## Change the engine at random, and show what no test notices: SEED=1 N=60
	@$(PY) -m tools.mutants --seed $(SEED) --number $(N)

bench: setup ## Measure speed, requests and memory, beside other connectors: OPTIONS=--quick or --full
	@$(PY) -m benchmarks --out docs $(OPTIONS)

image: ## Build the Dockerfile without a container engine and run it (Debian, root)
	tools/image_check.sh

lock: setup ## Refresh the locks from pyproject.toml
	@$(PY) -m tools.locks

clean: ## Remove the environments, caches and what the demo left
	rm -rf .venv .venv-* .hypothesis .mypy_cache .pytest_cache .ruff_cache build dist demo benchmarks/.venv-*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
