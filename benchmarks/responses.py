"""OAI-PMH responses joined of finished pieces, as simply as can be."""

from collections.abc import Iterable
from time import gmtime, strftime
from typing import Final

BASE_URL: Final = "http://127.0.0.1/oai"

_HEAD: Final = f"""<?xml version="1.0" encoding="UTF-8"?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"\
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"\
 xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/\
 http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd">
<responseDate>%s</responseDate>
<request verb="%s" metadataPrefix="oai_dc">{BASE_URL}</request>
<%s>
"""


def response(verb: str, pieces: Iterable[bytes], token: str = "") -> bytes:
    """Return a response; one with a token is not the last of its list."""
    date = strftime("%Y-%m-%dT%H:%M:%SZ", gmtime())
    end = f"<resumptionToken>{token}</resumptionToken>\n" if token else ""
    return b"".join(
        (
            (_HEAD % (date, verb, verb)).encode(),
            *pieces,
            f"{end}</{verb}>\n</OAI-PMH>\n".encode(),
        )
    )
