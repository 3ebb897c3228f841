"""Resumption tokens: exact, signed, short, and refused with a reason."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import any_texts, continuations

from oai_provider.protocol.datestamp import EPOCH
from oai_provider.protocol.request import Selection
from oai_provider.protocol.token import (
    Continuation,
    Position,
    TokenError,
    _base64,
    _sign,
    decode_token,
    encode_token,
)
from oai_provider.protocol.verbs import Verb

KEYS = (b"first key", b"second key")
NOW = datetime(2024, 2, 29, 12, 0, 0, tzinfo=UTC)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
STATE = Continuation(
    verb=Verb.LIST_RECORDS,
    cursor=100,
    complete_list_size=5000,
    selection=Selection(metadata_prefix="oai_dc", set_spec="history:asia"),
    after=Position(datestamp=NOW, key=12_345),
    expires=NOW,
)


@given(continuations())
def test_a_token_decoded_is_the_state_encoded(state: Continuation) -> None:
    token = encode_token(state, KEYS)
    assert decode_token(token, state.verb, KEYS, state.expires or NOW) == state


@given(continuations())
def test_a_token_is_spelt_in_characters_no_url_escapes(state: Continuation) -> None:
    assert set(encode_token(state, KEYS)) <= set(ALPHABET)


def refusal(token: str, verb: Verb = Verb.LIST_RECORDS) -> str:
    """Return the reason for which a token is refused."""
    with pytest.raises(TokenError) as caught:
        decode_token(token, verb, KEYS, NOW)
    return str(caught.value)


def test_the_same_state_is_always_the_same_token() -> None:
    assert encode_token(STATE, KEYS) == encode_token(STATE, KEYS)


def test_a_token_of_an_earlier_release_is_still_good() -> None:
    # Whoever changes the encoding raises the version, and this token with it.
    token = (
        "xKUxJn9eCB1cLDtvAgIAAABkAAATiIAAAAAAAAAAgAAAAAAAAAAAAA"
        "AAZeBxwAAAAABl4HHAAAAAAAAAMDlvYWlfZGMKaGlzdG9yeTphc2lh"
    )
    assert decode_token(token, Verb.LIST_RECORDS, KEYS, NOW) == STATE


def test_keys_of_any_length_differ_by_their_ends() -> None:
    long = [b"k" * 100 + end for end in (b"1", b"2")]
    token = encode_token(STATE, long[:1])
    assert decode_token(token, STATE.verb, long[:1], NOW) == STATE
    with pytest.raises(TokenError):
        decode_token(token, STATE.verb, long[1:], NOW)


def test_a_token_of_long_names_and_every_part_has_at_most_200_characters() -> None:
    selection = Selection(
        metadata_prefix="p" * 40, set_spec="s" * 40, from_=EPOCH, until=NOW
    )
    position = Position(datestamp=NOW, key=2**63 - 1)
    state = Continuation(
        verb=Verb.LIST_RECORDS,
        cursor=2**32 - 1,
        complete_list_size=2**32 - 1,
        selection=selection,
        after=position,
        expires=NOW,
    )
    assert len(encode_token(state, KEYS)) <= 200


def test_a_usual_token_has_about_a_hundred_characters() -> None:
    assert len(encode_token(STATE, KEYS)) == 108


# Keys.


def test_a_token_signed_with_an_older_key_is_good() -> None:
    token = encode_token(STATE, KEYS[1:])
    assert decode_token(token, Verb.LIST_RECORDS, KEYS, NOW) == STATE


def test_the_first_key_signs() -> None:
    token = encode_token(STATE, KEYS)
    assert decode_token(token, Verb.LIST_RECORDS, KEYS[:1], NOW) == STATE


def test_a_token_signed_with_a_key_no_longer_held_is_refused() -> None:
    token = encode_token(STATE, [b"another key"])
    assert "not one of this repository's, or was altered" in refusal(token)


# What happens to tokens on their way.


@given(continuations(), st.data())
def test_a_token_with_a_character_altered_is_refused(
    state: Continuation, data: st.DataObject
) -> None:
    token = encode_token(state, KEYS)
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from(ALPHABET) | st.characters())
    assume(other != token[place])
    assert refusal(token[:place] + other + token[place + 1 :], state.verb)


@given(st.integers(0, 108), st.sampled_from(ALPHABET + "=+/ \n%\x00é") | any_texts)
def test_a_token_with_something_inserted_is_refused(place: int, inserted: str) -> None:
    assume(inserted)
    token = encode_token(STATE, KEYS)
    assert refusal(token[:place] + inserted + token[place:])


@given(st.integers(0, 107), st.integers(1, 108))
def test_a_token_with_characters_removed_is_refused(place: int, length: int) -> None:
    token = encode_token(STATE, KEYS)
    assert refusal(token[:place] + token[place + length :])


@pytest.mark.parametrize("last", ALPHABET)
def test_only_one_spelling_of_the_last_character_is_good(last: str) -> None:
    # 64 bytes: base64 has four spare bits at the end.
    state = Continuation(
        verb=Verb.LIST_SETS, cursor=1, complete_list_size=2, after_set="ab"
    )
    token = encode_token(state, KEYS)
    assert len(token) % 4
    if last == token[-1]:
        assert decode_token(token, Verb.LIST_SETS, KEYS, NOW) == state
    else:
        reason = refusal(token[:-1] + last, Verb.LIST_SETS)
        assert "not spelt as" in reason or "altered on its way" in reason


def test_a_token_spelt_in_the_other_base64_is_refused() -> None:
    spelt = next(
        token
        for cursor in range(100)
        if "-" in (token := encode_token(replaced(cursor), KEYS))
    )
    assert "not spelt as" in refusal(spelt.replace("-", "+"))


def replaced(cursor: int) -> Continuation:
    return Continuation(
        verb=STATE.verb,
        cursor=cursor,
        complete_list_size=5000,
        selection=STATE.selection,
        after=STATE.after,
    )


@given(any_texts | st.binary().map(lambda data: base64.b64encode(data).decode()))
def test_what_never_was_a_token_is_refused(token: str) -> None:
    assert refusal(token)


@pytest.mark.parametrize("token", ["", "A", "junk!", "\ud800", "a" * 1_000_000])
def test_the_reason_for_refusing_never_repeats_the_token(token: str) -> None:
    assert len(refusal(token)) < 100


# Good tokens in the wrong place, or at the wrong time.


@pytest.mark.parametrize("verb", [Verb.LIST_IDENTIFIERS, Verb.LIST_SETS])
def test_a_token_of_another_verb_is_refused(verb: Verb) -> None:
    reason = refusal(encode_token(STATE, KEYS), verb)
    assert reason == f"the token was issued to ListRecords, not {verb}"


def test_a_token_is_good_until_its_last_second() -> None:
    assert decode_token(encode_token(STATE, KEYS), STATE.verb, KEYS, NOW) == STATE


def test_a_token_that_has_expired_is_refused() -> None:
    later = NOW + timedelta(seconds=1)
    with pytest.raises(TokenError, match="expired at 2024-02-29T12:00:00Z: start"):
        decode_token(encode_token(STATE, KEYS), STATE.verb, KEYS, later)


def test_a_token_without_expiry_is_good_for_ever() -> None:
    state = replaced(1)
    end = datetime.max.replace(tzinfo=UTC)
    assert decode_token(encode_token(state, KEYS), STATE.verb, KEYS, end) == state


def test_a_token_of_another_version_is_refused() -> None:
    data = b"\x01" + b"whatever another version says"
    token = _base64(_sign(data, KEYS[0]) + data)
    assert "issued by another version: start the list anew" in refusal(token)
