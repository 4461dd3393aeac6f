# The two commands of the README. Everything else is a target for those who work on the code.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOME_DIR ?= var/site

.PHONY: run test check lock install install-test clean

run: install
	$(BIN)/hotline run --demo --home $(HOME_DIR)

test: install-test check
# What failed is run once more, alone and in sight: a machine that hiccuped fails once, a bug fails twice.
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder || $(BIN)/pytest --last-failed --last-failed-no-failures none

check: install-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.check_translations
	$(BIN)/sqlfluff lint etl/sql kpi/sql dashboards --config etl/sql/.sqlfluff

install: $(VENV)/.installed
install-test: install $(VENV)/.installed-test

$(VENV)/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { echo "Python 3.11 is needed: set PYTHON=/path/to/python3.11"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "python3-venv is missing: apt-get install python3-venv, or set PYTHON to another Python 3.11"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.installed-test: requirements-test.lock scripts/install_test_packages.sh
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.lock
	bash scripts/install_test_packages.sh
	touch $@

# Pins everything with hashes and without addresses.
lock:
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml -q --python-version 3.11 --universal --no-header --no-annotate --generate-hashes --upgrade -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra test -q --python-version 3.11 --universal --no-header --no-annotate --generate-hashes -c requirements.lock -o requirements-test.lock

clean:
	rm -rf $(VENV) var
