"""Repositories that are legal, each in another way; some look broken to who is naive.

The first ones have the forms of the examples in the specification, section by section;
the others do what it leaves open.
"""

from dataclasses import replace
from typing import Final

from validator.manners import HEAD, MANNERS, otherwise_than_xsi, prefixed, swapped
from validator.specification import (
    DC,
    SECOND,
    XSI,
    Item,
    Manner,
    Repository,
    dublin_core,
    titled,
)

_BASE: Final = "http://www.openarchives.org/OAI"


def _described(name: str, url: str, inner: str, version: str = "2.0") -> str:
    """Return a container as the examples write them, with a namespace of its own."""
    namespace = f"{_BASE}/{version}/{url}"
    return (
        f'\n  <{name} \n    xmlns="{namespace}"\n    {XSI}\n    xsi:schemaLocation=\n'
        f'   "{namespace}\n     {_BASE}/{version}/{name}.xsd">\n{inner}</{name}>\n'
    )


_OAI_IDENTIFIER: Final = _described(
    "oai-identifier",
    "oai-identifier",
    "<scheme>oai</scheme>\n"
    "<repositoryIdentifier>archive.example.edu</repositoryIdentifier>\n"
    "<delimiter>:</delimiter>\n"
    "<sampleIdentifier>oai:archive.example.edu:maps/0001.a</sampleIdentifier>\n",
)
EPRINTS: Final = _described(
    "eprints",
    "eprints",
    "<content><URL>http://archive.example.edu/about.html</URL>\n"
    "<text>Maps and what is\n   written on them</text></content>\n"
    "<metadataPolicy/>\n<dataPolicy/>\n",
    "1.1",
)
_FRIENDS: Final = _described(
    "friends",
    "friends/",
    "<baseURL>http://oai.east.example.edu/foo/</baseURL>\n"
    "<baseURL>http://oai.south.example.edu/repo.cgi</baseURL>\n",
)
_PROVENANCE: Final = _described(
    "provenance",
    "provenance",
    '<originDescription harvestDate="2002-02-02T14:10:02Z" altered="true">\n'
    "<baseURL>http://the.example.edu</baseURL>\n"
    "<identifier>oai:r2:leaf001</identifier>\n<datestamp>2002-01-01</datestamp>\n"
    f"<metadataNamespace>{DC[1]}</metadataNamespace>\n</originDescription>\n",
)
_RFC1807: Final = "http://info.internet.isi.edu:80/in-notes/rfc/files/rfc1807.txt"
_REPORT: Final = (
    f'<rfc1807 xmlns=\n "{_RFC1807}"\n {XSI}\n xsi:schemaLocation=\n  "{_RFC1807}\n'
    f'   {_BASE}/1.1/rfc1807.xsd">\n<bib-version>v2</bib-version>\n'
    "<id>maps/7</id><entry>January 1, 1999</entry><title>Rivers</title></rfc1807>"
)
_WITH_REPORTS: Final = {
    "oai_dc": DC,
    "oai_rfc1807": (f"{_BASE}/1.1/rfc1807.xsd", _RFC1807),
}


def _item(number: int, date: str = "", *specs: str, **more: object) -> Item:
    told = {"metadata": {"oai_dc": titled(f"Map {number}")}, **more}
    return Item(
        identifier=f"oai:archive.example.edu:maps/{number:04}",
        datestamp=date or f"1999-02-{number % 27 + 1:02}",
        set_specs=specs,
        **told,  # type: ignore[arg-type]
    )


def _seconds(of: Repository) -> Repository:
    """Return the same with times of day."""
    return replace(
        of,
        earliest=f"{of.earliest}T12:00:00Z",
        granularity=SECOND,
        items=tuple(
            replace(one, datestamp=f"{one.datestamp}T14:{n % 60:02}:12Z")
            for n, one in enumerate(of.items)
        ),
    )


_ITEMS: Final = tuple(_item(n) for n in range(1, 7))
_PLAIN: Final = Repository(items=_ITEMS)
_SETS: Final = (
    ("music", "Music collection", ""),
    ("music:(muzak)", "Muzak collection", ""),
    ("music:(elec)", "Electronic music", dublin_core(("description", "From\n 1950"))),
    ("video", "Video collection", ""),
)
_IN_SETS: Final = (
    _item(1, "1999-02-23", "music:(elec)"),
    _item(2, "1999-03-20", "music:(elec)", "video"),
    _item(3, "2000-01-18", "music"),
    _item(4, "1999-02-23", "music:(muzak)", "video", deleted=frozenset({"oai_dc"})),
    _item(5, "1999-02-23"),
    _item(6, "1999-02-23", "music:(elec)"),
)
_PAGED: Final = Repository(
    items=_IN_SETS, sets=_SETS, deleted_record="transient", manner=Manner(page=4)
)

