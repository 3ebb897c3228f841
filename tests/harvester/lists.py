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
