"""What handlers write and which steps they take. Each is one act with one leaf, through `perform`."""

from __future__ import annotations

from upstander.policy.stages import With
from upstander.server.accounts.models import Key
from upstander.server.cases.inputs import MessageIn
from upstander.server.cases.models import Case, Step, Upload
from upstander.server.casework import file_page, informing, lawful, matter
from upstander.server.casework.acts import (
    Asks,
    act,
    check_version,
    check_written,
    hash_of,
    next_state,
    pack_of,
    run,
    store_step,
    store_written,
    turn,
)
from upstander.server.casework.dossier import file_of
from upstander.server.casework.schemas import StepIn
from upstander.server.casework.summary import REPLIED
from upstander.server.errors import conflict, malformed, not_found

FREE = frozenset({"sealed-file"})
"""Steps that wait for nobody's declaration: that a file may show a child."""


def write(case: Case, key: Key, sent: MessageIn) -> str:
    """A message to the reporter (a step she sees too) or a note for handlers. Answers the promise."""
    kind = sent.envelope.kind
    if sent.uploads:
        raise malformed("Files cannot be sent from the desk.", "uploads")
    check_written(kind, sent.envelope, "envelope")
    made = act(kind, case, key, sent, envelope=hash_of(sent.envelope.sealed), uploads=[])

    def change(locked: Case) -> None:
        envelope = store_written(locked, key, sent.envelope)
        if kind == "message":
            store_step(locked, REPLIED, key, envelope=envelope)

    return run(key, made, change)


def take_step(case: Case, key: Key, sent: StepIn) -> str:
    """A step of the pack, with its reasons as a message to the reporter where needed. Answers the promise.

    Raises `conflict` when the case was changed in the meantime or the step may not be taken now.
    """
    for number, envelope in enumerate(sent.envelopes):
        check_written("message", envelope, f"envelopes.{number}")
    made = act(
        "step",
        case,
        key,
        sent,
        envelopes=[hash_of(envelope.sealed) for envelope in sent.envelopes],
        outcome=sent.outcome,
        step=sent.step,
    )

    def change(locked: Case) -> None:
        check_version(locked, sent.version)
        pack = pack_of(locked.institution.pack)
        if sent.step in matter.visible_moves(pack):
            show_move(locked, key, sent)
            return
        if sent.step == "closed":
            written, file = bool(sent.envelopes), file_of(locked)
            lawful.check_closing(locked, pack, file, sent.outcome, written=written)
            if untold := informing.untold(pack, file):
                names = {one.version.said.item: one.number for one in file_page.parties(pack.law, file)}
                raise conflict(informing.FIRST_TELL + ", ".join(names[one] for one in untold) + ".")
        state = next_state(
            locked,
            sent.step,
            With(outcome=sent.outcome, reasons=bool(sent.envelopes), upload=bool(sent.upload)),
        )
        reasons = [store_written(locked, key, one) for one in sent.envelopes]
        upload = seal_off(locked, sent.upload) if sent.upload else None
        store_step(
            locked,
            sent.step,
            key,
            outcome=sent.outcome,
            envelope=reasons[0] if reasons else None,
            upload=upload,
        )
        turn(locked, state=state)

    return run(key, made, change, Asks.KNOWN if sent.step in FREE else Asks.ALL)


def show_move(case: Case, key: Key, sent: StepIn) -> None:
    """Shows the reporter a move that was recorded on a track: each once. Raises `conflict` for any other."""
    recorded = [one for one in file_of(case).moves() if one.said.move == sent.step]
    if len(recorded) <= Step.objects.filter(case=case, kind=sent.step).count():
        raise conflict("This step belongs to a track of the case: record it there first.")
    if sent.outcome or sent.upload:
        raise conflict("This step has no outcome and no file.")
    words = [store_written(case, key, one) for one in sent.envelopes]
    store_step(case, sent.step, key, envelope=words[0] if words else None)
    turn(case)


def seal_off(case: Case, upload_id: str) -> Upload:
    """Marks a file so that nobody may fetch it any more. Raises not-found, and `conflict` the second time."""
    upload = case.uploads.filter(id=upload_id).first()
    if upload is None:
        raise not_found()
    if upload.sealed_off:
        raise conflict("This file was sealed off before.")
    upload.sealed_off = True
    upload.save(update_fields=["sealed_off"])
    return upload
