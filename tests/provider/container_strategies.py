"""Hypothesis strategies for every value a container can have."""

from hypothesis import strategies as st
from strategies import identifiers, urls, xml_texts

from oai_provider.provider.containers import (
    Branding,
    Container,
    Eprints,
    Friends,
    Icon,
    OaiIdentifier,
    OriginDescription,
    Provenance,
    Rendering,
    Rights,
    RightsManifest,
    SetDescription,
    Statement,
)

texts = xml_texts.filter(str.strip)


def some(
    values: st.SearchStrategy[str], least: int = 0
) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(values, min_size=least, max_size=2).map(tuple)


sizes = st.none() | st.integers(1)
icons = st.builds(
    Icon,
    url=urls,
    link=st.none() | urls,
    title=st.none() | texts,
    width=sizes,
    height=sizes,
)
mime_types = st.from_regex("[a-z]+/[a-z]+", fullmatch=True)
renderings = st.builds(
    Rendering, url=urls, metadata_namespace=identifiers, mime_type=mime_types
)
brandings = st.builds(
    Branding, icon=icons, renderings=st.lists(renderings, max_size=2).map(tuple)
) | st.builds(Branding, renderings=st.tuples(renderings))
statements = st.builds(Statement, texts=some(texts), urls=some(urls, 1))
references = st.builds(Rights, reference=identifiers)
days = st.dates().map(str)
seconds = st.datetimes().map(
    lambda moment: f"{moment.replace(microsecond=0).isoformat()}Z"
)


def origins(
    inner: st.SearchStrategy[OriginDescription | None],
) -> st.SearchStrategy[OriginDescription]:
    return st.builds(
        OriginDescription,
        base_url=urls,
        identifier=identifiers,
        datestamp=days | seconds,
        metadata_namespace=identifiers,
        harvest_date=days | seconds,
        altered=st.booleans(),
        origin=inner,
    )


containers: st.SearchStrategy[Container] = st.one_of(
    st.builds(Friends, base_urls=some(urls, 1)),
    brandings,
    st.builds(
        Eprints,
        metadata_policy=statements,
        data_policy=statements,
        content=st.none() | statements,
        submission_policy=st.none() | statements,
        comments=some(texts),
    ),
    st.builds(
        RightsManifest, rights=st.lists(references, min_size=1, max_size=2).map(tuple)
    ),
    references,
    st.builds(Provenance, origin=origins(origins(st.none()) | st.none())),
    st.builds(SetDescription, text=texts),
    st.just(OaiIdentifier(repository_identifier="a.example", sample="oai:a.example:1")),
)