# The forms of the examples, by section.
EXAMPLES: Final = {
    "2.5 record with two sets and its provenance": Repository(
        items=(
            _item(
                1,
                "2002-02-28",
                "cs",
                "math",
                about=_PROVENANCE,
                metadata={
                    "oai_dc": dublin_core(
                        ("title", "Of Maps\n   and Digits"),
                        ("description", "About maps. \n    And digits.\n"),
                        ("description", "Comment: 23 pages, \n     8 figures"),
                        ("type", "e-print"),
                        ("identifier", "http://archive.example.edu/abs/1"),
                    )
                },
            ),
        ),
        sets=(("cs", "Computing", ""), ("math", "Mathematics", "")),
    ),
    "2.6 hierarchy with two tops": replace(
        _PLAIN,
        sets=(
            ("institution", "Institutions", ""),
            ("institution:nebraska", "A University", ""),
            ("institution:florida", "Another University", ""),
            ("subject", "Subjects", ""),
        ),
        items=(_item(1, "", "subject", "institution:florida"), _item(2)),
    ),
    "3.6 no sets": _PLAIN,
    "4.2 three descriptions and deflate": replace(
        _seconds(_PLAIN),
        emails=("somebody@archive.example.edu", "anybody@archive.example.edu"),
        name="Archive of Maps \n     Repository 1",
        deleted_record="transient",
        compressions=("deflate",),
        descriptions=(_OAI_IDENTIFIER, EPRINTS, _FRIENDS),
    ),
    "4.3 four headers, then two": _PAGED,
    "4.4 formats that not all items are in": replace(
        _PLAIN,
        formats=_WITH_REPORTS,
        items=(
            *_ITEMS,
            _item(7, metadata={"oai_dc": titled("Both"), "oai_rfc1807": _REPORT}),
        ),
    ),
    "4.5 deleted record that tells no set, and about in Dublin Core": replace(
        _PLAIN,
        formats=_WITH_REPORTS,
        deleted_record="transient",
        sets=(("physics", "Physics", ""), ("physics:hep", "Particles", "")),
        items=(
            _item(
                1,
                "1999-12-25",
                "physics:hep",
                metadata={"oai_dc": titled("Rivers"), "oai_rfc1807": _REPORT},
                about=dublin_core(("rights", "Free \n for all")),
            ),
            # Its header says nothing of the set in which it is listed.
            _item(
                2, "1999-12-21", untold=("physics:hep",), deleted=frozenset({"oai_dc"})
            ),
        ),
    ),
    "4.5 list of five minutes": replace(
        _seconds(_PLAIN), items=(_item(1, "2002-05-01T14:16:12Z", about=_PROVENANCE),)
    ),
    "4.6 set that is described in Dublin Core": replace(
        _PAGED, deleted_record="persistent", manner=Manner()
    ),
}


