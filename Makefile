# The portal's front doors. Each works alone on a fresh Debian or Ubuntu machine with git, make and python3.

PYTHON ?= python3
PORT ?= 8000
export PORT

IN_VENV := .venv/bin/python -m

.PHONY: run test both check bench docs words journeys crash setup lock

# The demo clinic on http://127.0.0.1:8000; Ctrl-C stops web and worker. A second run keeps the data.
run:
	@$(PYTHON) -m setup run
	@exec .venv/bin/portal serve --demo

# Everything: rules, services, pages and whole stories in a browser, on SQLite and PostgreSQL.
# One file: make test TESTS=tests/test_config.py
test:
	@$(PYTHON) -m setup tests
	@$(IN_VENV) pytest -n 2 --dist worksteal $(TESTS)

# The same with pages and stories on both databases each; takes twice as long.
both:
	@$(PYTHON) -m setup tests
	@$(IN_VENV) pytest -n 2 --dist worksteal --both

# Whole stories in a real browser alone, axe on every page.
journeys:
	@$(PYTHON) -m setup tests
	@$(IN_VENV) pytest -n 2 --dist worksteal tests/journeys

# Servers and workers that are killed, alone and over and over.
crash:
	@$(PYTHON) -m setup tests
	@for round in 1 2 3 4 5; do $(IN_VENV) pytest tests/test_worker_killed.py tests/cli/test_serving.py || exit 1; done

# Format, style, types, templates, direction of imports.
check:
	@$(PYTHON) -m setup tests
	$(IN_VENV) ruff format --check .
	$(IN_VENV) ruff check .
	$(IN_VENV) mypy
	$(IN_VENV) djlint templates --lint --quiet
	$(IN_VENV) pytest -q tests/test_architecture.py

# Every figure beside its reference, as a table and as var/bench.json.
bench:
	@$(PYTHON) -m setup bench
	@$(IN_VENV) bench

# Workflows and permissions, drawn anew from the tables.
docs:
	@$(PYTHON) -m setup run
	@$(IN_VENV) setup.documents

# The sentences people read, into locales/; says how many wait for a translation.
words:
	@$(PYTHON) -m setup run
	@$(IN_VENV) setup.words

# Everything a developer needs, and nothing started.
setup:
	@$(PYTHON) -m setup tests

# The lock files anew, at the newest versions that fit together.
lock:
	@$(PYTHON) -m setup.lock
