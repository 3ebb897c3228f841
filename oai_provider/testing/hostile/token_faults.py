"""Faults of lists: their tokens, their sizes, and errors in the middle."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from oai_provider.protocol.errors import ErrorCode, ProtocolError
from oai_provider.protocol.model import (
    Errors,
    Headers,
    Records,
    Response,
    ResumptionToken,
)
from oai_provider.protocol.request import Pairs
from oai_provider.testing.hostile.fault import (
    Fault,
    Hook,
    Visit,
    in_turn,
    on_page_2,
    on_token,
    once,
    when,
)
from oai_provider.testing.hostile.repository import token_of

_DAY: Final = timedelta(days=1)
_NOWHERE: Final = "leads-to-nothing"
_TO_ESCAPE: Final = "+/=&| %"

Change = Callable[[Visit, ResumptionToken | None], ResumptionToken | None]


def _token(change: Change) -> Hook[Response]:
    """Return a hook that changes the token of lists of records and of headers."""

    def say(visit: Visit, response: Response) -> Response:
        body = response.body
        if not isinstance(body, Records | Headers):
            return response
        token = change(visit, body.resumption_token)
        return replace(response, body=replace(body, resumption_token=token))

    return say


def _given(change: Callable[[Visit, ResumptionToken], ResumptionToken]) -> Change:
    """Return a change of tokens where there is one with a value."""
    return lambda visit, token: (
        change(visit, token) if token is not None and token.value else token
    )


def _any(change: Callable[[ResumptionToken], ResumptionToken]) -> Hook[Response]:
    """Return a hook that changes whatever token element there is."""
    return _token(lambda _, token: None if token is None else change(token))


def _sized(token: ResumptionToken, times: float) -> ResumptionToken:
    size = int((token.complete_list_size or 0) * times)
    return replace(token, complete_list_size=size)


def _repeat(visit: Visit, token: ResumptionToken | None) -> ResumptionToken | None:
    asked = visit.asked.argument("resumptionToken")
    return replace(token or ResumptionToken(), value=asked) if asked else token


def _past_the_end(value: Callable[[Visit], str]) -> Hook[Response]:
    """Return a hook that gives the last page a token too."""

    def change(visit: Visit, token: ResumptionToken | None) -> ResumptionToken | None:
        if token is not None and token.value:
            return token
        return replace(token or ResumptionToken(), value=value(visit))

    return _token(change)


def _to_nothing(what: Hook[Response]) -> Hook[Response]:
    """Return a hook that answers so what the token of the last page leads to."""
    onward = _past_the_end(lambda _: _NOWHERE)
    return lambda visit, response: (what if _leads_to_nothing(visit) else onward)(
        visit, response
    )


def _empty(visit: Visit, response: Response) -> Response:
    body = Records(()) if visit.verb == "ListRecords" else Headers(())
    return replace(response, body=body)


def _empty_for_ever(visit: Visit, response: Response) -> Response:
    said = _empty(visit, response) if _leads_to_nothing(visit) else response
    return _past_the_end(lambda seen: f"{_NOWHERE}-{seen.number}")(visit, said)


def _leads_to_nothing(visit: Visit) -> bool:
    return visit.asked.argument("resumptionToken").startswith(_NOWHERE)


def _error(code: ErrorCode, message: str) -> Hook[Response]:
    return lambda _, response: replace(
        response, body=Errors((ProtocolError(code, message),))
    )


_REFUSED: Final = _error(ErrorCode.BAD_RESUMPTION_TOKEN, "the token is not known")
_NONE_MATCH: Final = _error(ErrorCode.NO_RECORDS_MATCH, "no records match")


def _around(visit: Visit, response: Response) -> Response:
    """Let the list begin anew at its end, its cursor counting on."""
    body = response.body
    if not isinstance(body, Records | Headers):
        return response
    token = body.resumption_token
    here = token_of(_argument(visit.arguments, "resumptionToken"))
    if here is None or token is None or token.value:
        return response
    count = len(body.records if isinstance(body, Records) else body.headers)
    next_ = here._replace(after=-1, cursor=here.cursor + count).text()
    again = replace(body, resumption_token=replace(token, value=next_))
    return replace(response, body=again)


def _argument(pairs: Pairs, name: str) -> str:
    return dict(pairs).get(name, "")


def _escape(_: Visit, token: ResumptionToken) -> ResumptionToken:
    return replace(token, value=token.value + _TO_ESCAPE)


def _without(suffix: Callable[[str], str]) -> Hook[Pairs]:
    """Return a hook that takes from an asked token what was added to it."""
    return lambda _, pairs: tuple(
        (name, suffix(value) if name == "resumptionToken" else value)
        for name, value in pairs
    )


def _expired(visit: Visit, token: ResumptionToken) -> ResumptionToken:
    return replace(token, expiration_date=visit.asked.time - _DAY)


def _numbered(visit: Visit, token: ResumptionToken) -> ResumptionToken:
    return replace(token, value=f"{token.value}~{visit.number}")


def _is_used(visit: Visit) -> bool:
    return on_token(visit) and visit.earlier > 0


def _unescape(value: str) -> str:
    if value.endswith(_TO_ESCAPE):
        return value.removesuffix(_TO_ESCAPE)
    return f"damaged {value}"


def _lost(**lost: str | int) -> Hook[Response]:
    """Return a hook that makes tokens forget what the list was of."""

    def change(_: Visit, token: ResumptionToken) -> ResumptionToken:
        known = token_of(token.value)
        return (
            token
            if known is None
            else replace(
                token,
                value=known._replace(**lost).text(),  # type: ignore[arg-type] # fields of it
            )
        )

    return _token(_given(change))


TOKEN_FAULTS: Final = (
    Fault(
        name="repeated-token",
        description="Page 2 gives the token that led to it, so it comes for ever.",
        source="kor#55",
        say=_token(_repeat),
    ),
    Fault(
        name="token-to-no-records",
        description="The last page has a token too, which is noRecordsMatch.",
        source="app-rdm#2715",
        say=_to_nothing(_NONE_MATCH),
    ),
    Fault(
        name="token-to-empty-page",
        description="The last page has a token too, which leads to an empty list.",
        source="app-rdm#2715",
        say=_to_nothing(_empty),
    ),
    Fault(
        name="token-to-empty-pages",
        description="After the last page come empty ones for ever, each with a token.",
        source="pyoai#8",
        say=_empty_for_ever,
    ),
    Fault(
        name="no-records-on-page-2",
        description="Page 2 is noRecordsMatch, and the rest of the list is lost.",
        source="sickle 0.7, measured",
        say=when(on_page_2, _NONE_MATCH),
    ),
    Fault(
        name="size-too-big",
        description="completeListSize is twice what is served.",
        source="sickle 0.7, measured",
        say=_any(lambda token: _sized(token, 2)),
    ),
    Fault(
        name="size-too-small",
        description="completeListSize is half of what is served.",
        source="OpenSKOS#8",
        say=_any(lambda token: _sized(token, 0.5)),
    ),
    Fault(
        name="size-missing",
        description="No page says completeListSize or cursor, which is allowed.",
        source="OAI-PMH 3.5",
        say=_any(lambda token: replace(token, complete_list_size=None, cursor=None)),
    ),
    Fault(
        name="cursor-wrong",
        description="The cursor of every page is 0.",
        source="oaipmh-validator",
        say=_any(lambda token: replace(token, cursor=0)),
    ),
    Fault(
        name="list-without-end",
        description="After its last page the list begins anew, beyond its size.",
        source="geoportal-server-harvester#79",
        say=_around,
    ),
    Fault(
        name="final-token-missing",
        description="The last page has no resumptionToken element.",
        source="pkp-lib#7214",
        say=_token(lambda _, token: token if token and token.value else None),
    ),
    Fault(
        name="token-to-escape",
        description="Tokens end in +/=&| %, and are refused if escaped wrongly.",
        source="geonetwork#6435, metha#23, janeway#5006",
        ask=_without(_unescape),
        say=_token(_given(_escape)),
    ),
    Fault(
        name="bad-token",
        description="Page 2 is badResumptionToken, however often it is asked for.",
        source="sickle#19",
        say=when(on_page_2, _REFUSED),
    ),
    Fault(
        name="bad-token-once",
        description="Page 2 is badResumptionToken the first time it is asked for.",
        source="ruby-oai#107",
        heals=True,
        say=when(once(on_page_2), _REFUSED),
    ),
    Fault(
        name="token-expired",
        description="Tokens expired a day before they are given, and are refused.",
        source="zenodo-rdm#640",
        say=in_turn(_token(_given(_expired)), when(on_token, _REFUSED)),
    ),
    Fault(
        name="token-used-once",
        description="A token is refused the second time it is used.",
        source="kor#110",
        ask=_without(lambda value: value.rpartition("~")[0]),
        say=in_turn(_token(_given(_numbered)), when(_is_used, _REFUSED)),
    ),
    Fault(
        name="set-lost-in-token",
        description="From page 2 on, a list of a set is the list of everything.",
        source="SobekCM#6",
        say=_lost(set_spec=""),
    ),
    Fault(
        name="until-lost-in-token",
        description="From page 2 on, until is forgotten.",
        source="sickle#56",
        say=_lost(end=""),
    ),
)
