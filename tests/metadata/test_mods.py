from collections.abc import Mapping

import pytest
from lxml import etree

from oai_provider.metadata.format import Context, FormatError
from oai_provider.metadata.item import Item, read_item
from oai_provider.metadata.mods import MODS
from oai_provider.protocol.xml import DATESTAMP_MARK, XML_LANG, parse, payload

PAGE = "https://repository.example.org/items/1"
CONTEXT = Context(
    identifier="oai:repository.example.org:1", repository_name="R", landing_page=PAGE
)


def item(**fields: object) -> Item:
    return read_item({"id": "1", "title": "A", "resource_type": "article", **fields})


def written(path: str, **fields: object) -> list[etree._Element]:
    root = MODS.write(item(**fields), CONTEXT)
    assert root is not None
    return root.findall(path, {None: MODS.namespace})


def texts(path: str, **fields: object) -> list[str | None]:
    return [element.text for element in written(path, **fields)]


def read(inside: str) -> Mapping[str, object]:
    assert MODS.read is not None
    return MODS.read(parse(f'<mods xmlns="{MODS.namespace}">{inside}</mods>'.encode()))


def test_the_date_of_the_record_is_put_in_when_it_is_served() -> None:
    assert texts("recordInfo/recordChangeDate") == [DATESTAMP_MARK]
    element = MODS.write(item(), CONTEXT)
    assert element is not None
    stamped = payload(element).stamped("2026-11-22").xml
    assert b">2026-11-22</recordChangeDate>" in stamped


def test_the_repository_s_page_is_the_primary_place() -> None:
    urls = written("location/url", landing_page="https://journal.example.org/1")
    assert [(url.text, url.get("usage"), url.get("access")) for url in urls] == [
        (PAGE, "primary", "object in context"),
        ("https://journal.example.org/1", None, "object in context"),
    ]


@pytest.mark.parametrize(
    ("value", "lang", "script"),
    [
        ("Дороги", "ru", "Cyrl"),
        ("Roads", "en", "Latn"),
        ("Stepnye dorogi", "ru-Latn", "Latn"),
        ("道路", "zh-Hant", "Hant"),
        ("\u041a\u0430z\u0430k", "ru", None),
        ("1920", None, None),
    ],
)
def test_a_script_is_stated_where_it_is_certain(
    value: str, lang: str | None, script: str | None
) -> None:
    (info,) = written("titleInfo", title={"value": value, "lang": lang})
    assert (info.get(XML_LANG), info.get("script")) == (lang, script)


def test_a_language_is_stated_in_the_bibliographic_code_too() -> None:
    (abstract,) = written("abstract", abstract={"value": "Straßen", "lang": "deu"})
    assert (abstract.get("lang"), abstract.get(XML_LANG)) == ("ger", "de")


def test_names_of_other_things_state_no_script() -> None:
    (affiliation,) = written(
        "name/affiliation",
        creator={"name": "B", "affiliation": {"value": "University", "lang": "en"}},
    )
    assert affiliation.get("script") is None
    assert affiliation.get("lang") == "eng"


def test_only_the_first_creator_is_primary() -> None:
    names = written("name", creators=["A", "B"], contributor="C")
    assert [name.get("usage") for name in names] == ["primary", None, None]


@pytest.mark.parametrize(
    ("resource_type", "role", "expected"),
    [
        ("article", None, ["aut", "author"]),
        ("map", None, ["cre", "creator"]),
        ("article", "editor", ["edt", "editor"]),
        ("article", "ContactPerson", ["ContactPerson"]),
        ("article", "bell ringer", ["bell ringer"]),
    ],
)
def test_a_creator_has_the_role_stated_or_that_of_who_makes_such_things(
    resource_type: str, role: str | None, expected: list[str]
) -> None:
    creator = {"name": "B", "role": role}
    terms = texts("name/role/roleTerm", creator=creator, resource_type=resource_type)
    assert terms == expected


def test_roles_of_one_record_are_not_left_behind_in_the_next() -> None:
    for _ in range(2):
        assert len(written("name/role/roleTerm", creators=["A"])) == 2


