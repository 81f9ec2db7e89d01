"""What the tools change: counts go up. Through `perform`, with a leaf, as everything does."""

from __future__ import annotations

from django.db.models import F

from upstander.formats.days import today
from upstander.server.accounts.models import Person
from upstander.server.errors import malformed
from upstander.server.log.commit import Done, perform, server_leaf
from upstander.server.tools import packs
from upstander.server.tools.models import WordCount
from upstander.server.tools.schemas import WordsIn


def count_words(person: Person, sent: WordsIn) -> str:
    """Counts a checked text. Raises `malformed` for rules the pack does not have, or sums that do not fit."""
    institution = person.institution
    known = {rule.id for rule in packs.in_force(institution.pack).wording.rules}
    names = [one.rule for one in sent.rules]
    if len(set(names)) != len(names) or not known.issuperset(names):
        raise malformed("There is no such rule about words, or it is there twice.", "rules")
    if any(one.shown != one.rewritten + one.stood for one in sent.rules):
        raise malformed("What was shown was either written anew or left.", "rules")
    day = today(institution.time_zone)
    month = day.replace(day=1)
    leaf = server_leaf(
        "admin",
        institution.slug,
        day,
        act="words-counted",
        institution=institution.slug,
        subject=month.isoformat(),
    )

    def change() -> Done:
        for rule, shown, rewritten, stood in [
            ("", 1, 0, 0),
            *((one.rule, one.shown, one.rewritten, one.stood) for one in sent.rules),
        ]:
            row, _ = WordCount.objects.get_or_create(institution=institution, month=month, rule=rule)
            WordCount.objects.filter(pk=row.pk).update(
                shown=F("shown") + shown, rewritten=F("rewritten") + rewritten, stood=F("stood") + stood
            )
        return Done([], leaf)

    return perform(change)
