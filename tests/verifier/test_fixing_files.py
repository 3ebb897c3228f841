"""Files keep their form: what is mended changes, and nothing beside it."""

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from verifier.fixing import in_file, mended_text

from oai_provider.sources.json_items import JsonReader
from oai_provider.sources.yaml_items import yaml_items
from oai_provider.verifier.fixing.acts import Act, Data, Drop, Put, Steps, at, done
from oai_provider.verifier.fixing.edits import Unplaced, Writing, edited
from oai_provider.verifier.fixing.places import json_spots, yaml_spots

HEAD = "id: one\nresource_type: article\ntitle: Tides\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # Quotes, comments, order and lines stay.
        ('abstract: "A &amp;  B"  # said\n', 'abstract: "A &  B"  # said\n'),
        ("abstract: 'It''s &amp;'\n", "abstract: 'It''s &'\n"),
        ("abstract: A &amp; B\n", "abstract: A & B\n"),
        ("abstract: |-\n  A &amp;\n  B\n", "abstract: |-\n  A &\n  B\n"),
        ("abstract: >\n  A &amp;\n  B\n", "abstract: >\n  A &\n  B\n"),
        ("abstract: a\n  &amp; b\n", "abstract: a\n  & b\n"),
        # What needs quotes gets them.
        ("abstract: A&#58; B\n", "abstract: 'A: B'\n"),
        ('abstract: "A &quot;B&quot;"\n', 'abstract: "A \\"B\\""\n'),
        # An escape stays one where it is told apart.
        ('abstract: "A\\u00adB &amp; é"\n', 'abstract: "AB & é"\n'),
        # Astral letters count as one.
        ("abstract: 😀 a &amp; 😀 &amp;\n", "abstract: 😀 a & 😀 &\n"),
        # Lists of every form.
        ("keywords: a; b\n", "keywords: [a, b]\n"),
        ('keywords: "a; b"\n', 'keywords: ["a", "b"]\n'),
        ("keywords: [a; b, c]\n", "keywords: [a, b, c]\n"),
        ("keywords:\n  - a; b  # x\n  - c\n", "keywords:\n  - a\n  - b  # x\n  - c\n"),
        ("keywords:\n- a; b\n", "keywords:\n- a\n- b\n"),
        (
            "subjects:\n  -   value: a; b\n      lang: en\n",
            "subjects:\n{0}a\n{1}{0}b\n{1}".format("  -   value: ", "      lang: en\n"),
        ),
        (
            "subjects: {value: a; b, lang: en}\n",
            "subjects: [{value: a, lang: en}, {value: b, lang: en}]\n",
        ),
        (
            "subjects:\n  - {lang: en, values: [a; b, c]}\n",
            "subjects:\n  - {lang: en, values: [a, b, c]}\n",
        ),
        # What is left out goes with its line or its comma.
        ("keywords:\n  - a\n  - a\n  - b\n", "keywords:\n  - a\n  - b\n"),
        ("keywords: [a, b, a]\n", "keywords: [a, b]\n"),
        ('languages: ["", en]\n', "languages: [en]\n"),
        ('edition: ""\nversion: "1"\n', 'version: "1"\n'),
        ('languages:\n  - ""\nversion: "1"\n', 'version: "1"\n'),
        # Norwegian is false to most programs.
        ("language: Norwegian\n", "language: 'no'\n"),
        ("language: English\n", "language: en\n"),
        ("issued: 5 May 2014\n", "issued: 2014-05-05\n"),
    ],
)
def test_yaml_changes_at_the_place_alone(
    before: str, after: str, tmp_path: Path
) -> None:
    assert mended_text(HEAD + before, tmp_path) == HEAD + after


@pytest.mark.parametrize(
    "text",
    [
        # What an alias repeats would change elsewhere as well.
        "abstract: &a A &amp; B\nhost: {title: *a}\n",
        # A comment belongs to what it stands beside.
        "keywords:\n  - a\n  - a  # again\n",
        "keywords:\n  - # none\n    ''\n",
        "abstract: > # as printed\n  A nati-\n  on is a nation.\n",
        "subjects:\n  value: a; b\n  lang: en\n",
    ],
)
def test_what_cannot_change_alone_is_told_and_left(text: str, tmp_path: Path) -> None:
    found = in_file(HEAD + text, tmp_path)
    assert found.after == found.before
    assert found.dones
    assert all(one.reason for one in found.dones)


def test_several_documents_and_lists_are_mended(tmp_path: Path) -> None:
    text = f"---\n{HEAD}abstract: A &amp; B\n---\n{HEAD}abstract: C &amp; D\n...\n"
    assert mended_text(text, tmp_path) == text.replace("&amp;", "&")


