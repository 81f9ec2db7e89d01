"""Writes `py/*.json`: what Python seals and signs, for the TypeScript twin to open and check.

Run it from the root: `python -m tests.vectors.make_py`. Its form is in `README.md`.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any

from tests.fingerprints.pictures import Pixels, patterned
from tests.vectors import scene
from upstander.fingerprints import colour, pdq
from upstander.formats import b64, statements
from upstander.formats.hashes import hash_of, hkdf
from upstander.ledger import leaf
from upstander.ledger.promise import make_promise, read_promise
from upstander.sealing import age, padding, report, shares, words, wrapped
from upstander.sealing.cards import PackName, make_card, read_card
from upstander.sealing.envelopes import Held, Listed, judge, seal_envelope
from upstander.sealing.epochs import ListedEpoch
from upstander.sealing.grants import make_grant

HERE = Path(__file__).parent
Vector = dict[str, Any]


def canonical_json() -> Vector:
    good = [
        b"null",
        b"true",
        b"0",
        b"-9007199254740991",
        b"9007199254740991",
        b'""',
        b"[]",
        b"{}",
        b'{"":1,"A":2,"a":{"b":[1,"x",null,false]},"b":3}',
        b'"\\b\\t\\n\\f\\r\\u0000\\u001f\\"\\\\/\x7f"',
        '"\u2028\u2029 \ufeff e\u0301 \U0001f54a \u200f\u05d0"'.encode(),
        b"[" * 64 + b"]" * 64,
    ]
    bad = [
        b"",
        b" 1",
        b"1 ",
        b"01",
        b"-0",
        b"1.0",
        b"1e2",
        b"9007199254740992",
        b"NaN",
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"a": 1}',
        b'"\\u0041"',
        b'"\\/"',
        b'"\\u001F"',
        b'"\\ud800"',
        b'"\xed\xa0\x80"',
        b'"\xff"',
        '{"é":1}'.encode(),
        b"\xef\xbb\xbf1",
        b'"\n"',
        b"[1,]",
        b"[" * 66 + b"]" * 66,
    ]
    return {"good": [b64.encode(one) for one in good], "bad": [b64.encode(one) for one in bad]}


def words_json() -> Vector:
    receipt, unlock, right = scene.RECEIPT, scene.UNLOCK, str(scene.WORDS)
    seven = list(scene.words("handler").words)
    hyphened = ("drop-down", "felt-tip", "t-shirt", "yo-yo", "abacus", "zoom")
    with_hyphens = " ".join((*hyphened, words.checksum_word(hyphened)))
    typed = [
        (right, right, None),
        (right.upper(), right, None),
        ("  1. " + ", 2. ".join(scene.WORDS.words) + "\n", right, None),
        ("-".join(scene.WORDS.words), right, None),
        (with_hyphens, with_hyphens, None),
        (with_hyphens.replace(" ", "-"), with_hyphens, None),
        (" ".join(scene.WORDS.words[:6]), None, None),
        (right + " abacus", None, None),
        (" ".join((*scene.WORDS.words[:6], "abacus")), None, None),
        (" ".join((*scene.WORDS.words[:2], "abacuss", *scene.WORDS.words[3:])), None, 2),
        (right.replace("k", "\u212a"), None, 3),  # a Kelvin sign, whose lower case is k, in the fourth word
        ("", None, None),
    ]
    return {
        "installation": scene.INSTALLATION,
        "username": "a.rowan",
        "words": right,
        "receipt": {
            "mailbox_id": b64.encode(receipt.mailbox_id),
            "mailbox": receipt.mailbox,
            "identity": receipt.identity,
            "seal": receipt.seal,
            "sign": receipt.sign,
            "key": receipt.key,
            "log": b64.encode(receipt.log),
        },
        "unlock": {
            "words": " ".join(seven),
            "wrap": b64.encode(unlock.wrap),
            "sign": unlock.sign,
        },
        "typed": [{"text": text, "words": out, "index": index} for text, out, index in typed],
    }


def statements_json() -> Vector:
    key = scene.ROWAN.signing
    body: Vector = {"case": scene.CASE, "day": scene.DAY}
    text = statements.sign("withdraw", body, key)
    login = {"challenge": "c", "origin": "http://127.0.0.1:8000", "subject": "a.rowan"}
    head, json_line, signature, _ = text.split("\n")
    a_list = f"{head}\n[]\n"
    other = statements.sign("withdraw", {**body, "case": scene.id_("other")}, key).split("\n")[2]
    bad = [
        text.replace("v1", "v2", 1),
        text.replace("withdraw", "login", 1),
        text[:-1],
        text + "\n",
        text.replace("\n", "\r\n"),
        f"{head}\n{json_line.replace(':', ': ', 1)}\n{signature}\n",
        f"{head}\n{json_line}\n{other}\n",
        f"{head}\n{json_line}\n{signature}=\n",
        "".join((a_list, b64.encode(key.sign(a_list.encode())), "\n")),
        f"\n{text}",
        "",
    ]
    return {
        "seed": b64.encode(key.private_bytes_raw()),
        "sign": scene.ROWAN.sign,
        "good": [
            {"kind": "withdraw", "body": body, "text": text},
            {"kind": "login", "body": login, "text": statements.sign("login", login, key)},
        ],
        "bad": [{"kind": "withdraw", "text": one} for one in bad],
    }


def age_json() -> Vector:
    first, second = scene.ROWAN, scene.HAZEL
    both = [first.seal, second.seal]
    good = []
    for size in (0, 1, 4096, 65536, 65537):
        plain = (seed_bytes := scene.seed("age")) * (size // len(seed_bytes) + 1)
        good.append((plain[:size], both if size < 65536 else both[:1]))
    sealed = age.seal(b"one", both[:1])
    flipped = bytearray(sealed)
    flipped[-1] ^= 1
    body = sealed.index(b"\n", sealed.index(b"-> "))
    grease = sealed[:22] + b"-> X25519 TEiF0ypqr+bpvcqXNyCVJpL7OuwPdVwPL7KQEbFDOCc\n" + sealed[body + 1 :]
    bad = [
        ("cut short", sealed[:-1], first),
        ("changed", bytes(flipped), first),
        ("another key", sealed, second),
        ("another stanza", grease, first),
        ("header only", sealed[: age.inspect(sealed).header_bytes], first),
        ("not age", b"hello\n" + sealed, first),
        ("bytes after the end", sealed + b"\0", first),
    ]
    return {
        "good": [
            {
                "plain": b64.encode(plain),
                "sealed": b64.encode(age.seal(plain, recipients)),
                "identities": [one.identity for one in (first, second)[: len(recipients)]],
                "recipients": recipients,
            }
            for plain, recipients in good
        ],
        "bad": [{"why": why, "sealed": b64.encode(data), "identity": who.identity} for why, data, who in bad],
    }


def _context() -> Vector:
    return {
        "case": scene.CASE,
        "reporter": asdict(scene.RECEIPT.public),
        "known": {key: asdict(known) for key, known in scene.KNOWN.items()},
        "epochs": [asdict(epoch) for epoch in scene.LISTED_EPOCHS],
        "admits": scene.ADMITS,
    }


class Conversation:
    """Writes envelopes of the scene's case."""

    def __init__(self) -> None:
        self.hash = ""

    def write(self, kind: Any, who: Any, counter: int, **changes: Any) -> Listed:
        role: Any = "reporter" if who is scene.RECEIPT else "handler"
        direction: Any = {"message": "to-reporter", "note": "desk"}.get(kind)
        epoch = changes.get("epoch", 1)
        case_key = age.recipient_of(scene.SHEET_KEY if kind == "sheet" else scene.CASE_KEYS[epoch - 1])
        fields = {
            "kind": kind,
            "case": scene.CASE,
            "author": who.signer,
            "role": role,
            "direction": direction if role == "handler" else "to-desk",
            "counter": counter,
            "day": scene.DAY,
            "epoch": epoch,
            "last": self.hash,
            "recipients": [case_key, scene.RECEIPT.seal] if kind == "message" else [case_key],
            **changes,
        }
        body = report.message_body(f"{kind} {counter}") if kind == "message" else report.note_body(kind)
        sealed = seal_envelope(body, **fields)
        if kind == "message":
            self.hash = hash_of(sealed)
        return Listed(kind, epoch, hash_of(sealed), sealed)


