# Plain `make` lists the targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
DEVELOPED := $(VENV)/.installed-dev
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

# Tests start many processes, which would otherwise compile the service each time.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test check format token demo bench bench-lists screenshots openapi build wheel-test clean

help: ## Print this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV) || \
	  { echo "python3 -m venv failed: on Debian and Ubuntu install python3-venv"; exit 1; }
	@echo "Installing into $(VENV) (only this once)" >&2
	@$(PIP) --editable '.[postgresql,mariadb,redis]'
	@touch $@

$(DEVELOPED): $(INSTALLED)
	@echo "Installing what tests and checks need into $(VENV) (only this once)" >&2
	@$(PIP) --no-compile --editable '.[postgresql,mariadb,redis,agno,dev]'
	@touch $@

run: $(INSTALLED) ## Set up and run the service on SQLite, port 3009
	@$(BIN)/interview-service serve

test: $(DEVELOPED) ## Set up and run the tests, on every database that can be reached; ARGS="tests/unit -x" and the like
	@$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

check: $(DEVELOPED) ## Lint, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(DEVELOPED) ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

token: $(INSTALLED) ## Print a token for TENANT (demo) and SUBJECT (me)
	@$(BIN)/interview-service token --tenant $(or $(TENANT),demo) --subject $(or $(SUBJECT),me)

demo: $(INSTALLED) ## Play one interview from request to verdict against the running service; ARGS=--seed fills a tenant with thirty
	@$(BIN)/interview-service demo $(ARGS)

bench: $(DEVELOPED) ## Measure the service beside a bare Flask handler; ARGS=--help tells more
	@$(BIN)/python -m benchmarks $(ARGS)

bench-lists: $(DEVELOPED) ## Measure each list at a thousand and at a million interviews; ARGS=--help tells more
	@$(BIN)/python -m benchmarks.lists $(ARGS)

screenshots: $(DEVELOPED) ## Write pictures of every page into build/screenshots
	@$(BIN)/python -m tests.pages.screenshots build/screenshots

openapi: $(INSTALLED) ## Print the OpenAPI document
	@$(BIN)/interview-service openapi

build: $(DEVELOPED) ## Build the wheel into dist/
	$(BIN)/python -m build --wheel

wheel-test: $(DEVELOPED) ## Install the wheel into a fresh environment and use it
	@$(BIN)/python .ci/wheel-test

clean: ## Remove what was built and the environment; the instance folder stays
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
