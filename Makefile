# Nine verbs. `make dev` first; everything else uses its virtual environment.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: dev lint test cases golden corpus mutate docs help

help: ## Show this list.
	@awk -F':.*## ' '/^[a-z]+:.*## / { printf "%-8s %s\n", $$1, $$2 }' Makefile

dev: .venv/ready ## Make the virtual environment with everything the work needs.

.venv/ready: requirements/dev.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch .venv/ready

lint: dev ## Format check, lint, types, import contracts.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: dev ## Every test.
	$(BIN)/python -m pytest

cases: dev ## Only the literate cases.
	$(BIN)/python -m pytest tests/cases

golden: dev ## Rewrite the golden reports; read the difference before committing it.
	NHILINT_GOLDEN=write $(BIN)/python -m pytest tests/golden

corpus: dev ## Laws on public repositories: NHILINT_CORPUS=/folder/of/checkouts make corpus
	$(BIN)/python -m pytest tests/corpus

mutate: dev ## Which small wrong changes to the algebra and the diff does no test notice? Long; see docs/mutation.md.
	$(BIN)/python maintain/mutate.py $(MODULES)

docs: dev ## Rebuild what is generated: the JSON Schemas.
	$(BIN)/python maintain/build_schemas.py
