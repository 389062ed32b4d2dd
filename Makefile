# The only commands a newcomer types. `scripts/setup` installs what each needs.
.PHONY: help run test soak bench bench-peers bed docs

help:
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 20

run: ## build and start the server, with the local Docker Engine or a simulated fleet
	@scripts/setup run
	@echo "[1/4] the dashboard"
	@scripts/dashboard
	@echo "[2/4] the agent that nodes fetch: some minutes at first"
	@scripts/agent-files target/agent-files
	@echo "[3/4] the Python package: some minutes at first"
	@scripts/python wheel target/agent-files
	@echo "[4/4] the server"
	@HAVEN_AGENT_FILES=$${HAVEN_AGENT_FILES-$(CURDIR)/target/agent-files} cargo run --release -p haven-cli --bin haven -- serve $(ARGS)

test: ## everything, on the real test bed, with fixed seeds and reduced counts
	@scripts/setup test
	@scripts/test

soak: ## the same code as `make test`, at full counts
	@scripts/setup test
	@HAVEN_SOAK=1 scripts/test

bench: ## the figures, as ratios against a baseline in the same run
	@scripts/setup test
	@scripts/bench

bench-peers: ## the figures against those of others, built here; needs Go
	@scripts/setup peers
	@scripts/bench-peers

bed: ## a real fleet to play with: three engines, three etcd members, a registry
	@scripts/setup test
	@cargo run -p haven-testkit --bin haven-bed -- $(ARGS)

docs: ## the documentation of the SDK
	@scripts/setup run
	@cargo doc --workspace --no-deps
