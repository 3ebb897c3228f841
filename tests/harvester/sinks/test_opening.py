"""What `--to` says: a sink, or words that help."""

import sys
from contextlib import closing
from pathlib import Path

import pytest
from harvester.sinks.kept import alive, write
from spec.library import Library

from oai_provider.harvester.sinks.base import Sink, SinkError
from oai_provider.harvester.sinks.opening import sink_of
from oai_provider.provider.ingest import Ingest


def no_store(url: str) -> Ingest:
    raise AssertionError(f"{url} is no store")


def opened(to: str) -> Sink:
    return sink_of(to, open_ingest=no_store)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("kept.jsonl", "JsonLines"),
        ("kept.NDJSON", "JsonLines"),
        ("kept.parquet", "Parquet"),
        ("kept/", "Folder"),
        ("kept.jsonl/", "Folder"),
    ],
)
def test_a_name_tells_the_kind(tmp_path: Path, name: str, kind: str) -> None:
    with closing(opened(f"{tmp_path}/{name}")) as sink:
        assert type(sink).__name__ == kind


@pytest.mark.parametrize("name", ["kept.jsonl", "kept.parquet", "kept/"])
def test_every_file_keeps_records(tmp_path: Path, name: str) -> None:
    with closing(opened(f"{tmp_path}/{name}")) as sink:
        sink.resume(0)
        places = write(sink, alive(1))
        assert sink.commit() > 0
        assert sink.finish(places) is None
    assert b"oai:example.org:1" in b"".join(
        file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()
    )


def test_a_url_opens_a_store(tmp_path: Path) -> None:
    library = Library(tmp_path)
    asked = []

    def open_ingest(url: str) -> Ingest:
        asked.append(url)
        return library.ingest

    with closing(sink_of("sqlite:///kept.db", open_ingest=open_ingest)) as sink:
        write(sink, alive(1))
    assert asked == ["sqlite:///kept.db"]
    assert library.store.totals().items == 1


@pytest.mark.parametrize("name", ["kept", "kept.csv", "kept.jsonl.gz", "."])
def test_an_unknown_name_is_told_what_there_is(tmp_path: Path, name: str) -> None:
    with pytest.raises(SinkError, match=r"name FILE\.jsonl, FILE\.parquet, FOLDER/"):
        opened(f"{tmp_path}/{name}")


def test_a_folder_is_told_how_to_write_it(tmp_path: Path) -> None:
    with pytest.raises(SinkError, match=f"for a folder write {tmp_path}/"):
        opened(str(tmp_path))


@pytest.mark.parametrize("name", ["kept.jsonl", "kept.parquet", "kept/"])
def test_a_missing_folder_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(SinkError, match=f"there is no folder {tmp_path}/none"):
        opened(f"{tmp_path}/none/{name}")


def test_a_file_that_is_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "kept.jsonl").mkdir()
    with pytest.raises(SinkError, match="is a folder: name another file"):
        opened(f"{tmp_path}/kept.jsonl")


def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "kept").touch()
    with pytest.raises(SinkError, match="is a file: name another folder"):
        opened(f"{tmp_path}/kept/")


@pytest.mark.parametrize("name", ["kept.jsonl", "kept.parquet", "kept/"])
def test_what_cannot_be_written_is_told(name: str) -> None:
    with pytest.raises(SinkError, match="cannot be written"):
        opened(f"/proc/{name}")


@pytest.mark.parametrize("name", ["kept.jsonl", "kept.parquet", "kept/"])
def test_two_harvests_never_write_one_place(tmp_path: Path, name: str) -> None:
    with (
        closing(opened(f"{tmp_path}/{name}")),
        pytest.raises(SinkError, match="another harvest is writing"),
    ):
        opened(f"{tmp_path}/{name}")


def test_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "real.jsonl").touch()
    (tmp_path / "link.jsonl").symlink_to("real.jsonl")
    with closing(opened(f"{tmp_path}/link.jsonl")) as sink:
        sink.resume(0)
        moved = sink.finish(write(sink, alive(1), alive(2))[1:])
        assert moved is not None
        assert [*moved] == [0]
    assert (tmp_path / "link.jsonl").is_symlink()
    assert b"example.org:2" in (tmp_path / "real.jsonl").read_bytes()


def test_a_missing_extra_is_told_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = "oai_provider.harvester.sinks"
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.delitem(sys.modules, f"{package}.parquet", raising=False)
    monkeypatch.delitem(sys.modules, f"{package}.tables", raising=False)
    with pytest.raises(SinkError, match=r"pip install 'oai-provider\[parquet\]'"):
        opened(f"{tmp_path}/kept.parquet")
