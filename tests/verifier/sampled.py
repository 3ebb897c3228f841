"""The judgement of real records, by format."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from lxml import etree
from verifier.judging import reading

from oai_provider.metadata.format import load_formats
from oai_provider.protocol.xml import parse
from oai_provider.sources.base import Place, Read
from oai_provider.sources.mapping import read_mapping
from oai_provider.sources.xml_records import payload_fields
from oai_provider.verifier.catalogue import catalogue
from oai_provider.verifier.rules import batch_checks, checks
from oai_provider.verifier.run import Judgement, verify


@cache
def sample(shared: Path, prefix: str) -> tuple[etree._Element, ...]:
    """Return the real records of a format."""
    file = shared / "records-sample" / f"{prefix}.jsonl"
    lines = file.read_text("utf-8").splitlines()
    return tuple(parse(json.loads(line)["xml"].encode()) for line in lines)


@cache
def judged_sample(shared: Path, prefix: str) -> Judgement:
    """Return the judgement of the real records of a format, for BASE."""
    formats = load_formats()

    def reads() -> Iterator[Read]:
        for n, record in enumerate(sample(shared, prefix), 1):
            data = {**payload_fields(record, formats), "id": f"r{n}"}
            yield from read_mapping(data, Place(Path(f"{prefix}.jsonl"), n))

    subjects = reading().read(reads())
    return verify(subjects, checks(), batch_checks(), catalogue(), "base")