def _views() -> list[tuple[str, tuple[Held, ...], list[Listed]]]:
    talk, reporter, rowan = Conversation(), scene.RECEIPT, scene.ROWAN
    told = talk.write("report", reporter, 1)
    sheet = talk.write("sheet", reporter, 1)
    first = talk.write("message", rowan, 1)
    note = talk.write("note", rowan, 1)
    second = talk.write("message", reporter, 1)
    third = talk.write("message", rowan, 2, epoch=2)
    fourth = talk.write("message", reporter, 2, epoch=2)
    whole = [told, sheet, first, note, second, third, fourth]
    case_key = age.recipient_of(scene.CASE_KEYS[0])
    stranger = talk.write("message", scene.ALDER, 1)
    outsider = talk.write("message", scene.BIRCH, 1)
    outside_note = talk.write("note", scene.BIRCH, 1, epoch=2)
    posing = talk.write("note", scene.HAZEL, 1, author=replace(scene.HAZEL.signer, key=rowan.key))
    elsewhere = talk.write("message", rowan, 3, case=scene.id_("other case"))
    fewer = talk.write("message", rowan, 3, recipients=[case_key])
    wrong_epoch = replace(talk.write("note", rowan, 2), epoch=2)
    relabelled = replace(note, kind="report")
    damaged = replace(note, sealed=(note.sealed or b"")[:-1] + b"\0")
    without_sheet = scene.HELD_BY_ROWAN[:2]
    only_second = scene.HELD_BY_ROWAN[1:2]
    own = [replace(one, sealed=None) if one.kind != "message" else one for one in whole]
    desk, mine = scene.HELD_BY_ROWAN, scene.HELD_BY_REPORTER
    return [
        ("all is well at the desk", desk, whole),
        ("the reporter sees her messages", mine, [one for one in own if one.sealed]),
        ("what is not for her is closed", mine, own),
        ("without the sheet", without_sheet, whole),
        ("only the newest epoch", only_second, whole),
        ("a message dropped", mine, [first, third, fourth]),
        ("the handler's message dropped", mine, [second, third, fourth]),
        ("replayed", desk, [*whole, second]),
        ("swapped", desk, [told, sheet, third, first, note, second, fourth]),
        ("a stranger", desk, [*whole, stranger]),
        ("somebody who never held the case", desk, [*whole, outsider, outside_note]),
        ("somebody who never held the case, to the reporter", mine, [first, outsider, second, third]),
        ("posing as a colleague", desk, [*whole, posing]),
        ("from another case", desk, [*whole, elsewhere]),
        ("kept from the reporter", desk, [*whole, fewer]),
        ("listed under another epoch", desk, [*whole, wrong_epoch]),
        ("listed as another kind", desk, [relabelled, *whole]),
        ("damaged", desk, [told, damaged, note]),
        ("bytes withheld", desk, [told, replace(first, sealed=None), third]),
        ("nothing", desk, []),
    ]


