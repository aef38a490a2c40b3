# Every task is one command; `make help` lists them.

SHELL := /bin/bash
.DEFAULT_GOAL := help
BIN := .venv/bin
PATHS := hub connectors training tests benchmark

# Compiled Python is kept, so that a thousand tests and their processes do not compile it again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo down test check lint format benchmark screens

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install everything that is missing: programs, Python packages, Kafka's jars
	@scripts/setup.sh

demo: setup ## Play a made-up day, with a live view until Ctrl-C (DETACH=1: return when ready)
	@exec $(BIN)/hub demo up $(if $(filter-out 0,$(DETACH)),--detach)

down: ## Stop everything that `make demo DETACH=1` started
	@if [ -x $(BIN)/hub ]; then exec $(BIN)/hub demo down; else echo "Nothing is set up here, so nothing runs."; fi

test: ## Set up, check, and run the whole suite on real Kafka, PostgreSQL and Chromium
	@scripts/setup.sh --tests
	@$(MAKE) --no-print-directory lint
	@scripts/test.sh

check: $(BIN)/hub lint ## Format, lint, types, import contracts and the fast tests
	@HUB_TEST_PROFILE=quick $(BIN)/pytest -q -n 2 -m "not stack and not browser"

lint: $(BIN)/hub
	@$(BIN)/ruff format --check $(PATHS)
	@$(BIN)/ruff check $(PATHS)
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(BIN)/hub ## Put every file into the one format
	@$(BIN)/ruff format $(PATHS)
	@$(BIN)/ruff check --fix $(PATHS)

benchmark: setup ## Measure on real Kafka and PostgreSQL, print and keep the table
	@$(BIN)/python -m benchmark

screens: $(BIN)/hub ## Take the pictures of the pages that the README shows
	@$(BIN)/python scripts/screens.py

$(BIN)/hub:
	@scripts/setup.sh --tests
