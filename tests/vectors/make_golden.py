"""Writes `golden/`: one file for each version of each format, once. `python -m tests.vectors.make_golden`

It writes what is missing and overwrites nothing. A reader that no longer reads one of these files has lost
somebody's report.
"""

import json
from datetime import date
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.fingerprints.making import authority
from tests.vectors import log_scene, make_py, scene
from upstander.fingerprints.standing import make_standing
from upstander.formats import b64, canonical, hashes, ids, kinds, statements
from upstander.formats.hashes import hash_of, hkdf, sha256
from upstander.keeper import counts, requests
from upstander.keepers import (
    codes,
    conditions,
    cosigning,
    entries,
    identifiers,
    linked,
    notes,
    oprf,
    slips,
    tags,
)
from upstander.keepers import passes as staff
from upstander.keepers.pledges import After, Beneficiary, Match, Pledge
from upstander.keepers.roster import make_receipt, make_transport
from upstander.ledger import leaf
from upstander.linkage.mentions import mention_of
from upstander.sealing import age, saved, shares, wrapped
from upstander.sealing.cards import read_card
from upstander.sealing.envelopes import seal_envelope
from upstander.sealing.epochs import signing_of
from upstander.sealing.grants import make_grant
from upstander.sealing.report import message_body, note_body
from upstander.sealing.words import checksum_word
from upstander.surveying import collection, passes
from upstander.surveying.issuer import wave_key
from upstander.surveying.notice import make_notice
from upstander.surveying.totals import Total

FOLDER = Path(__file__).parent / "golden"
SUMS = FOLDER / "SHA256SUMS"

ANSWER = {"id": "what", "question": "What happened?", "value": "é", "text": "é", "ask_first": True}
PACK = {"id": "uk-police", "sha256": hash_of(b"pack"), "version": "1"}
FILE = {
    "id": scene.id_("file"),
    "name": "\u202egnp.exe",
    "type": "image/png",
    "size": 3,
    "sha256": hash_of(b"one"),
    "original": hash_of(b"two"),
    "stripped": True,
    "what": "a screenshot",
}
BODIES: dict[str, dict[str, Any]] = {
    "report": {
        "format": "upstander/report/v1",
        "answers": [ANSWER],
        "card": hash_of(b"card"),
        "files": [FILE],
        "language": "en",
        "pack": PACK,
        "wishes": {},
    },
    "sheet": {"format": "upstander/sheet/v1", "answers": [ANSWER]},
    "message": message_body("A question \U0001f54a", [FILE]),
    "note": note_body("Among us."),
    "record": {
        "format": "upstander/record/v1",
        "answers": [ANSWER],
        "pack": PACK,
        "language": "en",
        "path": "W",
    },
    "evidence": {
        "format": "upstander/evidence/v1",
        "text": "A source.",
        "entry": {
            "what": "source",
            "id": "s1",
            "name": "A colleague",
            "via": "",
            "source": 3,
            "information": "B",
            "handling": "C",
        },
    },
    "schedule": {
        "format": "upstander/schedule/v1",
        "text": "Marked.",
        "entry": {
            "item": scene.CASE,
            "of": hash_of(b"text"),
            "relevant": True,
            "sensitive": False,
            "undermines": False,
            "assists": True,
            "redactions": [{"start": 0, "end": 5, "why": "A name."}],
            "shared": [{"with": "The defence", "day": scene.DAY}],
        },
    },
    "brief": {
        "format": "upstander/brief/v1",
        "text": "Somebody was shown pictures.",
        "entry": {"left": {"name": 1}},
    },
}
WRITTEN_AS = {"evidence": "note", "schedule": "note"}
"""The kind of envelope that brings a body, where it is not called the same."""
WATCHED = {
    "by": scene.ROWAN.key,
    "case": "ABCD-EFGH",
    "emails": ["robin@example.org"],
    "id": scene.id_("watched"),
    "name": "Robin Madeup",
    "numbers": ["12345"],
    "reported": scene.DAY,
    "to": scene.HAZEL.key,
}
COPY = {
    "by": scene.ROWAN.key,
    "case": scene.id_("case"),
    "day": scene.DAY,
    "drawn": scene.id_("drawn"),
    "text": "Somebody was shown pictures.",
    "to": scene.HAZEL.key,
}
COMMENT = {
    "by": scene.ROWAN.key,
    "case": scene.id_("case"),
    "day": scene.DAY,
    "id": scene.id_("comment"),
    "text": "Why was nobody told?",
    "to": [scene.HAZEL.key],
}
REDACTED = {
    "format": "upstander/case-file/v2",
    "institution": "marlshire",
    "items": [],
    "kind": "redacted",
    "left_out": 2,
    "made": scene.DAY,
    "purpose": "subject access",
}

