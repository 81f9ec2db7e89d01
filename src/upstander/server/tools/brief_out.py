"""A brief as its holder's browser gets it: envelopes of the brief alone, and what proves its keys right."""

from __future__ import annotations

from upstander.server.accounts.models import Key
from upstander.server.cases.acts import next_number
from upstander.server.cases.conversation import admits
from upstander.server.cases.models import Case
from upstander.server.casework.acts import day_of
from upstander.server.casework.summary import envelopes_out, epochs_out, grants_out, reporter_out
from upstander.server.tools.access import brief_grants
from upstander.server.tools.briefs import KINDS
from upstander.server.tools.schemas import BriefOut


def brief_out(case: Case, key: Key) -> BriefOut:
    """The whole answer for the holder of this key."""
    return BriefOut(
        case=case.id,
        state=case.state,
        day=case.day.isoformat(),
        today=day_of(case).isoformat(),
        number=next_number(case),
        reporter=reporter_out(case),
        epochs=epochs_out(case),
        admits=admits(case),
        envelopes=envelopes_out(case, KINDS),
        grants=grants_out(brief_grants(case, key), {key.id}),
    )
