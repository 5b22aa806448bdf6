# Stentor. `make demo` and `make test` set up what is missing and work on a fresh machine with Python and make.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
WEB    := $(shell find web/src web/public -type f 2>/dev/null) $(wildcard web/*.html web/*.ts web/*.json)

.DEFAULT_GOAL := help
.PHONY: help setup web demo test test-players drills drill-stage drill-stage-siege drill-record fuzz lint format types bench simulate docs lock audit clean

help:          ## show the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(VENV)/installed    ## make .venv from the lock file

$(VENV)/installed: requirements.lock tools/setup.py
	@$(PYTHON) tools/setup.py

web: src/stentor/pages/manifest.json    ## build the web pages

src/stentor/pages/manifest.json: $(VENV)/installed $(WEB) tools/build_web.py
	@$(BIN)/python tools/build_web.py

demo: setup web    ## a Space on the air with two speakers (ARGS="--for 60")
	@$(BIN)/stentor demo $(ARGS)

test: setup web    ## all tests (ARGS="-k edge")
	@$(BIN)/python tools/test.py $(ARGS)

test-players: setup web    ## players that no one here wrote, 60 s each
	@STENTOR_LONG=1 $(BIN)/pytest tests/players $(ARGS)

drills: drill-stage drill-record test-players    ## the long versions of what the tests do in small (an hour; nothing beside it)

drill-stage: setup    ## bad networks, wrong clocks, 200 joins: words, level, drift, memory (25 min)
	@$(BIN)/python bench/run.py stage_bad_network stage_soak

drill-stage-siege: setup    ## a stage under floods and rude guests: what the others hear (5 min)
	@$(BIN)/python bench/stage_siege.py $(ARGS)

drill-record: setup    ## 50 random kill -9 of scribe and NATS: nothing acknowledged is lost (2 min)
	@$(BIN)/python bench/record_kills.py

fuzz: setup    ## every reader of bytes from outside, for two minutes (ARGS="--seconds 3600 beat")
	@$(BIN)/python tools/fuzzing.py $(ARGS)

siege: setup    ## a house with 20,000 listeners under every attack, one by one and together; docs/SIEGE.md (15 min, root)
	@cd bench && ../$(BIN)/python -m siege $(or $(ARGS),--write)

siege-compare: setup    ## the same attacks on uvicorn, Icecast and nginx as they come; docs/SIEGE.md
	@cd bench && ../$(BIN)/python -m siege.compare $(or $(ARGS),--write)

lint: setup    ## ruff and mypy (the pages' own checks are the first thing of make test)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: setup    ## let ruff mend what it can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

types: setup    ## the pages' types of the API, from its OpenAPI document (needs the registry the first time)
	@$(BIN)/python -m tools.api_types

bench: setup    ## the benchmarks; figures under build/bench/
	@$(BIN)/python bench/run.py $(ARGS)

simulate: setup    ## eight million arrive at the line, in numbers (ARGS="--seed 7 steady")
	@$(BIN)/python bench/line_evening.py $(ARGS)

docs: setup    ## make the generated pages of docs/
	@$(BIN)/python tools/map.py
	@$(BIN)/python tools/error_page.py
	@$(BIN)/python -m tools.client_models
	@$(BIN)/python -m tools.api_page
	@$(BIN)/stentor settings --markdown > docs/SETTINGS.md
	@$(BIN)/stentor settings --toml > deploy/stentor.toml
	@$(BIN)/python tools/deploy_files.py

lock: setup    ## write requirements.lock anew from pyproject.toml (needs the registry)
	@$(BIN)/python tools/lock.py

audit: setup   ## what is known against any dependency; says so if nobody could be asked (needs PyPI and npm)
	@$(BIN)/python tools/audit.py

clean:         ## remove what make made
	rm -rf $(VENV) build dist src/stentor/pages web/node_modules
