# What people type. `make demo` needs Python 3.11 and make, nothing else.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin
JOBS ?= 2

.PHONY: demo code pictures catalogues machines test test-sqlite test-postgresql test-browser chromium lint check bench soak clean

demo:
	$(PYTHON) demo.py

# What a person of the demonstration types to sign in now: make code WHO=sarah
code:
	@$(PYTHON) demo.py code $(WHO)

# The pictures of the README, drawn from a demonstration of its own.
pictures: $(VENV)/.tests chromium
	$(RUN)/python -m tests.browser.pictures docs/pictures

# Which files say each sentence, written into the catalogues; run twice it changes nothing more.
catalogues: $(VENV)/.tests
	$(RUN)/python -m tests.invariants.places

# The state machines, drawn into docs/machines.md from the data.
machines: $(VENV)/.tests
	$(RUN)/python -m tests.invariants.drawings

$(VENV)/.tests: requirements-test.lock
	$(PYTHON) -m venv $(VENV)
	$(RUN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-test.lock
	touch $@

# The real browser: installed where that can be done without asking, named where it cannot.
chromium:
	@command -v chromium >/dev/null 2>&1 || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
	  && apt-get update -qq >/dev/null 2>&1 \
	  && apt-get install -y -qq chromium fonts-noto-core >/dev/null 2>&1; } \
	  || echo "Left out: the browser tests, for there is no chromium and it could not be installed."

test: $(VENV)/.tests chromium
	$(RUN)/python -m pytest -n $(JOBS) --dist loadgroup

test-sqlite: $(VENV)/.tests
	$(RUN)/python -m pytest -n $(JOBS) --dist loadgroup -m "not postgresql and not browser"

test-postgresql: $(VENV)/.tests
	$(RUN)/python -m pytest -n $(JOBS) --dist loadgroup -m postgresql

test-browser: $(VENV)/.tests chromium
	$(RUN)/python -m pytest -n $(JOBS) --dist loadgroup -m browser

lint: $(VENV)/.tests
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy
	$(RUN)/lint-imports
	$(RUN)/djlint templates --lint --quiet

check: lint test

bench: $(VENV)/.tests chromium
	$(RUN)/python -m tests.benchmarks

# What has a long form, in that form and with what it counted.
soak: $(VENV)/.tests chromium
	CASEFILE_SOAK=1 $(RUN)/python -m pytest -n $(JOBS) --dist loadgroup -m soak -rP

clean:
	rm -rf $(VENV) bench.json
