# The same commands for people and for CI. `make test` and `make demo` need nothing but Python 3.11.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: setup test lint types demo bench interop conformance clean

setup: $(STAMP)

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	touch $(STAMP)

test: $(STAMP)
	$(BIN)/python -m pytest

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

# Compares every expected file, byte for byte, where the shared conformance set lies beside the project.
conformance: $(STAMP)
	rm -rf build/conformance
	$(BIN)/hkcnews import ../shared/conformance/pages.warc.gz --output build/conformance -q
	../shared/conformance/compare ../shared/conformance/expected build/conformance -q

clean:
	rm -rf build $(VENV)
