# Two commands carry the project: `make run` and `make test`. The work is done
# by scripts/, which also say what a missing tool is and how to get it.

SHELL := bash
.DEFAULT_GOAL := help
.PHONY: help run test test-long simulate-faults plant-bugs bench check build web fmt generate clean

# Where `make run` listens and keeps its data.
PORT ?= 8080
DATA ?= ./data

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## build and start the demo city on http://localhost:8080 (PORT=8081, DATA=./data)
	@PORT='$(PORT)' DATA='$(DATA)' scripts/run.sh

test: ## every test: Rust on SQLite and PostgreSQL, web units, browser walkthroughs
	@scripts/test.sh

test-long: ## the same with 50 seeds and the full-size runs
	@ZHIGONG_TEST_SEEDS=50 ZHIGONG_TEST_LONG=1 scripts/test.sh

simulate-faults: ## the ledger under power loss, crashes, doubles, lost answers and a jumping clock, for hours (SECONDS=3600, SEED=0)
	@ZHIGONG_SIMULATE_SECONDS='$(or $(SECONDS),3600)' ZHIGONG_SIMULATE_SEED='$(or $(SEED),0)' scripts/simulate-faults.sh

plant-bugs: ## faults planted one after the other where points move: the tests must notice each (three quarters of an hour)
	@scripts/plant-bugs.sh

bench: ## ratios beside the bare engines, both of them; rewrites bench/latest.* and the README's table (ONLY=pay,points: these parts)
	@ZHIGONG_BENCH_ONLY='$(ONLY)' scripts/bench.sh

check: ## formatting, lints, docs, licences, generated files, sizes
	@scripts/check.sh

build: web ## the release binary with the pages in it: target/release/zhigong
	@. scripts/build.sh && need_rust && need_cc && need_openssl && \
	  cargo build --release --package zhigong-server --all-features

web: ## build the pages, when they changed
	@. scripts/build.sh && build_web

fmt: ## format the Rust code and let eslint repair the web code
	@. scripts/build.sh && need_rust_lints && cargo fmt --all && \
	  need_node_modules && npm --prefix web run --silent lint -- --fix

generate: ## rewrite openapi.json, docs/codes.md, docs/access-matrix.md, web/api/schema.d.ts
	@scripts/generate.sh

clean: ## remove what was built and fetched; ./data stays
	cargo clean
	rm -rf web/member/dist web/desk/dist web/node_modules .run
