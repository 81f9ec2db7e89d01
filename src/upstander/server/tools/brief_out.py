"""A brief as its holder's browser gets it: envelopes of the brief alone, and what proves its keys right."""

from __future__ import annotations

from upstander.server.accounts.models import Key
from upstander.server.cases.acts import next_number
from upstander.server.cases.conversation import admits
from upstander.server.cases.models import Case
from upstander.server.casework import conflict, investigators
from upstander.server.casework.acts import day_of, pack_of
from upstander.server.casework.dossier import file_of
from upstander.server.casework.summary import envelopes_out, epochs_out, grants_out, reporter_out
from upstander.server.tools.access import brief_grants
from upstander.server.tools.briefs import KINDS
from upstander.server.tools.schemas import BriefOut, QuestionOut


def brief_out(case: Case, key: Key) -> BriefOut:
    """The answer for the holder of this key: until she has answered for herself, only whom it is about."""
    pack, file = pack_of(case.institution.pack), file_of(case)
    asked = investigators.unanswered(case, file, key.person)
    names, stand = investigators.names_of(case), investigators.names_stand(case, file)
    given = names.envelope_id if names else ""
    envelopes = envelopes_out(case, KINDS)
    return BriefOut(
        case=case.id,
        state=case.state,
        day=case.day.isoformat(),
        today=day_of(case).isoformat(),
        number=next_number(case),
        reporter=reporter_out(case),
        epochs=epochs_out(case),
        admits=admits(case),
        envelopes=[one for one in envelopes if not asked or one.id == given],
        grants=grants_out(brief_grants(case, key), {key.id}),
        declare=[
            QuestionOut(id=one.id, label=one.label, source=one.source)
            for one in pack.law.declarations
            if one.id in asked
        ],
        again=conflict.is_again(file, key.person),
        names=given,
        waits=bool(asked) and stand != "there",
    )
