# Every target sets up what it needs in .venv; nothing is installed elsewhere.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
UV := $(or $(shell command -v uv 2>/dev/null),$(BIN)/uv)
INSTALLED := $(VENV)/.installed
PARALLEL := -n 2 --dist loadfile
# Files or folders of tests; empty is all of them.
TESTS ?=
PYTHON_VERSION ?= 3.12
# pyenv keeps its interpreters off the path; anything else uv finds, or fetches, by itself.
OTHER_PYTHON = $(or $(lastword $(sort $(wildcard \
	$(or $(PYENV_ROOT),$(HOME)/.pyenv)/versions/$(PYTHON_VERSION).*/bin/python))),$(PYTHON_VERSION))

.PHONY: help install run test test-fast test-processors test-python test-lowest coverage check format \
	bench wheel dataiku-plugin dataiku-check clean

help:  ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-16s %s\n", $$1, $$2}'

install: $(INSTALLED)  ## set up the locked environment in .venv

$(INSTALLED): pyproject.toml uv.lock
	@test -n "$(PYTHON)" || { echo "topicbrief needs Python 3.11, 3.12 or 3.13; none was found (set PYTHON=/path/to/python3)"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@test -x $(UV) || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(UV) sync --frozen --all-extras --inexact --python $(BIN)/python --quiet
	@touch $@

run: install  ## analyse the two sample corpora and name the reports to open
	$(BIN)/topicbrief run "$$($(BIN)/python -c 'from gensim.test.utils import datapath; print(datapath("lee_background.cor"))')" \
		--format lines --name news
	$(BIN)/topicbrief run data/tickets.csv --text body --id ticket_id --time created_at --label label --name tickets
	@echo; echo "Open these two reports in a browser:"
	@echo "  $(CURDIR)/reports/news/latest/report.html"
	@echo "  $(CURDIR)/reports/tickets/latest/report.html"

test: install  ## run the tests
	$(BIN)/python -m pytest $(PARALLEL) $(TESTS)

test-fast: install  ## run the tests that are not marked slow (under a minute)
	$(BIN)/python -m pytest $(PARALLEL) -m "not slow" --durations 5 $(TESTS)

test-processors: install  ## run the numeric tests as other x86-64 processors compute them
	$(BIN)/python tests/support/processors.py $(TESTS)

test-python: install  ## run the tests with another Python: make test-python PYTHON_VERSION=3.13
	UV_PROJECT_ENVIRONMENT=.cache/python-$(PYTHON_VERSION) \
		$(UV) sync --frozen --all-extras --quiet --python $(OTHER_PYTHON)
	.cache/python-$(PYTHON_VERSION)/bin/python -m pytest $(PARALLEL) $(TESTS)

test-lowest: install  ## run the tests with the oldest versions that pyproject.toml allows
	$(UV) venv --quiet --clear --python $(BIN)/python .cache/lowest
	$(UV) pip install --quiet --python .cache/lowest/bin/python --resolution lowest-direct \
		--group dev --editable ".[prefect,sql]"
	.cache/lowest/bin/python -m pytest $(PARALLEL) $(TESTS)

coverage: install  ## run the tests and refuse less coverage than pyproject.toml's floor
	$(BIN)/python -m pytest $(PARALLEL) --cov --cov-report term:skip-covered $(TESTS)

check: install  ## lint, format and types, as CI does
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: install  ## format the code
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

bench: install  ## run the benchmarks (hours; needs the corpora, see benchmarks/README.md)
	$(UV) sync --frozen --all-extras --group bench --inexact --python $(BIN)/python --quiet
	$(BIN)/python -m benchmarks

wheel: install  ## build the wheel into dist/
	$(UV) build --wheel --quiet

dataiku-plugin: install  ## build the Dataiku plugin's zip into dist/
	$(BIN)/python -m pipelines.dataiku.build dist

dataiku-check: dataiku-plugin  ## install the Dataiku plugin afresh, with pandas 2.2 and 3, and run it
	@set -e; work=$$(mktemp -d); trap "rm -rf $$work" EXIT; \
	$(BIN)/python -m zipfile -e dist/topicbrief-*.zip $$work/plugin; \
	for pandas in 'pandas>=2.2.3,<2.3' 'pandas>=3'; do \
		sed "s/^pandas.*/$$pandas/" $$work/plugin/code-env/python/spec/requirements.txt > $$work/requirements.txt; \
		$(UV) venv --quiet --clear --python $(BIN)/python $$work/env; \
		$(UV) pip install --quiet --python $$work/env/bin/python -r $$work/requirements.txt; \
		TOPICBRIEF_PLUGIN=$$work/plugin PYTHONPATH=$$work/plugin/python-lib:tests \
			$$work/env/bin/python -W error::FutureWarning tests/support/dataiku_fresh.py; \
	done

clean:  ## remove the environment and caches
	rm -rf $(VENV) dist .pytest_cache .mypy_cache .ruff_cache
