"""The one door: rows and leaf together or not at all, whoever arrives at the same time."""

from __future__ import annotations

import datetime
import secrets
import threading
from typing import Any

import pytest
from django.db import connections, transaction

from tests import people
from upstander.formats import ids
from upstander.formats.errors import FormatError
from upstander.server.errors import Refusal, conflict
from upstander.server.institutions.actions import create_institution
from upstander.server.institutions.models import Channel, Institution
from upstander.server.log import commit
from upstander.server.log.commit import Done, LeafDraft, perform
from upstander.server.log.models import Leaf

pytestmark = pytest.mark.db
DAY = datetime.date(2026, 11, 23)


def draft(act: str = "", digest: bytes = b"") -> LeafDraft:
    return LeafDraft(
        "message",
        act or ids.new_id(),
        "marlshire",
        DAY,
        secrets.token_hex(16),
        bytes(32),
        digest or bytes(32),
    )


def row(institution: Institution, slug: str = "") -> Channel:
    """Any row will do."""
    return Channel(id=ids.new_id(), institution=institution, slug=slug or ids.new_id(), name="x", inside=True)


@pytest.fixture
def institution(db: None) -> Institution:
    return create_institution(slug="marlshire", name="Marlshire Police", pack="uk-police")


def kept() -> int:
    """How many leaves there are; none has a place before the beat."""
    assert not Leaf.objects.filter(index__isnull=False).exists()
    return Leaf.objects.count()


@pytest.mark.django_db
def test_rows_and_leaf_are_there(institution: Institution) -> None:
    new, leaf = row(institution), draft()
    perform(lambda: Done([new], leaf))
    assert Channel.objects.get(id=new.id).slug == new.slug
    stored = Leaf.objects.get(act=leaf.act)
    assert (stored.index, stored.kind, stored.day) == (None, "message", DAY)


@pytest.mark.django_db
def test_a_change_that_refuses_leaves_nothing(institution: Institution) -> None:
    def change() -> Done:
        row(institution).save()
        raise conflict("no")

    with pytest.raises(Refusal):
        perform(change)
    assert not Channel.objects.exists() and not Leaf.objects.exists()


@pytest.mark.django_db
def test_a_row_that_cannot_be_stored_leaves_no_leaf(institution: Institution) -> None:
    perform(lambda: Done([row(institution, "same")], draft()))
    with pytest.raises(Refusal) as refused:
        perform(lambda: Done([row(institution, "same")], draft()))
    assert refused.value.type == "conflict"
    assert kept() == 1


@pytest.mark.django_db
def test_a_leaf_that_cannot_be_stored_leaves_no_row(institution: Institution) -> None:
    gossip = LeafDraft(**{**draft().__dict__, "kind": "gossip"})
    with pytest.raises(FormatError, match="no leaf of this kind"):
        perform(lambda: Done([row(institution)], gossip))
    assert not Channel.objects.exists() and not Leaf.objects.exists()


@pytest.mark.django_db
def test_the_same_act_again_answers_the_same_and_does_nothing(institution: Institution) -> None:
    leaf = draft()
    first = perform(lambda: Done([row(institution)], leaf), known=leaf)
    later = LeafDraft(
        leaf.kind,
        leaf.act,
        leaf.institution,
        DAY + datetime.timedelta(days=1),
        leaf.label,
        leaf.salt,
        leaf.digest,
    )
    assert perform(lambda: pytest.fail("it ran again"), known=later) == first
    assert Channel.objects.count() == 1 and kept() == 1


@pytest.mark.django_db
def test_the_same_act_with_other_content_is_a_conflict(institution: Institution) -> None:
    leaf = draft()
    perform(lambda: Done([], leaf), known=leaf)
    for other in (draft(leaf.act), LeafDraft(**{**leaf.__dict__, "digest": bytes([1]) * 32})):
        with pytest.raises(Refusal) as refused:
            perform(lambda other=other: Done([], other), known=other)  # type: ignore[misc]
        assert refused.value.type == "conflict"
    assert kept() == 1


def together(changes: list[tuple[Any, LeafDraft | None]]) -> list[Any]:
    """Every change from its own thread, let go at once; what each answered or raised."""
    answers: list[Any] = [None] * len(changes)
    gate = threading.Barrier(len(changes))

    def run(place: int) -> None:
        change, known = changes[place]
        gate.wait()
        try:
            answers[place] = perform(change, known)
        except Exception as error:
            answers[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(changes))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_all_kept(institution: Institution) -> None:
    for _ in range(5):
        leaves = [draft() for _ in range(16)]
        changes = [(lambda leaf=leaf: Done([row(institution)], leaf), leaf) for leaf in leaves]
        answers = together(changes)
        assert all(isinstance(answer, str) for answer in answers), answers
    assert kept() == 80
    assert Channel.objects.count() == 80


@pytest.mark.django_db(transaction=True)
def test_one_bad_act_fails_alone(institution: Institution) -> None:
    def bad() -> Done:
        raise conflict("no")

    leaves = [draft() for _ in range(12)]
    changes: list[Any] = [(lambda leaf=leaf: Done([row(institution)], leaf), leaf) for leaf in leaves]
    changes[3] = (bad, None)
    changes[7] = (lambda: Done([row(institution, "a"), row(institution, "a")], draft()), None)
    answers = together(changes)
    failed = [n for n, answer in enumerate(answers) if isinstance(answer, Refusal)]
    assert failed == [3, 7]
    assert all(isinstance(answers[n], str) for n in range(12) if n not in failed)
    assert kept() == 10 and Channel.objects.count() == 10