def test_line_ends_and_the_byte_order_mark_stay(tmp_path: Path) -> None:
    text = f"\ufeff{HEAD}keywords:\n- a; b\n".replace("\n", "\r\n")
    wanted = text.replace("- a; b", "- a\r\n- b")
    assert mended_text(text, tmp_path) == wanted


JSON = '{"id": "one", "resource_type": "article", "title": "T", %s}'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (r'"abstract":"\u00e9 &amp; b"', r'"abstract":"\u00e9 & b"'),
        (r'"abstract" : "é\u00ad &amp; b"', r'"abstract" : "é & b"'),
        ('"keywords": ["a; b", "c"]', '"keywords": ["a", "b", "c"]'),
        ('"keywords": "a; b"', '"keywords": ["a", "b"]'),
        ('"keywords": [\n  "a; b"\n ]', '"keywords": [\n  "a",\n  "b"\n ]'),
        ('"languages": ["en", ""]', '"languages": ["en"]'),
        ('"edition": "", "version": "1"', '"version": "1"'),
        ('"version": "1", "edition": ""', '"version": "1"'),
    ],
)
@pytest.mark.parametrize("around", ["%s", " [\n%s\n]\n"])
def test_json_changes_at_the_place_alone(
    before: str, after: str, around: str, tmp_path: Path
) -> None:
    text = mended_text(around % (JSON % before), tmp_path, "items.json")
    assert text == around % (JSON % after)


def test_json_lines_change_in_their_lines(tmp_path: Path) -> None:
    bad, good = JSON % '"abstract": "A &amp; B"', JSON % '"abstract": "A"'
    text = f"{good}\n\nno json\n{bad}\r\n{good}"
    wanted = text.replace("&amp;", "&")
    found = in_file(text, tmp_path, "items.jsonl")
    assert found.after.decode() == wanted
    assert [one.line for one in found.dones] == [4]


def test_file_that_cannot_be_read_to_its_end_stays_as_it_is(tmp_path: Path) -> None:
    text = "- {id: one, resource_type: article, title: A &amp; B}\n- ]\n"
    assert mended_text(text, tmp_path) == text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("package.json", '{"name": "a", "description": "", "language": "English"}\n'),
        ("compose.yaml", "services: {}\nlanguage: English\n"),
        ("csl.json", '[{"id": "a", "type": "book", "note": "", "title": "B"}]\n'),
    ],
)
def test_file_of_something_else_is_left_alone(
    name: str, text: str, tmp_path: Path
) -> None:
    assert mended_text(text, tmp_path, name) == text


_TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff"),
    max_size=12,
) | st.sampled_from(["no", "~", "a: b", "#", " x ", "- a", "'", '"', "a\nb", "1"])
_DATA = st.dictionaries(
    st.sampled_from("abcd"),
    st.recursive(
        _TEXTS,
        lambda inner: (
            st.lists(inner, min_size=1, max_size=3)
            | st.dictionaries(st.sampled_from("xyz"), inner, min_size=1, max_size=3)
        ),
        max_leaves=8,
    ),
    min_size=1,
)


def _ways(value: object, steps: Steps = ()) -> list[Steps]:
    below: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        below = [*value.items()]
    if isinstance(value, list):
        below = [*enumerate(value)]
    return [steps, *(way for k, v in below for way in _ways(v, (*steps, k)))]


@settings(max_examples=25)
@given(_DATA, st.data())
def test_any_act_in_any_file_does_what_it_does_to_the_data(
    data: Data, draw: st.DataObject
) -> None:
    way = draw.draw(st.sampled_from([w for w in _ways(data) if w]))
    new = draw.draw(_TEXTS)
    is_text = isinstance(at(data, way), str)
    act: Act = Put(steps=way, change=lambda _: new) if is_text else Drop(steps=way)
    style = draw.draw(st.sampled_from([True, False, None]))
    text = yaml.safe_dump(data, default_flow_style=style, allow_unicode=True)
    _says_after(text, data, act, is_json=False)
    _says_after(json.dumps(data, indent=1), data, act, is_json=True)


def _says_after(text: str, data: Data, act: Act, *, is_json: bool) -> None:
    read = (JsonReader().items if is_json else yaml_items)(text)
    (spots,) = (json_spots if is_json else yaml_spots)(text)
    assert [one.value for one in read] == [data]
    try:
        after = edited(text, Writing(text=text, spots=spots, data=data).edits([act]))
    except Unplaced:
        return
    said = [one.value for one in (JsonReader().items if is_json else yaml_items)(after)]
    assert [*map(_bare, said or [{}])] == [_bare(done(data, [act]))]


def _bare(value: object) -> object:
    if isinstance(value, dict):
        bare = {k: _bare(v) for k, v in value.items()}
        return {k: v for k, v in bare.items() if v not in (None, [], {})}
    return [*map(_bare, value)] if isinstance(value, list) else value
