"""Resumption tokens: the state of a list in the token itself, signed.

Nothing is kept on the server, so a token survives restarts and is answered by
every machine that holds the same keys, again and again. Characters are
A-Z a-z 0-9 - _ only, so that no client can spoil them by (not) escaping. The
first key signs; all keys verify, so keys can be rotated. OAI-PMH 3.5.
"""

import base64
import binascii
import hashlib
import hmac
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final

from oai_provider.protocol.datestamp import (
    Granularity,
    format_datestamp,
    from_seconds,
    to_seconds,
)
from oai_provider.protocol.request import Selection
from oai_provider.protocol.verbs import Verb

_VERSION: Final = 2
_SIGNATURE_BYTES: Final = 12

_CODES: Final = {
    Verb.LIST_IDENTIFIERS: 1,
    Verb.LIST_RECORDS: 2,
    Verb.LIST_SETS: 3,
}

_VERBS: Final = {code: verb for verb, code in _CODES.items()}

# Version, verb, cursor, completeListSize; from, until, expires and the position.
# The names come after it. Half as long as JSON, so that URLs stay short.
_NUMBERS: Final = struct.Struct(">2B2I5q")
_NONE: Final = -(2**63)


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a list of records stands: after the record with these two values."""

    datestamp: datetime
    key: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Continuation:
    """What a token remembers of the list it continues.

    For ListRecords and ListIdentifiers the list is `selection`, read on from
    `after`; for ListSets it is read on from the setSpec `after_set`.
    """

    verb: Verb
    cursor: int
    complete_list_size: int
    selection: Selection | None = None
    after: Position | None = None
    after_set: str | None = None
    expires: datetime | None = None


class TokenError(ValueError):
    """A token is not one of ours, or no longer; the message says which."""


def encode_token(state: Continuation, keys: Sequence[bytes]) -> str:
    """Return the token for a state, signed with the first key."""
    data = _packed(state)
    return _base64(_sign(data, keys[0]) + data)


def decode_token(
    token: str, verb: Verb, keys: Sequence[bytes], now: datetime
) -> Continuation:
    """Return the state a token carries for this verb.

    Raises `TokenError` for a token that was altered, signed with unknown keys,
    issued to another verb, or that has expired by `now`.
    """
    data = _verified(_unbase64(token), keys)
    if data[0] != _VERSION:
        raise TokenError("the token was issued by another version: start the list anew")
    state = _unpacked(data)
    if state.verb is not verb:
        raise TokenError(f"the token was issued to {state.verb}, not {verb}")
    if state.expires is not None and state.expires < now:
        when = format_datestamp(state.expires, Granularity.SECOND)
        raise TokenError(f"the token expired at {when}: start the list anew")
    return state


def _packed(state: Continuation) -> bytes:
    listed, after = state.selection, state.after
    numbers = _NUMBERS.pack(
        _VERSION,
        _CODES[state.verb],
        state.cursor,
        state.complete_list_size,
        _seconds(listed.from_ if listed else None),
        _seconds(listed.until if listed else None),
        _seconds(state.expires),
        _seconds(after.datestamp if after else None),
        after.key if after else 0,
    )
    # No legal name holds a line feed, and none is empty.
    names = [listed.metadata_prefix, listed.set_spec] if listed else [state.after_set]
    return numbers + "\n".join(name or "" for name in names).encode()


def _unpacked(data: bytes) -> Continuation:
    numbers, names = data[: _NUMBERS.size], data[_NUMBERS.size :].decode()
    _, code, cursor, size, start, end, expires, datestamp, key = _NUMBERS.unpack(
        numbers
    )
    verb, moment = _VERBS[code], _moment(datestamp)
    if verb is Verb.LIST_SETS:
        selection, after_set = None, names or None
    else:
        prefix, _, set_spec = names.partition("\n")
        after_set = None
        selection = Selection(
            metadata_prefix=prefix,
            from_=_moment(start),
            until=_moment(end),
            set_spec=set_spec or None,
        )
    return Continuation(
        verb=verb,
        cursor=cursor,
        complete_list_size=size,
        selection=selection,
        after=None if moment is None else Position(datestamp=moment, key=key),
        after_set=after_set,
        expires=_moment(expires),
    )


def _seconds(moment: datetime | None) -> int:
    return _NONE if moment is None else to_seconds(moment)


def _moment(seconds: int) -> datetime | None:
    return None if seconds == _NONE else from_seconds(seconds)


def _sign(data: bytes, key: bytes) -> bytes:
    # RFC 7693: with a key BLAKE2 is a MAC by itself, a fourth of the work of HMAC.
    whole = key if len(key) <= hashlib.blake2b.MAX_KEY_SIZE else _shortened(key)
    return hashlib.blake2b(data, key=whole, digest_size=_SIGNATURE_BYTES).digest()


@cache
def _shortened(key: bytes) -> bytes:
    return hashlib.blake2b(key).digest()


def _verified(signed: bytes, keys: Sequence[bytes]) -> bytes:
    signature, data = signed[:_SIGNATURE_BYTES], signed[_SIGNATURE_BYTES:]
    for key in keys:
        if hmac.compare_digest(signature, _sign(data, key)):
            return data
    raise TokenError(
        "the token is not one of this repository's, or was altered on its way"
    )


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")


def _unbase64(token: str) -> bytes:
    try:
        padded = token + "=" * (-len(token) % 4)
        data = base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise TokenError(
            "the token has characters or a length that no token of this repository has"
        ) from error
    if _base64(data) != token:
        # Base64 can spell the same bytes in several ways: only one of them is good.
        raise TokenError("the token is not spelt as this repository spells them")
    return data
