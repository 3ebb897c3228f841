"""Paths: what is read, in which order, how often, and what is said of the rest."""

import json
import os
from collections.abc import Collection
from pathlib import Path

import pytest
from sources.reads import the_item, the_refusal, written

from oai_provider.sources.base import Read, Sourced, SourceError, Unreadable
from oai_provider.sources.journal_page import ALL_RULES
from oai_provider.sources.paths import files_of, passed_over, read_path
from oai_provider.sources.repairs import Rule

YAML = "id: {}\nresource_type: text\ntitle: Title\n"


def item_file(folder: Path, name: str, id_: str = "a") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return written(folder, name, YAML.format(id_))


def names(folder: Path, *paths: Path) -> list[str]:
    return [str(f.relative_to(folder)) for f in files_of(paths or [folder])]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("x.yaml", YAML.format("a")),
        ("x.yml", YAML.format("a")),
        ("x.YAML", YAML.format("a")),
        ("x.json", '{"id": "a", "title": "T", "resource_type": "text"}'),
        ("x.jsonl", '\n{"id": "a", "title": "T", "resource_type": "text"}'),
        ("x.ndjson", '\n{"id": "a", "title": "T", "resource_type": "text"}'),
        (
            "a.xml",
            '<o:dc xmlns:o="http://www.openarchives.org/OAI/2.0/oai_dc/"/>',
        ),
        ("a.txt", "T\nText\nAuthors\nName | Organization |\nA B | | |\nReferences"),
    ],
)
def test_a_file_is_read_by_its_suffix(tmp_path: Path, name: str, text: str) -> None:
    assert the_item(read_path(written(tmp_path, name, text))).id == "a"


def test_a_folder_is_walked_in_the_order_of_names(tmp_path: Path) -> None:
    for name in ("b.yaml", "a/z.yaml", "c/d/e.json", "A.yml", "c/a.xml"):
        item_file((tmp_path / name).parent, Path(name).name)
    assert names(tmp_path) == ["A.yml", "a/z.yaml", "b.yaml", "c/a.xml", "c/d/e.json"]


def test_what_is_hidden_is_passed_over_in_silence(tmp_path: Path) -> None:
    item_file(tmp_path / ".git", "x.yaml")
    item_file(tmp_path, ".x.yaml")
    assert names(tmp_path) == []
    assert list(passed_over([tmp_path])) == []


def test_what_is_hidden_is_read_when_it_is_named(tmp_path: Path) -> None:
    assert names(tmp_path, item_file(tmp_path, ".x.yaml")) == [".x.yaml"]


@pytest.mark.parametrize("name", ["item.yaml", "item.yml", "item.json"])
def test_a_folder_with_an_item_file_is_one_item(tmp_path: Path, name: str) -> None:
    item_file(tmp_path / "a", name)
    item_file(tmp_path / "a", "page.txt")
    item_file(tmp_path / "a" / "scans", "other.yaml")
    item_file(tmp_path, "b.yaml")
    assert names(tmp_path) == [f"a/{name}", "b.yaml"]
    assert list(passed_over([tmp_path])) == []


def test_a_source_beside_an_item_file_is_read_when_it_is_named(tmp_path: Path) -> None:
    item_file(tmp_path, "item.yaml")
    page = item_file(tmp_path, "other.yaml", "b")
    assert the_item(read_path(page)).id == "b"


def test_a_folder_is_not_read_but_its_files(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="is a folder: name a file in it"):
        read_path(tmp_path)


def test_files_of_other_suffixes_in_a_folder_are_passed_over_and_told(
    tmp_path: Path,
) -> None:
    item_file(tmp_path, "a.yaml")
    other = item_file(tmp_path / "b", "README.md")
    assert names(tmp_path) == ["a.yaml"]
    assert list(passed_over([tmp_path])) == [other]


def test_a_file_of_another_suffix_is_refused_when_it_is_named(tmp_path: Path) -> None:
    path = item_file(tmp_path, "a.docx")
    with pytest.raises(SourceError, match=r"a\.docx.*\.jsonl"):
        files_of([path])
    with pytest.raises(SourceError, match=r"a\.docx"):
        read_path(path)


def test_a_path_that_is_not_there_is_told_with_the_nearest_name(tmp_path: Path) -> None:
    item_file(tmp_path / "records", "kaziev.yaml")
    with pytest.raises(SourceError, match=r"did you mean .*records/kaziev\.yaml"):
        files_of([tmp_path / "records" / "kasiev.yaml"])
    with pytest.raises(SourceError, match=r"did you mean .*records\?"):
        files_of([tmp_path / "record" / "kaziev.yaml"])
    with pytest.raises(SourceError, match=r"see what .* holds"):
        files_of([tmp_path / "quite-another-thing"])