def conversation_json() -> Vector:
    views = []
    for name, held, items in _views():
        judged = judge(items, scene.reader(*held))
        views.append(
            {
                "name": name,
                "held": [{"scope": h.scope, "epoch": h.epoch, "identity": h.identity} for h in held],
                "items": [
                    {**_listed(one), "sealed": None if one.sealed is None else b64.encode(one.sealed)}
                    for one in items
                ],
                "expect": [
                    {
                        "faults": list(one.faults),
                        "missing": one.missing,
                        "author": one.envelope.author if one.envelope else None,
                        "counter": one.envelope.counter if one.envelope else None,
                    }
                    for one in judged
                ],
            }
        )
    return {**_context(), "views": views, "bad_epochs": _bad_epochs()}


def _listed(one: Listed) -> Vector:
    return {"kind": one.kind, "epoch": one.epoch, "sha256": one.sha256}


def _bad_epochs() -> list[Vector]:
    first, sheet, second = scene.LISTED_EPOCHS
    one, two = scene.CASE_KEYS
    everybody = [*scene.HOLDERS, scene.HAZEL.key]
    by_outsider = scene.listed("case", 2, two, one, scene.BIRCH.signer)
    for_outsider = scene.listed("case", 2, two, one, scene.ROWAN.signer, [*scene.HOLDERS, scene.BIRCH.key])
    for_hazel = scene.listed("case", 2, two, one, scene.ROWAN.signer, everybody)
    for_nobody_known = scene.listed("case", 1, one, "", scene.RECEIPT.signer, ["x"])
    birch, hazel = scene.BIRCH.key, scene.HAZEL.key
    elsewhere = scene.id_("other case")
    by_handler = scene.listed("case", 1, scene.CASE_KEYS[0], "", scene.ROWAN.signer)
    by_stranger = scene.listed("case", 2, scene.CASE_KEYS[1], scene.CASE_KEYS[0], scene.ALDER.signer)
    by_reporter = scene.listed("case", 2, scene.CASE_KEYS[1], scene.CASE_KEYS[0], scene.RECEIPT.signer)
    broken = scene.listed("case", 2, scene.CASE_KEYS[1], scene.SHEET_KEY, scene.ROWAN.signer)
    let_in: list[tuple[str, list[ListedEpoch], list[str]]] = [
        ("the second by somebody who never held the first", [first, by_outsider], []),
        ("the second for somebody who never held the first", [first, for_outsider], []),
        ("for somebody let in, whose admit is kept back", [first, for_hazel], []),
        (
            "by somebody let in to the sheet",
            [first, sheet, by_outsider],
            [scene.admit("sheet", 1, scene.SHEET_KEY, birch)],
        ),
        ("by somebody let in to the second only", [first, by_outsider], [scene.admit("case", 2, two, birch)]),
        ("holders that are no key ids", [for_nobody_known], []),
        ("let in by the key of another epoch", [first], [scene.admit("case", 1, two, hazel)]),
        ("let in by the key of the sheet", [first, sheet], [scene.admit("case", 1, scene.SHEET_KEY, hazel)]),
        ("let in to another case", [first], [scene.admit("case", 1, one, hazel, elsewhere)]),
        ("let in to an epoch that is not there", [first], [scene.admit("case", 2, two, hazel)]),
        ("let in to a sheet that is not there", [first], [scene.admit("sheet", 1, scene.SHEET_KEY, hazel)]),
        ("a key let in that is no key id", [first], [scene.admit("case", 1, one, "x")]),
        ("not an admit", [first], [first.statement]),
    ]
    cases: list[tuple[str, list[ListedEpoch]]] = [
        ("the first is missing", [second]),
        ("the first twice", [first, first]),
        ("the first by a handler", [by_handler]),
        ("the second by a stranger", [first, by_stranger]),
        ("the second by the reporter", [first, by_reporter]),
        ("does not follow the first", [first, broken]),
        ("another recipient", [replace(first, recipient=sheet.recipient)]),
        ("another scope", [replace(first, scope="sheet")]),
    ]
    let_in += [(why, epochs, []) for why, epochs in cases]
    return [
        {"why": why, "epochs": [asdict(epoch) for epoch in epochs], "admits": admits}
        for why, epochs, admits in let_in
    ]


