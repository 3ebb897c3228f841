"""Faults of documents: bytes that are not, or not quite, the response meant."""

import re
from collections.abc import Callable
from typing import Final

from oai_provider.protocol.names import OAI_NS
from oai_provider.testing.hostile.fault import (
    Fault,
    Hook,
    Visit,
    on_page_2,
    on_records,
    once,
    when,
)

ENTITY_PATH: Final = "/entity"
"""What the external entity names; a client that asks for it is caught."""
LOGIN: Final = (
    b"<!DOCTYPE html>\n<html><head><title>Log in</title></head>"
    b"<body><form>Name <input name=user> <br> &nbsp; Password</form></body></html>\n"
)
_NOTICE: Final = b"<br />\n<b>Notice</b>: Undefined index: oai in <b>/www/oai.php</b>\n"
_ROOT: Final = b"<OAI-PMH "
_TITLE: Final = b"<dc:title>"
_UNPREFIXED: Final = re.compile(rb"<(/?)([A-Za-z-]+)(?=[\s/>])")
_RECORD: Final = re.compile(rb"<record>.*?</record>", re.DOTALL)
_HEADER: Final = re.compile(rb"<header.*?</header>", re.DOTALL)


def _bytes(change: Callable[[bytes], bytes]) -> Hook[bytes]:
    return lambda _, document: change(document)


def _half(document: bytes) -> bytes:
    return document[: len(document) // 2]


def _latin_1(document: bytes) -> bytes:
    return document.decode().encode("latin-1", "xmlcharrefreplace")


def _prefixed(document: bytes) -> bytes:
    named = _UNPREFIXED.sub(rb"<\1oai:\2", document)
    return named.replace(b' xmlns="', b' xmlns:oai="', 1)


def _wrong_namespace(document: bytes) -> bytes:
    right = f'xmlns="{OAI_NS}"'.encode()
    return document.replace(right, right[:-2] + b'"', 1)


def _headless(visit: Visit, document: bytes) -> bytes:
    marked = f"<identifier>{visit.marked}</identifier>".encode()
    return _RECORD.sub(
        lambda match: _HEADER.sub(b"", match[0]) if marked in match[0] else match[0],
        document,
    )


def _with_doctype(document: bytes, subset: str, entity: bytes) -> bytes:
    doctype = f"<!DOCTYPE OAI-PMH [{subset}]>\n".encode()
    document = document.replace(_ROOT, doctype + _ROOT, 1)
    return document.replace(_TITLE, _TITLE + entity, 1)


def _bomb(document: bytes) -> bytes:
    """Return a document that grows to gigabytes if its entities are resolved."""
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return _with_doctype(document, f'<!ENTITY l0 "lol">{levels}', b"&l9;")


def _external(visit: Visit, document: bytes) -> bytes:
    address = visit.url.rpartition("/")[0] + ENTITY_PATH
    return _with_doctype(document, f'<!ENTITY x SYSTEM "{address}">', b"&x;")


DOCUMENT_FAULTS: Final = (
    Fault(
        name="cut-page",
        description="Page 2 of ListRecords is cut in half, though HTTP calls it whole.",
        source="sickle 0.7, measured",
        write=when(on_page_2, _bytes(_half)),
    ),
    Fault(
        name="cut-page-once",
        description="Page 2 of ListRecords is cut in half the first time.",
        source="jschol#898",
        heals=True,
        write=when(once(on_page_2), _bytes(_half)),
    ),
    Fault(
        name="html-page",
        description="Every answer is a page for people, with status 200.",
        source="sickle#58",
        write=_bytes(lambda _: LOGIN),
    ),
    Fault(
        name="html-page-once",
        description="Page 2 of ListRecords is a page for people the first time.",
        source="sickle#58",
        heals=True,
        write=when(once(on_page_2), _bytes(lambda _: LOGIN)),
    ),
    Fault(
        name="empty-body",
        description="Page 2 of ListRecords has no byte, with status 200.",
        source="dspace-angular#5478",
        write=when(on_page_2, _bytes(lambda _: b"")),
    ),
    Fault(
        name="latin-1",
        description="Documents are declared as UTF-8 and written in Latin-1.",
        source="sickle#22",
        write=_bytes(_latin_1),
    ),
    Fault(
        name="byte-order-mark",
        description="Documents begin with a byte order mark, which XML allows.",
        source="XML 1.0, 4.3.3",
        write=_bytes(lambda document: b"\xef\xbb\xbf" + document),
    ),
    Fault(
        name="blank-line-first",
        description="A blank line stands before the XML declaration.",
        source="XML 1.0, 2.8",
        write=_bytes(lambda document: b"\n" + document),
    ),
    Fault(
        name="junk-before",
        description="A notice of PHP stands before the document.",
        source="findsorguk#843",
        write=_bytes(lambda document: _NOTICE + document),
    ),
    Fault(
        name="junk-after",
        description="A notice of PHP stands after the end of the document.",
        source="findsorguk#843",
        write=_bytes(lambda document: document + _NOTICE),
    ),
    Fault(
        name="prefixed",
        description="The elements of OAI-PMH have the prefix oai, which is allowed.",
        source="invenio#2300",
        write=_bytes(_prefixed),
    ),
    Fault(
        name="wrong-namespace",
        description="The namespace of OAI-PMH lacks the slash at its end.",
        source="www.openarchives.org#1",
        write=_bytes(_wrong_namespace),
    ),
    Fault(
        name="record-without-header",
        description="One record has no header.",
        source="sickle 0.7, measured",
        write=when(on_records, _headless),
    ),
    Fault(
        name="entity-bomb",
        description="The document declares entities that would grow to gigabytes.",
        source="OAI-PMH-fuzzer",
        write=when(on_records, _bytes(_bomb)),
    ),
    Fault(
        name="external-entity",
        description="The document declares an entity to be fetched from elsewhere.",
        source="OAI-PMH-fuzzer",
        write=when(on_records, _external),
    ),
)
