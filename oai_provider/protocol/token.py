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
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from oai_provider.protocol.datestamp import (
    Granularity,
    format_datestamp,
    from_seconds,
    to_seconds,
)
from oai_provider.protocol.request import Selection
from oai_provider.protocol.verbs import Verb

_VERSION: Final = 1
_SIGNATURE_BYTES: Final = 12
_FIELDS: Final = 11

_CODES: Final = {
    Verb.LIST_IDENTIFIERS: "i",
    Verb.LIST_RECORDS: "r",
    Verb.LIST_SETS: "s",
}


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
    data = json.dumps(_fields(state), separators=(",", ":")).encode()
    return _base64(_sign(data, keys[0]) + data)


def decode_token(
    token: str, verb: Verb, keys: Sequence[bytes], now: datetime
) -> Continuation:
    """Return the state a token carries for this verb.

    Raises `TokenError` for a token that was altered, signed with unknown keys,
    issued to another verb, or that has expired by `now`.
    """
    data = _verified(_unbase64(token), keys)
    fields = json.loads(data)
    if fields[0] != _VERSION or len(fields) != _FIELDS:
        raise TokenError("the token was issued by another version: start the list anew")
    state = _state(fields)
    if state.verb is not verb:
        raise TokenError(f"the token was issued to {state.verb}, not {verb}")
    if state.expires is not None and state.expires < now:
        when = format_datestamp(state.expires, Granularity.SECOND)
        raise TokenError(f"the token expired at {when}: start the list anew")
    return state


def _fields(state: Continuation) -> list[str | int | None]:
    listed = state.selection
    return [
        _VERSION,
        _CODES[state.verb],
        listed.metadata_prefix if listed else None,
        listed.set_spec if listed else None,
        _seconds(listed.from_) if listed else None,
        _seconds(listed.until) if listed else None,
        to_seconds(state.after.datestamp) if state.after else None,
        state.after.key if state.after else state.after_set,
        state.cursor,
        state.complete_list_size,
        _seconds(state.expires),
    ]


def _state(fields: list[str | int | None]) -> Continuation:
    _, code, prefix, set_spec, start, end, datestamp, last, cursor, size, expires = (
        fields
    )
    verb = next(v for v, c in _CODES.items() if c == code)
    listed = verb is not Verb.LIST_SETS
    return Continuation(
        verb=verb,
        cursor=_int(cursor),
        complete_list_size=_int(size),
        selection=Selection(
            metadata_prefix=str(prefix),
            from_=_moment(start),
            until=_moment(end),
            set_spec=None if set_spec is None else str(set_spec),
        )
        if listed
        else None,
        after=Position(datestamp=from_seconds(_int(datestamp)), key=_int(last))
        if listed
        else None,
        after_set=None if listed else str(last),
        expires=_moment(expires),
    )


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else to_seconds(moment)


def _moment(value: str | int | None) -> datetime | None:
    return None if value is None else from_seconds(_int(value))


def _int(value: str | int | None) -> int:
    if not isinstance(value, int):
        raise TokenError("the token is not one of this repository's")
    return value


def _sign(data: bytes, key: bytes) -> bytes:
    return hmac.digest(key, data, hashlib.sha256)[:_SIGNATURE_BYTES]


def _verified(signed: bytes, keys: Sequence[bytes]) -> bytes:
    signature, data = signed[:_SIGNATURE_BYTES], signed[_SIGNATURE_BYTES:]
    if not any(hmac.compare_digest(signature, _sign(data, key)) for key in keys):
        raise TokenError(
            "the token is not one of this repository's, or was altered on its way"
        )
    return data


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
        # Base64 has spare bits at its end: only one spelling of a token is good.
        raise TokenError("the token was altered in its last character")
    return data