def grants_json() -> Vector:
    log, recipient = scene.RECEIPT.log, age.recipient_of(scene.CASE_KEYS[0])
    right: Vector = {
        "case": scene.CASE,
        "scope": "case",
        "epoch": 1,
        "identity": scene.CASE_KEYS[0],
        "log": log,
        "reporter": scene.RECEIPT.public,
        "by": scene.RECEIPT.signer,
        "role": "reporter",
        "to_key": scene.ROWAN.key,
        "to_seal": scene.ROWAN.seal,
        "day": scene.DAY,
    }
    to_hazel = {"to_key": scene.HAZEL.key, "to_seal": scene.HAZEL.seal}
    by_rowan = {"by": scene.ROWAN.signer, "role": "handler"}
    sheet = {"scope": "sheet", "identity": scene.SHEET_KEY}
    second = {"epoch": 2, "identity": scene.CASE_KEYS[1]}
    good = [
        (right, scene.ROWAN),
        (right | sheet, scene.ROWAN),
        (right | to_hazel | by_rowan | second, scene.HAZEL),
        (right | to_hazel | by_rowan | {"role": "custodian"}, scene.HAZEL),
    ]
    bad = [
        ("by a stranger", right | {"by": scene.ALDER.signer, "role": "handler"}, right, scene.ROWAN),
        ("by a handler as the reporter", right | {"by": scene.ROWAN.signer}, right, scene.ROWAN),
        ("for another case", right | {"case": scene.id_("other case")}, right, scene.ROWAN),
        ("for another person", right | {"to_key": scene.HAZEL.key}, right, scene.ROWAN),
        ("for another epoch", right | {"epoch": 2}, right, scene.ROWAN),
        (
            "for another reporter",
            right | {"reporter": replace(scene.RECEIPT.public, seal=recipient)},
            right,
            scene.ROWAN,
        ),
        ("sealed to another person", right | {"to_seal": scene.HAZEL.seal}, right, scene.ROWAN),
        ("not the case's key", right | {"identity": scene.SHEET_KEY}, right, scene.ROWAN),
    ]
    return {
        **_context(),
        "good": [_grant(made, made, who) | {"expect": _said(made)} for made, who in good],
        "bad": [_grant(made, listed, who) | {"why": why} for why, made, listed, who in bad],
    }


