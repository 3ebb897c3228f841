"""Item files: YAML, JSON, JSON Lines; values as written, faults in their lines."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from item_strategies import item_data
from sources.reads import ids_and_lines, the_item, the_refusal, written

from oai_provider.metadata.item import read_item
from oai_provider.sources import yaml_items
from oai_provider.sources.base import Read, Sourced, Unreadable
from oai_provider.sources.item_files import read_json, read_json_lines, read_yaml

ITEM = {"id": "a", "resource_type": "article", "titles": ["Title"]}
YAML = "id: a\nresource_type: article\ntitle: Title\n"
REST = '"resource_type": "article", "title": "x"'


@pytest.fixture(name="loader", params=["CBaseLoader", "BaseLoader"])
def _loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Read YAML in C, and in Python as where PyYAML was built without libyaml."""
    monkeypatch.setattr(yaml_items, "_LOADER", getattr(yaml, request.param))
    return str(request.param)


def from_yaml(folder: Path, text: str | bytes) -> list[Read]:
    return list(read_yaml(written(folder, "x.yaml", text)))


def from_json(folder: Path, text: str | bytes) -> list[Read]:
    return list(read_json(written(folder, "x.json", text)))


def from_lines(folder: Path, text: str | bytes) -> list[Read]:
    return list(read_json_lines(written(folder, "x.jsonl", text)))


def faults(reads: list[Read]) -> list[tuple[str, int]]:
    assert all(isinstance(read, Unreadable) for read in reads), reads
    return [(r.field, r.place.line) for r in reads if isinstance(r, Unreadable)]


# YAML


@pytest.mark.parametrize(
    ("field", "scalar"),
    [
        ("version", "05"),
        ("version", "no"),
        ("version", "1e3"),
        ("version", "0x1F"),
        ("version", "12:30:45"),
        ("version", "~"),
        ("version", "null"),
        ("issued", "2014-05"),
        ("issued", "2014-05-31"),
        ("language", "no"),
    ],
)
def test_a_scalar_of_yaml_is_the_text_that_was_written(
    tmp_path: Path, field: str, scalar: str
) -> None:
    item = the_item(from_yaml(tmp_path, f"{YAML}{field}: {scalar}\n"))
    found = {"issued": item.issued, "language": item.languages[:1]}
    assert found.get(field, item.version) in {scalar, (scalar,)}


def test_an_empty_value_of_yaml_is_no_value(tmp_path: Path) -> None:
    assert the_item(from_yaml(tmp_path, f"{YAML}creators:\nversion:\n")).creators == ()


def test_a_quoted_empty_value_of_yaml_is_a_fault(tmp_path: Path) -> None:
    assert faults(from_yaml(tmp_path, f"{YAML}version: ''\n")) == [("version", 4)]


def test_every_fault_has_the_line_of_its_key(tmp_path: Path, loader: str) -> None:
    text = (
        "id: a\nresource_type: artcle\n"
        "titles:\n  - {value: x, lang: xx}\n  -\n    valeu: y\n"
        "keywords:\n  - values:\n      - a\n      - ''\nhost:\n  title: t\n  yaer: 5\n"
    )
    assert set(faults(from_yaml(tmp_path, text))) == {
        ("resource_type", 2),
        ("titles[0].lang", 4),
        ("titles[1].value", 6),
        ("titles[1].valeu", 6),
        ("keywords[0].values[1]", 10),
        ("host.yaer", 13),
    }, loader


def test_a_field_that_is_missing_is_told_where_the_item_begins(tmp_path: Path) -> None:
    text = "\n\ntitle: x\nresource_type: article\n"
    assert faults(from_yaml(tmp_path, text)) == [("id", 3)]


def test_several_documents_hold_an_item_each(tmp_path: Path, loader: str) -> None:
    text = f"# first\n---\n{YAML}---\n---\n{YAML.replace('a', 'b', 1)}...\n"
    expected = [("a", 3), ("b", 8)]
    assert ids_and_lines(from_yaml(tmp_path, text)) == expected, loader


def test_a_list_in_yaml_holds_an_item_an_entry(tmp_path: Path, loader: str) -> None:
    text = "- {id: a, title: x, resource_type: article}\n- 5\n- [id]\n"
    text += "- id: b\n  title: x\n  resource_type: article\n"
    found = ids_and_lines(from_yaml(tmp_path, text))
    assert [line for _, line in found] == [1, 2, 3, 4], loader
    assert (found[0][0], found[3][0]) == ("a", "b")
    assert "a mapping" in found[1][0]
    assert "a mapping" in found[2][0]


