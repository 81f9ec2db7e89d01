"""Every version of every format that was ever written can still be read."""

import json
import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.vectors import log_scene, scene
from tests.vectors import make_golden as golden
from upstander.cli.published import OPENING
from upstander.fingerprints import authority as authorities
from upstander.fingerprints import bank
from upstander.fingerprints.given import read_given
from upstander.fingerprints.standing import read_standing
from upstander.formats import b64, canonical, kinds, statements
from upstander.keeper import requests
from upstander.keeper.readers import _handler
from upstander.keepers import codes, entries, linked, notes, passes, slips
from upstander.keepers.counted import read_counted
from upstander.keepers.roster import Keeper, check_receipt, read_transport
from upstander.ledger import leaf
from upstander.ledger.logpolicy import read_log_policy, read_watching
from upstander.ledger.promise import read_promise
from upstander.ledger.receipt import read_receipt, verify_receipt
from upstander.measure.disclosure import past, privacy
from upstander.measure.extract.read import _manifest
from upstander.measure.plan import read_plan
from upstander.publishing.manifest import read_manifest
from upstander.publishing.register import read_register
from upstander.publishing.review import read_review
from upstander.publishing.settings import read_settings
from upstander.sealing import age, saved, shares, wrapped
from upstander.sealing.cards import check_enrol, read_card
from upstander.sealing.casefile import read_case_file
from upstander.sealing.envelopes import Listed, judge, open_envelope
from upstander.sealing.epochs import check_epochs
from upstander.sealing.grants import open_grant
from upstander.surveying.notice import read_notice

VERSIONS = [(kind, version) for kind in kinds.KINDS.values() for version in kind.versions]
IDENTITIES = [*scene.CASE_KEYS, scene.SHEET_KEY, scene.RECEIPT.identity]


def test_no_file_was_changed_or_deleted():
    assert golden.SUMS.read_text("ascii") == golden.sums()
    wanted = {golden.path_of(kind.name, version).name for kind, version in VERSIONS}
    assert {path.name for path in golden.FOLDER.glob("*.json")} == wanted


@pytest.mark.parametrize(("kind", "version"), VERSIONS, ids=lambda value: str(getattr(value, "name", value)))
def test_it_is_read(kind, version):
    kept = json.loads(golden.path_of(kind.name, version).read_text("utf-8"))
    if kind.use == "label":
        assert kept == golden.EARLIER.get((kind.name, version), golden.labels()[kind.name])
    elif kind.use == "body":
        envelope = open_envelope(b64.decode(kept), IDENTITIES)
        assert envelope.body == golden.BODIES[kind.name]
        assert envelope.body["format"] == kinds.header(kind.name, version)
        held = (*scene.HELD_BY_ROWAN, *scene.HELD_BY_REPORTER)
        listed = Listed(golden.WRITTEN_AS.get(kind.name, kind.name), envelope.epoch, "", b64.decode(kept))
        if kind.name == "brief":  # has a key of its own, which this scene does not have
            return
        assert judge([listed], scene.reader(*held))[0].faults == ()
    else:
        READERS[kind.name](kept)


def _grant(kept):
    recipient = age.recipient_of(scene.CASE_KEYS[0])
    grant = open_grant(
        b64.decode(kept),
        scene.ROWAN.identity,
        case=scene.CASE,
        scope="case",
        epoch=1,
        recipient=recipient,
        to=scene.ROWAN.key,
        reporter=scene.RECEIPT.public,
        known=scene.KNOWN,
    )
    assert (grant.identity, grant.log) == (scene.CASE_KEYS[0], scene.RECEIPT.log)


def _epoch(kept):
    first, _, second = scene.LISTED_EPOCHS
    listed = type(second)("case", 2, second.recipient, kept)
    assert check_epochs([first, listed], scene.ADMITS, scene.CASE, scene.KNOWN).newest("case")[0] == 2


def _admit(kept):
    first = scene.LISTED_EPOCHS[0]
    epochs = check_epochs([first], [kept], scene.CASE, scene.KNOWN)
    assert epochs.holders("case", 1) == {*scene.HOLDERS, scene.HAZEL.key}


def _enrol(kept):
    rowan, hazel, _ = scene.MEMBERS
    member = replace(hazel, enrol=kept)
    check_enrol(member, [rowan], channel=scene.CHANNEL, institution="marlshire", sign=scene.INSTALLATION_SIGN)
    assert statements.peek(kept, "enrol")["key"] == hazel.key


def _card(kept):
    card = read_card(kept, scene.INSTALLATION_SIGN)
    assert [member.label for member in card.channels[0].active] == ["A. Rowan", "C. Hazel"]


