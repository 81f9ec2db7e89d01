"""Who holds which key of a case, by the case's own statements: the same check that every reader makes.

Grants are what opens a case; these statements are how a reader sees it without believing the server. Both are
written in the same act.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from upstander.formats import shape, statements
from upstander.formats.errors import FormatError
from upstander.formats.hashes import hash_of
from upstander.sealing.epochs import Epochs, ListedEpoch, check_epochs
from upstander.sealing.signers import KnownKey, ReporterKeys
from upstander.server.accounts.models import Key
from upstander.server.cases.inputs import GrantIn
from upstander.server.cases.models import Admit, Case, Epoch
from upstander.server.casework.acts import day_of
from upstander.server.errors import malformed

Place = tuple[str, int, str]  # scope, epoch, key id


def epochs_of(case: Case) -> Epochs:
    """The case's epochs and their holders, as any reader finds them. Raises FormatError at any break."""
    known = ReporterKeys(case.reporter_seal, case.reporter_sign).known
    signers = Key.objects.filter(grants__case=case).distinct()  # whoever held the case, then or now
    known |= {key.id: KnownKey(key.sign, "handler") for key in signers}
    listed = [
        ListedEpoch(row.scope, row.number, row.recipient, row.statement)
        for row in Epoch.objects.filter(case=case)
    ]
    admits = Admit.objects.filter(case=case).values_list("statement", flat=True)
    return check_epochs(listed, admits, case.id, known)


def newcomers(case: Case, grants: Iterable[GrantIn]) -> set[Place]:
    """Where these grants are of a scope's newest key: who gets one is let in, and can make the next."""
    newest: dict[str, int] = {}
    for scope, number in Epoch.objects.filter(case=case).values_list("scope", "number"):
        newest[scope] = max(number, newest.get(scope, 0))
    return {(one.scope, one.epoch, one.to) for one in grants if newest.get(one.scope) == one.epoch}


def let_in(case: Case, admits: Sequence[str], wanted: set[Place]) -> None:
    """Stores admits, one for each place that is wanted, once everything the case has signed holds together.

    Only inside a change, after new epochs were stored. Raises Refusal, and then nothing of the act is kept.
    """
    today = day_of(case).isoformat()
    try:
        said = [statements.peek(text, "admit") for text in admits]
        places = [_place(body) for body in said]
        if len(places) != len(wanted) or set(places) != wanted:
            raise malformed("Each key that is given needs the statement that lets its holder in.", "admits")
        if any(body.get("day") != today for body in said):
            raise malformed("Somebody is let in with a statement from another day.", "admits")
        for (scope, epoch, to), text in zip(places, admits, strict=True):
            Admit.objects.update_or_create(
                case=case, scope=scope, epoch=epoch, to=to, defaults={"statement": text}
            )
        epochs_of(case)
    except FormatError as error:
        title = "The statements about who holds this case do not hold together."
        raise malformed(title, "admits") from error


def _place(body: Mapping[str, Any]) -> Place:
    return shape.text(body.get("scope")), shape.count(body.get("epoch"), 1), shape.text(body.get("to"))


def hashes(admits: Iterable[str]) -> list[str]:
    """What the leaf commits to."""
    return [hash_of(text.encode()) for text in admits]
