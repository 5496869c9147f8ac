# Every target sets up what it needs: a virtual environment in .venv, with pinned versions.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
ASSIGNMENT := activations
ASSIGNMENTS = $(notdir $(wildcard source/*))

.DEFAULT_GOAL := help
.PHONY: help setup demo test audit attacks soak lint bench docs release clean

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "grader needs Python 3.11 or newer; this is %s. Try: make PYTHON=python3.12" % sys.version.split()[0])'
	@echo "setting up $(VENV) (once) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@$(BIN)/python -m compileall -q -x '/(wheats|chaffs)/' grader  # Python may be told not to
	@touch $@

setup: $(READY)  ## make .venv with the grader and its tools in it

demo: $(READY)  ## build a sample class, grade it, show the table (ASSIGNMENT=tensor: of another)
	@$(BIN)/grader sample $(ASSIGNMENT) --to submitted
	@$(BIN)/grader grade submitted --assignment $(ASSIGNMENT) --timeout 12 --json autograded/$(ASSIGNMENT).json

test: $(READY)  ## run the tests
	@$(BIN)/python -m pytest -n 4 --dist loadscope --no-loadscope-reorder

audit: $(READY)  ## prove every rubric: wheats, chaffs, other seeds, mutants (AUDIT=--quick: less widely)
	@for name in $(ASSIGNMENTS); do $(BIN)/grader audit $$name --fail-under 99 $(AUDIT) || exit 1; done

attacks: $(READY)  ## try to fool and to break the grader, and show what became of it
	@$(BIN)/python -m tests.attacks.run

soak: $(READY)  ## grade 1,000 hostile submissions in a row, and look for what they leave
	@$(BIN)/python -m tests.attacks.run --soak 1000

lint: $(READY)  ## check style, types and the layers
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(READY)  ## measure speed beside nbgrader and otter; docs/benchmarks.md explains
	@$(BIN)/python -m tests.bench

docs: $(READY)  ## build the documentation into docs/_build/html
	@$(BIN)/python -m sphinx -M html docs docs/_build -E -W --keep-going -n -q
	@echo docs/_build/html/index.html

release: $(READY)  ## check all of source/ and make release/ from it
	@for name in $(ASSIGNMENTS); do $(BIN)/grader release $$name || exit 1; done

clean:  ## remove .venv and caches; submissions, grades and feedback stay
	rm -rf $(VENV) docs/_build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
