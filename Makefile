# make demo   installs what is missing, builds, and runs the main job over corpus/
# make test   installs what is missing and checks everything that a change has to pass
# make wheel  installs what is missing and builds the Python wheel into dist/
# make fuzz   feeds the readers and the tagger with mutated files; make test does so briefly
# make peers  installs what is missing and holds speed and accuracy against other tools on the same files
# make bench  installs what is missing and holds the speed of a bulk run against them
#
# Both need a Debian-like system with Rust, git and make, and the right to install packages.

.DEFAULT_GOAL := demo
.PHONY: demo test e2e readers python wheel fuzz fuzz-build python-venv peers peers-language medspacy bench bench-spark packages models fmt clippy doc unit
.NOTPARALLEL:

# What OCR loads when it runs: Tesseract's library and its English model come with it.
PACKAGES := tesseract-ocr python3-pip
# What the tests hold the PDFs that are written against.
TEST_PACKAGES := qpdf poppler-utils python3-venv libreoffice-calc-nogui
# What the review station is looked at with; where Node comes from elsewhere, its npm does too.
BROWSER_PACKAGES := $(if $(shell command -v chromium),,chromium) \
	$(if $(shell command -v node),,nodejs) $(if $(shell command -v npm),,npm)
# What Spark runs on.
JAVA_PACKAGES := $(if $(shell command -v java),,default-jre-headless)
OUT := chartsift-out
# Of the set that make bench makes.
DOCUMENTS := 500

# What the peers are, and what makes their files.
PEERS := poppler-utils qpdf unpaper ghostscript fonts-liberation fonts-dejavu-core python3-venv
VENV := .venv
MEDSPACY := $(VENV)/medspacy/bin/python

demo: packages models
	cargo build --release --locked
	cargo run --release --locked --quiet -- run --manifest corpus/manifest.csv --out $(OUT)
	cargo run --release --locked --quiet -- summarize $(OUT) --format html
	@echo
	@echo "The report is in $(OUT)/: start with cases.csv, assessments/ and, in a browser, report.html."

# Tested with all that can be built in.
FEATURES := --features s3

# Each step alone, so that the first that fails is the last that prints.
test: PACKAGES += $(TEST_PACKAGES) $(BROWSER_PACKAGES) $(JAVA_PACKAGES)
test: packages models readers fmt clippy doc unit e2e python fuzz

fmt:
	cargo fmt --all --check

# What the tests read outputs with.
readers: packages $(VENV)/bin/python
	$(VENV)/bin/pip install --quiet --requirement tests/requirements.txt

# Compiles the benches too.
clippy:
	cargo clippy --locked --workspace --all-targets $(FEATURES) -- -D warnings

doc:
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps $(FEATURES)

# The program from outside comes last.
unit:
	cargo test --locked --doc $(FEATURES)
	cargo test --locked --lib --bins --tests $(FEATURES)

# What each target begins with.
SEEDS := tests/fixtures corpus/hostile corpus/faxes
SEEDS_text := corpus/packets
# Longest input in bytes; a note of a page or two is long enough for the tagger.
LONGEST := 100000
LONGEST_text := 4000
# From the same seed, so that what passes here passes elsewhere; make fuzz RUNS=1000000 SEED=0 looks further.
RUNS := 200
SEED := 1

# A target alone: make fuzz TARGETS=pdf
TARGETS := pdf picture searchable text
fuzz: fuzz-build $(TARGETS:%=fuzz-%)

fuzz-build: packages
	RUSTC_WORKSPACE_WRAPPER=$(abspath fuzz/coverage) cargo build --locked --package chartsift-fuzz \
		--features chartsift/s3

$(TARGETS:%=fuzz-%): fuzz-%: fuzz-build
	mkdir -p fuzz/corpus/$* fuzz/artifacts
	$(TARGET)/debug/fuzz-$* fuzz/corpus/$* $(or $(SEEDS_$*),$(SEEDS)) -runs=$(RUNS) -seed=$(SEED) \
		-max_len=$(or $(LONGEST_$*),$(LONGEST)) -timeout=60 -rss_limit_mb=4096 \
		-artifact_prefix=fuzz/artifacts/ -verbosity=0 -print_final_stats=1