BANK = {
    "authority": hash_of(b"authority"),
    "day": scene.DAY,
    "format": "upstander/bank/v1",
    "pictures": [
        {
            "case": scene.CASE,
            "prints": [{"colour": "0f" * 16, "crop": 4, "hash": "5a" * 32, "quality": 97}],
            "sha256": hash_of(b"file"),
        }
    ],
}
PRINTS = {
    "basis": {"by": "Supt A. Rowan", "kind": "reason", "why": "Section 7 of the policy."},
    "case": scene.CASE,
    "fingerprints": [{name: BANK["pictures"][0][name] for name in ("prints", "sha256")}],  # type: ignore[index]
    "format": "upstander/prints/v1",
    "standing": make_standing(scene.CASE, scene.DAY, "usable", scene.INSTALLATION_KEY),
}
EXPORTED = {
    "authority": hash_of(b"authority"),
    "bank": hash_of(b"bank"),
    "basis": [{"by": "", "case": scene.CASE, "kind": "own", "why": ""}],
    "day": scene.DAY,
    "format": "upstander/exported/v1",
    "pictures": 1,
}
LEADS = {"leads": [], "note": "A lead, not evidence until confirmed by an accredited laboratory."}
BANK_SHARE = {
    "approver": "Ada",
    "authority": hash_of(b"authority"),
    "format": "upstander/bank-share/v1",
    "job": "OP-2026-014",
    "share": shares.to_text(bytes(33)),
}


def _envelope(name: Any) -> bytes:
    kind: Any = WRITTEN_AS.get(name, name)
    by_handler = kind in ("note", "brief")
    to_reporter = scene.RECEIPT.seal
    case_key = age.recipient_of(scene.SHEET_KEY if kind == "sheet" else scene.CASE_KEYS[0])
    return seal_envelope(
        BODIES[name],
        kind=kind,
        case=scene.CASE,
        author=(scene.ROWAN if by_handler else scene.RECEIPT).signer,
        role="handler" if by_handler else "reporter",
        direction={"note": "desk", "brief": "desk", "record": "self"}.get(kind, "to-desk"),  # type: ignore[arg-type]
        counter=1,
        day=scene.DAY,
        epoch=0 if kind == "record" else 1,
        last="",
        recipients={"record": [to_reporter], "message": [case_key, to_reporter]}.get(kind, [case_key]),
    )


def _grant() -> str:
    sealed = make_grant(
        case=scene.CASE,
        scope="case",
        epoch=1,
        identity=scene.CASE_KEYS[0],
        log=scene.RECEIPT.log,
        reporter=scene.RECEIPT.public,
        by=scene.RECEIPT.signer,
        role="reporter",
        to_key=scene.ROWAN.key,
        to_seal=scene.ROWAN.seal,
        day=scene.DAY,
    )
    return b64.encode(sealed)


PLEDGED = Ed25519PrivateKey.from_private_bytes(scene.seed("pledged"))
PLEDGE = Pledge(
    beneficiary=Beneficiary(scene.CHANNEL, (scene.ROWAN.sign,)),
    conditions=(After("2027-01-01", scene.HAZEL.sign), Match(3, "passes")),
    epoch="2026",
    expires="2032-11-23",
    lock=ids.fingerprint(scene.ROWAN.seal),
    needs=2,
    parcel=hash_of(b"parcel"),
    shares={name: notes.share_hash(name.encode().ljust(33, b"1")) for name in ("charity", "union")},
    verify=statements.public_of(PLEDGED),
)
OPENING: dict[str, Any] = {"keeper": "union", "opening": "b3BlbmluZw", "plan": hash_of(b"plan")}
ASKED: dict[str, Any] = {"day": scene.DAY, "keeper": "union"}
COUNTS: dict[str, Any] = {
    "counts": {"notes": 2},
    "keeper": "union",
    "quarter": "2026-q4",
    "releases": ["0" * 64],
}
NOTICE: dict[str, Any] = {"channel": scene.CHANNEL, "day": scene.DAY, "keeper": "union"}
GROUP = linked.Group(
    ids.fingerprint("a"),
    ("a" * 64, "b" * 64),
    (linked.Common(ids.fingerprint("b"), ("email", "warrant"), ("a" * 64, "b" * 64)),),
    (ids.fingerprint("c"),),
)
ROSTER: dict[str, Any] = {
    "epoch": "2026",
    "keepers": [
        {"address": "", "name": "union", "part": "", "place": 1, "sign": scene.ROWAN.sign},
    ],
    "key": "",
    "needs": 2,
}


