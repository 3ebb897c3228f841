"""For every rule an item that breaks it and nothing else, and one that just does not.

Each is what differs from `WHOLE`, an item that no profile has anything against; None
leaves a field out. A list stands for several items that are judged together.
"""
# ruff: noqa: RUF001 - letters that look alike are what is looked for

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

Changes: TypeAlias = Mapping[str, Any]
Items: TypeAlias = Changes | list[Changes]

WHOLE: Final[Changes] = {
    "id": "one",
    "resource_type": "article",
    "titles": [{"value": "A study of tides and of their tables", "lang": "en"}],
    "creators": [{"family": "Shore", "given": "Ann", "orcid": "0000-0002-1825-0097"}],
    "descriptions": [{"value": "The sea was told from old tables.", "lang": "en"}],
    "subjects": [{"value": "tides", "lang": "en"}],
    "issued": "2014",
    "publisher": "Press of the Coast",
    "languages": ["en"],
    "identifiers": [{"scheme": "doi", "value": "10.1234/abc"}],
    "landing_page": "https://journal.example.edu/one",
    "files": [
        {
            "url": "https://journal.example.edu/one.pdf",
            "media_type": "application/pdf",
        }
    ],
    "physical": {"digital_origin": "born digital"},
    "host": {
        "title": "Annals of the Coast",
        "issn": "1998-8613",
        "year": "2014",
        "issue": "5",
    },
    "rights": {"access": "open", "license": "CC-BY-4.0"},
    "version": "publishedVersion",
    "sets": [
        "openaire",
        "open_access",
        "ddc:550",
        "doc-type:article",
        "status-type:publishedVersion",
    ],
}


def native(elements: str = "<dc:title>Tides</dc:title>") -> dict[str, str]:
    """Return a record of Dublin Core as an item's own XML."""
    root = (
        '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/">'
    )
    return {"oai_dc": f"{root}{elements}</oai_dc:dc>"}


def dated(**dates: str) -> list[dict[str, str]]:
    """Return dates by their types."""
    return [{"type": type_, "date": date} for type_, date in dates.items()]


def title(value: str, lang: str = "en") -> Changes:
    """Return an item with another title."""
    return {"titles": [{"value": value, "lang": lang}]}


def abstract(value: str, lang: str = "en") -> Changes:
    """Return an item with another abstract."""
    return {"descriptions": [{"value": value, "lang": lang}]}


def subjects(*values: str) -> Changes:
    """Return an item with other subjects."""
    return {"subjects": [{"value": value, "lang": "en"} for value in values]}


def creator(name: str | None = None, **parts: object) -> Changes:
    """Return an item by somebody else."""
    return {"creators": [{"name": name, **parts} if name else parts]}


def identified(scheme: str, value: str) -> Changes:
    """Return an item with another identifier."""
    return {"identifiers": [{"scheme": scheme, "value": value}]}


def licensed(**licence: str) -> Changes:
    """Return an open item under another licence."""
    return {"rights": {"access": "open", "licenses": [licence]}}


_WORDS: Final = {"type": "created", "text": "about 1920"}


def _without_set(spec: str) -> Changes:
    return {"sets": [one for one in WHOLE["sets"] if one != spec]}


def _journal(**fields: str) -> Changes:
    return {"host": {"title": "Annals of the Coast", "issn": "1998-8613", **fields}}


