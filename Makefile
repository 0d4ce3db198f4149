# make demo: install, ingest the example reports, three answers.   make test: install, lint, types, tests, the wheel.
PYTHON ?= python3
BIN := .venv/bin
DEMO := build/demo.duckdb
INSTALLED := $(BIN)/installed

.PHONY: install demo test test-slow bench link-model lint types clean

install: $(INSTALLED)

$(INSTALLED): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@

demo: install
	rm -f $(DEMO) $(DEMO).wal
	mkdir -p build
	$(BIN)/crimeetl ingest tests/reports --db $(DEMO)
	$(BIN)/crimeetl query offenses_by_type_and_month --db $(DEMO)
	$(BIN)/crimeetl query reports_by_officer --db $(DEMO)
	$(BIN)/crimeetl query open_cases --db $(DEMO)

test: lint types
	$(BIN)/python -P -m pytest --quiet --durations=10 -m "not slow"

# What takes minutes: a run killed at fifty random moments.
test-slow: install
	$(BIN)/python -P -m pytest --quiet -m slow

# Ours beside what could be used instead, and how seconds grow; nothing else should run meanwhile.
bench: install
	$(BIN)/python tests/benchmarks/compare.py
	$(BIN)/python tests/benchmarks/growth.py

# The model by which people of different reports are linked, anew from made-up reports: etl/link/people.json.
link-model: install
	$(BIN)/python tests/benchmarks/linking.py --train

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

# Type checkers cannot follow an editable install's import hook: they read this view of the folders instead.
types: install
	mkdir -p build/view/crimeetl
	ln -sfn "$(CURDIR)/etl" "$(CURDIR)/model" "$(CURDIR)/sql" build/view/crimeetl/
	$(BIN)/mypy

clean:
	rm -rf .venv build dist *.egg-info
