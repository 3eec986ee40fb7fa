# maild: everything a developer types. All of it happens in .venv; nothing is installed elsewhere.
#
#   make demo     the whole desk on this machine: mail servers, daemon, a day's letters
#   make test     style, types, floors and tests
#   make lint     the same without the tests
#   make bench    CPU and letters a second, beside the least that the work can cost
#   make clean    forget .venv, caches and builds
#
# Another interpreter: make PYTHON=python3.12 test. More for pytest: make test PYTEST_ARGS='-n 2 -k calendar'.
# For `maild demo` and the benchmark: make demo ARGS=--stay, make bench ARGS='--letters 300'.

PYTHON ?= python3
PYTEST_ARGS ?=
ARGS ?=
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: help setup demo test lint bench clean
.DELETE_ON_ERROR:

help:
	@sed -n '3,7s/^#   //p' Makefile

setup: .venv/.dev

demo: .venv/.demo
	$(BIN)/maild demo $(ARGS)

test: lint
	$(BIN)/pytest $(PYTEST_ARGS)

lint: .venv/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/.dev
	$(BIN)/python -m bench.road $(ARGS)

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Debian keeps ensurepip in a package of its own, python3-venv.
.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'maild needs Python 3.11 or newer, for example: make PYTHON=python3.12 $(MAKECMDGOALS)' >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || $(PYTHON) -c 'import virtualenv' 2>/dev/null || .ci/apt python3-venv
	$(PYTHON) -m venv .venv 2>/dev/null || $(PYTHON) -m virtualenv --quiet .venv

# The marks say for which pyproject.toml and constraints.txt the packages were installed; `dev` has all that `demo` has.
# hatchling comes first and is used as it is, so that the build too happens with the version that was tested.
.venv/.demo: pyproject.toml constraints.txt | .venv/bin/python
	$(INSTALL) hatchling
	$(INSTALL) --no-build-isolation -e '.[demo]'
	@touch $@

.venv/.dev: pyproject.toml constraints.txt | .venv/bin/python
	$(INSTALL) hatchling
	$(INSTALL) --no-build-isolation -e '.[dev]'
	@touch .venv/.demo $@
