# make demo   the three jobs on this machine, in processes of their own (ONCE=1: exit after the walk)
# make test   unit tests and the stories in it/
# make bench  what the data plane costs beside Envoy and HAProxy (CASES="h1-1k sni-1m" ROUNDS=3 for a part; docs/performance.md)
# make jmh    what single steps of a request cost: time and octets (JMH="RouteMatch" for those with this in their name)
# make conformance   the suites of others (HAWSER_VECTORS: the folder of their data, ../shared/vectors by default)
# make fuzz   garbage for whatever reads what outsiders send (ten minutes for each target; FUZZ="HeadFuzz" for those of one class)
# All other targets are listed by `make help`.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# A JDK 25 or newer: JAVA_HOME if it is one, else the usual folders of Debian, Fedora, SDKMAN and macOS.
JDK := $(shell bin/find-jdk 2>/dev/null)
export JAVA_HOME := $(JDK)
MVN ?= mvn
MVN_FLAGS ?= -B -q
# What the build reads, folders too, which tell that a file is gone. What it wrote lies in target/, which `make clean`
# removes with the mark of the last build.
SOURCES := $(shell find . -name target -prune -o \( -path '*/src/*' -o -name pom.xml -o -path './.mvn/*' -o -path ./bin/train \) -print)

.PHONY: help jdk build demo test bench jmh conformance fuzz story dist deb vm-test programs format clean

help:
	@echo "make demo          build, then walk through the three jobs on loopback (ONCE=1 exits after the walk)"
	@echo "make build         build everything, run no test"
	@echo "make test          unit tests and the stories in it/"
	@echo "make bench         measure beside Envoy and HAProxy (CASES=\"h1-1k sni-1m\" ROUNDS=3 BENCH_SECONDS=4)"
	@echo "make jmh           measure single steps of a request (JMH=\"RouteMatch\" for those with this in their name)"
	@echo "make conformance   the suites of others, in full (HAWSER_VECTORS names the folder of their data)"
	@echo "make fuzz          fuzz all targets, ten minutes each (FUZZ=\"HeadFuzz\" for those of one class)"
	@echo "make story STORY=N one story alone"
	@echo "make dist          an installation in target/dist/hawser, with its own Java runtime"
	@echo "make deb           the Debian package of a VM's agent"
	@echo "make vm-test       that package in a real machine under emulation, a quarter of an hour"
	@echo "make programs      install the real programs that the stories need (once per machine)"
	@echo "make format        format all sources"
	@echo "make clean         remove what was built"

jdk:
	@bin/find-jdk >/dev/null

build: target/built

# Maven packs everything anew even if nothing changed; this asks it only if something did.
target/built: $(SOURCES) | jdk
	$(MVN) $(MVN_FLAGS) -T 2 -DskipTests package
	@bin/train
	@touch $@

demo: build
	@bin/demo $(if $(ONCE),--once,)

dist: build
	@deploy/dist/build

deb: dist
	@deploy/deb/build

vm-test: deb
	@it/vm/run

programs:
	@it/programs/install

test: jdk programs
	$(MVN) -B -ntp -T 2 verify
	@fuzz/run 3

bench: dist
	@bench/run $(if $(CASES),--cases "$(CASES)") $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(BENCH_SECONDS),--seconds $(BENCH_SECONDS))

jmh: jdk
	$(MVN) $(MVN_FLAGS) -T 2 -pl bench/micro -am -DskipTests package
	@bench/micro/run $(JMH)

conformance: jdk programs
	$(MVN) -B -ntp -Pconformance -pl it -am verify -Dtest=Http1CorpusTest -Dsurefire.failIfNoSpecifiedTests=false

fuzz: jdk
	$(MVN) $(MVN_FLAGS) -T 2 -pl fuzz -am -DskipTests package
	@fuzz/run 600 $(FUZZ)

story: jdk programs
	$(MVN) -B -ntp -pl it -am verify -Dtest=NoUnitTest -Dsurefire.failIfNoSpecifiedTests=false -Dit.test=$(STORY) -Dit.excluded=

format: jdk
	$(MVN) $(MVN_FLAGS) spotless:apply

clean: jdk
	$(MVN) $(MVN_FLAGS) clean
