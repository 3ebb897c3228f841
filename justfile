# `just` lists; `just check` is all that CI runs.
set shell := ["bash", "-euc"]

default:
    @just --list --unsorted

# format and sort
fmt:
    ruff format .
    ruff check --fix --select I .

# style, spelling
lint:
    ruff format --check .
    ruff check .
    codespell

# mypy, strict
types:
    mypy

# who may import whom
layers:
    lint-imports

# every test
test *ARGS:
    pytest {{ARGS}}

# tests with branch coverage: 95 % overall, 100 % of the protocol
cov:
    rm -f .coverage .coverage.*
    coverage run -m pytest
    coverage combine -q
    coverage report --fail-under=95
    coverage report --include='oai_provider/protocol/*' --fail-under=100

# write golden files anew; review the diff
golden:
    pytest -q tests/metadata/test_golden_records.py --golden

# documentation, warnings are errors
docs:
    sphinx-build -n -W -q -b html docs docs/_build/html

# build the wheel and test what is in it
wheel:
    bash .ci/wheel

# the repository with its own records, on 127.0.0.1:8080
serve *ARGS:
    oai-provider serve {{ARGS}}

# measure
bench:
    python -m benchmarks

# what finds most faults, here and without the network
quick: lint types layers test

# all of CI, in a fresh environment: needs Debian's packages, PyPI and npm
check:
    bash .ci/run
