"""Whether an item can be served at all, what is empty, and what its journal adds."""

from collections.abc import Iterator

from oai_provider.validator.rule import check
from oai_provider.verifier.filled import profile_of
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


@check("journal-unknown")
def unknown_journal(subject: Subject) -> Iterator[Breach]:
    """Find names of journals that have no profile."""
    name = subject.item.journal
    if name and name not in subject.journals:
        known = f"; there is {', '.join(sorted(subject.journals))}"
        message = f"there is no profile of a journal {name}"
        said = message + known if subject.journals else message
        yield Breach(message=said, field="journal", value=name)


@check("journal-filled")
def filled(subject: Subject) -> Iterator[Breach]:
    """Find what an item has from the profile of its journal."""
    profile = profile_of(subject)
    if profile is not None:
        message = f"has {', '.join(profile.fields)} from {profile}"
        yield Breach(message=message, field="provenance.profile")


CHECKS = (records, empty_elements, unknown_journal, filled)