# The review station in a real browser; CHARTSIFT=PATH names a program that is built already.
TARGET := $(or $(CARGO_TARGET_DIR),target)
e2e: PACKAGES += $(BROWSER_PACKAGES)
e2e: packages
	test -n "$(CHARTSIFT)" || cargo build --locked $(FEATURES)
	cd tests/e2e && npm ci --no-audit --no-fund --loglevel=error
	cd tests/e2e && CHARTSIFT=$(or $(CHARTSIFT),$(abspath $(TARGET))/debug/chartsift) npm test --silent

# Python's side, and Spark as a cluster on this machine.
python: PACKAGES += python3-venv poppler-utils qpdf $(JAVA_PACKAGES)
python: packages models python-venv
	$(VENV)/bin/maturin develop --locked --quiet --manifest-path python/Cargo.toml --features chartsift/s3
	$(VENV)/bin/mypy --strict python/chartsift
	$(VENV)/bin/python -m pytest --quiet -p no:cacheprovider python/tests

python-venv: $(VENV)/bin/python
	$(VENV)/bin/pip install --quiet --requirement python/requirements.txt

# One for every Python from 3.10 on; with --profile dist, since it reads thousands.
wheel: PACKAGES += python3-venv
wheel: packages python-venv
	$(VENV)/bin/maturin build --locked --profile dist --manifest-path python/Cargo.toml --out dist

# What Spark adds to a file, and what a second worker brings, beside the local program.
bench-spark: PACKAGES += python3-venv poppler-utils $(JAVA_PACKAGES)
bench-spark: packages models python-venv
	$(VENV)/bin/maturin develop --locked --release --manifest-path python/Cargo.toml
	$(VENV)/bin/python python/bench/overhead.py

# Further folders to read: make peers SETS="DIR ..."
peers: PACKAGES += $(PEERS)
peers: packages models $(VENV)/bin/python
	cargo build --profile dist --locked
	$(VENV)/bin/pip install --quiet --requirement benches/peers/requirements.txt
	$(VENV)/bin/python benches/peers/peers.py $(SETS)

# The records' language beside medspaCy's rules, in one run.
peers-language: PACKAGES += python3-venv
peers-language: packages medspacy
	cargo build --profile dist --locked
	$(MEDSPACY) benches/peers/language.py $(SETS)

# A night's run in small, beside OCRmyPDF, pdftotext, PyMuPDF and medspaCy: make bench DOCUMENTS=100
bench: PACKAGES += $(PEERS)
bench: packages models medspacy $(VENV)/bin/python
	cargo build --profile dist --locked
	$(VENV)/bin/pip install --quiet --requirement benches/peers/requirements.txt
	$(VENV)/bin/python benches/peers/bench.py --documents $(DOCUMENTS) --medspacy $(MEDSPACY)

# It wants an older numpy than the other tools, so it has an environment of its own.
medspacy: packages
	test -x $(MEDSPACY) || python3 -m venv $(VENV)/medspacy
	$(MEDSPACY) -m pip install --quiet --requirement benches/peers/language.txt

# After packages, which bring venv.
$(VENV)/bin/python:
	python3 -m venv $(VENV)

# The second OCR engine's models, into the user's data folder; quick where they are there.
models: packages
	python3 tools/fetch_models.py

# Quick where everything is there.
packages:
	@missing=""; \
	for package in $(PACKAGES); do \
		dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'ok installed' \
			|| missing="$$missing $$package"; \
	done; \
	if [ -n "$$missing" ]; then \
		echo "installing:$$missing"; \
		if [ "$$(id -u)" = 0 ]; then as_root=""; else as_root="sudo"; fi; \
		$$as_root apt-get update -qq \
		&& $$as_root env DEBIAN_FRONTEND=noninteractive \
			apt-get install -y -qq --no-install-recommends $$missing; \
	fi
