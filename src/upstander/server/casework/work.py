"""Recording coded facts: one act, one leaf that hides its kind, and new versions of the items it is about."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from upstander.server.accounts.models import Key, Person
from upstander.server.cases.models import Case, Envelope
from upstander.server.casework import coding, naming
from upstander.server.casework import facts as f
from upstander.server.casework.acts import (
    act,
    check_written,
    day_of,
    hash_of,
    pack_of,
    run,
    store_written,
    turn,
)
from upstander.server.casework.casefile import CaseFile, Version
from upstander.server.casework.dossier import duties_of, file_of
from upstander.server.casework.lawful import Asked
from upstander.server.casework.models import Fact, ShutOut
from upstander.server.casework.schemas import WorkIn
from upstander.server.errors import Refusal, malformed

CHANGED = "Somebody changed this while you wrote. What you wrote is still in your page: look at both."


def record(case: Case, key: Key, sent: WorkIn) -> str:
    """Stores coded facts and the sealed words that came with them. Answers the promise.

    Raises Refusal: `conflict` with `where` naming the fact when another version came first, or with the rule
    when the pack does not allow it.
    """
    _check_words(sent)
    for place, envelope in enumerate(sent.envelopes):
        check_written("note", envelope, f"envelopes.{place}")
    facts = [fact.model_dump(mode="json", exclude_unset=True) for fact in sent.facts]  # as they were sent
    envelopes = [hash_of(envelope.sealed) for envelope in sent.envelopes]
    made = act("work", case, key, sent, envelopes=envelopes, facts=facts)

    def change(locked: Case) -> None:
        pack, file = pack_of(locked.institution.pack), file_of(locked)
        check_base(file, sent.facts, {one.id for one in sent.envelopes})
        after = file.with_new(sent.facts, version_of(key, locked, sent.number))
        coding.check(Asked(locked, key, pack, file, after, duties_of(key.person)), sent.facts)
        notes = {one.id: store_written(locked, key, one) for one in sent.envelopes}
        store(locked, key, sent.number, sent.facts, notes)
        shut_out(locked, key, sent.facts)
        turn(locked)

    return run(
        key, made, change, None, naming.told(case, sent.facts, made.leaf)
    )  # `coding.check` asks the bars


def version_of(key: Key, case: Case, number: int) -> Version:
    """Who makes a version, when, and with which act."""
    return Version(number, day_of(case), key.id, key.person.username, key.person.name, "", None)


def store(case: Case, key: Key, number: int, facts: Sequence[f.AnyFact], notes: dict[str, Envelope]) -> None:
    """Writes new versions; the ones before stay, and do not hold any more."""
    Fact.objects.filter(case=case, item__in=[one.item for one in facts], current=True).update(current=False)
    Fact.objects.bulk_create(
        Fact(
            case=case,
            item=one.item,
            kind=one.kind,
            number=number,
            by=key,
            day=day_of(case),
            data=one.model_dump(mode="json"),
            words_id=one.words or None,
            who=one.who if isinstance(one, f.Party) else "",
        )
        for one in facts
    )


def _check_words(sent: WorkIn) -> None:
    """Each sealed note belongs to one fact of the act; raises Refusal for one nobody names."""
    items = [one.item for one in sent.facts]
    if len(set(items)) != len(items):
        raise malformed("One act says one thing about an item.", "facts")
    named = [one.words for one in sent.facts if one.words]
    for place, envelope in enumerate(sent.envelopes):
        if named.count(envelope.id) != 1:
            raise malformed("A sealed text belongs to exactly one fact.", f"envelopes.{place}")


def check_base(file: CaseFile, facts: Sequence[f.AnyFact], brought: Collection[str]) -> None:
    """Raises `conflict` where a version is corrected that does not hold any more."""
    for place, one in enumerate(facts):
        now = file.now(one.item)
        if (now.number if now else 0) != one.base:
            raise Refusal("conflict", CHANGED, 409, where=f"facts.{place}")
        if now is not None and now.said.kind != one.kind:
            raise malformed("A correction is of the same kind.", f"facts.{place}.kind")
        if one.words and one.words not in brought and (now is None or one.words != now.words):
            raise malformed("These sealed words are not in this act.", f"facts.{place}.words")


def _let_back(case: Case, item: str) -> None:
    """Ends the bar of somebody who was named wrongly, unless another entry names her, or she stepped back."""
    file = file_of(case)
    said = file.now(item)
    account = said.said.account if said else ""
    if any(one.said.account == account for one in file.parties("subject")):
        return
    bar = ShutOut.objects.filter(case=case, person__username=account, why=ShutOut.Why.SUBJECT)
    back = any(one.person == account and one.said.outcome == "recuses" for one in file.of(f.Declaration))
    if back:
        bar.update(why=ShutOut.Why.RECUSED)
    else:
        bar.delete()


def shut_out(case: Case, key: Key, facts: Sequence[f.AnyFact]) -> None:
    """Whoever works here and is a subject, or steps back, has no part in the case from this moment."""
    for one in facts:
        if isinstance(one, f.Party) and one.account and one.role == "subject" and one.state == "in":
            person = Person.objects.get(username=one.account)
            ShutOut.objects.update_or_create(case=case, person=person, defaults={"why": ShutOut.Why.SUBJECT})
        if isinstance(one, f.Unnaming) and one.state == "lifted":
            _let_back(case, one.of)
        if isinstance(one, f.Declaration) and one.outcome == "recuses":
            ShutOut.objects.get_or_create(case=case, person=key.person, defaults={"why": ShutOut.Why.RECUSED})