def test_a_name_in_another_script_shares_a_group_and_repeats_no_role() -> None:
    creator = {
        "family": "Иванов",
        "names_in_other_scripts": {"lang": "en", "family": "Ivanov"},
    }
    first, other = written("name", creator=creator)
    assert first.get("altRepGroup") == other.get("altRepGroup")
    assert other.get("script") == "Latn"
    assert len(other) == 1


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"whole_number": 31}, ["wholeNumber"]),
        ({"issue": 5, "whole_number": 31}, ["issue", "wholeNumber"]),
        ({"volume": 3, "issue": 5}, ["volume", "issue"]),
    ],
)
def test_a_whole_number_is_never_a_volume(
    fields: dict[str, object], expected: list[str]
) -> None:
    details = written("relatedItem/part/detail", host={"title": "J", **fields})
    assert [detail.get("type") for detail in details] == expected


@pytest.mark.parametrize(
    ("citation", "expected"),
    [
        ("J. 2014. Том 3. № 5 (31)", ["Том", "№"]),
        ("J. 2014, vol 3, no. 5", ["vol", "no."]),
        ("J. 2014. 3(5)", []),
        ("J. 2014. № 50 (300)", []),
        (None, []),
    ],
)
def test_the_caption_of_a_number_is_the_word_printed_before_it(
    citation: str | None, expected: list[str]
) -> None:
    host = {"title": "J", "volume": 3, "issue": 5, "citation_text": citation}
    assert texts("relatedItem/part/detail/caption", host=host) == expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ({"title": "J", "issue": 5}, ["serial"]),
        ({"title": "J", "issn": "1234-5679"}, ["serial"]),
        ({"title": "Book", "volume": 2, "isbn": "978-3-16-148410-0"}, []),
    ],
)
def test_a_host_is_serial_where_it_has_issues_or_an_issn(
    host: dict[str, object], expected: list[str]
) -> None:
    assert texts("relatedItem/originInfo/issuance", host=host) == expected


@pytest.mark.parametrize(
    ("date", "encoding"),
    [("2014-05-31", "w3cdtf"), ("201X", "edtf"), ("2013/2014", "edtf")],
)
def test_a_date_says_its_encoding(date: str, encoding: str) -> None:
    (issued,) = written("originInfo/dateIssued", issued=date)
    assert (issued.text, issued.get("encoding")) == (date, encoding)


def test_one_date_is_the_key_date() -> None:
    dates = [
        {"type": "updated", "date": "2016"},
        {"type": "issued", "date": "2014", "text": "spring 2014"},
    ]
    (key,) = written("originInfo/*[@keyDate='yes']", dates=dates)
    assert key.text == "2014"


def test_a_relation_mods_has_no_type_for_keeps_its_name() -> None:
    (related,) = written(
        "relatedItem", related={"relation": "isSupplementTo", "doi": "10.1/x"}
    )
    assert (related.get("type"), related.get("otherType")) == (None, "IsSupplementTo")


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("<title>Road</title>", {"value": "Road", "type": "main"}),
        (
            "<nonSort>The</nonSort><title>Road</title>",
            {"value": "The Road", "type": "main"},
        ),
        ("<nonSort>L'</nonSort><title>eau</title>", {"value": "L'eau", "type": "main"}),
        (
            "<title>Road</title><partNumber>2</partNumber><partName>Home</partName>",
            {"value": "Road. 2. Home", "type": "main"},
        ),
    ],
)
def test_a_title_is_read_with_its_article_and_part(
    inside: str, expected: dict[str, str]
) -> None:
    assert read(f"<titleInfo>{inside}</titleInfo>") == {"titles": [expected]}


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("<dateIssued>circa 1926</dateIssued>", {"text": "circa 1926"}),
        (
            (
                "<dateIssued>c1999</dateIssued>"
                '<dateIssued encoding="marc">1999</dateIssued>'
            ),
            {"date": "1999", "text": "c1999"},
        ),
        ('<dateIssued encoding="marc">19uu</dateIssued>', {"date": "19XX"}),
        (
            '<dateIssued encoding="iso8601">20140531</dateIssued>',
            {"date": "2014-05-31"},
        ),
        (
            (
                '<dateIssued point="start">1920</dateIssued>'
                '<dateIssued point="end">1929</dateIssued>'
            ),
            {"date": "1920/1929"},
        ),
        ('<dateIssued qualifier="questionable">1820</dateIssued>', {"date": "1820?"}),
        (
            '<dateIssued qualifier="approximate">about then</dateIssued>',
            {"text": "about then"},
        ),
    ],
)
def test_a_date_is_read_by_its_encoding_points_and_qualifier(
    inside: str, expected: dict[str, str]
) -> None:
    read_dates = read(f"<originInfo>{inside}</originInfo>")["dates"]
    assert read_dates == [{"type": "issued", **expected}]


