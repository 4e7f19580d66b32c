# The two commands of this project are `run` and `test`; the rest are parts of them.

.PHONY: run build test soak bench lint fix tools portal

CARGO ?= cargo
MINATO ?= $(or $(CARGO_TARGET_DIR),target)/release/minato

## Builds what is missing, starts Minato and says where to look and how to sign in.
run: build
	@exec $(MINATO) serve

build: portal/dist/index.html
	@command -v $(CARGO) >/dev/null || { echo "Rust is missing: install it from https://rustup.rs"; exit 1; }
	@command -v cc >/dev/null || { echo "A C compiler is missing (SQLite is built with it): apt-get install gcc"; exit 1; }
	$(CARGO) build --release --locked --package minato

## The console: from npm's packages to the files that the binary holds.
portal: portal/dist/index.html

portal/dist/index.html: portal/node_modules/.package-lock.json portal/index.html portal/vite.config.ts \
    $(shell find portal/src portal/public portal/scripts -type f)
	npm --prefix portal run build

portal/node_modules/.package-lock.json: portal/package-lock.json
	@command -v npm >/dev/null || { echo "Node.js 20.19 or newer is missing (the console is built with it): https://nodejs.org"; exit 1; }
	npm --prefix portal ci
	@touch $@

## Everything: lints, unit and API tests on both databases and stores, real clients, conformance, the console.
test:
	tests/run

lint:
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --locked -- --deny warnings
	RUSTDOCFLAGS="--deny warnings" $(CARGO) doc --workspace --no-deps --locked --document-private-items --quiet

## Formats, and writes the generated parts of the documentation.
fix:
	$(CARGO) fmt --all
	MINATO_TEST_FIX=1 $(CARGO) test --quiet --package minato --package minato-core --lib has_the

tools:
	tests/tools/install

## Crash, fault and consistency tests at length (two hours).
soak:
	tests/soak

## Minato beside other registries, in one run.
bench: build
	bench/run --minato $(abspath $(MINATO))
