"""A judgement of an endpoint as every report tells it."""

from functools import cache

from lxml import html
from spec.library import START
from validator.libraries import library
from validator.mutants import MUTANTS
from validator.world import BASE_URL, SCHEMAS, endpoint_of, judged

from oai_provider.reporting.page import as_page
from oai_provider.reporting.report import Level, Report
from oai_provider.validator.catalogue import catalogue
from oai_provider.validator.endpoint import Endpoint
from oai_provider.validator.exchange import Exchange, Request
from oai_provider.validator.reporting import report_of

CODE = "sets-none-in-headers"


class Silent:
    """A transport that brings nothing."""

    def send(self, request: Request) -> Exchange:
        return Exchange(request=request, failure="Connection refused")


@cache
def told() -> Report:
    app = library("usual").app()
    endpoint = endpoint_of(app, BASE_URL, MUTANTS[CODE])
    judgement = judged(endpoint, CODE, "identify-base-url", "sets-name")
    return report_of(judgement, catalogue(), START)


def test_finding_names_the_url_that_was_asked_and_the_place_in_the_answer() -> None:
    found = told().found(CODE)[0]
    assert found.address.startswith(f"{BASE_URL}?verb=List")
    assert found.address in found.request
    assert found.line
    assert found.excerpt


def test_verdict_and_its_exit_code_are_told() -> None:
    assert (told().verdict, told().is_good) == ("not compliant", False)
    assert told().exit_code == 1
    assert told().summary.startswith("1 rule is broken")


def test_findings_that_are_not_told_one_by_one_are_counted() -> None:
    assert told().more[CODE] > 0
    assert dict(told().numbers)["Errors"] == str(5 + told().more[CODE])


def test_what_was_measured_is_plotted() -> None:
    titles = ["Page time by depth", "Completeness", "Types", "Languages", "Years"]
    assert [plot.title for plot in told().plots] == titles
    shown = html.document_fromstring(as_page(told())).xpath("//section/h3/text()")
    assert shown == titles


def test_endpoint_that_does_not_answer_has_a_report_that_says_so() -> None:
    judgement = judged(Endpoint(BASE_URL, Silent(), schemas=SCHEMAS))
    report = report_of(judgement, catalogue(), START)
    assert (report.exit_code, report.failure) == (3, "Connection refused")
    assert report.plots == ()


def test_levels_are_the_severities_of_the_catalogue() -> None:
    assert [*map(str, Level)] == ["error", "warning", "info"]