def _envelope(kept):
    assert open_envelope(b64.decode(kept), scene.CASE_KEYS[0]).counter == 1


def _wrapped(kept):
    assert wrapped.unwrap_with_words(kept, scene.UNLOCK).identity == scene.ROWAN.identity


def _leaf(kept):
    assert kept.encode() == leaf.leaf_bytes("answered", scene.DAY, "0" * 32, "1" * 64, "2" * 32)


def _law(kept):
    assert canonical.decode_object(kept.encode())["format"] == kinds.header("law", 1)


def _desk_pack(kept):
    assert canonical.decode_object(kept.encode())["format"] == kinds.header("desk-pack", 1)


def _case_file(kept):
    found = read_case_file(kept.encode())
    assert (found.kind, found.said["left_out"], found.holds) == ("redacted", 2, True)


def _pack(kept):
    assert canonical.decode_object(kept.encode())["format"] == kinds.header("pack", 1)


def _authority(kept):
    assert authorities.from_json(kept.encode()).job == "OP-2026-014"


def _bank(kept):
    assert bank.read_bank(kept.encode()).pictures[0].prints[0].hash == b"\x5a" * 32


def _bank_share(kept):
    assert shares.from_text(bank.share_in(kept)) == bytes(33)


def _standing(kept):
    assert read_standing(kept, scene.INSTALLATION_SIGN).state == "usable"


def _take_back(kept):
    assert statements.verify(kept, "take-back", scene.RECEIPT.sign)["case"] == scene.CASE


def _prints(kept):
    given = read_given(kept.encode())
    assert (given.basis.kind, given.pictures[0].prints[0].hash) == ("reason", b"\x5a" * 32)


def _exported(kept):
    assert canonical.decode_object(kept.encode()) == golden.EXPORTED


def _lead_sheet(kept):
    assert statements.verify(kept, "lead-sheet", scene.ROWAN.sign)["leads"] == []


def _promise(kept):
    promise = read_promise(kept, scene.INSTALLATION_SIGN)
    assert (promise.institution, promise.day, promise.by) == ("marlshire", scene.DAY, "2026-11-25")


def _log_policy(kept):
    policy = read_log_policy(kept, scene.INSTALLATION_SIGN)
    assert [log.closed for log in policy.logs] == [7, None]
    assert policy.policy.satisfied(["w1", "w2"])


def _watching(kept):
    assert read_watching(kept, log_scene.WITNESSES["w1"].verifier).leaf == log_scene.LEAF.hash.hex()


def _proof(kept):
    receipt = read_receipt(kept.encode(), scene.INSTALLATION_SIGN)
    assert verify_receipt(receipt, receipt.policy.policy).missing == ("w2",)


def _login(kept):
    assert statements.verify(kept, "login", scene.ROWAN.sign)["subject"] == "a.rowan"


def _withdraw(kept):
    assert statements.verify(kept, "withdraw", scene.ROWAN.sign)["case"] == scene.CASE


def _roster(kept):
    assert statements.verify(kept, "roster", scene.ROWAN.sign) == golden.ROSTER


def _transport(kept):
    keeper = Keeper("union", "", 1, b"", scene.ROWAN.sign)
    assert read_transport(kept, keeper, "2026-11") == scene.ROWAN.seal


def _receipt(kind):
    def read(kept):
        check_receipt(kept, kind, Keeper("union", "", 1, b"", scene.ROWAN.sign), b"note")
        assert statements.peek(kept, kind)["day"] == scene.DAY

    return read


def _told(kept):
    assert entries.read(kept, golden.PLEDGE).pledge == golden.PLEDGE.id


def _keeper_note(kept):
    note = notes.open_note(b64.decode(kept), [scene.ROWAN.identity], "union")
    assert (note.pledge, note.share) == (golden.PLEDGE, b"union".ljust(33, b"1"))


def _keeper_request(kept):
    sealed = b64.decode(kept)
    assert requests.open_request(sealed, [scene.ROWAN.identity], "union", "/v1/claims") == {"a": 1}


def _slip(kept):
    slip = golden.SLIP
    read = slips.open_slip(b64.decode(kept), scene.ROWAN.identity, golden.PLEDGE.verify, slip.id)
    assert read.body() == {**slip.body(), "entry": read.entry}
    assert entries.read(read.entry, read.pledge)


def _parcel(kept):
    assert notes.open_parcel(b64.decode(kept), scene.ROWAN.identity) == ({"text": "é"}, [{"to": "x"}])


def _opening(kept):
    assert statements.verify(kept, "opening", scene.ROWAN.sign) == golden.OPENING