def _grant(made: Vector, listed: Vector, opens: wrapped.Keyring) -> Vector:
    return {
        "sealed": b64.encode(make_grant(**made)),
        "scope": listed["scope"],
        "epoch": listed["epoch"],
        "recipient": age.recipient_of(listed["identity"]),
        "to": listed["to_key"],
        "opens": opens.identity,
    }


def _said(made: Vector) -> Vector:
    log = "" if made["scope"] == "sheet" else b64.encode(made["log"])
    return {"by": made["by"].key, "role": made["role"], "identity": made["identity"], "log": log}


def card_text(version: int = 1, previous: str = "") -> str:
    return make_card(
        signing=scene.INSTALLATION_KEY,
        installation=scene.INSTALLATION,
        institution="marlshire",
        name="Marlshire Police",
        channels=[scene.channel()],
        pack=PackName("uk-police", hash_of(b"pack"), "1"),
        day=date(2026, 11, 23),
        expires=date(2027, 2, 21),
        previous=previous,
        version=version,
        demonstration=True,
    )


def card_json() -> Vector:
    text = card_text()
    body = statements.peek(text, "card")

    def signed(**changes: Any) -> str:
        return statements.sign("card", {**body, **changes}, scene.INSTALLATION_KEY)

    def with_members(*members: Any) -> str:
        return signed(channels=[{**body["channels"][0], "members": [asdict(one) for one in members]}])

    rowan, hazel, alder = scene.MEMBERS
    installation = scene.Signer("installation", scene.INSTALLATION_KEY)
    bad = [
        ("signed by another key", statements.sign("card", body, scene.ROWAN.signing)),
        ("an extra field", signed(more=1)),
        ("in the wrong order", with_members(hazel, rowan)),
        ("a key twice", with_members(rowan, rowan)),
        (
            "the second let in by the installation",
            with_members(rowan, scene.member(scene.HAZEL, installation, label="")),
        ),
        ("let in by nobody on the card", with_members(rowan, alder)),
        ("lets herself in", with_members(rowan, scene.member(scene.HAZEL, scene.HAZEL.signer, label=""))),
        ("another's signature", with_members(rowan, replace(hazel, enrol=rowan.enrol))),
        ("another seal", with_members(replace(rowan, seal=hazel.seal))),
        ("no such state", with_members(replace(rowan, state="away"))),
        ("no such day", signed(expires="2027-02-30")),
        ("version zero", signed(version=0)),
    ]
    return {
        "sign": scene.INSTALLATION_SIGN,
        "text": text,
        "sha256": hash_of(text.encode()),
        "keys": [member.key for member in scene.MEMBERS],
        "bad": [{"why": why, "text": one} for why, one in bad],
    }