SLIP = slips.Slip(
    about="é",
    counted=True,
    ended=False,
    entry=entries.make_entry(PLEDGE, tags.filled([bytes(64)]), 1, scene.DAY, PLEDGED),
    id=scene.id_("slip"),
    number=1,
    place=7,
    pledge=PLEDGE,
    receipts={"union": "a receipt"},
    shares={"union": b64.encode(b"union".ljust(33, b"1"))},
    stopped=True,
    version=3,
)


def _notice() -> str:
    return make_notice(
        scene.ROWAN.signing,
        wave="2026",
        institution="marlshire",
        issuer="Fellmoor University",
        address="https://survey.example.org",
        key=wave_key(scene.seed("wave"), "2026")[1],
        opens="2026-11-02",
        closes="2026-11-30",
        areas={collection.area_id(total.stratum): total.stratum for total in TOTALS},
        tree=collection.grow(TOTALS),
        shares={},
    )


def _keeper_note() -> str:
    said = entries.make_withdrawal(PLEDGE, scene.DAY, PLEDGED)
    note = notes.Note(PLEDGE, said, "union", b"union".ljust(33, b"1"))
    return b64.encode(notes.seal_note(note, scene.ROWAN.seal))


def labels() -> dict[str, Any]:
    """What each label of the newest version makes of the scene, always the same."""
    return {
        "fingerprint": ids.fingerprint(scene.ROWAN.seal),
        "words": checksum_word(scene.WORDS.words[:6]),
        "receipt-salt": scene.RECEIPT.key,
        "receipt": scene.RECEIPT.identity,
        "unlock-salt": scene.UNLOCK.sign,
        "unlock": b64.encode(scene.UNLOCK.wrap),
        "epoch-sign": statements.public_of(signing_of(scene.CASE_KEYS[0])),
        "mailbox": scene.RECEIPT.mailbox,
        "commitment": leaf.commitment(scene.seed("salt"), scene.seed("digest")),
        "prf-wrap": b64.encode(hkdf(scene.seed("prf output"), "upstander/prf-wrap/v1")),
        "prf-salt": hash_of(f"upstander/prf-salt/v1\n{scene.INSTALLATION}".encode()),
        "carried-key": "upstander/carried-key/v1",
        "invite": hash_of(b"upstander/invite/v1\ntoken"),
        "share": shares.to_text(bytes(33)),
        "identifier": identifiers.oprf_input(
            identifiers.identifier("warrant", number="PW1234", force="Met")
        ).decode(),
        "mention": mention_of("case", "item"),
        "refresh": "upstander/refresh/v1",
        "pledge": PLEDGE.id,
        "pledge-share": notes.share_hash(bytes(33)),
        "entry-tags": entries._tags_message(PLEDGE.id, ["a"], 1).decode(),
        "link": conditions.link("a"),
        "pass": b64.encode(
            oprf.evaluate_whole(staff.secret_key(bytes(32), "ask", "2026", "2026-11"), b"upstander/pass/v1")
        ),
        "pass-seed": b64.encode(
            hashes.hkdf(bytes(32), "upstander/pass-seed/v1\nunion\n2026\n2026-11\nask\n0\nnonce")
        ),
        "pass-mac": b64.encode(staff.show(staff.Token(bytes(32), bytes(64)), "2026-11", b"x").mac),
        "claim-code": b64.encode(codes.part_of("a", "union")),
        "released": counts.commitment(scene.ROWAN.signing, "a" * 64),
        "claim-part": codes.hash_of_part(bytes(32)),
        "custodian-token": "upstander/custodian-token/v1",
        "survey-pass": passes.spent_name("2026", bytes(16)),
        "survey-code": passes.code_name("2026", "aaaaa-aaaaa-aaa"),
        "slip-log": b64.encode(slips.slip_log(scene.seed("pledged"))),
        "tag": statements.public_of(tags.tag_key(bytes(64))),
    }


EARLIER = {("identifier", 1): identifiers.oprf_input("warrant\n1234pw").decode()}
"""What an earlier version of a label makes, where a newer one makes something else."""

