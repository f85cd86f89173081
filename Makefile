# The front door. `make run GOAL="..."` does a job, `make test` runs every test; both first set up what they need.

.DEFAULT_GOAL := help
.ONESHELL:
SHELL := /bin/sh
.SHELLFLAGS := -euc
MAKEFLAGS += --no-print-directory
.PHONY: help run doctor test lint types check bench format constraints clean clean-all venv ready-run ready-dev

# What a person types reaches the shell as a value in the environment, never as a part of its text: quotes, $, backticks
# and newlines stay what they are. `$(value ...)` and `unexport` keep make from expanding it, too.
unexport GOAL WORKSPACE MODEL CHECK ARGS
export GOAL_TEXT := $(value GOAL)
# Only from the command line: other tools put a WORKSPACE or MODEL of their own into the environment.
given = $(if $(filter command line,$(origin $(1))),$(value $(1)))
export RUN_WORKSPACE := $(call given,WORKSPACE)
export RUN_MODEL := $(call given,MODEL)
export RUN_CHECK := $(call given,CHECK)
export HERE := $(CURDIR)

help: ## Show this list
	@echo 'make run GOAL="what is to be done"   (also: WORKSPACE=folder MODEL=address CHECK="what must hold" ARGS="--options")'
	echo
	sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r name what; do
		printf '  make %-13s %s\n' "$$name" "$$what"
	done

run: ready-run ## Work on GOAL until it is met, on this machine, without a key
	@if [ -z "$$GOAL_TEXT" ]; then
		echo 'Say what is to be done, for example: make run GOAL="write a haiku about autumn to haiku.txt"' >&2
		exit 2
	fi
	set --
	[ -z "$$RUN_WORKSPACE" ] || set -- "$$@" --workspace "$$RUN_WORKSPACE"
	[ -z "$$RUN_MODEL" ] || set -- "$$@" --model "$$RUN_MODEL"
	[ -z "$$RUN_CHECK" ] || set -- "$$@" --check "$$RUN_CHECK"
	exec .venv/bin/autogpt run "$$@" $(call given,ARGS) -- "$$GOAL_TEXT"

doctor: ready-run ## Say what is missing on this machine, and how to mend it
	@exec .venv/bin/autogpt doctor

test: ready-dev ## Run every test, those with the real embedded model too (ARGS="tests/agent -k stuck" for some)
	@exec .venv/bin/python -m pytest -n 2 --dist worksteal $(call given,ARGS)

lint: ready-dev ## Check style and formatting
	@.venv/bin/ruff check .
	.venv/bin/ruff format --check .

types: ready-dev ## Check the types, strictly
	@exec .venv/bin/pyright

check: lint types test ## All of these: lint, types, test

format: ready-dev ## Put the code into its one format
	@.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

bench: ready-dev ## Measure bare model and agent on the development suite (hours; ARGS="--limit 12" for less)
	@exec .venv/bin/python benchmarks/compare.py --suite workspace --arm bare --arm agent $(call given,ARGS)

constraints: ready-dev ## Choose the versions in constraints.txt and .ci/requirements.txt anew (needs a network)
	@.venv/bin/python -m pip install --quiet uv
	lock() { .venv/bin/uv pip compile pyproject.toml --extra local --extra hosted --extra studio --extra dev --universal \
		--python-version 3.11 --quiet --custom-compile-command "make constraints" --no-annotate "$$@"; }
	lock --upgrade --constraint .ci/torch.txt --output-file constraints.txt
	# torch comes from .ci/torch.txt, and the CUDA that its other build brings along from nowhere.
	cuda=$$(sed -n 's/^\(cuda-[a-z-]*\|nvidia-[a-z0-9-]*\|triton\)==.*/--no-emit-package \1/p' constraints.txt)
	lock --upgrade --constraint constraints.txt --generate-hashes --no-emit-package torch $$cuda \
		--output-file .ci/requirements.txt

clean: ## Remove caches and build products
	@rm -rf build dist .pytest_cache .ruff_cache .hypothesis src/*.egg-info
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

clean-all: clean ## Remove the virtual environment too (runs and fetched models are kept)
	@rm -rf .venv

# The environment itself: one that works is left alone. Prints its Python.
venv:
	@usable() { "$$@" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
	if ! { usable .venv/bin/python && .venv/bin/python -m pip --version >/dev/null 2>&1; }; then
		found=
		for python in "$${PYTHON:-python3}" python3.14 python3.13 python3.12 python3.11; do
			if usable "$$python"; then found=$$python; break; fi
		done
		if [ -z "$$found" ]; then
			echo 'AutoGPT needs Python 3.11 or newer: apt install python3 python3-venv' >&2
			echo '(or name one that lies elsewhere: make run PYTHON=/path/to/python3.12 GOAL=...)' >&2
			exit 1
		fi
		if ! "$$found" -c 'import ensurepip, venv' 2>/dev/null; then
			version=$$("$$found" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
			echo "$$found cannot make a virtual environment: apt install python3-venv   (or python$$version-venv)" >&2
			exit 1
		fi
		echo "==> Creating .venv with $$("$$found" --version)" >&2
		"$$found" -m venv --clear .venv
	fi
	echo .venv/bin/python

# An environment that fits pyproject.toml and constraints.txt is left alone: it takes no network and no time. By content
# and not by date, because a fresh checkout has new dates; with the folder's name, because an environment cannot be moved.
ready-run: extras := local
ready-dev: extras := local,hosted,studio,dev
ready-run ready-dev: ready-%:
	@state=$$({ cat pyproject.toml constraints.txt; echo "$$HERE"; } | sha256sum)
	fits() { [ -x .venv/bin/autogpt ] && [ -f ".venv/.ready-$$1" ] && [ "$$(cat ".venv/.ready-$$1")" = "$$state" ]; }
	if fits dev || fits "$*"; then exit 0; fi
	$(MAKE) venv >/dev/null
	echo "==> Installing AutoGPT and what it needs into .venv (once; takes a minute or two)"
	if ! .venv/bin/python -m pip install --disable-pip-version-check --constraint constraints.txt --editable ".[$(extras)]"
	then
		echo 'The installation failed; the reason is above. It needs PyPI once: connect, and run the same command again.' >&2
		exit 1
	fi
	printf '%s\n' "$$state" >".venv/.ready-$*"
