"""JSON Lines: every record once in the end, and nothing lost in a crash."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from harvester.sinks.kept import ORIGIN, RIGHTS, alive, dead, write
from hypothesis import given
from hypothesis import strategies as st

from oai_provider.harvester.listing import HarvestedRecord
from oai_provider.harvester.sinks.base import SinkError
from oai_provider.harvester.sinks.jsonl import JsonLines, line


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> Path:
    return tmp_path / "kept.jsonl"


@pytest.fixture(name="sink")
def _sink(path: Path) -> Iterator[JsonLines]:
    sink = JsonLines(path)
    sink.resume(0)
    yield sink
    sink.close()


def reopened(path: Path, position: int) -> None:
    """Begin again after a crash, and end at once."""
    with closing(JsonLines(path)) as sink:
        sink.resume(position)


def killed(sink: JsonLines) -> None:
    """Let go of the lock, as a killed process does, and of nothing else."""
    sink._lock.release()  # noqa: SLF001 - a crash has no public name


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(one) for one in path.read_text(encoding="utf-8").splitlines()]


def names(path: Path) -> list[str]:
    return [row["identifier"].rpartition(":")[2] for row in rows(path)]


# What XML can hold, as it stands in a payload: escaped, or as it is.
xml_text = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"])).map(
    lambda text: text.replace("\ufffe", "")
) | st.text("\\\"\n\t\r/&;<>'ж𝄞\x7f\x85")


@given(
    st.builds(
        HarvestedRecord,
        identifier=st.text(st.characters(codec="utf-8")),
        datestamp=st.text(st.characters(codec="utf-8")),
        set_specs=st.lists(st.text(st.characters(codec="utf-8"))).map(tuple),
        deleted=st.booleans(),
        metadata=st.none() | xml_text.map(str.encode),
        about=st.lists(xml_text.map(str.encode)).map(tuple),
    ),
    st.text(st.characters(codec="utf-8")),
)
def test_a_line_is_what_json_would_write(record: HarvestedRecord, prefix: str) -> None:
    said = {
        "identifier": record.identifier,
        "datestamp": record.datestamp,
        "deleted": record.deleted,
        "sets": record.set_specs,
        "prefix": prefix,
        "xml": record.metadata and record.metadata.decode(),
        "about": [about.decode() for about in record.about],
        "hash": record.digest,
    }
    if record.metadata == b"":
        said["xml"] = ""
    expected = json.dumps(said, ensure_ascii=False) + "\n"
    assert line(record, prefix) == expected.encode()


def test_the_place_of_a_record_is_where_its_line_begins(
    path: Path, sink: JsonLines
) -> None:
    places = write(sink, alive(1), alive("ж"), dead(3))
    sink.commit()
    data = path.read_bytes()
    assert [json.loads(data[p:].split(b"\n")[0])["identifier"] for p in places] == [
        f"oai:example.org:{name}" for name in (1, "ж", 3)
    ]


def test_a_position_is_the_size_of_the_file(path: Path, sink: JsonLines) -> None:
    write(sink, alive(1))
    assert sink.commit() == path.stat().st_size


def test_containers_and_sets_are_kept(path: Path, sink: JsonLines) -> None:
    write(sink, alive(1, sets=("a", "a:b"), about=(RIGHTS,)))
    sink.commit()
    (row,) = rows(path)
    assert (row["sets"], row["about"]) == (["a", "a:b"], [RIGHTS.decode()])


def test_records_of_several_formats_stand_in_one_file(
    path: Path, sink: JsonLines
) -> None:
    write(sink, alive(1))
    write(sink, alive(1), origin=replace(ORIGIN, metadata_prefix="mods"))
    sink.commit()
    assert [row["prefix"] for row in rows(path)] == ["oai_dc", "mods"]


def test_what_was_not_committed_is_forgotten(path: Path, sink: JsonLines) -> None:
    write(sink, alive(1))
    position = sink.commit()
    before = path.read_bytes()
    write(sink, alive(2), alive(3))
    sink.close()
    reopened(path, position)
    assert path.read_bytes() == before


def test_a_crash_at_any_byte_leaves_what_was_committed(
    path: Path, sink: JsonLines
) -> None:
    write(sink, alive(1))
    position = sink.commit()
    write(sink, alive("жы"))
    sink.close()
    whole = path.read_bytes()
    for cut in range(position, len(whole) + 1):
        path.write_bytes(whole[:cut])
        reopened(path, position)
        assert path.read_bytes() == whole[:position]


def test_a_crash_before_the_first_commit_leaves_nothing(
    path: Path, sink: JsonLines
) -> None:
    write(sink, alive(1))
    sink.close()
    whole = path.read_bytes()
    for cut in (0, 5, 20, len(whole)):
        path.write_bytes(whole[:cut])
        reopened(path, 0)
        assert path.read_bytes() == b""


def test_writing_goes_on_after_a_crash(path: Path, sink: JsonLines) -> None:
    write(sink, alive(1))
    position = sink.commit()
    write(sink, alive(2))
    sink.close()
    again = JsonLines(path)
    again.resume(position)
    assert write(again, alive(3)) == [position]
    again.commit()
    again.close()
    assert names(path) == ["1", "3"]


@pytest.mark.parametrize("change", [-1, 1])
def test_a_file_that_others_changed_is_not_written(
    path: Path, sink: JsonLines, change: int
) -> None:
    write(sink, alive(1))
    position = sink.commit()
    sink.close()
    with pytest.raises(SinkError, match=r"kept\.jsonl is not what .* --full"):
        reopened(path, position + change)


def test_a_file_that_is_not_ours_is_never_emptied(path: Path) -> None:
    path.write_text('{"my": "own"}\n')
    with pytest.raises(SinkError, match="name another file"):
        reopened(path, 0)
    assert path.read_text() == '{"my": "own"}\n'


def test_in_the_end_a_record_has_one_line(path: Path, sink: JsonLines) -> None:
    first, _ = write(sink, alive(1), alive(2, "old"))
    third, second = write(sink, alive(3), alive(2, "new"))
    sink.commit()
    moved = sink.finish([first, third, second])
    assert moved is not None
    places = [*moved]
    assert names(path) == ["1", "3", "2"]
    data = path.read_bytes()
    assert b"old" not in data
    assert [data[p:].startswith(b'{"identifier": ') for p in places] == [True] * 3


def test_new_places_are_in_the_order_of_the_old(path: Path, sink: JsonLines) -> None:
    places = write(sink, *(alive(n, "x" * n) for n in range(20)))
    moved = sink.finish(places[3::2])
    assert moved is not None
    starts = [*moved]
    data = path.read_bytes()
    found = [json.loads(data[p:].split(b"\n")[0])["identifier"] for p in starts]
    assert found == [f"oai:example.org:{n}" for n in range(3, 20, 2)]


def test_nothing_changes_where_every_line_is_wanted(
    path: Path, sink: JsonLines
) -> None:
    places = write(sink, alive(1), alive(2))
    sink.commit()
    before = path.stat().st_ino
    assert sink.finish(iter(places)) is None
    assert path.stat().st_ino == before


def test_lines_that_nobody_wants_at_the_end_are_dropped(
    path: Path, sink: JsonLines
) -> None:
    places = write(sink, alive(1), alive(2))
    moved = sink.finish(places[:1])
    assert moved is not None
    assert [*moved] == [0]
    assert names(path) == ["1"]


def test_all_lines_can_be_dropped(path: Path, sink: JsonLines) -> None:
    write(sink, alive(1), alive(2))
    moved = sink.finish([])
    assert moved is not None
    assert [*moved] == []
    assert path.read_bytes() == b""


def test_nothing_changes_before_the_last_place_was_told(
    path: Path, sink: JsonLines
) -> None:
    places = write(sink, alive(1), alive(2), alive(3))
    moved = sink.finish(places[1:])
    assert moved is not None
    next(moved)
    next(moved)
    assert names(path) == ["1", "2", "3"]
    assert next(moved, None) is None
    assert names(path) == ["2", "3"]


def test_a_crash_while_the_file_is_written_anew_loses_nothing(
    path: Path, sink: JsonLines
) -> None:
    places = write(sink, alive(1), alive(2), alive(3))
    position = sink.commit()
    moved = sink.finish(places[1:])
    assert moved is not None
    next(moved)
    sink.close()
    reopened(path, position)
    assert names(path) == ["1", "2", "3"]


def test_writing_goes_on_behind_what_was_written_anew(
    path: Path, sink: JsonLines
) -> None:
    places = write(sink, alive(1), alive(2))
    moved = sink.finish(places[1:])
    assert moved is not None
    assert [*moved] == [0]
    position = sink.commit()
    assert write(sink, alive(3)) == [position]
    sink.commit()
    assert names(path) == ["2", "3"]


def test_a_crash_before_new_places_were_noted_takes_them_back(
    path: Path, sink: JsonLines
) -> None:
    places = write(sink, alive(1), alive(2), alive(3))
    position = sink.commit()
    whole = path.read_bytes()
    moved = sink.finish(places[1:])
    assert moved is not None
    assert [*moved] == [0, places[2] - places[1]]
    sink.commit()
    killed(sink)
    reopened(path, position)
    assert path.read_bytes() == whole
    assert [*path.parent.iterdir()] == [path]


def test_a_crash_after_new_places_were_noted_keeps_them(
    path: Path, sink: JsonLines
) -> None:
    places = write(sink, alive(1), alive(2), alive(3))
    moved = sink.finish(places[1:])
    assert moved is not None
    assert len([*moved]) == 2
    position = sink.commit()
    killed(sink)
    reopened(path, position)
    assert names(path) == ["2", "3"]
    assert [*path.parent.iterdir()] == [path]


def test_what_is_written_behind_new_places_never_takes_them_back(
    path: Path, sink: JsonLines
) -> None:
    places = write(sink, alive(1), alive(2))
    moved = sink.finish(places[1:])
    assert moved is not None
    assert [*moved] == [0]
    sink.commit()
    # As long as the file was before.
    write(sink, alive(3))
    position = sink.commit()
    killed(sink)
    reopened(path, position)
    assert names(path) == ["2", "3"]


def test_closing_in_haste_leaves_the_way_back(path: Path, sink: JsonLines) -> None:
    places = write(sink, alive(1), alive(2))
    position = sink.commit()
    moved = sink.finish(places[1:])
    assert moved is not None
    assert [*moved] == [0]
    with pytest.raises(KeyboardInterrupt), closing(sink):
        raise KeyboardInterrupt
    reopened(path, position)
    assert names(path) == ["1", "2"]


def test_a_place_where_no_line_begins_is_told(sink: JsonLines) -> None:
    places = write(sink, alive(1), alive(2))
    moved = sink.finish([places[1] + 1])
    assert moved is not None
    with pytest.raises(SinkError, match="has no line at"):
        assert [*moved] == []


def test_a_file_is_written_by_one_harvest_at_a_time(
    path: Path, sink: JsonLines
) -> None:
    with pytest.raises(SinkError, match="another harvest is writing"):
        JsonLines(path)
    sink.close()
    JsonLines(path).close()


def test_nothing_is_left_beside_the_file(path: Path, sink: JsonLines) -> None:
    places = write(sink, alive(1), alive(2))
    moved = sink.finish(places[1:])
    assert moved is not None
    assert [*moved] == [0]
    sink.close()
    assert [*path.parent.iterdir()] == [path]


def test_a_full_disk_is_told_with_the_name_of_the_file(path: Path) -> None:
    path.symlink_to("/dev/full")
    with closing(JsonLines(path)) as sink:
        write(sink, alive(1))
        with pytest.raises(SinkError, match="cannot be written: No space left"):
            sink.commit()
