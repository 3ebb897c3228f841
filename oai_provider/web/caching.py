"""What caches may keep of answers, and what need not be sent again: RFC 9110, 9111.

Kept are pages of closed windows, lists whose `until` was over when they were read,
and each use is asked about first: a record that changes leaves its window without
notice. All else is new with each request, and is not kept. The reasons stand in
docs/decisions/0010-closed-windows.md.
"""

import hashlib
import re
from datetime import datetime
from email.utils import format_datetime
from http import HTTPStatus
from typing import Final

from oai_provider.protocol.model import Headers, Records, Response
from oai_provider.web.answer import VARY, Answer

_KEPT: Final = ("Cache-Control", "public, max-age=0, must-revalidate")
# RFC 9110, 8.8.3: what stands between the quotes of an entity tag.
_TAG: Final = re.compile(r'(?:W/)?"([!#-~\x80-\xff]*)"')
_DATE_END: Final = b"</responseDate>"


def is_closed(response: Response) -> bool:
    """Tell whether a response is a page of a list whose `until` is over."""
    match response.body:
        case Records(until=until) | Headers(until=until) if until is not None:
            return until < response.response_date
        case _:
            return False


def kept(
    answer: Answer, document: bytes, made: datetime, if_none_match: str | None
) -> Answer:
    """Return a page that caches may keep, or 304 for one that the client has kept.

    `document` is the response before it was compressed, `made` its responseDate.
    """
    tag = _tag(document, answer)
    if if_none_match is not None and _is_among(tag, if_none_match):
        # RFC 9110, 15.4.5: these, and nothing else of what a 200 would say.
        headers = (_etag(tag), _KEPT, VARY)
        return Answer(HTTPStatus.NOT_MODIFIED, headers, facts=answer.facts)
    date = ("Last-Modified", format_datetime(made, usegmt=True))
    return answer._replace(headers=(*answer.headers, _etag(tag), date, _KEPT))


def _tag(document: bytes, answer: Answer) -> str:
    """Return what is the same for the same content, whenever it is asked for."""
    content = memoryview(document)[document.index(_DATE_END) :]
    digest = hashlib.sha256(content).hexdigest()[:32]
    # With one tag for both codings, 304 would let a cache send the wrong one of them.
    codings = [value for name, value in answer.headers if name == "Content-Encoding"]
    return "-".join([digest, *codings])


def _etag(tag: str) -> tuple[str, str]:
    # Weak, since responseDates differ between documents of the same content.
    return "ETag", f'W/"{tag}"'


def _is_among(tag: str, if_none_match: str) -> bool:
    # RFC 9110, 13.1.2: tags are compared weakly; * stands for any.
    return if_none_match.strip() == "*" or tag in _TAG.findall(if_none_match)
