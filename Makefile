# The two commands a newcomer needs: make demo, make test.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: env demo test lint bench lock messages clean

env: $(STAMP)

$(STAMP): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name it with PYTHON=/path/to/python3." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || { echo "Python's venv module is missing; on Debian: apt-get install python3-venv." >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --only-binary :all: -r requirements.lock
	@touch $@

demo: env
	@exec $(BIN)/python manage.py demo $(ARGS)

test: env
	$(BIN)/python -m pytest -n auto $(ARGS)

lint: env
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djlint --check --lint --quiet */templates
	$(BIN)/python manage.py makemigrations --check --dry-run
	deploy/lint

bench: env
	$(BIN)/python -m tests.bench $(ARGS)

# Rewrites the lock file from pyproject.toml; needs uv.
lock:
	uv pip compile pyproject.toml --group dev --generate-hashes --universal --python-version 3.11 --no-annotate --no-header -o requirements.lock

messages: env
	$(BIN)/python manage.py messages

clean:
	rm -rf $(VENV)
