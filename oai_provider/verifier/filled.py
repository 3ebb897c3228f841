"""What an item has from the profile of its journal, told beside what it says itself.

Whoever mends what a rule finds must know where it stands: in the item or in the
configuration.
"""

from dataclasses import replace

from oai_provider.metadata.provenance import ProfileFill
from oai_provider.verifier.finding import Breach
from oai_provider.verifier.subject import Subject


def profile_of(subject: Subject) -> ProfileFill | None:
    """Return what was filled in an item, None if nothing was."""
    provenance = subject.item.provenance
    return provenance.profile if provenance else None


def marked(breach: Breach, subject: Subject) -> Breach:
    """Return a breach that says so where its value is the journal profile's."""
    profile = profile_of(subject)
    if profile is None or not any(_is_in(breach.field, f) for f in profile.fields):
        return breach
    return replace(breach, message=f"{breach.message} (from {profile})")


def _is_in(place: str, field: str) -> bool:
    return place == field or place.startswith((f"{field}.", f"{field}["))