def wrapped_json() -> Vector:
    prf = scene.seed("prf output")
    blob = wrapped.wrap_with_words(scene.ROWAN, scene.UNLOCK)
    passkey = wrapped.wrap_with_prf(
        scene.ROWAN, prf, credential=b64.encode(b"credential"), salt=b64.encode(scene.seed("prf input"))
    )
    keyring = {"seal": scene.ROWAN.identity, "sign": b64.encode(scene.ROWAN.signing.private_bytes_raw())}
    wrap, prf_wrap = b64.encode(scene.UNLOCK.wrap), b64.encode(hkdf(prf, "upstander/prf-wrap/v1"))
    return {
        "good": [
            {"blob": blob, "wrap": wrap, "keyring": keyring},
            {"blob": passkey, "wrap": prf_wrap, "keyring": keyring},
        ],
        "bad": [
            {"why": "another key", "blob": blob, "wrap": prf_wrap},
            {"why": "another method", "blob": {**blob, "method": "prf"}, "wrap": wrap},
            {"why": "another key id", "blob": {**blob, "key": scene.HAZEL.key}, "wrap": wrap},
            {"why": "another version", "blob": {**blob, "v": "upstander/wrapped-key/v2"}, "wrap": wrap},
        ],
    }


def shares_json() -> Vector:
    secret = age.seed_of(scene.CUSTODIAN)
    return {
        "secret": b64.encode(secret),
        "of": 5,
        "needs": 3,
        "shares": [shares.to_text(share) for share in shares.split(secret, 5, 3)],
        "seal": age.recipient_of(scene.CUSTODIAN),
    }


def padding_json() -> Vector:
    lengths = [0, 1, 4095, 4096, 4097, 16384, 16385, 65536, 262144, 1048576, 4194304]
    files = [*lengths[:6], 5000, 100_000, 1_000_003, 2**20, 2**20 + 1, 10**9, 2**40 + 12345]
    return {
        "bucket": [[n, padding.bucket(n)] for n in lengths],
        "padme": [[n, padding.padme(n)] for n in files],
    }


def leaf_json() -> Vector:
    log = scene.RECEIPT.log
    some = [hash_of(b"one"), hash_of(b"two")]
    fields: dict[str, Vector] = {
        "received": {
            "card": hash_of(b"card"),
            "channels": [scene.CHANNEL],
            "envelopes": some,
            "excluded": [],
            "grants": some,
            "uploads": [],
        },
        "message": {"envelope": some[0], "uploads": some},
        "note": {"envelope": some[0], "uploads": []},
        "grant": {"admits": some[:1], "grants": some},
        "epoch": {"admits": [], "epochs": some, "grants": some, "withdrawn": [scene.HAZEL.key]},
        "step": {"envelopes": some, "outcome": "upheld", "step": "closed"},
        "record": {"envelopes": some[:1]},
        "withdraw": {"envelopes": some[:1]},
        "retention": {"deleted": sorted(some), "rule": "six-years"},
        "hold": {"rule": "six-years", "set": True},
        "work": {"envelopes": some[:1], "facts": [{"item": scene.CASE, "kind": "task", "state": "open"}]},
    }
    received, _ = leaf.label_and_salt(log, 1)
    acts = []
    pairs = [(kind, shown) for kind in fields for shown in leaf.shown_kinds(kind)]
    for number, (kind, shown) in enumerate(pairs, start=1):
        act, said = scene.id_(f"act {kind} {shown}"), {"case": scene.CASE, **fields[kind]}
        label, salt = leaf.label_and_salt(log, number)
        digest = leaf.digest(kind, **said)
        commitment = leaf.commitment(salt, digest)
        of = received if shown == "answered" else ""
        acts.append(
            {
                "act": act,
                "number": number,
                "kind": kind,
                "shown": shown,
                "of": of,
                "day": scene.DAY,
                "fields": said,
                "label": label,
                "salt": b64.encode(salt),
                "digest": digest.hex(),
                "commitment": commitment,
                "leaf": leaf.leaf_hash(leaf.leaf_bytes(shown, scene.DAY, label, commitment, of)),
            }
        )
    text = make_promise(
        acts[0]["act"],
        scene.DAY,
        "marlshire",
        acts[0]["leaf"],
        scene.INSTALLATION,
        scene.INSTALLATION_KEY,
    )
    said = asdict(read_promise(text, scene.INSTALLATION_SIGN))
    return {
        "log": b64.encode(log),
        "acts": acts,
        "promise": {"sign": scene.INSTALLATION_SIGN, "text": text, **said},
    }


