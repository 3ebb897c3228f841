"""Pages of OAI-PMH, as short as they may be."""

from collections.abc import Iterable

from harvester.scripted_server import answer

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">\n'
    "<responseDate>2024-05-01T12:00:00Z</responseDate>"
    "<request>http://a/oai</request>\n"
)


def header(identifier: str, *, inner: str = "", attributes: str = "") -> str:
    return (
        f"<header{attributes}><identifier>{identifier}</identifier>"
        f"<datestamp>2024-01-01</datestamp>{inner}</header>"
    )


def record(identifier: str, metadata: str | None = None, after: str = "") -> str:
    if metadata is None:
        metadata = (
            '<dc:dc xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<dc:title>Title of {identifier}</dc:title></dc:dc>"
        )
    return (
        f"<record>{header(identifier)}<metadata>{metadata}</metadata>{after}</record>"
    )


def deleted(identifier: str) -> str:
    gone = header(identifier, attributes=' status="deleted"')
    return f"<record>{gone}</record>"


def document(inner: str) -> bytes:
    return f"{_HEAD}{inner}\n</OAI-PMH>".encode()


def page(
    items: Iterable[str], token: str | None = None, verb: str = "ListRecords"
) -> bytes:
    """Return an answer of HTTP with a page; a token may be empty, or not there."""
    last = "" if token is None else f"<resumptionToken>{token}</resumptionToken>"
    return answer(document("\n".join((f"<{verb}>", *items, f"{last}</{verb}>"))))


def error(code: str, message: str = "why") -> bytes:
    return answer(document(f'<error code="{code}">{message}</error>'))