_LACKS: Final[dict[str, tuple[Items, Items]]] = {
    "title": ({"titles": None, "native": native()}, {}),
    "creator": ({"creators": None}, creator("Coastal Survey", type="organizational")),
    "description": ({"descriptions": None}, {}),
    "subject": (
        {"subjects": None},
        {"subjects": None, "classification": [{"scheme": "udc", "value": "94"}]},
    ),
    "date": ({"issued": None}, {"issued": "201X"}),
    "publisher": (
        {"publisher": None},
        {"publisher": None, **_journal(publisher="Press of the Coast")},
    ),
    "language": ({"languages": None}, {"languages": ["zxx"]}),
    "type": (
        {"resource_type": {"id": "other", "local": "hull"}},
        {"resource_type": "other"},
    ),
    "publication-type": ({"resource_type": "dataset"}, {"resource_type": "book"}),
    "url": (
        {"landing_page": None, "files": None, **identified("local", "12")},
        {"landing_page": None, "files": None},
    ),
    "access": ({"rights": {"license": "CC-BY-4.0"}}, {}),
    "licence": ({"rights": {"access": "open"}}, {}),
    "embargo-end": (
        {"rights": {"access": "embargoed", "license": "CC-BY-4.0"}},
        {
            "rights": {"access": "embargoed", "license": "CC-BY-4.0"},
            "issued": None,
            "dates": dated(issued="2014", embargo_end="2031-01-01"),
        },
    ),
    "project": (
        {"funding": [{"funder": "Sea Fund"}]},
        {"funding": [{"funder": "Sea Fund", "award": "12"}]},
    ),
    "file": ({"files": None}, {}),
    "source": ({"host": None}, {"host": {"citation_text": "Annals. 2014"}}),
    "journal": ({"host": {"issn": "1998-8613"}}, {}),
    "issn": ({"host": {"title": "Annals of the Coast"}}, _journal()),
    "version": ({"version": None}, {}),
    "set": ({"sets": ["physics"]}, {}),
    "open-access": (_without_set("open_access"), {"rights": "All rights reserved"}),
    "ddc-sets": (_without_set("ddc:550"), {}),
    "doc-type-sets": (_without_set("doc-type:article"), {}),
    "status-sets": (_without_set("status-type:publishedVersion"), {}),
    "digital-origin": ({"physical": None}, {}),
    "media-type": ({"files": ["https://journal.example.edu/one.pdf"]}, {}),
}
# A file is an address, too: where one is wanted, nothing else is missing with it.
_PREFIXES: Final = (
    *("oai", "base", "core", "doaj", "openaire-v3", "openaire-v4", "dini", "dlf"),
)


def case_of(code: str) -> tuple[Items, Items] | None:
    """Return the two items of a rule, None if it has none."""
    if code in CASES:
        return CASES[code]
    named = (code.removeprefix(f"{p}-") for p in _PREFIXES if code.startswith(f"{p}-"))
    return _LACKS.get(next(named, ""))


