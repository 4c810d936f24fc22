# Everything starts here: `make run` on a fresh machine, `make test` before a change is handed in.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3 || echo python3.11)
VENV := .venv
PY := $(VENV)/bin/python
UV := build/tools/bin/uv
# node from PATH when it is new enough, else the one from the wheel
NODE_NEW := $(shell node -e 'process.exit(process.versions.node.split(".")[0] < 18)' 2>/dev/null && command -v npm)
NODE_PATH_PREFIX := $(if $(NODE_NEW),,$(abspath $(VENV)/bin):)
JS := $(shell find api/static/src api/static/css -type f 2>/dev/null)
CHECKED := run.py worker.py leadloom.py machine models activities workflows api phone tests

.PHONY: help run test check fmt chaos bench fuzz install assets chromium lock messages clean

help: ## what can be asked for
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

run: install assets ## start everything on this machine and print where it is
	@exec $(PY) run.py

test: install assets chromium ## the whole suite
	@$(PY) -m pytest tests --numprocesses 2 --dist loadfile --no-loadscope-reorder $(ARGS)

check: install assets ## format, lint, types, migrations, architecture, docs
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy $(wildcard $(CHECKED))
	$(PY) -m pytest -q tests/test_migrations.py tests/test_architecture.py tests/test_docs.py

fmt: install ## put the code into shape
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

chaos: install assets ## kill every part of it for up to 30 minutes and count what was lost
	@$(PY) -m tests.chaos $(ARGS)

bench: install assets ## measure, against a reference in the same run; also build/bench.json
	@$(PY) -m tests.bench $(ARGS)

fuzz: install assets ## the property tests, with many more examples
	@$(PY) -m pytest tests --hypothesis-profile=fuzz --timeout=3600 -m hypothesis $(ARGS)

install: $(VENV)/.installed node_modules/.installed ## Python and JavaScript packages, by their hashes

$(VENV)/.installed: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Leadloom needs Python 3.11 or newer, and $(PYTHON) is $$($(PYTHON) -V 2>&1 || true); name another: make run PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Installing Python packages into $(VENV) (about a minute) …"
	@test -x $(PY) || $(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || $(PYTHON) -m venv --without-pip --clear $(VENV)
	@$(PYTHON) -m pip --python $(PY) install --disable-pip-version-check --no-input --progress-bar off \
	  --require-hashes -r requirements.lock | sed -u -n 's/^Collecting \([^=]*\)==\([^ ]*\).*/  \1 \2/p'
	@touch $@

node_modules/.installed: package-lock.json package.json | $(VENV)/.installed
	@echo "Installing JavaScript packages …"
	@PATH="$(NODE_PATH_PREFIX)$$PATH" npm ci --no-audit --no-fund --loglevel=error
	@touch $@

assets: api/static/dist/manifest.json ## scripts, styles and icons into api/static/dist

api/static/dist/manifest.json: node_modules/.installed api/static/build.mjs $(JS)
	@echo "Building scripts and styles …"
	@PATH="$(NODE_PATH_PREFIX)$$PATH" node api/static/build.mjs
	@touch $@

chromium: ## find a browser for the tests, or install one when root
	@bash .ci/chromium

lock: ## resolve the newest versions into requirements*.lock
	@test -x $(UV) || { $(PYTHON) -m venv build/tools && build/tools/bin/pip install --quiet uv; }
	$(UV) pip compile pyproject.toml --all-extras --upgrade $(LOCKING) -o requirements.lock
	$(UV) pip compile pyproject.toml --constraint requirements.lock $(LOCKING) -o requirements.production.lock

LOCKING := --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --universal --python-version 3.11 --no-header

messages: install ## gather the words of the pages into api/locales
	@$(PY) -m api.catalogue

clean: ## remove what was built and installed; data stays
	rm -rf $(VENV) node_modules build api/static/dist .mypy_cache .ruff_cache .pytest_cache
