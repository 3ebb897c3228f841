"""Moving in from another system: nobody has to harvest anew."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from spec.library import DC, MODS, Library, fill, item

from oai_provider.metadata.item import read_item
from oai_provider.protocol.model import Record
from oai_provider.provider.ingest import Ingest, Loaded
from oai_provider.provider.preparing import Refusal
from oai_provider.sources.base import Place, Read, Sourced
from oai_provider.sources.paths import read_path


@pytest.fixture(name="old")
def _old(tmp_path: Path) -> Library:
    """Return the repository that is left behind."""
    library = Library(_made(tmp_path / "old"))
    fill(library)
    return library


@pytest.fixture(name="new")
def _new(tmp_path: Path, old: Library) -> Library:
    """Return one that is empty yet, some time later."""
    library = Library(_made(tmp_path / "new"))
    library.clock.now = old.clock.now
    library.clock.move(1_000_000)
    return library


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def dumped(library: Library, prefix: str, folder: Path) -> list[Read]:
    """Return what a harvest of a list reads."""
    reads: list[Read] = []
    for n, page in enumerate(library.client.walk("ListRecords", prefix)):
        file = folder / f"{prefix}-{n}.xml"
        file.write_bytes(page.document)
        reads += read_path(file)
    return reads


def moved(library: Library, reads: list[Read]) -> list[Loaded | Refusal]:
    ingest: Ingest = library.ingest
    return list(ingest.load(reads, keep_datestamps=True))


def records(library: Library, selection: str) -> list[Record]:
    """Return a whole list, the records of one second by their names."""
    pages = library.client.walk("ListRecords", selection)
    found = [record for page in pages for record in page.records]
    return sorted(found, key=lambda r: (r.header.datestamp, r.header.identifier))


@pytest.mark.parametrize("order", [(DC, MODS), (MODS, DC)])
def test_lists_are_the_same_in_both_systems(
    old: Library, new: Library, order: tuple[str, str], tmp_path: Path
) -> None:
    for prefix in order:
        reports = moved(new, dumped(old, prefix, tmp_path))
        assert not [r for r in reports if isinstance(r, Refusal)]
    for prefix in (DC, MODS, f"{DC}&set=history", f"{DC}&set=law"):
        assert records(new, prefix) == records(old, prefix)


def test_an_increment_since_the_move_is_empty(
    old: Library, new: Library, tmp_path: Path
) -> None:
    for prefix in (DC, MODS):
        moved(new, dumped(old, prefix, tmp_path))
    since = f"{old.clock.move(1):%Y-%m-%dT%H:%M:%SZ}"
    assert new.client.get(f"verb=ListRecords&{DC}&from={since}").codes == [
        "noRecordsMatch"
    ]


def test_formats_that_the_other_system_had_not_are_not_made_up(
    old: Library, new: Library, tmp_path: Path
) -> None:
    moved(new, dumped(old, DC, tmp_path))
    assert new.client.get(f"verb=ListRecords&{MODS}").codes == ["noRecordsMatch"]


def test_a_later_load_of_the_same_dump_changes_nothing(
    old: Library, new: Library, tmp_path: Path
) -> None:
    reads = dumped(old, DC, tmp_path)
    moved(new, reads)
    new.clock.move(100)
    outcomes = {str(r.outcome) for r in moved(new, reads) if isinstance(r, Loaded)}
    assert outcomes == {"unchanged"}


def test_a_datestamp_in_the_future_is_refused(
    old: Library, new: Library, tmp_path: Path
) -> None:
    new.clock.now = datetime(2024, 1, 1, tzinfo=UTC)
    reports = moved(new, dumped(old, DC, tmp_path))
    assert {r.field for r in reports if isinstance(r, Refusal)} == {"datestamp"}
    assert new.store.totals().items == 0


def test_an_item_without_a_datestamp_is_refused(new: Library) -> None:
    place = Place(Path("items.yaml"), 1)
    read = Sourced(place=place, item=read_item(item("a")))
    (report,) = moved(new, [read])
    assert isinstance(report, Refusal)
    assert "no datestamp to keep" in report.reason


def test_the_page_of_what_moved_in_says_what_its_record_does(
    old: Library, new: Library, tmp_path: Path
) -> None:
    moved(new, dumped(old, DC, tmp_path))
    page = new.app().test_client().get("/items/oai:library.example.org:kaziev")
    assert "Title of kaziev</h1>" in page.text
