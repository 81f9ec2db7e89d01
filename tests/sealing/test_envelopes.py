"""Envelopes: made, opened, and refused where they say what nobody may say."""

import random

import pytest

from tests.vectors import scene
from upstander.formats import statements
from upstander.formats.errors import FormatError
from upstander.sealing import age
from upstander.sealing.envelopes import open_envelope, seal_envelope, verify_envelope
from upstander.sealing.errors import SealingError
from upstander.sealing.padding import BUCKETS, pad

CASE_KEY = scene.CASE_KEYS[0]
RIGHT = {
    "kind": "message",
    "case": scene.CASE,
    "author": scene.ROWAN.signer,
    "role": "handler",
    "direction": "to-reporter",
    "counter": 1,
    "day": scene.DAY,
    "epoch": 1,
    "last": "",
    "recipients": [age.recipient_of(CASE_KEY), scene.RECEIPT.seal],
}
BODY = {"format": "upstander/message/v1", "text": "", "files": []}


def sealed(text: str = "", **changes) -> bytes:
    return seal_envelope({**BODY, "text": text}, **{**RIGHT, **changes})


def test_reporter_and_handlers_open_a_message():
    text = "Grüße \u202e\0\U0001f54a"
    file = sealed(text)
    for identity in (CASE_KEY, scene.RECEIPT.identity):
        envelope = open_envelope(file, identity)
        verify_envelope(envelope, scene.KNOWN)
        assert (envelope.body["text"], envelope.author, envelope.counter) == (text, scene.ROWAN.key, 1)
    with pytest.raises(SealingError):
        open_envelope(file, scene.HAZEL.identity)


@pytest.mark.parametrize("length", [0, 1, 3000, 5000, 100_000, 1_000_000])
def test_only_the_bucket_shows(length):
    file = sealed(random.Random(length).randbytes(length // 2).hex())
    plain = age.open_(file, [CASE_KEY])
    assert len(plain) in BUCKETS
    assert len(open_envelope(file, CASE_KEY).body["text"]) == length // 2 * 2


def test_above_four_mebibytes_it_says_so():
    with pytest.raises(FormatError, match="too long"):
        sealed("x" * 4_200_000)


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "report"},
        {"kind": "note"},
        {"direction": "to-desk"},
        {"role": "reporter"},
        {"role": "custodian"},
        {"kind": "letter"},
        {"counter": 0},
        {"counter": True},
        {"epoch": -1},
        {"day": "2026-02-30"},
        {"last": "x"},
        {"case": "x"},
        {"recipients": [scene.RECEIPT.seal, scene.RECEIPT.seal]},
    ],
)
def test_what_no_reader_accepts_is_not_sealed(changes):
    with pytest.raises(FormatError):
        sealed(**changes)


def test_the_signature_counts():
    envelope = open_envelope(sealed(), CASE_KEY)
    with pytest.raises(FormatError, match="not known"):
        verify_envelope(envelope, scene.RECEIPT.public.known)
    with pytest.raises(FormatError, match="not what"):
        verify_envelope(envelope, {scene.ROWAN.key: scene.KNOWN[scene.RECEIPT.key]})
    posing = open_envelope(sealed(author=scene.Signer(scene.ROWAN.key, scene.HAZEL.signing)), CASE_KEY)
    with pytest.raises(FormatError, match="signature"):
        verify_envelope(posing, scene.KNOWN)


def test_padding_that_carries_something_is_refused():
    text = open_envelope(sealed(), CASE_KEY).statement.encode()
    padded = pad(text)
    to = [age.recipient_of(CASE_KEY)]
    assert open_envelope(age.seal(padded, to), CASE_KEY).statement.encode() == text
    for plain in (
        text,
        padded + bytes(4096),
        padded[:-1] + b"\1",
        padded[:-1],
        pad(text + b"\0x"),
        pad(b"\xff"),
    ):
        with pytest.raises(FormatError):
            open_envelope(age.seal(plain, to), CASE_KEY)


@pytest.mark.parametrize(
    "change", [{"more": 1}, {"body": []}, {"body": None}, {"recipients": ["b", "a"]}, {"counter": "1"}]
)
def test_a_well_signed_envelope_of_another_form_is_refused(change):
    fields = statements.peek(open_envelope(sealed(), CASE_KEY).statement, "envelope")
    text = statements.sign("envelope", {**fields, **change}, scene.ROWAN.signing)
    with pytest.raises(FormatError):
        open_envelope(age.seal(pad(text.encode()), [age.recipient_of(CASE_KEY)]), CASE_KEY)