def test_a_key_given_twice_in_yaml_is_refused_with_both_lines(tmp_path: Path) -> None:
    refusal = the_refusal(
        from_yaml(tmp_path, f"{YAML}host:\n  title: a\n  issue: 1\n  title: b\n")
    )
    assert (refusal.field, refusal.place.line) == ("host.title", 7)
    assert "lines 5 and 7" in refusal.reason
    assert refusal.identifier == "a"


def test_an_alias_stands_for_its_anchor(tmp_path: Path, loader: str) -> None:
    text = f"{YAML}creators:\n  - &k {{family: K, affiliation: U}}\n  - *k\n"
    item = the_item(from_yaml(tmp_path, text))
    assert item.creators[0] == item.creators[1], loader


def test_a_fault_in_what_an_alias_stands_for_is_told_where_the_alias_is(
    tmp_path: Path,
) -> None:
    text = f"{YAML}creators: [&k {{famly: K}}]\ncontributors:\n  - *k\n"
    assert ("contributors[0].famly", 6) in faults(from_yaml(tmp_path, text))


def test_aliases_that_swell_a_file_are_refused(tmp_path: Path, loader: str) -> None:
    levels = [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 40)]
    text = "\n".join([YAML + "l0: &l0 [x, x, x]", *levels])
    reads = from_yaml(tmp_path, text)
    assert any("swells the file" in getattr(r, "reason", "") for r in reads), loader


def test_an_alias_that_swells_a_file_leaves_others_alone(tmp_path: Path) -> None:
    swollen = "- &a [" + "x, " * 60 + "x]\n" + "- [" + "*a, " * 9 + "*a]\n"
    text = f"{swollen}- {{id: b, resource_type: text, title: &t T, version: *t}}\n"
    read = from_yaml(tmp_path, text)[-1]
    assert the_item([read]).version == "T"


@pytest.mark.parametrize("text", ["title: *x\n", "title: &x [*x]\n"])
def test_an_alias_without_its_anchor_above_it_is_refused(
    tmp_path: Path, text: str
) -> None:
    assert "nothing above it" in the_refusal(from_yaml(tmp_path, text)).reason


def test_an_anchor_ends_with_its_document(tmp_path: Path) -> None:
    text = f"{YAML}version: &v '1'\n---\n{YAML}version: *v\n"
    assert "nothing above it" in ids_and_lines(from_yaml(tmp_path, text))[1][0]


@pytest.mark.parametrize(
    "tag", ["!!int", "!!binary", "!!python/object:os.system", "!x"]
)
def test_a_tag_of_yaml_is_refused(tmp_path: Path, loader: str, tag: str) -> None:
    refusal = the_refusal(from_yaml(tmp_path, f"{YAML}version: {tag} 'aGk='\n"))
    assert (refusal.field, tag in refusal.reason) == ("version", True), loader


def test_the_tags_of_text_lists_and_mappings_say_nothing_new(tmp_path: Path) -> None:
    text = f"{YAML}version: !!str 5\nsets: !!seq [a]\nhost: !!map {{title: x}}\n"
    assert the_item(from_yaml(tmp_path, text)).version == "5"


@pytest.mark.parametrize("key", ["? [a]\n: b", "? {a: b}\n: [c, {d: e}]", "? *a\n: b"])
def test_a_key_that_is_no_text_is_refused_and_passed_over(
    tmp_path: Path, key: str
) -> None:
    text = f"{YAML}{key}\nversion: {{}}\n"
    (refusal,) = from_yaml(tmp_path, text)
    assert isinstance(refusal, Unreadable)
    assert (refusal.place.line, "a key" in refusal.reason) == (4, True)


def test_depth_without_end_is_refused(tmp_path: Path, loader: str) -> None:
    for text in ("[" * 900 + "]" * 900, "- " * 900 + "a"):
        reads = from_yaml(tmp_path, f"- {text}\n")
        assert any("too deeply" in getattr(r, "reason", "") for r in reads), loader


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"{YAML}version: [1, 2\nplace: x\n", 5),
        (f"{YAML}\tversion: 1\n", 4),
        (f"{YAML}version: a: b\n", 4),
        (f"{YAML}version: \x01\n", 4),
        (f'{YAML}version: "\\UFFFFFFFF"\n', None),
        ("%YAML 1." + "9" * 5000 + "\n---\na", None),
    ],
)
def test_what_is_not_yaml_is_told_with_its_line(
    tmp_path: Path, loader: str, text: str, line: int | None
) -> None:
    (*_, refusal) = from_yaml(tmp_path, text)
    assert isinstance(refusal, Unreadable)
    assert "YAML" in refusal.reason, loader
    assert line is None or abs(refusal.place.line - line) <= 1, loader