TOTALS = [
    Total(place, sex, "white", "35_44", 90, 90) for place in ("North", "South") for sex in ("female", "male")
]
PLAN = 'kind = "upstander/plan/v1"\nname = "Review"\nday = 2020-05-01\n[survey]\nitems = ["bullied"]\nby = ["sex"]\n'
EXTRACT = {
    "kind": "upstander/extract/v2",
    "institution": "Marlshire Police",
    "cutoff": "2026-03-31",
    "coder_agreement": 0.8,
    "tables": {"report": {"sha256": "0" * 64, "rows": 3}},
}
HISTORY = {
    "kind": "upstander/release-history/v1",
    "names": ["first"],
    "tables": [],
    "shown": [["reports", [["unit", "north"]]]],
}
SITE = """\
kind = "upstander/site/v1"
address = "https://figures.example.org/"
published = 2026-11-18

[[institution]]
name = "Marlshire Police"

[[institution.area]]
name = "Wexhollow"
units = ["u1", 2]
"""
REGISTER = """\
kind = "upstander/register/v1"

[[recommendation]]
number = "1"
text = "Name an investigator from another force"
source = "Review of 2024"
day = 2024-03-01
due = 2025-03-01
progress = "done"
said = "Since May 2025, in every case"
independent = true
"""
REVIEW = {
    "kind": "upstander/review/v1",
    "institution": "Marlshire Police",
    "from": "2024-10-01",
    "to": "2026-09-30",
    "extract": hash_of(b"extract"),
    "standing": "exploratory",
    "findings": [{"name": "parity", "finding": "We cannot tell."}],
}
PUBLICATION = {
    "kind": "upstander/publication/v1",
    "address": "https://figures.example.org/",
    "log": "",
    "whole": True,
    "checked": {"cutoff": "2026-09-30", "limit": 28, "origin": "log", "size": 1, "differing": 0},
    "institutions": [{"slug": "marlshire", "name": "Marlshire Police"}],
    "files": {"i/marlshire/index.html": hash_of(b"page")},
}
OPENED = {
    "kind": "upstander/publication-leaf/v1",
    "manifest": hash_of(b"publication.json"),
    "published": {"institution": "marlshire", "label": "0" * 32, "salt": b64.encode(bytes(32))},
    "signed": [
        {
            "institution": "marlshire",
            "body": "Fellmoor Oversight",
            "label": "1" * 32,
            "salt": b64.encode(bytes(32)),
        }
    ],
}
SPENT = {"kind": "upstander/privacy-budget/v1", "wave": "2026", "total": 2.0, "spent": [["counts", 0.5]]}


