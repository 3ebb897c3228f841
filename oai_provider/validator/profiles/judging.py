"""A judgement by the rules, and beside it what a profile makes of the endpoint.

The sample is read first: whoever asks for a profile wants it measured, even where few
requests are to be made.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from oai_provider.validator.catalogue import Entry
from oai_provider.validator.endpoint import Endpoint
from oai_provider.validator.finding import Check
from oai_provider.validator.profiles.assessment import assess
from oai_provider.validator.profiles.book import Profile
from oai_provider.validator.profiles.sample import Sample, sampled
from oai_provider.validator.run import Judgement, Verdict, validate


def judge(
    endpoint: Endpoint,
    checks: Iterable[Check],
    entries: Mapping[str, Entry],
    profile: Profile,
) -> Judgement:
    """Return the judgement of an endpoint by rules, with its profile assessed."""
    is_of_records = any(r.is_of_records for r in profile.requirements)
    sample = sampled(endpoint, profile) if is_of_records else Sample()
    judgement = validate(endpoint, checks, entries)
    if judgement.verdict is Verdict.UNREACHABLE:
        return judgement
    assessment = assess(endpoint, profile, sample, judgement.findings)
    return replace(judgement, profile=assessment, requests=endpoint.made)
