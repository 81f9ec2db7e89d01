"""What comes before the investigator's version opens: whom it is about, and what she declares of herself."""

from __future__ import annotations

from typing import Any

from upstander.server.accounts.models import Key
from upstander.server.cases.acts import settle
from upstander.server.cases.inputs import MessageIn
from upstander.server.cases.models import Case
from upstander.server.casework import coding, docket, investigators, work
from upstander.server.casework import facts as f
from upstander.server.casework.acts import act, pack_of, run, standing, turn
from upstander.server.casework.dossier import duties_of, file_of
from upstander.server.casework.lawful import Asked
from upstander.server.casework.models import BriefNames
from upstander.server.casework.schemas import WorkIn
from upstander.server.errors import conflict, malformed
from upstander.server.tools.access import brief_for
from upstander.server.tools.briefs import BRIEF, written

NOT_YET = (
    "Who this is about is not written down for you yet, or somebody was added since. "
    "Those who hold the case see that you wait."
)


def write_names(case: Case, key: Key, sent: MessageIn) -> str:
    """Whom the version is about, sealed to its key in an envelope of its own. Answers the promise."""
    made, change = written(case, key, sent, ("work",))

    def whole(locked: Case) -> None:
        change(locked)
        BriefNames.objects.update_or_create(
            case=locked, defaults={"envelope_id": sent.envelope.id, "number": sent.number}
        )

    return run(key, made, whole)


def declare(case: Case, key: Key, sent: WorkIn) -> str:
    """What somebody who was given the version declares about herself, or that she steps back.

    Answers the promise. Raises `conflict`, with the bar's words and source, for somebody who would stay in
    spite of it.
    """
    said = sent.facts[0]
    if len(sent.facts) != 1 or sent.envelopes or not isinstance(said, f.Declaration):
        raise malformed("Here only a declaration is made.", "facts")
    if said.outcome == "recuses" and said.declared:
        raise malformed("Whoever steps back from an investigation does not say why.", "facts.0.declared")
    facts = [said.model_dump(mode="json", exclude_unset=True)]  # as it was sent
    made = act("work", case, key, sent, envelopes=[], facts=facts)

    def change(locked: Case) -> list[Any]:
        brief_for(key.person, locked.id)
        standing(locked, key, BRIEF)
        pack, file = pack_of(locked.institution.pack), file_of(locked)
        if said.outcome == "stays" and investigators.names_stand(locked, file) != "there":
            raise conflict(NOT_YET)
        work.check_base(file, sent.facts, ())
        after = file.with_new(sent.facts, work.version_of(key, locked, sent.number))
        asked = Asked(locked, key, pack, file, after, duties_of(key.person))
        coding.check_declaration(asked, said, investigators.capacity(locked, key.person))
        work.store(locked, key, sent.number, sent.facts, {})
        work.shut_out(locked, key, sent.facts)
        turn(locked)
        docket.refresh(locked)
        return []

    return settle(made, change)
