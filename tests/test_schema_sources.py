"""Published schemas are fetched from their addresses and kept if they are the ones."""

import functools
import hashlib
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from oai_provider.resources import schemas_folder
from oai_provider.schema_sources import (
    SchemaSource,
    SchemaSourceError,
    pull_schemas,
    read_sources,
)

PUBLISHED = b"<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'/>"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
        pass


@pytest.fixture
def web(tmp_path: Path) -> Iterator[str]:
    """An address where one schema is published."""
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "a.xsd").write_bytes(PUBLISHED)
    handler = functools.partial(_Quiet, directory=str(tmp_path / "web"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def _ours(folder: Path, url: str, sha256: str) -> Path:
    folder.mkdir()
    (folder / "a.xsd").write_text("ours")
    (folder / "catalog.xml").write_text("<catalog/>")
    (folder / "SOURCES.toml").write_text(
        f'[[schema]]\nfile = "a.xsd"\nurl = "{url}"\nsha256 = "{sha256}"\n'
    )
    return folder


def _sum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_a_published_schema_with_the_right_sum_replaces_ours(
    tmp_path: Path, web: str
) -> None:
    ours = _ours(tmp_path / "ours", f"{web}/a.xsd", _sum(PUBLISHED))
    results = list(pull_schemas(ours, tmp_path / "new"))
    assert [r.problem for r in results] == [""]
    assert (tmp_path / "new" / "a.xsd").read_bytes() == PUBLISHED
    assert (tmp_path / "new" / "catalog.xml").is_file()
    assert (ours / "a.xsd").read_text() == "ours"


def test_a_schema_with_another_sum_is_not_kept(tmp_path: Path, web: str) -> None:
    ours = _ours(tmp_path / "ours", f"{web}/a.xsd", _sum(b"other"))
    (result,) = pull_schemas(ours, tmp_path / "new")
    assert result.problem.startswith(f"has the SHA-256 {_sum(PUBLISHED)}")
    assert (tmp_path / "new" / "a.xsd").read_text() == "ours"


def test_a_published_schema_that_is_there_is_kept_without_asking(
    tmp_path: Path,
) -> None:
    ours = _ours(tmp_path / "ours", "http://127.0.0.1:9/a.xsd", _sum(PUBLISHED))
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "a.xsd").write_bytes(PUBLISHED)
    results = list(pull_schemas(ours, tmp_path / "new"))
    assert [r.problem for r in results] == [""]
    assert (tmp_path / "new" / "a.xsd").read_bytes() == PUBLISHED


def test_what_is_in_the_folder_is_not_replaced_by_ours(tmp_path: Path) -> None:
    ours = _ours(tmp_path / "ours", "http://127.0.0.1:9/a.xsd", _sum(PUBLISHED))
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "catalog.xml").write_text("theirs")
    list(pull_schemas(ours, tmp_path / "new"))
    assert (tmp_path / "new" / "catalog.xml").read_text() == "theirs"
    assert (tmp_path / "new" / "a.xsd").read_text() == "ours"


def test_a_schema_that_is_not_there_is_told(tmp_path: Path, web: str) -> None:
    ours = _ours(tmp_path / "ours", f"{web}/absent.xsd", _sum(PUBLISHED))
    (result,) = pull_schemas(ours, tmp_path / "new")
    assert "404" in result.problem


def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    ours = _ours(tmp_path / "ours", "http://127.0.0.1:9/a.xsd", _sum(PUBLISHED))
    (result,) = pull_schemas(ours, tmp_path / "new")
    assert result.problem.startswith("cannot be fetched")


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path, web: str) -> None:
    ours = _ours(tmp_path / "ours", f"{web}/a.xsd", _sum(PUBLISHED))
    (tmp_path / "file").write_text("")
    with pytest.raises(SchemaSourceError, match="cannot write"):
        list(pull_schemas(ours, tmp_path / "file"))


def test_a_schema_that_cannot_be_written_is_told(tmp_path: Path, web: str) -> None:
    ours = _ours(tmp_path / "ours", f"{web}/a.xsd", _sum(PUBLISHED))
    (tmp_path / "new" / "a.part").mkdir(parents=True)
    with pytest.raises(SchemaSourceError, match=r"cannot write .*a\.xsd"):
        list(pull_schemas(ours, tmp_path / "new"))


def test_only_web_addresses_are_fetched(tmp_path: Path) -> None:
    ours = _ours(tmp_path / "ours", "file:///etc/passwd", _sum(b""))
    with pytest.raises(SchemaSourceError, match="is not a web address"):
        list(pull_schemas(ours, tmp_path / "new"))


def test_the_sums_listed_are_those_of_the_published_files(shared: Path) -> None:
    listed = read_sources(schemas_folder())
    assert len(listed) > 10
    for source in listed:
        assert isinstance(source, SchemaSource)
        assert _sum((shared / "schemas" / source.file).read_bytes()) == source.sha256
