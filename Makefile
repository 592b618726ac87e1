# What each target does is said in the README; the work is done in dev/.
# Settings come from the environment or the command line: make run HTTP_PORT=8079
.DEFAULT_GOAL := help
.PHONY: help run stop clean distclean test lint bench hooks
PYTHON ?= python3
export HTTP_PORT BOX_PORT DB_NAME ODOO_HOME PYTHON CHROMIUM ONEONONE_CACHE ONEONONE_STATE

dev = $(PYTHON) -m dev

help: ## List the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

run: ## Start the whole system, getting what is missing
	@$(dev) run

stop: ## Stop it
	@$(dev) stop

clean: ## Stop it and remove its databases and files (downloads stay)
	@$(dev) clean

distclean: clean ## Remove the downloads, too
	@$(dev) distclean

test: ## Everything that CI checks
	@$(dev) test $(ONLY)

lint: ## The linters alone
	@$(dev) lint

bench: ## The benchmarks, one JSON object a line; ONLY=name for one
	@$(dev) bench $(ONLY)

hooks: ## Run the linters before each commit
	@$(dev) hooks
