# Upstander. `make run` and `make test` are the two that matter; `make help` lists the rest.
# Needs Python 3.11 with venv, Node 20 and the package indexes that pip and npm are set up for. Nothing else.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

HOST ?= 127.0.0.1
PORT ?= 8000
DATA ?= data
PYTHON ?= python3
T ?=

BIN := .venv/bin
STATE := .state
BUILT := src/upstander/server/built/manifest.json
CLIENT := $(shell find client -type f ! -name '*.test.ts' 2>/dev/null)
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
HASHES := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header

##@ The two commands
.PHONY: run test
run: $(STATE)/main $(BUILT) ## Set up what is missing and serve a demonstration (HOST= PORT= DATA=)
	@$(BIN)/upstander demo --figures --data '$(DATA)' --host '$(HOST)' --port '$(PORT)'
	@exec $(BIN)/upstander serve --data '$(DATA)' --host '$(HOST)' --port '$(PORT)'

test: $(STATE)/dev $(BUILT) ## Run every check there is, and say at the end what held and what did not
	@$(BIN)/python tests/everything.py

##@ One thing at a time
.PHONY: lint types test-python test-client test-browser test-postgres bench soak
lint: $(STATE)/dev ## Formatting, lint and the floors of the house
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports

types: $(STATE)/dev node_modules/.package-lock.json ## Types, Python and TypeScript
	$(BIN)/mypy
	npx --no-install tsc --noEmit

test-python: $(STATE)/dev $(BUILT) ## Python tests without a browser, or those of one path (T=tests/cli)
	$(BIN)/pytest -n 2 -m 'not browser' $(T)

test-client: node_modules/.package-lock.json ## TypeScript tests in Node, or those whose name contains T
	npm test --silent -- $(T)

test-browser: $(STATE)/dev $(BUILT) ## Journeys in Debian's Chromium, or those of one path (T=)
	$(BIN)/pytest -n 2 -m browser $(if $(T),$(T),tests/browser)

test-postgres: $(STATE)/dev $(BUILT) ## Commit, access and migration tests on a throwaway PostgreSQL
	$(BIN)/python tests/postgres.py $(T)

PAGES := log prints desk measure linkage publishing keepers
bench: $(STATE)/dev $(BUILT) ## Measure, and write the pages of benchmarks in docs/reference, or one part (PART=reports, PART=keepers)
	$(if $(filter $(PAGES),$(PART)),,$(BIN)/python -m tests.load.bench $(if $(PART),--part $(PART)))
	@for one in $(if $(PART),$(filter $(PAGES),$(PART)),$(PAGES)); do $(BIN)/python -m tests.load.$$one || exit 1; done

soak: $(STATE)/dev $(BUILT) ## Long fuzzing and killing, for an evening
	HYPOTHESIS_PROFILE=soak $(BIN)/pytest -m 'fault or db' tests

##@ House work
.PHONY: install analytics build lock docs pictures clean help
install: $(STATE)/main $(BUILT) ## Everything a real installation needs, and nothing else
	@echo 'Installed. Next: $(BIN)/upstander --help'

analytics: $(STATE)/analytics ## What scanning, measuring and linking need besides

build: node_modules/.package-lock.json ## Build the pages' scripts and styles
	npm run build --silent

lock: $(STATE)/dev ## Write requirements/*.txt anew from *.in (hashes, no addresses)
	$(PIP) install uv
	$(BIN)/uv pip compile -q $(HASHES) requirements/main.in -o requirements/main.txt
	$(BIN)/uv pip compile -q $(HASHES) requirements/analytics.in -o requirements/analytics.txt
	$(BIN)/uv pip compile -q $(HASHES) requirements/dev.in -o requirements/dev.txt

docs: $(STATE)/dev ## Write the pages that are made from the code (docs/reference/commands.md)
	$(BIN)/python -m tests.test_docs

pictures: $(STATE)/dev $(BUILT) ## Take the README's pictures again (docs/pictures)
	PICTURES=docs/pictures $(BIN)/pytest -m browser tests/browser/test_pictures.py

clean: ## Remove what was built or installed here (never the data folder)
	rm -rf .venv node_modules build test-output $(STATE) src/upstander/server/built src/*.egg-info
	rm -rf .mypy_cache .ruff_cache .hypothesis .import_linter_cache

help: ## This list
	@awk 'BEGIN {FS = ":.*## "} \
	/^##@/ {printf "\n%s\n", substr($$0, 5)} \
	/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

# Stamps. A deleted .venv or node_modules is newer than its stamp when it comes back, so it is filled again.
.venv/pyvenv.cfg:
	@command -v $(PYTHON) >/dev/null || { echo 'Python 3.11 or later is needed: apt install python3 python3-venv'; exit 1; }
	@$(PYTHON) -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo 'Python 3.11 or later with venv is needed: apt install python3-venv'; exit 1; }
	@echo 'Making a Python environment in .venv ...'
	@$(PYTHON) -m venv .venv

$(STATE)/main: .venv/pyvenv.cfg requirements/main.txt pyproject.toml
	@mkdir -p $(STATE)
	@echo 'Installing what Upstander stands on ...'
	@$(PIP) install --require-hashes -r requirements/main.txt
	@$(PIP) install --no-deps --no-build-isolation --no-index -e .
	@touch $@

$(STATE)/analytics: $(STATE)/main requirements/analytics.txt
	@echo 'Installing what scanning and measuring need besides ...'
	@$(PIP) install --require-hashes -r requirements/analytics.txt
	@touch $@

$(STATE)/dev: $(STATE)/main requirements/dev.txt
	@echo 'Installing what the tests need besides ...'
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

node_modules/.package-lock.json: package.json package-lock.json
	@command -v npm >/dev/null || { echo 'Node 20 with npm is needed: see nodejs.org or your distribution'; exit 1; }
	@echo 'Installing what the pages are built with ...'
	@npm ci --ignore-scripts --silent
	@touch $@

$(BUILT): node_modules/.package-lock.json $(CLIENT)
	@echo 'Building the pages ...'
	@npm run build --silent
	@touch $@
