<<<<<<< HEAD
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
=======
"""Pages of lists, as endpoints write them, to be read, and damaged first."""

from oai_provider.protocol.names import OAI_NS

DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
DATE = "2024-05-06T07:08:09Z"


def header(number: int = 1, more: str = "", status: str = "") -> str:
    return (
        f"<header{status}><identifier>oai:x:{number}</identifier>"
        f"<datestamp>2024-01-0{number}</datestamp>{more}</header>"
    )


def dc(text: str) -> str:
    return (
        f'<oai_dc:dc xmlns:oai_dc="{DC}" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{text}</dc:title></oai_dc:dc>"
    )


def record(number: int = 1, text: str = "A title") -> str:
    return f"<record>{header(number)}<metadata>{dc(text)}</metadata></record>"


def envelope(content: str, date: str = DATE) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="{OAI_NS}">'
        f"<responseDate>{date}</responseDate>\n<request>http://x.org/oai</request>\n"
        f"{content}\n</OAI-PMH>\n"
    )


def page(*records: str, token: str = "", verb: str = "ListRecords") -> bytes:
    content = "\n".join(records)
    return envelope(f"<{verb}>\n{content}\n{token}</{verb}>").encode()
>>>>>>> page
