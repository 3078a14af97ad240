# Two commands matter: `make demo` and `make test`. Both set up what they need.

PYTHON ?= python3.11
VENV   := .venv
BIN    := $(VENV)/bin
OUT    := build/demo
PIP    := $(BIN)/python -m pip --disable-pip-version-check -q

.PHONY: demo test setup check models clean
.DEFAULT_GOAL := demo

demo: models ## set up, fetch the models, process the sample conversations
	$(BIN)/entendu process examples/conversations --kb examples/kb --out $(OUT)
	@echo
	@echo "Reports to open in a browser:"
	@for report in $(OUT)/*.html; do echo "  $(CURDIR)/$$report"; done
	@echo
	@echo "A whole centre to look around in, with every screen: $(BIN)/entendu serve --demo"

test: $(VENV)/dev.stamp models ## set up, then linters, types and tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	OMP_NUM_THREADS=1 $(BIN)/pytest -n logical --maxprocesses=4 --dist=loadfile

check: $(VENV)/dev.stamp ## linters and types alone
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

models: $(VENV)/run.stamp ## fetch and verify the models (once; 245 MB of downloads)
	$(BIN)/entendu models fetch

setup: $(VENV)/dev.stamp ## the environment of developers

$(VENV)/python.stamp:
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is not installed; install Python 3.11 or say make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/run.stamp: $(VENV)/python.stamp pyproject.toml constraints.txt
	@echo "Installing Entendu and what it needs into $(VENV) (some minutes the first time)"
	$(PIP) install -c constraints.txt -e .
	@touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp
	$(PIP) install -c constraints.txt -e '.[dev]'
	@touch $@

clean: ## remove what was made here; the models stay
	rm -rf $(VENV) build