def submission_json() -> Vector:
    card = read_card(card_text(), scene.INSTALLATION_SIGN)
    answers = [
        {
            "id": "what",
            "question": "What happened?",
            "value": "They passed round pictures.",
            "text": "They passed round pictures.",
            "ask_first": False,
        }
    ]
    sheet = [{**answers[0], "id": "name", "question": "Your name", "value": "W.", "text": "W."}]
    upload = report.SealedUpload(scene.id_("upload"), hash_of(b"sealed file"))
    body = report.build_submission(
        card=card,
        channels=[scene.CHANNEL],
        answers=answers,
        sheet=sheet,
        receipt=scene.RECEIPT,
        day=scene.DAY,
        excluded=[scene.HAZEL.key],
        uploads=[upload],
    )
    digest = report.received_digest(body, [upload.sha256])
    commitment = leaf.commitment(b64.decode(body["salt"]), digest)
    return {
        "sign": scene.INSTALLATION_SIGN,
        "card": card.text,
        "installation": scene.INSTALLATION,
        "words": str(scene.WORDS),
        "body": body,
        "uploads": [upload.sha256],
        "day": scene.DAY,
        "leaf": leaf.leaf_hash(leaf.leaf_bytes("received", scene.DAY, body["label"], commitment)),
        "handler": {"key": scene.ROWAN.key, "identity": scene.ROWAN.identity},
        "answers": answers,
        "sheet": sheet,
        "holders": [scene.ROWAN.key],
    }


def _middle(picture: Pixels, crop: int) -> Pixels:
    top, left = (side * crop // 200 for side in picture.shape[:2])
    return picture[top : picture.shape[0] - top, left : picture.shape[1] - left]


def pdq_json() -> Vector:
    sizes = [
        (4, 9),
        (5, 5),
        (8, 300),
        (64, 64),
        (64, 90),
        (127, 129),
        (128, 128),
        (210, 300),
        (333, 77),
        (301, 402),
    ]
    pictures = []
    for seed, (height, width) in enumerate((*sizes, (64, 64), (240, 320), (517, 1031)), 3):
        brightness = pdq.luma(patterned(height, width, seed))
        whole = pdq.hash_luma(brightness)
        picture = patterned(height, width, seed)
        colours = [colour.layout(_middle(picture, crop)).hex() for crop in pdq.CROPS]
        crops = [pdq.hash_luma(pdq.cropped(brightness, crop)) for crop in pdq.CROPS]
        pictures.append(
            {
                "height": height,
                "width": width,
                "seed": seed,
                "quality": whole.quality,
                "hash": whole.hash.hex(),
                "orientations": [one.hex() for one in pdq.orientations(brightness)[0]],
                "crops": [one.hash.hex() for one in crops],
                "colours": colours,
            }
        )
    return {"pictures": pictures}


DETERMINISTIC: dict[str, Callable[[], Vector]] = {
    "canonical": canonical_json,
    "words": words_json,
    "statements": statements_json,
    "card": card_json,
    "padding": padding_json,
    "leaf": leaf_json,
    "pdq": pdq_json,
}
SEALED: dict[str, Callable[[], Vector]] = {
    "age": age_json,
    "conversation": conversation_json,
    "grants": grants_json,
    "wrapped": wrapped_json,
    "shares": shares_json,
    "submission": submission_json,
}


def text_of(vector: Vector) -> str:
    return json.dumps(vector, indent=1, sort_keys=True) + "\n"


def main() -> None:
    for name, make in (DETERMINISTIC | SEALED).items():
        (HERE / "py" / f"{name}.json").write_text(text_of(make()), "utf-8")


if __name__ == "__main__":
    main()
