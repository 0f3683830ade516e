# What people type. `make demo` needs Python 3.11 and make, nothing else.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin

.PHONY: demo test test-sqlite test-postgresql test-browser check bench soak clean

demo:
	$(PYTHON) demo.py

$(VENV)/.tests: requirements-test.lock
	$(PYTHON) -m venv $(VENV)
	$(RUN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-test.lock
	touch $@

test: $(VENV)/.tests
	$(RUN)/python -m pytest

test-sqlite: $(VENV)/.tests
	$(RUN)/python -m pytest -m "not postgresql and not browser"

test-postgresql: $(VENV)/.tests
	$(RUN)/python -m pytest -m postgresql

test-browser: $(VENV)/.tests
	$(RUN)/python -m pytest -m browser

check: $(VENV)/.tests
	$(RUN)/ruff check .
	$(RUN)/ruff format --check casefile tests wsgi.py demo.py migrations
	$(RUN)/mypy
	$(RUN)/lint-imports
	$(RUN)/djlint templates --lint
	$(RUN)/python -m pytest

bench: $(VENV)/.tests
	$(RUN)/python -m tests.benchmarks

soak: $(VENV)/.tests
	CASEFILE_SOAK=1 $(RUN)/python -m pytest

clean:
	rm -rf $(VENV) instance bench.json
