# The list of commands. `make help` prints it; everything lives in this folder, nothing outside is touched.

VENV   := .venv
# PYTHON is left to the caller, to choose the interpreter that .venv is made from.
PY     := $(VENV)/bin/python
STAMPS := $(VENV)/stamps
ARGS   ?=

ASSET_SOURCES := $(wildcard core/baukasten/web/assets/*.py core/baukasten/web/assets/*.json core/baukasten/web/assets/*.css)
CATALOGUES    := $(shell find core plugins -name '*.po' 2>/dev/null)

# A half-written stamp or catalogue would count as done on the next run.
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help setup demo test coverage lint style types structure docs bench soak assets catalogues messages lock clean

help:  ## Show this list
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1|\2/p' $(firstword $(MAKEFILE_LIST)) | while IFS='|' read -r name text; do \
		printf '%-18s %s\n' "$$name" "$$text"; done

setup: $(STAMPS)/installed $(STAMPS)/assets $(STAMPS)/catalogues  ## Create .venv, install the lock, build assets and catalogues

demo: setup  ## Serve three towns with their discussions (ARGS="--port 8080 --fresh")
	$(VENV)/bin/baukasten demo $(ARGS)

test: setup  ## Run every test that must hold (ARGS="tests/core -k tenant")
	@.ci/packages
	@.ci/samples
	$(PY) -m pytest -n 2 --dist worksteal $(ARGS)

coverage: setup  ## Run every test and hold the branches it takes against the floor (ARGS="-n 2")
	@.ci/packages
	@.ci/samples
	$(PY) -m pytest --cov --cov-report=term $(ARGS)

lint: style types structure  ## Check style, formatting, types and the order of the rooms

style: $(STAMPS)/installed  ## Check style and formatting alone
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check

types: $(STAMPS)/installed  ## Check the types alone
	$(VENV)/bin/mypy

structure: $(STAMPS)/installed  ## Check the order of the rooms alone
	$(VENV)/bin/lint-imports --no-cache

docs: setup  ## Write docs/reference from the running registry
	$(VENV)/bin/baukasten docs docs/reference

bench: setup  ## Measure, compare with the aims, keep the table (ARGS=--quick)
	@.ci/packages
	@.ci/sink
	$(PY) -m bench $(ARGS)

soak: setup  ## Run the long kill loops and storms
	$(PY) -m pytest -m soak $(ARGS)

assets: $(STAMPS)/installed  ## Build styles, fonts and scripts again
	$(PY) -m baukasten.web.assets.build --optional
	@touch $(STAMPS)/assets

catalogues: $(STAMPS)/installed  ## Compile the translations again
	$(PY) -m baukasten.web.assets.catalogues
	@touch $(STAMPS)/catalogues

messages: $(STAMPS)/installed  ## Bring the catalogues up to date with the texts in the sources
	$(PY) -m baukasten.web.assets.messages

lock: $(STAMPS)/installed  ## Resolve requirements.lock again (ARGS=--upgrade takes newer releases)
	.ci/lock $(ARGS)

clean:  ## Remove what was built; .venv and the demo's data stay
	rm -rf build dist htmlcov .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -rf core/baukasten/static/vendor $(STAMPS)/assets $(STAMPS)/catalogues
	find core plugins tests bench -name __pycache__ -prune -exec rm -rf {} +
	find core plugins -name '*.mo' -delete

$(STAMPS)/installed: requirements.lock pyproject.toml .ci/environment
	@.ci/environment
	@mkdir -p $(STAMPS)
	@touch $@

$(STAMPS)/assets: $(STAMPS)/installed $(ASSET_SOURCES)
	$(PY) -m baukasten.web.assets.build --optional
	@touch $@

$(STAMPS)/catalogues: $(STAMPS)/installed $(CATALOGUES)
	$(PY) -m baukasten.web.assets.catalogues
	@touch $@