def test_names_without_roles_are_creators_where_no_name_has_one() -> None:
    fields = read("<name><namePart>Pope, Helen</namePart></name>")
    assert fields["creators"] == [{"family": "Pope", "given": "Helen"}]


def test_names_without_roles_are_contributors_where_another_has_one() -> None:
    fields = read(
        "<name><namePart>A</namePart></name><name><namePart>B</namePart>"
        "<role><roleTerm>author</roleTerm></role></name>"
    )
    assert fields["creators"] == [{"name": "B", "role": "aut"}]
    assert fields["contributors"] == [{"name": "A"}]


def test_a_corporate_name_is_not_taken_apart() -> None:
    fields = read(
        '<name type="corporate"><namePart>Institute, Moscow</namePart>'
        "<namePart>Library</namePart></name>"
    )
    assert fields["creators"] == [
        {"name": "Institute, Moscow. Library", "type": "organizational"}
    ]


def test_a_heading_of_several_parts_is_one_term() -> None:
    fields = read(
        '<subject authority="lcsh"><topic>Jazz</topic><geographic>Japan</geographic>'
        "<topic>History</topic></subject>"
    )
    assert fields == {
        "subjects": [
            {"value": "Jazz -- Japan -- History", "kind": "topic", "scheme": "lcsh"}
        ]
    }


def test_places_and_times_are_no_terms() -> None:
    fields = read(
        "<subject><geographic>Asia</geographic><temporal>1970s</temporal></subject>"
    )
    assert fields == {
        "places": [{"name": {"value": "Asia"}}],
        "periods": [{"name": {"value": "1970s"}}],
    }


@pytest.mark.parametrize("coordinates", ["91, 0", "W 0 -- E 181 / N 1 -- S 0", "here"])
def test_coordinates_that_are_not_on_the_earth_are_not_read(coordinates: str) -> None:
    inside = f"<cartographics><coordinates>{coordinates}</coordinates></cartographics>"
    assert read(f"<subject>{inside}</subject>") == {}


def test_the_language_of_a_summary_is_not_that_of_the_text() -> None:
    fields = read(
        "<language><languageTerm>Russian</languageTerm></language>"
        '<language objectPart="summary"><languageTerm>eng</languageTerm></language>'
    )
    assert fields == {"languages": ["ru"]}


def test_the_first_place_is_the_page_unless_another_is_primary() -> None:
    fields = read(
        "<location><url>https://example.org/a</url></location>"
        '<location><url usage="primary">https://example.org/b</url></location>'
        '<location><url access="preview">https://example.org/c.jpg</url></location>'
    )
    assert fields == {
        "landing_page": "https://example.org/b",
        "identifiers": [{"scheme": "url", "value": "https://example.org/a"}],
    }