@pytest.mark.django_db(transaction=True)
def test_the_same_act_many_times_at_once_is_done_once(institution: Institution) -> None:
    leaf = draft()
    answers = together([(lambda: Done([row(institution)], leaf), leaf) for _ in range(10)])
    assert len(set(answers)) == 1 and isinstance(answers[0], str)
    assert kept() == 1 and Channel.objects.count() == 1


@pytest.mark.django_db
def test_more_waiting_than_one_transaction_takes(
    institution: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commit, "BATCH", 2)
    others = [commit._Job(lambda: Done([], draft()), None, 1) for _ in range(5)]
    for job in others:
        commit._queue.push(job)
    assert perform(lambda: Done([], draft()))  # its own act is only in the third transaction
    assert all(job.done for job in others) and kept() == 6


@pytest.mark.django_db(transaction=True)
def test_a_full_queue_says_busy_and_drops_nothing(
    institution: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commit, "QUEUE_BYTES", 10_000)
    inside, go = threading.Event(), threading.Event()
    answers: list[Any] = []

    def slow() -> Done:
        inside.set()
        go.wait(10)
        return Done([], draft())

    def send(change: Any) -> None:
        try:
            answers.append(perform(change, size=6_000))
        except Refusal as refusal:
            answers.append(refusal.type)
        finally:
            connections.close_all()

    first = threading.Thread(target=send, args=(slow,))
    first.start()
    assert inside.wait(10)
    others = [threading.Thread(target=send, args=(lambda: Done([], draft()),)) for _ in range(3)]
    for thread in others:
        thread.start()
    while len(answers) < 2:  # two of three find the queue full
        others[0].join(0.01)
    go.set()
    for thread in (first, *others):
        thread.join()
    assert sorted(answers)[:2] == ["busy", "busy"]
    assert kept() == 2


@pytest.mark.django_db(transaction=True)
def test_nothing_is_promised_before_it_is_committed(institution: Institution) -> None:
    seen: list[int] = []

    def change() -> Done:
        transaction.on_commit(lambda: seen.append(Leaf.objects.count()))
        return Done([], draft())

    perform(change)
    assert seen == [1]


@pytest.mark.django_db
def test_reports_have_one_leaf_each(force: people.Force) -> None:
    from upstander.server.cases.actions import submit
    from upstander.server.cases.inputs import ReportIn

    before = Leaf.objects.count()
    for _ in range(3):
        submit(
            force.slug, ReportIn.model_validate(people.submission(force, people.reporter(), with_sheet=False))
        )
    assert Leaf.objects.filter(kind="received").count() == 3
    assert kept() == before + 3


@pytest.mark.django_db(transaction=True)
def test_who_waits_is_answered_when_the_one_who_commits_is_interrupted(institution: Institution) -> None:
    inside, go = threading.Event(), threading.Event()

    def interrupted() -> Done:
        inside.set()
        go.wait(10)
        raise KeyboardInterrupt

    answers: list[Any] = []

    def send(change: Any) -> None:
        try:
            answers.append(perform(change))
        except BaseException as error:
            answers.append(type(error))
        finally:
            connections.close_all()

    first = threading.Thread(target=send, args=(interrupted,))
    first.start()
    assert inside.wait(10)
    others = [threading.Thread(target=send, args=(lambda: Done([], draft()),)) for _ in range(4)]
    for thread in others:
        thread.start()
    while commit._queue.fullness() < 4 * 4096 / commit.QUEUE_BYTES:
        first.join(0.01)
    go.set()
    for thread in (first, *others):
        thread.join(20)
        assert not thread.is_alive()
    assert answers.count(KeyboardInterrupt) == 1 and sum(isinstance(a, str) for a in answers) == 4
    assert kept() == 4


@pytest.mark.django_db(transaction=True)
def test_a_commit_waits_for_what_is_on_its_way(
    institution: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commit, "PATIENCE", 10)
    sizes: list[int] = []
    whole = commit._run
    monkeypatch.setattr(commit, "_run", lambda jobs: sizes.append(len(jobs)) or whole(jobs))
    began, go = threading.Event(), threading.Event()

    def on_its_way() -> None:
        with commit.coming():
            began.set()
            go.wait(10)
            perform(lambda: Done([], draft()))
        connections.close_all()

    late = threading.Thread(target=on_its_way)
    late.start()
    assert began.wait(10)
    early = threading.Thread(target=together, args=([(lambda: Done([], draft()), None)],))
    early.start()
    while commit._queue.fullness() == 0:
        late.join(0.01)
    go.set()
    late.join(20)
    early.join(20)
    assert sizes == [2]


@pytest.mark.django_db
def test_what_was_refused_on_its_way_is_not_waited_for(
    institution: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Refusal), commit.coming():
        raise conflict("no")
    monkeypatch.setattr(commit, "PATIENCE", None)  # it would wait for ever
    assert perform(lambda: Done([], draft()))
