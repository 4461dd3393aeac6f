# The two commands of the README. Everything else is a target for those who work on the code.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Tools that check the pages' scripts; running the product needs none of them.
JS := scripts/js
# A worker for each core, two to eight: a browser beside its house fills one.
PYTEST = $(BIN)/pytest -n $(shell n=$$(nproc); echo $$((n < 2 ? 2 : n > 8 ? 8 : n))) --dist loadfile --no-loadscope-reorder
NODE_BIN := $(JS)/node_modules/.bin
HOME_DIR ?= var/site

.PHONY: run test flickered quick coverage deep check openapi lock install install-test clean

run: install
	$(BIN)/hotline run --demo --home $(HOME_DIR)

# Three runs: what a run's tests leave in memory makes the later ones slow. What failed is run once more, alone and in
# sight: a machine that hiccuped fails once, a bug fails twice.
AGAIN = $(BIN)/pytest --last-failed --last-failed-no-failures none
test: install-test check
	$(PYTEST) tests/house tests/browser || $(AGAIN) tests/house tests/browser
	$(PYTEST) tests/core $(wildcard tests/test_*.py) || $(AGAIN) tests/core $(wildcard tests/test_*.py)
	$(PYTEST) tests/etl tests/kpi tests/qa tests/geo_analysis tests/dashboards tests/bench || $(AGAIN) tests/etl tests/kpi tests/qa tests/geo_analysis tests/dashboards tests/bench

# What ever failed for no fault of the code, ten times each: what has not been reached in its time is not run.
flickered: install-test
	$(PYTEST) -m flickered --deep --repeat 10 --within 300

# What is neither a house of several processes nor a browser nor a server.
quick: install-test
	$(PYTEST) --ignore tests/house --ignore tests/browser -m "not (slow or peers or postgres)"

# Which lines and branches the quick tests pass through; what runs only in houses and browsers is not seen.
coverage: install-test
	$(PYTEST) --ignore tests/house --ignore tests/browser -m "not (slow or peers or postgres)" --cov --cov-report term:skip-covered

# With the further cases, too.
deep: install-test check
	$(PYTEST) --deep

check: install-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.check_translations
	$(BIN)/sqlfluff lint etl/sql kpi qa dashboards --config etl/sql/.sqlfluff
	$(NODE_BIN)/eslint --config $(JS)/eslint.config.js dashboards/assets tests/dashboards/assets
	$(NODE_BIN)/openapi-typescript docs/openapi.json --output $(JS)/api.d.ts --check
	$(NODE_BIN)/tsc --project $(JS)
	$(NODE_BIN)/tsc --project $(JS)/tsconfig.strict.json
	node --test $(wildcard tests/dashboards/assets/*.test.mjs)

install: $(VENV)/.installed
install-test: install $(VENV)/.installed-test

$(VENV)/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { echo "Python 3.11 is needed: set PYTHON=/path/to/python3.11"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "python3-venv is missing: apt-get install python3-venv, or set PYTHON to another Python 3.11"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.installed-test: requirements-test.lock scripts/install_test_packages.sh $(JS)/package-lock.json
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.lock
	bash scripts/install_test_packages.sh
	npm ci --prefix $(JS) --no-audit --no-fund --loglevel=error
	touch $@

# After a change of the interface: its description, and the types of our scripts from it.
openapi: install-test
	$(BIN)/python scripts/openapi.py docs/openapi.json
	$(NODE_BIN)/openapi-typescript docs/openapi.json --output $(JS)/api.d.ts

# Pins everything with hashes and without addresses.
lock:
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml -q --python-version 3.11 --universal --no-header --no-annotate --generate-hashes --upgrade -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra test -q --python-version 3.11 --universal --no-header --no-annotate --generate-hashes -c requirements.lock -o requirements-test.lock
	npm install --prefix $(JS) --package-lock-only --omit-lockfile-registry-resolved --no-audit --no-fund --loglevel=error

clean:
	rm -rf $(VENV) $(JS)/node_modules var