def test_items_before_the_end_of_yaml_stand(tmp_path: Path) -> None:
    found = ids_and_lines(from_yaml(tmp_path, f"{YAML}---\nid: [\n"))
    assert found[0] == ("a", 1)
    assert "is not YAML" in found[1][0]


# JSON


def test_a_json_file_holds_an_item(tmp_path: Path) -> None:
    assert the_item(from_json(tmp_path, json.dumps(ITEM))).id == "a"


def test_a_list_in_json_holds_an_item_an_entry(tmp_path: Path) -> None:
    text = f'\n[ {{"id": "a",\n {REST}}} ,\n\n {{"id": "b", {REST}}}\n, 5]\n'
    found = ids_and_lines(from_json(tmp_path, text))
    assert [line for _, line in found] == [2, 5, 6]
    assert [name for name, _ in found[:2]] == ["a", "b"]


def test_an_empty_list_holds_no_item(tmp_path: Path) -> None:
    assert from_json(tmp_path, " [ ] ") == []


@pytest.mark.parametrize("number", ["05.10", "1e400", "1.50", "-0", "9" * 5000])
def test_a_number_in_json_is_the_text_that_was_written(
    tmp_path: Path, number: str
) -> None:
    text = f'{{"id": "a", {REST}, "version": {number}}}'
    (read,) = from_json(tmp_path, text)
    if number == "05.10":
        assert isinstance(read, Unreadable)
    else:
        assert the_item([read]).version == number


def test_every_fault_in_json_has_the_line_of_its_key(tmp_path: Path) -> None:
    text = (
        '[{"id": "a",\n "title": "x", "resource_type": "article"},\n'
        '{"id": "b", "resource_type":\n "article", "titles": [\n"\\" [{",\n'
        '{"value": "y", "lang":\n"xx"}],\n"native": {"a.b": 5},\n "extra": [1, [2]]}]'
    )
    reads = from_json(tmp_path, text)
    assert isinstance(reads[0], Sourced)
    assert set(faults(reads[1:])) == {("titles[1].lang", 6), ("extra", 9)}


def test_a_key_given_twice_in_json_is_refused_with_both_lines(tmp_path: Path) -> None:
    text = f'{{"id": "a", {REST},\n"host": {{"title": "x",\n"title": "y"}}}}'
    refusal = the_refusal(from_json(tmp_path, text))
    assert (refusal.field, refusal.place.line) == ("host.title", 3)
    assert "lines 2 and 3" in refusal.reason


def test_the_same_key_in_two_mappings_is_given_once_in_each(tmp_path: Path) -> None:
    text = f'{{"id": "a", {REST}, "sets": [], "host": {{"titles": [{{"value": "x"}}, '
    text += '{"value": "y"}]}}'
    assert the_item(from_json(tmp_path, text)).host is not None


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_what_only_python_writes_is_refused(tmp_path: Path, constant: str) -> None:
    refusal = the_refusal(
        from_json(tmp_path, f'{{"id": "a", {REST},\n "version": {constant}}}')
    )
    assert (refusal.field, refusal.place.line) == ("version", 2)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"id": "a",\n}', 2),
        (f'[{{"id": "a", {REST}}},\n]', 2),
        (f'[{{"id": "a", {REST}}}\n{{}}]', 2),
        (f'[{{"id": "a", {REST}}}]\n5', 2),
        ('{\n"id": "a\n"}', 2),
        ("{}\n{}", 2),
    ],
)
def test_what_is_not_json_is_told_with_its_line(
    tmp_path: Path, text: str, line: int
) -> None:
    refusal = from_json(tmp_path, text)[-1]
    assert isinstance(refusal, Unreadable)
    assert ("is not JSON" in refusal.reason, refusal.place.line) == (True, line)


def test_lines_of_items_in_a_json_file_are_told_the_other_suffix(
    tmp_path: Path,
) -> None:
    assert ".jsonl" in the_refusal(from_json(tmp_path, '{"id": 1}\n{"id": 2}')).reason


# JSON Lines


