"""How large a target is."""

from pathlib import Path

from oai_provider.harvester.many.sizes import size_of


def test_file_has_its_own_size(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"12345")
    assert size_of(str(tmp_path / "a.jsonl")) == 5


def test_folder_has_the_size_of_all_that_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "a.xml").write_bytes(b"12345")
    (tmp_path / "in" / "b.xml").write_bytes(b"123")
    assert size_of(f"{tmp_path}/") == 8


def test_store_in_a_file_has_the_size_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"12345")
    assert size_of(f"sqlite:///{tmp_path}/a.db") == 5


def test_size_of_what_is_elsewhere_or_not_there_is_unknown(tmp_path: Path) -> None:
    assert size_of("postgresql+psycopg://h/d") is None
    assert size_of(f"{tmp_path}/none.jsonl") is None
