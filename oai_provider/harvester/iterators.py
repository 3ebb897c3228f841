"""Sickle's iterators, which here come to an end, and say so if it is a wrong one.

An empty token is the end; a token that was given before is an error, since a list
that goes in a circle never ends. Elements are looked for where OAI-PMH has them and
nowhere deeper: metadata may hold elements of the same names.
"""

from functools import partial
from typing import Any, Final, NoReturn

from lxml import etree
from sickle import oaiexceptions
from sickle.iterator import (
    BaseOAIIterator,
    OAIItemIterator,
    OAIResponseIterator,
)
from sickle.models import ResumptionToken

from oai_provider.errors import OaiProviderError
from oai_provider.harvester.models import Record
from oai_provider.harvester.response import PageResponse


class TokenRepeatedError(OaiProviderError):
    """A list goes in a circle."""


class NoMetadataFormats(oaiexceptions.NoMetadataFormat, oaiexceptions.OAIError):  # type: ignore[misc]  # sickle has no types
    """The spec's name; sickle has the one class and raises the other."""


_ERRORS: Final[dict[str, type[Exception]]] = {
    "badArgument": oaiexceptions.BadArgument,
    "badResumptionToken": oaiexceptions.BadResumptionToken,
    "badVerb": oaiexceptions.BadVerb,
    "cannotDisseminateFormat": oaiexceptions.CannotDisseminateFormat,
    "idDoesNotExist": oaiexceptions.IdDoesNotExist,
    "noMetadataFormats": NoMetadataFormats,
    "noRecordsMatch": oaiexceptions.NoRecordsMatch,
    "noSetHierarchy": oaiexceptions.NoSetHierarchy,
}


class _Ending(BaseOAIIterator):  # type: ignore[misc]  # sickle has no types
    """What both kinds of iterators have in common."""

    def __init__(
        self,
        sickle: Any,  # noqa: ANN401 - sickle's signature
        params: dict[str, Any],
        ignore_deleted: bool = False,
    ) -> None:
        self._tokens: set[str] = set()
        self.resumption_token: ResumptionToken | None = None
        super().__init__(sickle, params, ignore_deleted)

    def _next_response(self) -> None:
        params = self.params
        if self.resumption_token:
            params = {"verb": self.verb, "resumptionToken": self.resumption_token.token}
        self.oai_response = self.sickle.harvest(**params)
        error = self.oai_response.xml.find(f"{self.sickle.oai_namespace}error")
        if error is not None:
            _raise(error)
        self.resumption_token = self._get_resumption_token()

    def _get_resumption_token(self) -> ResumptionToken | None:
        element = self._found("resumptionToken")
        token = "" if element is None else (element.text or "").strip()
        if element is None or not token:
            return None
        if token in self._tokens:
            raise TokenRepeatedError(
                f"the {self.verb} of {self.sickle.endpoint} repeats the resumption "
                f"token {token!r} after {len(self._tokens)} pages, so the list would "
                "never end: tell its administrator"
            )
        self._tokens.add(token)
        return ResumptionToken(
            token=token,
            cursor=element.get("cursor"),
            complete_list_size=element.get("completeListSize"),
            expiration_date=element.get("expirationDate"),
        )

    def _found(self, name: str) -> etree._Element | None:
        namespace = self.sickle.oai_namespace
        path = f"{namespace}{self.verb}/{namespace}{name}"
        found: etree._Element | None = self.oai_response.xml.find(path)
        return found


def _raise(error: etree._Element) -> NoReturn:
    kind = _ERRORS.get(error.get("code", ""), oaiexceptions.OAIError)
    raise kind(error.text or "")


class ResponseIterator(_Ending, OAIResponseIterator):  # type: ignore[misc]  # sickle has no types
    """The pages of a list."""


class ItemIterator(_Ending, OAIItemIterator):  # type: ignore[misc]  # sickle has no types
    """The records, headers, sets or formats of a list, through all its pages."""

    def _next_response(self) -> None:
        super()._next_response()
        namespace = self.sickle.oai_namespace
        path = f"{namespace}{self.verb}/{namespace}{self.element}"
        self._items = enumerate(self.oai_response.xml.findall(path))

    def next(self) -> Any:  # noqa: ANN401 - whatever class_mapping says
        """Return the next of them; raises `StopIteration` at the end."""
        while True:
            for position, element in self._items:
                item = self.mapper(element)
                if isinstance(item, Record):
                    item.verbatim = partial(self._verbatim, self.oai_response, position)
                if not (self.ignore_deleted and item.deleted):
                    return item
            if not self.resumption_token:
                raise StopIteration
            self._next_response()

    def _verbatim(self, response: PageResponse, position: int) -> bytes | None:
        found = response.elements(self.element)
        return found[position] if found else None
