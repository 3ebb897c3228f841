"""The quarantine costs little, and never keeps anything out."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from oai_provider.assembly import open_ingest, utc_now
from oai_provider.config import Config, StoreSettings
from oai_provider.metadata.item import read_item
from oai_provider.provider.ingest import Ingest, Loaded
from oai_provider.provider.quarantine import Note, Quarantine
from oai_provider.sources.base import Place, Read, Sourced, Unreadable
from oai_provider.store.base import Outcome, StoreAway
from oai_provider.store.reading import Reader

FILE = Path("/x.jsonl")


@pytest.fixture(name="ingest")
def _ingest() -> Iterator[Ingest]:
    ingest = open_ingest(Config(store=StoreSettings(url="sqlite://")), utc_now)
    yield ingest
    ingest.store.close()


def item(name: str, line: int) -> Sourced:
    data = {"id": name, "resource_type": "article", "title": name}
    return Sourced(place=Place(FILE, line), item=read_item(data))


def outcomes(ingest: Ingest, reads: Sequence[Read]) -> list[Outcome | None]:
    return [r.outcome for r in ingest.load(reads) if isinstance(r, Loaded)]


def test_it_costs_a_statement_a_batch_when_nothing_is_refused(
    ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    over = Reader.over

    def counted(self: Reader, *arguments: object, **values: object) -> object:
        if "quarantine" in str(arguments[1]):
            asked.append(str(arguments[1]))
        return over(self, *arguments, **values)  # type: ignore[arg-type] # as it came

    monkeypatch.setattr(Reader, "over", counted)
    outcomes(ingest, [item(f"i{n}", n) for n in range(1200)])
    # Three batches, and the end.
    assert len(asked) == 4


def test_items_go_in_when_nothing_can_be_noted(
    ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **_values: object) -> None:
        raise StoreAway("the store is away")

    monkeypatch.setattr(type(ingest.store), "quarantine", away)
    bad = Unreadable(place=Place(FILE, 1), reason="no")
    reads: list[Read] = [bad, item("a", 2)]
    assert outcomes(ingest, reads) == [Outcome.ADDED]
    assert ingest.store.totals().items == 1


def test_what_a_file_holds_beyond_its_notes_is_passed_at_its_end(
    ingest: Ingest,
) -> None:
    other = Path("/y.jsonl")
    bad = [Unreadable(place=Place(FILE, n), reason="no") for n in (3, 9)]
    outcomes(ingest, bad)
    quarantine = Quarantine(ingest.store)
    quarantine.note([Note(place=Place(FILE, 5), identifier=None)])
    assert [entry.line for entry in ingest.store.quarantined()] == [9]
    quarantine.note([Note(place=Place(other, 1), identifier=None)])
    assert list(ingest.store.quarantined()) == []


DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
MODS = (
    '<mods xmlns="http://www.loc.gov/mods/v3">'
    "<titleInfo><title>T</title></titleInfo></mods>"
)
GOOD = (
    f'<d:dc xmlns:d="{DC}" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    "<dc:title>T</dc:title></d:dc>"
)


def harvested(**native: str) -> Sourced:
    data = {
        "id": "a",
        "identifier": "oai:repository.example.org:a",
        "datestamp": "2014-01-01",
        "resource_type": "article",
        "title": "T",
        "native": native,
        "provenance": {"harvested": "2015-01-01"},
    }
    return Sourced(place=Place(FILE, 1), item=read_item(data), harvested=True)


def prefixes(ingest: Ingest) -> list[str | None]:
    return [entry.metadata_prefix for entry in ingest.store.quarantined()]


def test_harvest_in_one_format_leaves_what_is_refused_in_another(
    ingest: Ingest,
) -> None:
    outcomes(ingest, [harvested(oai_dc=GOOD)])
    outcomes(ingest, [harvested(oai_dc=f'<dc xmlns="{DC}"><x/></dc>')])
    assert prefixes(ingest) == ["oai_dc"]
    outcomes(ingest, [harvested(mods=MODS)])
    assert prefixes(ingest) == ["oai_dc"]
    outcomes(ingest, [harvested(oai_dc=GOOD)])
    assert prefixes(ingest) == []
