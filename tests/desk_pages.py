"""Every page of the desk, and as whom it is asked for: for the benchmark, and for the test that counts queries."""

from __future__ import annotations

from django.test import Client

from tests import people
from upstander.server.accounts.models import Person
from upstander.server.cases.models import Grant
from upstander.server.institutions.models import Channel

HANDLER, INVESTIGATOR, OVERSEER, ADMINISTRATOR = "marian", "aled", "carys", "admin"
PAGES = (
    ("/desk/", HANDLER),
    ("/desk/queue/", HANDLER),
    ("/desk/queue/?view=mine", HANDLER),
    ("/desk/queue/?view=late", HANDLER),
    ("/desk/queue/?view=unopened", HANDLER),
    ("/desk/cases/{case}/", HANDLER),
    ("/desk/cases/{case}/file/", HANDLER),
    ("/desk/cases/{case}/file/short/", HANDLER),
    ("/desk/cases/{case}/file/decisions/", HANDLER),
    ("/desk/search/", HANDLER),
    ("/desk/wording/", HANDLER),
    ("/desk/guardian/", INVESTIGATOR),
    ("/desk/briefs/", INVESTIGATOR),
    ("/desk/briefs/{brief}/", INVESTIGATOR),
    ("/desk/keys/", HANDLER),
    ("/desk/keys/change/", HANDLER),
    ("/desk/channel/{channel}/", HANDLER),
    ("/desk/channels/{channel}/linked/", HANDLER),
    ("/desk/recover/", HANDLER),
    ("/desk/recover/{channel}/", HANDLER),
    ("/desk/figures/", HANDLER),
    ("/desk/people/", ADMINISTRATOR),
    ("/desk/oversight/", OVERSEER),
    ("/desk/oversight/list/silent/", OVERSEER),
    ("/desk/oversight/list/unreferred/", OVERSEER),
    ("/desk/oversight/list/no-action/", OVERSEER),
    ("/desk/oversight/list/no-independence/", OVERSEER),
    ("/desk/oversight/cases/{case}/", OVERSEER),
)


def readers() -> dict[str, Client]:
    """Browsers of the people who ask, signed in."""
    return {
        who: people.signed_in(Person.objects.get(username=f"{who}-marlshire"))
        for who in {who for _, who in PAGES}
    }


def address(path: str, case: str) -> str:
    """A page's address with a case, the channel the handler works on, and a case of the investigator's."""
    brief = Grant.objects.filter(scope="brief").values_list("case_id", flat=True)[0]
    return path.format(case=case, channel=Channel.objects.get(slug="standards").id, brief=brief)