def make(kind: kinds.Kind) -> Any:
    """A golden file for the newest version of a format."""
    if kind.use == "label":
        return labels()[kind.name]
    if kind.use == "body":
        return b64.encode(_envelope(kind.name))
    made = {
        "epoch": lambda: scene.LISTED_EPOCHS[2].statement,
        "admit": lambda: scene.ADMITS[0],
        "grant": _grant,
        "envelope": lambda: b64.encode(_envelope("message")),
        "card": make_py.card_text,
        "enrol": lambda: scene.MEMBERS[1].enrol,
        "promise": lambda: make_py.leaf_json()["promise"]["text"],
        "login": lambda: make_py.statements_json()["good"][1]["text"],
        "withdraw": lambda: make_py.statements_json()["good"][0]["text"],
        "pack": lambda: '{"format":"upstander/pack/v1","id":"uk-police","version":"1"}',
        "desk-pack": lambda: '{"format":"upstander/desk-pack/v1","id":"uk-police","version":"1"}',
        "case-file": lambda: canonical.encode(REDACTED).decode(),
        "watched": lambda: statements.sign("watched", WATCHED, scene.ROWAN.signing),
        "copy": lambda: statements.sign("copy", COPY, scene.ROWAN.signing),
        "comment": lambda: statements.sign("comment", COMMENT, scene.ROWAN.signing),
        "law": lambda: '{"format":"upstander/law/v1","id":"uk-police","version":"1"}',
        "wrapped-key": lambda: wrapped.wrap_with_words(scene.ROWAN, scene.UNLOCK),
        "log-policy": lambda: log_scene.LOG_POLICY,
        "watching": lambda: log_scene.WATCHING,
        "proof": lambda: log_scene.receipt().decode(),
        "survey-wave": _notice,
        "leaf": lambda: leaf.leaf_bytes("answered", scene.DAY, "0" * 32, "1" * 64, "2" * 32).decode(),
        "opening": lambda: statements.sign("opening", OPENING, scene.ROWAN.signing),
        "roster": lambda: statements.sign("roster", ROSTER, scene.ROWAN.signing),
        "transport": lambda: make_transport("union", "2026-11", scene.ROWAN.seal, scene.ROWAN.signing),
        "entry": lambda: entries.make_entry(PLEDGE, tags.filled([bytes(64)]), 1, scene.DAY, PLEDGED),
        "stop": lambda: entries.make_stop(PLEDGE, 1, True, scene.DAY, PLEDGED),
        "withdrawal": lambda: entries.make_withdrawal(PLEDGE, scene.DAY, PLEDGED),
        "held": lambda: make_receipt("held", "union", b"note", scene.DAY, scene.ROWAN.signing),
        "asked": lambda: make_receipt("asked", "union", b"note", scene.DAY, scene.ROWAN.signing),
        "sync": lambda: statements.sign("sync", ASKED | {"after": 3, "to": "charity"}, scene.ROWAN.signing),
        "fetch": lambda: statements.sign(
            "fetch", {"day": scene.DAY, "keeper": "union", "reader": scene.ROWAN.sign}, scene.ROWAN.signing
        ),
        "handler-key": lambda: saved.save_key(
            wrapped.wrap_with_words(scene.ROWAN, scene.UNLOCK),
            installation=scene.INSTALLATION,
            username="a.rowan",
        ),
        "claim-codes": lambda: codes.encode(codes.make_batch("marlshire", "2026", ["a"], ["union"])),
        "passed": lambda: entries.make_passed(PLEDGE, staff.Shown(bytes(32), "2026-11", bytes(32)), PLEDGED),
        "card-seen": lambda: cosigning.make_seen(
            read_card(make_py.card_text(), scene.INSTALLATION_SIGN),
            "union",
            date(2026, 11, 24),
            scene.ROWAN.signing,
        ),
        "keeper-store": lambda: canonical.encode(
            {"files": {}, "format": "upstander/keeper-store/v1", "name": "union"}
        ).decode(),
        "renewed": lambda: statements.sign(
            "renewed", {"certificate": "", "keeper": "union", "plan": hash_of(b"plan")}, scene.ROWAN.signing
        ),
        "pass-keys": lambda: staff.make_pass_keys("union", "2026", "2026-11", bytes(32), scene.ROWAN.signing),
        "linked": lambda: b64.encode(linked.encode([GROUP], {"a" * 64: scene.CASE})),
        "notice": lambda: statements.sign("notice", NOTICE, scene.ROWAN.signing),
        "keeper-counts": lambda: statements.sign("keeper-counts", COUNTS, scene.ROWAN.signing),
        "keeper-note": _keeper_note,
        "keeper-request": lambda: requests.seal("union", "/v1/claims", {"a": 1}, scene.ROWAN.seal)["sealed"],
        "pledge-slip": lambda: b64.encode(slips.seal_slip(SLIP, scene.ROWAN.seal, PLEDGED)),
        "parcel": lambda: b64.encode(notes.make_parcel({"text": "é"}, [{"to": "x"}], scene.ROWAN.seal)),
        "plan": lambda: PLAN,
        "extract": lambda: json.dumps(EXTRACT, indent=1, sort_keys=True) + "\n",
        "release-history": lambda: json.dumps(HISTORY, indent=1) + "\n",
        "privacy-budget": lambda: json.dumps(SPENT, indent=1) + "\n",
        "site": lambda: SITE,
        "register": lambda: REGISTER,
        "review": lambda: json.dumps(REVIEW, indent=1) + "\n",
        "publication-leaf": lambda: json.dumps(OPENED, indent=1) + "\n",
        "publication": lambda: json.dumps(PUBLICATION, indent=1) + "\n",
        "lead-sheet": lambda: statements.sign("lead-sheet", LEADS, scene.ROWAN.signer.signing),
        "standing": lambda: PRINTS["standing"],
        "take-back": lambda: statements.sign(
            "take-back", {"case": scene.CASE, "day": scene.DAY, "upload": scene.CASE}, scene.RECEIPT.signing
        ),
        "prints": lambda: canonical.encode(PRINTS).decode(),
        "exported": lambda: canonical.encode(EXPORTED).decode(),
        "authority": authority().text.decode,
        "bank": lambda: canonical.encode(BANK).decode(),
        "bank-share": lambda: canonical.encode(BANK_SHARE).decode(),
    }
    return made[kind.name]()


def path_of(name: str, version: int) -> Path:
    """Where the golden file of one version of a format is."""
    return FOLDER / f"{name}-v{version}.json"


def sums() -> str:
    """The hashes of all golden files, as `sha256sum` writes them."""
    files = sorted(FOLDER.glob("*.json"))
    return "".join(f"{sha256(path.read_bytes()).hex()}  {path.name}\n" for path in files)


def main() -> None:
    """Writes what is missing, and the hashes."""
    FOLDER.mkdir(exist_ok=True)
    for kind in kinds.KINDS.values():
        path = path_of(kind.name, kind.newest)
        if not path.exists():
            path.write_text(json.dumps(make(kind), indent=1) + "\n", "utf-8")
    SUMS.write_text(sums(), "ascii")


if __name__ == "__main__":
    main()
