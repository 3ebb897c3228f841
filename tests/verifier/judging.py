"""Items judged as the command judges them, on a day that stands."""

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from verifier.cases import WHOLE, Items

from oai_provider.metadata.format import load_formats
from oai_provider.metadata.journal_profile import journal_profile
from oai_provider.metadata.journals import journals
from oai_provider.provider.records import RecordMaker
from oai_provider.provider.repository import Repository
from oai_provider.provider.set_rules import SetRules
from oai_provider.resources import schemas_folder
from oai_provider.sources.base import Place, Read
from oai_provider.sources.mapping import read_mapping
from oai_provider.verifier.catalogue import catalogue
from oai_provider.verifier.reading import Reading
from oai_provider.verifier.rules import batch_checks, checks
from oai_provider.verifier.run import Judgement, verify
from oai_provider.xsd import Schemas

TODAY = date(2026, 11, 28)
PROFILES = {
    "annals": {"issn": "0028-0836", "publisher": "Press of the Coast"},
    "odd": {"issn": "1050-124X", "publisher": "Press of the <i>Coast</i>"},
}


@cache
def reading(base_url: str = "http://127.0.0.1:8080/oai") -> Reading:
    """Return how items become subjects in a repository."""
    repository = Repository(
        name="Coast",
        base_url=base_url,
        admin_emails=("coast@example.org",),
        repository_identifier="repository.example.org",
        token_keys=(b"k" * 32,),
        journals=journals({n: journal_profile(p) for n, p in PROFILES.items()}),
    )
    maker = RecordMaker(
        repository=repository, schemas=_schemas(), formats=load_formats()
    )
    return Reading(maker=maker, set_rules=SetRules(), today=TODAY)


@cache
def _schemas() -> Schemas:
    return Schemas(schemas_folder())


def read(items: Items) -> Iterator[Read]:
    """Yield items that differ from the one that is whole."""
    for n, changes in enumerate(items if isinstance(items, list) else [items], 1):
        data: dict[str, Any] = {**WHOLE, **changes}
        said = {name: value for name, value in data.items() if value is not None}
        yield from read_mapping(said, Place(Path("items.jsonl"), n))


def judged(items: Items, profile: str = "oai") -> Judgement:
    """Return the judgement of items that differ from the one that is whole."""
    subjects = reading().read(read(items))
    return verify(subjects, checks(), batch_checks(), catalogue(), profile)


def codes(items: Items, profile: str = "oai") -> set[str]:
    """Return the rules that items break."""
    return {found.rule for found in judged(items, profile).findings}
