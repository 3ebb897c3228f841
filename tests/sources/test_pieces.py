"""Files in pieces: read one after the other they are the file."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oai_provider.sources import pieces
from oai_provider.sources.base import Read
from oai_provider.sources.item_files import read_lines
from oai_provider.sources.paths import read_path
from oai_provider.sources.pieces import Piece, pieces_of

LINES = st.lists(
    st.sampled_from(
        [
            '{"id": "a", "resource_type": "article", "title": "A"}',
            '{"id": "b", "resource_type": "article"}',
            "",
            "{",
            "\u00e9",
        ]
    ),
    max_size=12,
)


def read(piece: Piece) -> list[Read]:
    if piece.lines is None:
        return list(read_path(piece.file))
    return list(read_lines(piece.file, piece.lines, piece.first))


@given(lines=LINES, size=st.integers(1, 200))
def test_pieces_of_lines_are_read_as_the_whole_file_is(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], size: int
) -> None:
    file = tmp_path_factory.mktemp("pieces") / "items.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "_PIECE_BYTES", size)
        parts = list(pieces_of(file))
    assert [one for part in parts for one in read(part)] == list(read_path(file))


def test_many_lines_are_several_pieces(tmp_path: Path) -> None:
    file = tmp_path / "items.jsonl"
    line = json.dumps({"id": "a", "title": "x" * 1000}) + "\n"
    file.write_text(line * 1000)
    parts = list(pieces_of(file))
    assert len(parts) == 3
    assert parts[0].first == 1
    assert b"".join(line for p in parts for line in p.lines or ()) == file.read_bytes()


@pytest.mark.parametrize("name", ["harvest.xml", "item.yaml", "items.json", "page.txt"])
def test_any_other_file_is_one_piece(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_text("x")
    assert list(pieces_of(file)) == [Piece(file)]


def test_a_file_with_too_many_records_to_be_held_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "_LARGEST", 9)
    found: list[Piece] = []
    for size in (9, 10):
        file = tmp_path / f"{size}.xml"
        file.write_bytes(b"x" * size)
        found += pieces_of(file)
    assert [piece.is_large for piece in found] == [False, True]


def test_a_file_that_is_gone_is_a_piece_for_whoever_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "items.jsonl"
    assert list(pieces_of(file)) == [Piece(file)]
