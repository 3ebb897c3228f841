"""The texts of a page as they go into an item, and the report on what was changed.

Each text is repaired under the path it will have in the item, so that the report
reads by itself: `descriptions[0]`, from, to, rule, offset.
"""

from collections.abc import Collection, Iterable

from oai_provider.sources.doubts import suspicions
from oai_provider.sources.page_authors import holds_email
from oai_provider.sources.page_parts import PageParts, Section
from oai_provider.sources.repairs import (
    Change,
    Rule,
    repair_characters,
    repair_hyphens,
    words_of,
)
from oai_provider.sources.scripts import language_by_script

Fields = dict[str, object]


class PageReport:
    """The repairs and doubts of one page, while its texts are cleaned one by one."""

    def __init__(self, parts: PageParts, rules: Collection[Rule]) -> None:
        self._rules = rules
        prose = (parts.title, parts.abstract, *parts.keywords)
        self._words = words_of(repair_characters(p, rules).text for p in prose)
        self.repairs: list[Fields] = []
        self.warnings: list[Fields] = []

    def text(self, field: str, text: str) -> str:
        """Return a text that is taken to the letter, but for its characters."""
        repaired = repair_characters(text, self._rules)
        self.tell_repairs(field, repaired.changes)
        if holds_email(repaired.text):
            message = "holds an e-mail address, which is served with the text"
            self.doubt(field, message, rule="e-mail")
        return repaired.text

    def prose(self, field: str, text: str, *, is_glued: bool = False) -> Fields:
        """Return a text in words and its language, repaired; tell what is doubtful."""
        text = self._unglued(field, text) if is_glued else text
        repaired = repair_hyphens(self.text(field, text), self._rules, self._words)
        self.tell_repairs(field, repaired.changes)
        for found in suspicions(repaired.text):
            self.doubt(
                field,
                f"{found.value!r} {found.reason}: see whether to correct it",
                value=found.value,
                rule=found.rule,
                offset=found.offset,
            )
        return tagged(repaired.text)

    def _unglued(self, field: str, text: str) -> str:
        word = text.rsplit(maxsplit=1)[-1]
        start = len(text) - len(word)
        kept = word.rpartition(Section.AUTHORS)[0]
        if not kept or Rule.GLUED_HEADING not in self._rules:
            return text
        change = Change(rule=Rule.GLUED_HEADING, before=word, after=kept, offset=start)
        self.tell_repairs(field, [change])
        return text[:start] + kept

    def tell_repairs(self, field: str, changes: Iterable[Change]) -> None:
        """Report changes to a field."""
        self.repairs += (
            {
                "field": field,
                "from": change.before,
                "to": change.after,
                "rule": change.rule.value,
                "offset": change.offset,
            }
            for change in changes
        )

    def doubt(
        self,
        field: str,
        message: str,
        *,
        rule: str,
        value: str | None = None,
        offset: int | None = None,
    ) -> None:
        """Report what is doubtful in a field."""
        self.warnings.append(
            {
                "field": field,
                "message": message,
                "rule": rule,
                "value": value,
                "offset": offset,
            }
        )


def tagged(text: str) -> Fields:
    """Return a text with its language, where its script tells it."""
    return {"value": text, "lang": language_by_script(text)}
