"""The bytes of elements as they stand in a document: a parsed tree has them no more.

Only for documents that were read strictly before: then a tag is a tag wherever it is
not in a comment, a CDATA section or a processing instruction.
"""

import re
from typing import Final

# White space may stand before > only; quoted values may hold one.
_TOKEN: Final = (
    rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>"
    rb"|<(?P<close>/?)%b(?=[\s/>])(?:[^>\"']|\"[^\"]*\"|'[^']*')*?(?P<empty>/?)>"
)


def outermost(document: bytes, name: str) -> list[bytes]:
    """Return the bytes of all elements of this name that are not in another such.

    `name` is as it is written, with its prefix if it has one.
    """
    token = re.compile(_TOKEN % re.escape(name.encode()), re.DOTALL)
    found: list[bytes] = []
    depth = start = 0
    for match in token.finditer(document):
        if match["close"] is None:
            continue
        if not match["close"]:
            start = start if depth else match.start()
            depth += 1
        if match["close"] or match["empty"]:
            depth -= 1
            if depth == 0:
                found.append(document[start : match.end()])
    return found
