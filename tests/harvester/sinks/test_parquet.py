"""Parquet: a row a record when a harvest has ended, typed for those who count."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from harvester.sinks.kept import ORIGIN, RIGHTS, alive, dead, dublin_core, write

from oai_provider.harvester.sinks import tables
from oai_provider.harvester.sinks.base import SinkError
from oai_provider.harvester.sinks.parquet import Parquet


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> Path:
    return tmp_path / "kept.parquet"


@pytest.fixture(name="sink")
def _sink(path: Path) -> Iterator[Parquet]:
    sink = Parquet(path)
    sink.resume(0)
    yield sink
    sink.close()


def finished(sink: Parquet, places: list[int]) -> list[int]:
    moved = sink.finish(places)
    return places if moved is None else [*moved]


def rows(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return found


def names(path: Path) -> list[str]:
    return [row["identifier"].rpartition(":")[2] for row in rows(path)]


def test_a_record_is_a_row(path: Path, sink: Parquet) -> None:
    record = alive(1, "Слово", sets=("a", "a:b"), about=(RIGHTS,))
    finished(sink, write(sink, record))
    (row,) = rows(path)
    assert record.metadata
    assert {name: row[name] for name in row if not name.startswith("dc_")} == {
        "identifier": "oai:example.org:1",
        "datestamp": datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC),
        "deleted": False,
        "sets": ["a", "a:b"],
        "prefix": "oai_dc",
        "hash": record.digest,
        "xml": record.metadata.decode(),
        "about": [RIGHTS.decode()],
    }
    assert row["dc_title"] == ["Слово"]


def test_dublin_core_has_a_column_an_element(path: Path, sink: Parquet) -> None:
    inside = "".join(f"<dc:{n}>{n} &amp;</dc:{n}>" for n in tables.ELEMENTS[1:])
    record = alive(1)._replace(metadata=dublin_core("One", " Two\n", inside=inside))
    finished(sink, write(sink, record))
    (row,) = rows(path)
    assert row["dc_title"] == ["One", "Two"]
    found = {n: row[f"dc_{n}"] for n in tables.ELEMENTS[1:]}
    assert found == {n: [f"{n} &"] for n in tables.ELEMENTS[1:]}


def test_an_element_that_is_missing_or_empty_has_an_empty_list(
    path: Path, sink: Parquet
) -> None:
    record = alive(1)._replace(
        metadata=dublin_core("One", inside="<dc:date> </dc:date>")
    )
    finished(sink, write(sink, record))
    (row,) = rows(path)
    assert (row["dc_date"], row["dc_rights"]) == ([], [])


def test_comments_and_strangers_are_no_dublin_core(path: Path, sink: Parquet) -> None:
    inside = (
        '<dc:date>2<!-- not -->024</dc:date><!-- no --><x:y xmlns:x="urn:x">n</x:y>'
    )
    record = alive(1)._replace(metadata=dublin_core("One", inside=inside))
    finished(sink, write(sink, record))
    (row,) = rows(path)
    found = {n: row[n] for n in row if n.startswith("dc_") and row[n]}
    assert found == {"dc_title": ["One"], "dc_date": ["2024"]}


def test_other_formats_have_no_dublin_core(path: Path, sink: Parquet) -> None:
    xml = b'<mods xmlns="http://www.loc.gov/mods/v3"/>'
    places = sink.write(
        [alive(1)._replace(metadata=xml)], replace(ORIGIN, metadata_prefix="mods")
    )
    finished(sink, places)
    (row,) = rows(path)
    assert (row["prefix"], row["xml"], row["dc_title"]) == ("mods", xml.decode(), None)


def test_a_tombstone_is_a_row_without_metadata(path: Path, sink: Parquet) -> None:
    finished(sink, write(sink, dead(1)))
    (row,) = rows(path)
    assert (row["deleted"], row["xml"], row["dc_title"]) == (True, None, None)


def test_a_day_is_its_first_moment_and_nonsense_is_null(
    path: Path, sink: Parquet
) -> None:
    given = ("2024-01-02", "yesterday")
    records = [alive(d)._replace(datestamp=d) for d in given]
    finished(sink, write(sink, *records))
    found = [row["datestamp"] for row in rows(path)]
    assert found == [datetime(2024, 1, 2, tzinfo=UTC), None]


def test_columns_have_types(path: Path, sink: Parquet) -> None:
    finished(sink, write(sink, alive(1)))
    schema = pq.read_schema(path)
    assert schema.field("datestamp").type == pa.timestamp("ms", tz="UTC")
    assert schema.field("dc_creator").type.value_type == pa.string()
    assert len(schema.names) == 23


def test_superseded_rows_are_dropped(path: Path, sink: Parquet) -> None:
    first, _ = write(sink, alive(1), alive(2, "old"))
    (second,) = write(sink, alive(2, "new"))
    finished(sink, [first, second])
    assert [row["dc_title"] for row in rows(path)] == [["Слово"], ["new"]]


def test_the_next_harvest_keeps_the_rest(path: Path, sink: Parquet) -> None:
    first, second = finished(sink, write(sink, alive(1), alive(2)))
    position = sink.commit()
    sink.close()
    with closing(Parquet(path)) as again:
        again.resume(position)
        (third,) = write(again, alive(1, "new"))
        finished(again, [second, third])
    assert names(path) == ["2", "1"]
    assert first == 0


def test_the_file_stays_as_it_was_until_a_harvest_ends(
    path: Path, sink: Parquet
) -> None:
    finished(sink, write(sink, alive(1)))
    before = path.read_bytes()
    write(sink, alive(2))
    sink.commit()
    assert path.read_bytes() == before


def test_what_was_not_committed_is_forgotten(path: Path, sink: Parquet) -> None:
    places = write(sink, alive(1))
    position = sink.commit()
    write(sink, alive(2))
    sink.close()
    with closing(Parquet(path)) as again:
        again.resume(position)
        finished(again, places)
    assert names(path) == ["1"]


def test_an_empty_harvest_is_an_empty_table(path: Path, sink: Parquet) -> None:
    finished(sink, [])
    sink.close()
    with closing(Parquet(path)) as again:
        again.resume(0)
        finished(again, [])
    assert rows(path) == []


def test_a_large_file_has_several_row_groups(
    path: Path, sink: Parquet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "_ROWS", 3)
    finished(sink, write(sink, *(alive(n) for n in range(7))))
    assert pq.read_metadata(path).num_row_groups == 3
    assert names(path) == [str(n) for n in range(7)]


def test_a_file_that_is_not_ours_is_never_replaced(path: Path) -> None:
    path.write_bytes(b"somebody's own")
    with pytest.raises(SinkError, match="move it away"):
        Parquet(path)
    assert [*path.parent.iterdir()] == [path]


def test_the_records_behind_the_file_are_lines(path: Path, sink: Parquet) -> None:
    write(sink, alive(1))
    sink.commit()
    (journal,) = path.parent.glob("kept.parquet.parts/*.jsonl")
    assert json.loads(journal.read_text())["identifier"] == "oai:example.org:1"