def test_a_relative_path_that_is_not_there_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    item_file(tmp_path, "kaziev.yaml")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SourceError, match=r"did you mean kaziev\.yaml"):
        files_of([Path("kazev.yaml")])


def test_every_path_that_cannot_be_read_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        files_of([tmp_path / "one.yaml", tmp_path, tmp_path / "two.yaml"])
    assert "one.yaml" in str(caught.value)
    assert "two.yaml" in str(caught.value)


@pytest.mark.parametrize("name", ["a\0b.yaml", "x" * 5_000])
def test_a_path_no_system_can_have_is_told(name: str) -> None:
    with pytest.raises(SourceError):
        files_of([Path(name)])
    with pytest.raises(SourceError):
        read_path(Path(name))


def test_what_is_neither_file_nor_folder_is_refused(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    with pytest.raises(SourceError, match="neither a file nor a folder"):
        files_of([pipe])
    assert names(tmp_path) == []


def test_a_file_is_read_once_however_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = item_file(tmp_path, "a.yaml")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link.yaml").symlink_to(path)
    paths = [path, tmp_path, Path("a.yaml"), Path("./a.yaml")]
    assert list(files_of(paths)) == [path]


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    item_file(tmp_path / "a", "x.yaml")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "b").symlink_to(tmp_path / "a")
    (tmp_path / "self.yaml").symlink_to(tmp_path / "self.yaml")
    assert names(tmp_path) == ["a/x.yaml"]


def test_a_link_that_leads_nowhere_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nowhere")
    assert names(tmp_path) == []


def test_a_folder_that_must_not_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_folder: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(SourceError, match="Permission denied"):
        list(files_of([tmp_path]))


@pytest.mark.parametrize("question", ["is_dir", "is_file"])
def test_a_folder_whose_files_cannot_be_looked_at_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    path = item_file(tmp_path, "a.yaml")
    files, ask = files_of([tmp_path]), getattr(Path, question)

    def refuse(file: Path) -> bool:
        if file == path:
            raise PermissionError(13, "Permission denied")
        return bool(ask(file))

    monkeypatch.setattr(Path, question, refuse)
    with pytest.raises(SourceError, match=r"a\.yaml cannot be read: Permission denied"):
        list(files)


def test_a_path_that_is_not_there_is_told_without_a_hint_from_a_closed_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_folder: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(SourceError, match=r"a\.yaml does not exist: see what"):
        files_of([tmp_path / "a.yaml"])


def test_a_file_that_is_gone_when_its_turn_comes_is_told(tmp_path: Path) -> None:
    reads = read_path(item_file(tmp_path, "a.yaml"))
    (tmp_path / "a.yaml").unlink()
    assert "cannot be read: No such file" in the_refusal(reads).reason


PAGE = "T\nNation- building\nAuthors\nName | Organization |\nReferences"


@pytest.mark.parametrize(
    ("rules", "count"),
    [(ALL_RULES, 1), ((), 0), ({Rule.HYPHEN_SPACE}, 1), ({Rule.DECOMPOSED}, 0)],
)
def test_repairs_are_made_by_all_rules_or_none_or_some(
    tmp_path: Path, rules: Collection[Rule], count: int
) -> None:
    item = the_item(read_path(written(tmp_path, "a.txt", PAGE), rules=rules))
    assert item.provenance is not None
    assert len(item.provenance.repairs) == count


def test_xml_is_read_in_the_formats_given(tmp_path: Path) -> None:
    path = written(tmp_path, "a.xml", "<a/>")
    assert "()" in the_refusal(read_path(path, formats={})).reason
    assert "oai_dc" in the_refusal(read_path(path)).reason


def test_real_records_are_read_or_refused_with_a_reason(
    shared: Path, tmp_path: Path
) -> None:
    read: list[Read] = []
    for file in ("oai_dc", "mods"):
        lines = (shared / "records-sample" / f"{file}.jsonl").read_text().splitlines()
        for n, line in enumerate(lines):
            path = written(tmp_path, f"{file}-{n}.xml", json.loads(line)["xml"])
            read += read_path(path)
    assert sum(isinstance(r, Sourced) for r in read) > 0.9 * len(read)
    assert all(r.reason for r in read if isinstance(r, Unreadable))
