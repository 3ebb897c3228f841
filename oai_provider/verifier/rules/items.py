"""Whether an item can be served at all, and what is empty in its own XML."""

from collections.abc import Iterator

from oai_provider.validator.rule import check
from oai_provider.verifier.finding import Breach
from oai_provider.verifier.subject import Subject


@check("record-invalid")
def records(subject: Subject) -> Iterator[Breach]:
    """Find what keeps an item out of a format, or of all."""
    for field, reason in subject.unfit.items():
        yield Breach(message=reason, field=field)


@check("element-empty")
def empty_elements(subject: Subject) -> Iterator[Breach]:
    """Find elements that hold nothing."""
    for element in subject.elements:
        if element.is_empty:
            yield Breach(message=f"<{element.name}> is empty", field=element.path)


CHECKS = (records, empty_elements)