OTHERS: Final = {
    "as in the examples": _PAGED,
    **{
        name: replace(_PAGED, manner=replace(manner, page=manner.page or 4))
        for name, manner in MANNERS.items()
    },
    "the other of two errors": replace(_PLAIN, manner=Manner(is_hasty=True)),
    "empty, without sets": Repository(),
    "empty, with sets": Repository(sets=_SETS),
    "single record": replace(_PLAIN, items=_ITEMS[:1]),
    "single record, deleted": Repository(
        items=(_item(1, deleted=frozenset({"oai_dc"}), metadata={}),),
        deleted_record="persistent",
    ),
    "nothing but deleted records": replace(
        _PAGED,
        deleted_record="persistent",
        items=tuple(
            replace(one, metadata={}, deleted=frozenset({"oai_dc"})) for one in _IN_SETS
        ),
    ),
    "deleted in one format alone": replace(
        _PLAIN,
        deleted_record="persistent",
        formats=_WITH_REPORTS,
        items=(
            *_ITEMS,
            _item(
                8,
                metadata={"oai_rfc1807": _REPORT},
                deleted=frozenset({"oai_dc"}),
            ),
        ),
    ),
    "gzip, and told": replace(
        _seconds(_PLAIN), compressions=("gzip",), manner=Manner(has_gzip=True)
    ),
    "base URL with a query": replace(
        _PAGED, base_url="https://archive.example.edu:8443/index.php?page=oai&v=2"
    ),
    "base URL with a port and a slash": replace(
        _PAGED, base_url="https://archive.example.edu:8443/oai/"
    ),
    "all at one moment": replace(
        _PLAIN,
        items=tuple(_item(n, "2001-01-01") for n in range(1, 15)),
        earliest="2001-01-01",
        manner=Manner(page=2),
    ),
    "the first day there is": replace(_PLAIN, earliest="0001-01-01"),
    "record of today": replace(_PLAIN, items=(_item(1, "2024-05-01"),)),
    "record of this second": replace(
        _seconds(_PLAIN), items=(_item(1, "2024-05-01T10:20:30Z"),)
    ),
    "identifiers of all kinds": replace(
        _PLAIN,
        items=tuple(
            replace(_ITEMS[0], identifier=identifier, datestamp=f"2001-01-{n + 10}")
            for n, identifier in enumerate(
                (
                    "http://hdl.handle.net/1234/5?a=b&c=d",
                    "urn:nbn:de:kobv:188-2001000",
                    "oai:archive.example.edu:%D0%9A%D0%B0%D1%80%D1%82%D0%B0",
                    "oai:archive.example.edu:карта",
                    "hdl:1234/5+6",
                    "oai:archive.example.edu:a;b,c=d'e(f)*~!$",
                    "doi:10.1234/s0001-0001(01)00001-1",
                )
            )
        ),
    ),
    "sets of long and odd names": replace(
        _PLAIN,
        sets=(
            ("a" * 300, "Имя & <имя>", ""),
            ("-._~!*'()", "Marks", ""),
            ("1", "One", ""),
            ("1:2", "Two", ""),
            ("1:2:3", "Three", ""),
        ),
        items=(
            _item(1, "", "a" * 300, "-._~!*'()", "1:2:3"),
            _item(2, "", "1:2:3"),
        ),
    ),
    "many sets on many pages": replace(
        _PAGED,
        sets=(*_SETS, *((f"s{n}", f"Set {n}", "") for n in range(40))),
        manner=Manner(page=5),
    ),
    "odd addresses": replace(
        _PLAIN, emails=("o'neill+oai@maps.example.museum", "_@a-b.example.edu")
    ),
    "description of a schema nobody knows": replace(
        _PLAIN,
        descriptions=('<own xmlns="http://archive.example.edu/own">a</own>', _FRIENDS),
    ),
    "format of a schema nobody knows": replace(
        _PLAIN,
        formats={
            "oai_dc": DC,
            "own": ("https://archive.example.edu/own.xsd", "tag:example.edu,2001:own"),
        },
    ),
}

# What is legal and told as a warning all the same, with the reason.
NAMED: Final = {
    "4.5 badArgument that repeats the arguments": (
        replace(_PAGED, manner=Manner(is_echoing=True)),
        {
            "error-echo": "the example does it; 3.2 says that it must not be done",
        },
    ),
    "set whose parent is not listed": (
        replace(_PAGED, sets=tuple(one for one in _SETS if one[0] != "music")),
        {
            "sets-parents": "2.6: each node has a name, which is told nowhere then",
            "sets-in-headers-listed": "record 3 is in that very set",
        },
    ),
    "size that is an estimate": (
        replace(_PAGED, manner=Manner(page=4, estimate=3)),
        {
            "token-size-true": "3.5 allows it, and no harvest is proven by it",
        },
    ),
    "schema by https in one place alone": (
        replace(
            _PAGED,
            manner=swapped("<schema>http:", "<schema>https:"),
        ),
        {"formats-payload-schema-agrees": "3.4: both URLs must match"},
    ),
    "prefixed envelope": (
        replace(_PAGED, manner=Manner(written=prefixed)),
        {"xml-prefixed": "3.2 demands xmlns itself; known harvesters see no prefix"},
    ),
    "xsi by another prefix": (
        replace(_PAGED, manner=Manner(written=otherwise_than_xsi)),
        {"xml-schema-location-literal": "legal, and the OAI's own validator fails it"},
    ),
    "byte order mark": (
        replace(_PAGED, manner=Manner(bytes_before=b"\xef\xbb\xbf")),
        {"xml-bom": "legal in UTF-8, and some harvesters stumble over it"},
    ),
    "no declaration": (
        replace(_PAGED, manner=swapped(HEAD + r"\s*", "")),
        {"xml-declaration": "3.2 describes one; XML without any is UTF-8 too"},
    ),
    "declaration without encoding": (
        replace(_PAGED, manner=swapped(HEAD, '<?xml version="1.0"?>')),
        {"xml-declaration": "3.2 describes one; XML without any is UTF-8 too"},
    ),
}