def test_facts_of_files_are_theirs_where_there_is_one_for_each() -> None:
    pdf = {"url": "https://example.org/a.pdf"}
    file = f'<location><url access="raw object">{pdf["url"]}</url></location>'
    media_type = "<internetMediaType>application/pdf</internetMediaType>"
    fact = f"<physicalDescription>{media_type}</physicalDescription>"
    assert read(file + fact)["files"] == [{**pdf, "media_type": "application/pdf"}]
    assert read(file + fact + fact)["files"] == [pdf]


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ('type="hdl">1/2', {"scheme": "handle", "value": "1/2"}),
        ('type="uri">https://doi.org/10.1/x', {"scheme": "doi", "value": "10.1/x"}),
        ('type="issn">12', {"scheme": "local", "value": "12"}),
        ('type="no name">12', {"scheme": "local", "value": "12"}),
        (">urn:isbn:9783161484100", {"scheme": "isbn", "value": "9783161484100"}),
    ],
)
def test_an_identifier_is_read_by_its_type_or_its_form(
    inside: str, expected: dict[str, str]
) -> None:
    fields = read(f"<identifier {inside}</identifier>")
    assert fields == {"identifiers": [expected]}


def test_an_invalid_identifier_is_not_read() -> None:
    assert read('<identifier type="isbn" invalid="yes">1</identifier>') == {}


def test_conditions_are_read_as_access_licence_holder_or_statement() -> None:
    fields = read(
        '<accessCondition type="restriction on access">open access</accessCondition>'
        '<accessCondition valueURI="https://spdx.org/licenses/MIT">MIT</accessCondition>'
        '<accessCondition displayLabel="rights holder">B</accessCondition>'
        '<accessCondition xml:lang="en">Ask.</accessCondition><accessCondition/>'
    )
    assert fields["rights"] == {
        "access": "open",
        "licenses": [{"spdx": "MIT"}],
        "holder": "B",
        "statements": [{"value": "Ask.", "lang": "en"}],
    }


def test_a_related_item_that_says_nothing_is_not_read() -> None:
    assert read('<relatedItem type="series"/><relatedItem type="host"/>') == {}


def test_a_related_item_is_cited_by_its_note_or_else_its_title() -> None:
    title = "<titleInfo><title>Road</title></titleInfo>"
    note = '<note type="citation/reference">Doe. Road. 2014</note><note>x</note>'
    references = "".join(
        f'<relatedItem type="references">{inside}</relatedItem>'
        for inside in (title, title + note)
    )
    related = f'<relatedItem type="succeeding">{title}</relatedItem>'
    assert read(references + related) == {
        "references": [{"text": "Road"}, {"text": "Doe. Road. 2014"}],
        "related": [{"relation": "IsContinuedBy", "citation": "Road"}],
    }


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        (f' unit="{unit}"', {"first": "3", "last": "9"})
        for unit in ("page", "pages", "p", "pp")
    ]
    + [("", {"first": "3", "last": "9"}), (' unit="minutes"', None)],
)
def test_an_extent_in_pages_or_in_no_unit_is_the_pages(
    unit: str, expected: dict[str, str] | None
) -> None:
    extent = f"<extent{unit}><start>3</start><end>9</end></extent>"
    host = f"<titleInfo><title>J</title></titleInfo><part>{extent}</part>"
    fields = read(f'<relatedItem type="host">{host}</relatedItem>')
    pages = {"pages": expected} if expected else {}
    assert fields == {"host": {"titles": [{"value": "J"}], **pages}}


def test_the_first_host_is_the_host_and_the_others_are_related() -> None:
    hosts = "".join(
        '<relatedItem type="host"><titleInfo><title>'
        f"{title}</title></titleInfo></relatedItem>"
        for title in ("J", "Proceedings")
    )
    assert read(hosts) == {
        "host": {"titles": [{"value": "J"}]},
        "related": [{"relation": "IsPartOf", "citation": "Proceedings"}],
    }


def test_a_host_that_is_cited_is_related() -> None:
    note = '<note type="citation/reference">J. 2014</note>'
    cited = f"<titleInfo><title>J</title></titleInfo>{note}"
    assert read(f'<relatedItem type="host">{cited}</relatedItem>') == {
        "related": [{"relation": "IsPartOf", "citation": "J. 2014"}]
    }


def test_another_element_is_refused_by_name() -> None:
    assert MODS.read is not None
    with pytest.raises(FormatError, match="modsCollection"):
        MODS.read(etree.Element("modsCollection"))
