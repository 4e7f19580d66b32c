# The two commands of this project are `run` and `test`; the rest are parts of them.

.PHONY: run build test check unit e2e soak bench lint fix tools

CARGO ?= cargo
MINATO ?= $(or $(CARGO_TARGET_DIR),target)/release/minato

## Builds what is missing, starts Minato and says where to look and how to sign in.
run: build
	@exec $(MINATO) serve

build:
	@command -v $(CARGO) >/dev/null || { echo "Rust is missing: install it from https://rustup.rs"; exit 1; }
	@command -v cc >/dev/null || { echo "A C compiler is missing (SQLite is built with it): apt-get install gcc"; exit 1; }
	$(CARGO) build --release --locked --package minato

## Everything: lints, unit and API tests on both databases and stores, real clients, conformance.
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