def test_a_bad_line_keeps_no_other_line_out(tmp_path: Path) -> None:
    good, other = json.dumps(ITEM), json.dumps({**ITEM, "id": "b"})
    text = f"{good}\n\n  \r\n{{\n[1]\n{good[:-1]}, {good[1:]}\n\xff\n{other}"
    found = ids_and_lines(from_lines(tmp_path, text.encode("latin-1")))
    assert [line for _, line in found] == [1, 4, 5, 6, 6, 6, 7, 8]
    assert (found[0][0], found[-1][0]) == ("a", "b")


def test_lines_are_read_one_at_a_time(tmp_path: Path) -> None:
    path = written(tmp_path, "x.jsonl", f"{json.dumps(ITEM)}\n" * 100_000)
    reads = read_json_lines(path)
    assert isinstance(next(reads), Sourced)
    path.write_bytes(b"")
    assert sum(1 for _ in reads) < 1_000


def test_a_byte_order_mark_before_the_first_line_is_passed_over(tmp_path: Path) -> None:
    assert the_item(from_lines(tmp_path, "\ufeff" + json.dumps(ITEM))).id == "a"


# All of them


@pytest.mark.parametrize("read", [from_yaml, from_json, from_lines])
@pytest.mark.parametrize("data", [b'"\xe9"', "a".encode("utf-16")])
def test_what_is_not_utf_8_is_refused_with_the_remedy(
    tmp_path: Path, read: Callable[[Path, bytes], list[Read]], data: bytes
) -> None:
    assert "save the file as UTF-8" in the_refusal(read(tmp_path, data)).reason


@pytest.mark.parametrize("read", [from_yaml, from_json])
def test_an_empty_file_is_told(
    tmp_path: Path, read: Callable[[Path, str], list[Read]]
) -> None:
    assert "is empty" in the_refusal(read(tmp_path, " \n")).reason


@pytest.mark.parametrize("read", [from_json, from_lines])
def test_depth_without_end_in_json_is_refused(
    tmp_path: Path, read: Callable[[Path, str], list[Read]]
) -> None:
    for text in ("[" * 99_999, '{"host":' * 99_999):
        reason = the_refusal(read(tmp_path, text)).reason
        assert "too deeply" in reason


def test_a_chain_of_origins_without_end_is_refused(tmp_path: Path) -> None:
    chain = '{"origin": ' * 400 + "{}" + "}" * 400
    text = f'{{"id": "a", {REST}, "provenance": {{"origin_descriptions": {chain}}}}}'
    assert all(isinstance(read, Unreadable) for read in from_json(tmp_path, text))


def test_a_deleted_item_is_told_by_its_own_field(tmp_path: Path) -> None:
    (read,) = from_yaml(tmp_path, "id: a\ndeleted: true\n")
    assert isinstance(read, Sourced)
    assert read.deleted


@given(data=item_data())
def test_every_file_gives_the_item_that_was_written(
    tmp_path_factory: pytest.TempPathFactory, data: dict[str, Any]
) -> None:
    folder = tmp_path_factory.getbasetemp()
    item = read_item(data)
    text = json.dumps(data)
    assert the_item(from_json(folder, text)) == item
    assert the_item(from_lines(folder, text)) == item
    dumped = yaml.safe_dump(data, allow_unicode=True)
    assert the_item(from_yaml(folder, dumped)) == item


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.sampled_from([*ITEM, "host", "a.b["]), inner)
    ),
)
ANY = (
    st.binary()
    | st.text().map(lambda text: text.encode(errors="surrogatepass"))
    | st.text("[]{}:,-?&*!|>'\"%#\n \tab1", max_size=40).map(str.encode)
    | JSON.map(lambda value: json.dumps(value).encode())
)


@pytest.mark.parametrize("read", [from_yaml, from_json, from_lines])
@given(data=ANY)
def test_no_bytes_do_more_than_yield(
    tmp_path_factory: pytest.TempPathFactory,
    read: Callable[[Path, bytes], list[Read]],
    data: bytes,
) -> None:
    for read_ in read(tmp_path_factory.getbasetemp(), data):
        assert isinstance(read_, Sourced | Unreadable)


@given(data=ANY)
def test_no_bytes_do_more_than_yield_in_python_either(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml_items, "_LOADER", yaml.BaseLoader)
        for read in from_yaml(tmp_path_factory.getbasetemp(), data):
            assert isinstance(read, Sourced | Unreadable)