CASES: Final[Mapping[str, tuple[Items, Items]]] = {
    # Without an address there is no file either, which guidelines 4 want.
    "openaire-v4-url": (
        {"landing_page": None, "files": None, **identified("local", "12")},
        {"landing_page": None},
    ),
    "dlf-url": (
        {"landing_page": None, "files": None, **identified("local", "12")},
        {"landing_page": None},
    ),
    "item-refused": ({"issued": "circa 1920"}, {"issued": "1920~", "host": None}),
    "record-invalid": (
        {"native": native("<dc:tide>high</dc:tide>")},
        {"native": native()},
    ),
    "journal-unknown": ({"journal": "anals"}, {"journal": "annals"}),
    "journal-filled": (
        {"journal": "annals", "publisher": None},
        {"journal": "annals"},
    ),
    "element-empty": (
        {"native": native("<dc:title>Tides</dc:title><dc:subject> </dc:subject>")},
        {"native": native("<dc:title>Tides</dc:title><dc:subject>.</dc:subject>")},
    ),
    "date-in-future": (
        {"issued": "2026-11-29", "host": None},
        {"issued": "2026-11-28", "host": None},
    ),
    "datestamp-in-future": (
        {"datestamp": "2026-11-29"},
        {"datestamp": "2026-11-28T23:59:59Z"},
    ),
    "date-placeholder": (
        {"issued": "1970-01-01", "host": None},
        {"issued": "1970-01-02", "host": None},
    ),
    "date-in-words": (
        {"issued": None, "dates": [*dated(issued="2014"), _WORDS]},
        {"issued": None, "dates": dated(issued="2014", created="1920~")},
    ),
    "date-issued-open": (
        {"issued": "../2014", "host": None},
        {"issued": "2014/..", "host": None},
    ),
    "date-order": (
        {
            "issued": None,
            "dates": dated(issued="2014", submitted="2014-03", accepted="2014-02"),
        },
        {
            "issued": None,
            "dates": dated(issued="2014", submitted="2014-02", accepted="2014-02-01"),
        },
    ),
    "date-of-host": (_journal(year="2013"), _journal(year="2014")),
    "date-embargo-over": (
        {
            "rights": {"access": "embargoed"},
            "issued": None,
            "dates": dated(issued="2014", embargo_end="2026-11-28"),
        },
        {
            "rights": {"access": "embargoed"},
            "issued": None,
            "dates": dated(issued="2014", embargo_end="2026-11-29"),
        },
    ),
    "language-undetermined": ({"languages": ["und"]}, {"languages": ["zxx"]}),
    "language-unknown": (
        {"native": native("<dc:language>xx</dc:language>")},
        {"native": native("<dc:language>eng</dc:language>")},
    ),
    "date-with-time": (
        {"native": native("<dc:date>2014-05-31T12:00:00Z</dc:date>")},
        {"native": native("<dc:date>2014-05-31</dc:date>")},
    ),
    "language-in-words": (
        {"native": native("<dc:language>English</dc:language>")},
        {"native": native("<dc:language>en_US</dc:language>")},
    ),
    "script-of-language": (
        title("Основные направления политики", "en"),
        title("Основные направления политики", "ru"),
    ),
    "script-mixed": (
        title("История Каzахстана", "ru"),
        title("История RNA-вирусов", "ru"),
    ),
    "identifier-issn": (
        {"host": {"title": "Annals", "issn": "1998-8614"}},
        {"host": {"title": "Annals", "issn": "1998-8613"}},
    ),
    "identifier-isbn": (
        identified("isbn", "978-3-16-148410-1"),
        identified("isbn", "978-3-16-148410-0"),
    ),
    "identifier-orcid": (
        creator(family="Shore", given="Ann", orcid="0000-0002-1825-0098"),
        creator(family="Shore", given="Ann", orcid="0000-0002-1694-233X"),
    ),
    "identifier-isni": (
        creator(family="Shore", given="Ann", isni="0000 0001 2281 9551"),
        creator(family="Shore", given="Ann", isni="0000 0001 2281 955X"),
    ),
    "identifier-doi": (
        identified("doi", "10.1234/abc."),
        identified("doi", "10.1016/S0040-4039(00)90123-4(a)"),
    ),
    "identifier-doi-unread": (
        identified("local", "DOI 10.1234/abc"),
        identified("local", "DOISY-1"),
    ),
    "identifier-handle": (
        identified("handle", "abc/12"),
        identified("handle", "2027/12"),
    ),
    "identifier-handle-placeholder": (
        identified("handle", "123456789/12"),
        identified("handle", "1234567890/12"),
    ),
    "identifier-urn": (
        identified("urn", "urn:nbn:de%zz"),
        identified("urn", "urn:nbn:de:101:1-2014%20"),
    ),
    "identifier-ror": (
        creator(family="Shore", given="Ann", ror="https://ror.org/03yrm5c25"),
        creator(family="Shore", given="Ann", ror="https://ror.org/03yrm5c26"),
    ),
    "identifier-ark": (
        identified("ark", "ark:/1214/btv1b8449691v"),
        identified("ark", "ark:/12148/btv1b8449691v/f29"),
    ),
    "identifier-arxiv": (
        identified("arxiv", "1501.0001"),
        identified("arxiv", "1412.0001v2"),
    ),
    "identifier-address-private": (
        {"files": ["http://localhost:8080/one.pdf"]},
        {"files": ["http://localhost.edu:8080/one.pdf"]},
    ),
    "type-unknown": (
        {"resource_type": {"id": "other", "local": "Gedrucktes"}},
        {"resource_type": {"id": "other"}},
    ),
    "type-coar-address": (
        {"resource_type": {"id": "article", "coar": "https://coar.example.edu/c_6501"}},
        {
            "resource_type": {
                "id": "article",
                "coar": "http://purl.org/coar/resource_type/c_6501",
            }
        },
    ),
    "access-unknown": (
        licensed(uri="info:eu-repo/semantics/opnAccess"),
        licensed(uri="info:eu-repo/semantics/openAccess"),
    ),
    "access-and-files": (
        {
            "rights": {"access": "metadata-only"},
            "files": [{"url": "https://journal.example.edu/1.pdf", "access": "open"}],
        },
        {
            "rights": {"access": "metadata-only"},
            "files": [{"url": "https://journal.example.edu/1.pdf", "access": "closed"}],
        },
    ),
    "access-and-licence": (
        {"rights": {"access": "closed", "license": "CC-BY-4.0"}},
        {"rights": {"access": "closed", "license": "MIT"}},
    ),
    "licence-unknown": (licensed(spdx="CC-BY"), licensed(spdx="CC-BY-4.0")),
    "licence-address": (
        licensed(uri="https://creativecommons.org/licenses/"),
        licensed(uri="https://creativecommons.org/licenses/by/4.0/deed.en"),
    ),
    "duplicate-identifier": (
        [{}, {"id": "two", "landing_page": None, **title("Of something else")}],
        [
            {},
            {
                "id": "two",
                "landing_page": None,
                **title("Of something else"),
                **identified("doi", "10.1234/abd"),
            },
        ],
    ),
    "duplicate-title": (
        [
            {},
            {
                "id": "two",
                "landing_page": None,
                **title("A Study of Tides, and of Their Table"),
                **identified("doi", "10.1234/abd"),
            },
        ],
        [
            {},
            {
                "id": "two",
                "landing_page": None,
                **title("A study of tides and of their tables 2"),
                **identified("doi", "10.1234/abd"),
            },
        ],
    ),
    "subject-repeated": (subjects("tides", "Tides"), subjects("tides", "tide")),
    "creator-repeated": (
        {"creators": ["Shore, Ann", "Shore, Ann"]},
        {"creators": ["Shore, Ann", "Shore, A."]},
    ),
    "abstract-is-title": (
        abstract("A study of tides and of their tables."),
        abstract("A study of tides and of their tables, old and new."),
    ),
    "text-mojibake": (abstract("The cafÃ© of the coast"), abstract("The café, naïve")),
    "text-replacement": (abstract("The caf\ufffd"), abstract("The café?")),
    "text-control": (abstract("The sea\x7f"), abstract("The “sea”")),
    "text-invisible": (abstract("The se\u00ada"), abstract("The\u00a0sea")),
    "text-not-nfc": (abstract("The cafe\u0301"), abstract("The caf\u00e9")),
    "text-html": (abstract("The <i>sea</i>"), abstract("Where a <b and i> c")),
    "text-double-escaped": (abstract("Sea &amp; land"), abstract("Sea & land; sky")),
    "text-tex": (abstract(r"The \emph{sea}"), abstract(r"C:\emph and $5")),
    "text-cut-word": (
        abstract("The indigeniza-tion failed: indigenization"),
        abstract("The inter-ethnic conflict between ethnic groups"),
    ),
    "text-cut-word-likely": (
        abstract("The indigeniza-tion failed"),
        abstract("The ethnic-national question"),
    ),
    "text-glued-words": (abstract("The seaAnd the land"), abstract("McDonald at sea")),
    "text-missing-hyphen": (
        abstract("In the midtwentieth century"),
        abstract("In the mid-twentieth century"),
    ),
    "text-dash": (abstract("The sea- the land"), abstract("The sea - the land")),
    "text-gap": (title("A study\n of tides"), abstract("The sea.\n\nThe  land.")),
    "text-email": (
        abstract("Write to ann@journal.example.edu"),
        abstract("Meet @ the coast"),
    ),
    "text-placeholder": (abstract("N/A"), abstract("Nathan")),
    "text-without-words": (abstract("---"), abstract("--- 5")),
    "text-label": (abstract("Abstract: the sea"), abstract("Abstract art and the sea")),
    "title-capitals": (title("A STUDY OF TIDES"), title("A STUDY OF TIDES, again")),
    "title-full-stop": (title("A study of tides."), title("A study of tides etc.")),
    "subject-several": (
        subjects("tides; waves"),
        subjects("Tides, waves, and the sea"),
    ),
    "name-order": (creator("Ann Shore"), creator("Survey of the Shore")),
    "name-several": (
        creator("Shore, Ann; Coast, Ben"),
        creator("Shore, Ann, and the Coast"),
    ),
    "name-et-al": (creator("Shore, A., et al."), creator("Alvarez, Et")),
    "name-marks": (creator("Shore, Ann2"), creator("Shore, Ann, 1920-1999")),
    "name-capitals": (
        creator(family="SHORE", given="Ann"),
        creator(family="LI", given="Ann"),
    ),
    "name-family-has-comma": (
        creator(family="Shore, Ann", given="B."),
        creator(family="Shore Jr.", given="Ann"),
    ),
}