def _counts(kept):
    known = Keeper("union", "https://a.example", 1, b"", scene.ROWAN.sign)
    read = read_counted(kept, known)
    assert (read.keeper, read.quarter, dict(read.counts)) == ("union", "2026-q4", golden.COUNTS["counts"])
    releases = () if "/v1" in kept.split("\n")[0] else tuple(golden.COUNTS["releases"])
    assert read.releases == releases


def _sync(kept):
    said = statements.verify(kept, "sync", scene.ROWAN.sign)
    assert said == golden.ASKED | {"after": 3, "to": "charity"}


def _fetch(kept):
    assert _handler("union", kept, date(2026, 11, 24)) == scene.ROWAN.sign


def _notice(kept):
    assert read_notice(kept).sign == scene.ROWAN.sign
    assert read_notice(kept).tree["ask"] == "stratum"


def _in_a_file(read):
    """Formats of measurement are files on an analyst's machine."""

    def check(kept):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "extract.json"
            path.write_text(kept, "utf-8")
            read(path)

    return check


def _plan(path):
    assert read_plan(path).items == ("bullied",)


def _site(path):
    assert read_settings(path).about("Marlshire Police").areas[0].units == ("u1", "2")


def _register(path):
    assert read_register(path)[0].independent


def _review(path):
    assert read_review(path.read_bytes(), "Marlshire Police") == golden.REVIEW


def _publication(path):
    assert read_manifest(path.read_text()) == golden.PUBLICATION


def _opened(kept):
    said = json.loads(kept)
    assert said == golden.OPENED
    assert said["kind"] == OPENING


def _extract(path):
    found = _manifest(path.parent)[0]
    assert found["kind"] in kinds.headers("extract", "document")
    assert found | {"kind": golden.EXTRACT["kind"]} == golden.EXTRACT


def _history(path):
    assert past.load(path).names == ("first",)


def _spent(path):
    assert privacy.load(path).left == 1.5


UNION = Keeper("union", "", 1, b"", scene.ROWAN.sign)

READERS = {
    "desk-pack": _desk_pack,
    "case-file": _case_file,
    "watched": lambda kept: statements.verify(kept, "watched", scene.ROWAN.sign),
    "copy": lambda kept: statements.verify(kept, "copy", scene.ROWAN.sign),
    "comment": lambda kept: statements.verify(kept, "comment", scene.ROWAN.sign),
    "handler-key": lambda kept: saved.open_key(kept, scene.words("handler")),
    "linked": lambda kept: linked.decode(b64.decode(kept)),
    "claim-codes": codes.decode,
    "passed": lambda kept: entries.read(kept, golden.PLEDGE),
    "pass-keys": lambda kept: passes.read_pass_keys(kept, UNION, "2026", "2026-11"),
    "card-seen": lambda kept: statements.verify(kept, "card-seen", scene.ROWAN.sign),
    "keeper-store": lambda kept: canonical.decode_object(kept.encode()),
    "renewed": lambda kept: statements.verify(kept, "renewed", scene.ROWAN.sign),
    "notice": lambda kept: statements.verify(kept, "notice", scene.ROWAN.sign),
    "extract": _in_a_file(_extract),
    "plan": _in_a_file(_plan),
    "site": _in_a_file(_site),
    "register": _in_a_file(_register),
    "review": _in_a_file(_review),
    "publication": _in_a_file(_publication),
    "publication-leaf": _opened,
    "privacy-budget": _in_a_file(_spent),
    "release-history": _in_a_file(_history),
    "admit": _admit,
    "fetch": _fetch,
    "keeper-counts": _counts,
    "opening": _opening,
    "sync": _sync,
    "asked": _receipt("asked"),
    "entry": _told,
    "held": _receipt("held"),
    "keeper-note": _keeper_note,
    "keeper-request": _keeper_request,
    "parcel": _parcel,
    "pledge-slip": _slip,
    "roster": _roster,
    "survey-wave": _notice,
    "stop": _told,
    "transport": _transport,
    "withdrawal": _told,
    "authority": _authority,
    "bank": _bank,
    "bank-share": _bank_share,
    "card": _card,
    "enrol": _enrol,
    "envelope": _envelope,
    "epoch": _epoch,
    "grant": _grant,
    "lead-sheet": _lead_sheet,
    "standing": _standing,
    "take-back": _take_back,
    "prints": _prints,
    "exported": _exported,
    "leaf": _leaf,
    "log-policy": _log_policy,
    "login": _login,
    "pack": _pack,
    "law": _law,
    "promise": _promise,
    "proof": _proof,
    "watching": _watching,
    "withdraw": _withdraw,
    "wrapped-key": _wrapped,
}
