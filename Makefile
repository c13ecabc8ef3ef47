# What a developer does here. `make help` lists it.

GO ?= go
FUZZTIME ?= 20s
SOAK ?= 10m
BENCH ?= .
BENCHFLAGS ?=

# For one package: that of interop alone asks six Djangos, on all databases, for minutes, and shares the machine with the others.
TIMEOUT ?= 40m

STATICCHECK = $(GO) run honnef.co/go/tools/cmd/staticcheck@v0.8.2
TESTENV = $(GO) run ./djsession/internal/testenv/tool

# How many random values the tests of pickle try with each Python, always the same but in make fuzz; go test alone tries a few hundred.
export DJSESSION_TEST_ROUNDS ?= 1000

# Modules below this one, which ./... does not reach.
NESTED = $(patsubst ./%/go.mod,%,$(shell find . -mindepth 2 -name go.mod -not -path '*/testdata/*'))

# The race detector needs cgo, and so a C compiler.
RACE := $(if $(filter 1,$(shell $(GO) env CGO_ENABLED)),-race)

.PHONY: help
help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s  %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: test
test: test-env ## Run all tests, on every server and Django that this machine has or can get
	@$(TESTENV) report
	@$(if $(RACE),,echo "Without the race detector: it needs a C compiler.")
	$(GO) test $(RACE) -timeout $(TIMEOUT) ./...
	@# Under the race detector nobody can count allocations.
	$(if $(RACE),$(GO) test -run 'Allocations' ./signing/... ./pickle ./djsession ./djsession/auth ./djsession/csrf)
	@set -e; for dir in $(NESTED); do echo "In $$dir:"; (cd $$dir && $(GO) test $(RACE) -timeout $(TIMEOUT) ./...); done

.PHONY: test-env
test-env: ## Get servers (apt-get, as root) and Djangos (into DJSESSION_TEST_CACHE) that are missing
	@$(TESTENV) install || { echo "Some of the test environment is missing."; test "$$DJSESSION_TEST_REQUIRE" != 1; }

.PHONY: lint
lint: ## Check the code's form, with vet and staticcheck
	@unformatted=$$(gofmt -l .); test -z "$$unformatted" || { echo "gofmt -w these:"; echo "$$unformatted"; exit 1; }
	$(GO) vet ./...
	$(STATICCHECK) ./...
	@set -e; for dir in $(NESTED); do echo "In $$dir:"; (cd $$dir && $(GO) vet ./... && $(STATICCHECK) ./...); done

.PHONY: bench
bench: ## Measure beside others and write djsession/internal/peers/RESULTS.md; with BENCHFLAGS="-benchtime 1x" only run each benchmark once
ifeq ($(findstring -benchtime,$(BENCHFLAGS)),)
	cd djsession/internal/peers && $(GO) run ./table -bench '$(BENCH)' -write . -instructions $(BENCHFLAGS)
	$(GO) run ./djsession/internal/scaling -write
else
	$(GO) test -run '^$$' -bench '$(BENCH)' -benchmem $(BENCHFLAGS) ./...
	cd djsession/internal/peers && $(GO) run ./table -bench '$(BENCH)' -rounds 1 $(BENCHFLAGS)
endif

.PHONY: fuzz
fuzz: ## Fuzz each target for FUZZTIME (20s), and try other random pickles with each Python
	DJSESSION_TEST_SEED=random $(GO) test -count 1 -run Python ./pickle
	@set -e; $(GO) test -list '^Fuzz' ./... | awk '/^Fuzz/ { names = names " " $$1 } /^ok/ { n = split(names, name, " "); \
		for (i = 1; i <= n; i++) print $$2, name[i]; names = "" }' | \
	while read -r package target; do \
		echo "$$package $$target"; $(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) "$$package" </dev/null; \
	done

.PHONY: soak
soak: test-env ## Run two Go services and a Django on the same sessions for SOAK (10m), and kill their servers now and then
	DJSESSION_TEST_REQUIRE=1 DJSESSION_SOAK=$(SOAK) $(GO) test -v -count 1 -timeout 3h ./djsession/internal/soak

.PHONY: demo
demo: ## Run a Go service and a Django site with one login, at http://localhost:8000/
	@# Required is what is missing: it gets this one Django.
	DJSESSION_TEST_REQUIRE=1 $(GO) run ./djsession/examples/sharedlogin -django 5.2

.PHONY: testdata
testdata: test-env ## Make testdata/ anew: needs every Django
	@set -e; for series in 1.11 2.2 3.2 4.2 5.2 6.1; do \
		echo "testdata/vectors/$$series.txt"; \
		$(TESTENV) python $$series testdata/make_vectors.py > testdata/vectors/$$series.txt; \
		$(TESTENV) python $$series djsession/csrf/testdata/make_requests.py > djsession/csrf/testdata/requests/$$series.txt; \
	done
	rm -f testdata/db.sqlite3
	@set -e; for series in 5.2 1.11 2.2 3.2 4.2; do $(TESTENV) python $$series testdata/make_db.py; done
	$(TESTENV) python 5.2 testdata/make_db.py finish
