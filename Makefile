# `make run` sets everything up and answers questions; `make test` is the one gate.

PYTHON ?= python3
TORCH := torch==2.13.0
# Where pip finds torch. Elsewhere than on machines that offer a CPU build by default, name the
# index of CPU wheels that PyTorch's own installation page gives (see the README).
TORCH_INDEX ?=

BIN := .venv/bin
READY := .venv/.ready
SOURCES := bot index tests

.PHONY: run test format lint types tests bench fuzz soak kills tune lock clean help

help: ## Show this list
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

run: $(READY) ## Set up, build the index, answer: chat in a terminal, else a question a line
	@$(BIN)/thesenbot start

test: format lint types tests ## Everything that must hold

format: $(READY)
	$(BIN)/ruff format --check $(SOURCES)

lint: $(READY)
	$(BIN)/ruff check $(SOURCES)
	git ls-files -z -- ":!requirements.lock" | xargs -0 $(BIN)/detect-secrets-hook --baseline .secrets.baseline

types: $(READY)
	$(BIN)/mypy

tests: $(READY)
	$(BIN)/pytest

bench: $(READY) ## Beside plain sentence-transformers and other frameworks (XQUAD=DIR), and how search grows
	$(BIN)/python -m tests.benchmarks.engine
	$(BIN)/python -m tests.benchmarks.others --plot others.png \
		$(if $(XQUAD),--xquad $(XQUAD)) $(if $(TORCH_INDEX),--torch-index $(TORCH_INDEX))
	$(BIN)/python -m tests.benchmarks.scale --folder build/scale --picture scale.png \
		$(if $(XQUAD),--xquad $(XQUAD))
	$(BIN)/python -m tests.benchmarks.library --folder build/library

fuzz: $(READY) ## Fuzz all that reads outside text, two minutes a target (SECONDS=120)
	$(BIN)/pip install --quiet --disable-pip-version-check atheris==3.0.0
	$(BIN)/python -m tests.fuzz --seconds $(or $(SECONDS),120)

soak: $(READY) ## Ask without pause for ten minutes: memory and latency over time
	$(BIN)/python -m tests.benchmarks.soak --plot soak.png

kills: $(READY) ## Kill it 200 times while it builds and changes texts and settings (KILLS=200)
	folder=$$(mktemp -d) && $(BIN)/python -m tests.bot.killing "$$folder" $(or $(KILLS),200); \
		status=$$?; rm -rf "$$folder"; exit $$status

# Without these settings memory goes back to the system and comes again all the time.
tune: $(READY) ## Learn the bundled model's adapter anew from the texts in tests/tuning
	MALLOC_MMAP_THRESHOLD_=8589934592 MALLOC_TRIM_THRESHOLD_=17179869184 \
		$(BIN)/python -m tests.tuning.learn index/adapter.safetensors

lock: $(READY) ## Write requirements.lock anew from pyproject.toml (needs uv)
	uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-annotate \
		--no-header --no-emit-package torch --extra plots --group dev --group torch pyproject.toml \
		--output-file requirements.lock

clean: ## Remove the environment and all caches
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check \
		$(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) $(TORCH)
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
		--requirement requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation \
		--editable .
	@touch $(READY)
