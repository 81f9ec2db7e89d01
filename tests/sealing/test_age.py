"""Hybrid age files: what is sealed opens, and nothing else does."""

import random

import pytest
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.node import run_node
from upstander.formats import b64
from upstander.sealing import age
from upstander.sealing.age import bech32, payload
from upstander.sealing.errors import SealingError, WrongKeyError

SEED = bytes(range(32))
IDENTITY = age.identity_from_seed(SEED)
RECIPIENT = age.recipient_of(IDENTITY)
OTHER = age.identity_from_seed(bytes(32))
CHUNK = payload.CHUNK
SIZES = (0, 1, 4096, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 7)


@pytest.mark.parametrize("size", SIZES)
def test_what_was_sealed_opens(size):
    data = random.Random(size).randbytes(size)
    sealed = age.seal(data, [RECIPIENT])
    assert age.open_(sealed, [IDENTITY]) == data
    assert len(sealed) == age.inspect(sealed).header_bytes + 16 + size + 16 * max(1, -(-size // CHUNK))


def test_each_of_several_recipients_opens_it():
    sealed = age.seal(b"to both", [RECIPIENT, age.recipient_of(OTHER)])
    assert age.inspect(sealed).stanzas == 2
    assert age.open_(sealed, [IDENTITY]) == age.open_(sealed, [OTHER]) == b"to both"
    assert age.open_(sealed, [age.new_identity(), OTHER]) == b"to both"


def test_somebody_else_does_not_open_it():
    with pytest.raises(WrongKeyError):
        age.open_(age.seal(b"x", [RECIPIENT]), [OTHER])
    with pytest.raises(WrongKeyError):
        age.open_(age.seal(b"x", [RECIPIENT]), [])


@pytest.mark.parametrize("pieces", [1, 1000, CHUNK, CHUNK + 16, 200_000])
def test_streams_in_pieces_of_any_size(pieces):
    data = random.Random(pieces).randbytes(150_000)
    sealed = b"".join(age.seal_stream(_cut(data, pieces), [RECIPIENT]))
    assert b"".join(age.open_stream(_cut(sealed, pieces), [IDENTITY])) == data


def test_every_flipped_bit_of_the_head_and_many_of_the_rest_are_refused():
    sealed = age.seal(bytes(CHUNK + 10), [RECIPIENT])
    start = age.inspect(sealed).header_bytes
    sampled = random.Random(1).sample(range(start + 16, len(sealed)), 200)
    for place in [*range(0, start + 16), *sampled, len(sealed) - 1]:
        changed = bytearray(sealed)
        changed[place] ^= 1 << (place % 8)
        with pytest.raises(SealingError):
            age.open_(bytes(changed), [IDENTITY])


@pytest.mark.parametrize("size", [0, 5, CHUNK, 2 * CHUNK, 2 * CHUNK + 5])
def test_a_file_cut_short_anywhere_is_refused(size):
    sealed = age.seal(bytes(size), [RECIPIENT])
    start = age.inspect(sealed).header_bytes
    chunks = range(start + 16, len(sealed), CHUNK + 16)
    for end in {0, 1, 22, start - 1, start, start + 1, start + 16, len(sealed) - 1, *chunks}:
        with pytest.raises(SealingError):
            age.open_(sealed[:end], [IDENTITY])
    with pytest.raises(SealingError):
        age.open_(sealed + b"\0", [IDENTITY])


def test_chunks_cannot_change_places():
    sealed = age.seal(bytes(CHUNK) + b"\1" * CHUNK + b"end", [RECIPIENT])
    start, size = age.inspect(sealed).header_bytes + 16, CHUNK + 16
    first, second, rest = (
        sealed[start : start + size],
        sealed[start + size :][:size],
        sealed[start + 2 * size :],
    )
    for parts in ((second, first, rest), (first, first, rest), (first, rest), (second, rest)):
        with pytest.raises(SealingError):
            age.open_(sealed[:start] + b"".join(parts), [IDENTITY])


def test_an_empty_chunk_at_the_end_is_refused():
    cipher, full = ChaCha20Poly1305(bytes(32)), bytes(CHUNK)
    first, last = bytes(12), bytes(10) + b"\1\1"
    assert b"".join(payload.decrypt([cipher.encrypt(bytes(11) + b"\1", b"", None)], bytes(32))) == b""
    with pytest.raises(SealingError, match="empty chunk"):
        b"".join(
            payload.decrypt([cipher.encrypt(first, full, None), cipher.encrypt(last, b"", None)], bytes(32))
        )


def test_nothing_comes_out_of_a_damaged_head():
    sealed = bytearray(age.seal(b"x", [RECIPIENT]))
    place = sealed.index(b"--- ") + 10
    sealed[place] = ord("A") if sealed[place] != ord("A") else ord("B")
    with pytest.raises(SealingError, match="header was changed"):
        age.open_(bytes(sealed), [IDENTITY])


GREASE = b"-> grease-xyz a b\nAAAA\n"
X25519 = (
    b"-> X25519 TEiF0ypqr+bpvcqXNyCVJpL7OuwPdVwPL7KQEbFDOCc\nEmECAEcKN+n/Vs9SbWiV+Hu0r+E8R77DdWYyd83nw7U\n"
)


@pytest.mark.parametrize("stanza", [GREASE, X25519, GREASE.replace(b"grease-xyz", b"mlkem768x25519")])
@pytest.mark.parametrize("where", ["before", "after"])
def test_a_stanza_of_another_kind_is_refused(stanza, where):
    sealed = age.seal(b"x", [RECIPIENT])
    place = 22 if where == "before" else sealed.index(b"--- ")
    mixed = sealed[:place] + stanza + sealed[place:]
    for read in (age.inspect, lambda data: age.open_(data, [IDENTITY])):
        with pytest.raises(SealingError):
            read(mixed)


def test_inspect_says_what_is_wrong():
    sealed = age.seal(b"x", [RECIPIENT])
    head = age.inspect(sealed)
    assert (head.stanzas, sealed[head.header_bytes - 1 : head.header_bytes]) == (1, b"\n")
    for data, words in (
        (b"hello", "not an age file"),
        (sealed[:500], "cut short"),
        (sealed.replace(b"mlkem768x25519", b"X25519"), "not allowed"),
        (sealed.replace(b"-> mlkem768x25519 ", b"-> mlkem768x25519 A"), "damaged"),
    ):
        with pytest.raises(SealingError, match=words):
            age.inspect(data)


def test_at_most_64_recipients():
    assert age.inspect(age.seal(b"", [RECIPIENT] * 64)).stanzas == 64
    for number in (0, 65):
        with pytest.raises(SealingError):
            age.seal(b"", [RECIPIENT] * number)
    sealed = age.seal(b"", [RECIPIENT])
    stanza = sealed[22 : sealed.index(b"--- ")]
    with pytest.raises(SealingError, match="too many"):
        age.inspect(sealed[:22] + stanza * 65 + sealed[sealed.index(b"--- ") :])


@settings(max_examples=300)
@given(st.binary(max_size=200))
def test_nonsense_is_refused_in_one_way(data):
    for text in (data, b"age-encryption.org/v1\n" + data):
        with pytest.raises(SealingError):
            age.open_(text, [IDENTITY])


@pytest.mark.parametrize(
    "identity",
    [
        "",
        IDENTITY.lower(),
        IDENTITY[:-1],
        IDENTITY[:-1] + ("Q" if IDENTITY[-1] != "Q" else "P"),
        bech32.encode("age-secret-key-", SEED).upper(),
        bech32.encode("age-secret-key-pq-", SEED[:31]).upper(),
        "AGE-SECRET-KEY-PQ-1",
        IDENTITY + "\u0130",
    ],
)
def test_what_is_no_hybrid_identity_is_refused(identity):
    with pytest.raises(SealingError):
        age.seed_of(identity)


@pytest.mark.parametrize(
    "recipient",
    [
        "",
        RECIPIENT.upper(),
        RECIPIENT[:-1],
        RECIPIENT.replace("age1pq1", "age1", 1),
        bech32.encode("age", SEED),
        bech32.encode("age1pq", bytes(1215)),
        bech32.encode("age1pq", b"\xff" * 1216),
    ],
)
def test_what_is_no_hybrid_recipient_is_refused(recipient):
    with pytest.raises(SealingError):
        age.check_recipient(recipient)
    with pytest.raises(SealingError):
        age.seal(b"", [recipient])


def test_seeds_come_back():
    assert age.seed_of(IDENTITY) == SEED
    assert age.check_recipient(RECIPIENT) == RECIPIENT
    assert age.new_identity() != age.new_identity()
    with pytest.raises(SealingError):
        age.identity_from_seed(SEED[:31])


def test_typage_agrees_on_identities_and_recipients():
    theirs = run_node("return await age.identityToRecipient(given);", IDENTITY)
    assert theirs == RECIPIENT


def test_typage_files_open_here():
    contents = [b64.encode(random.Random(size).randbytes(size)) for size in SIZES]
    given = {"to": [RECIPIENT, age.recipient_of(OTHER)], "contents": contents}
    script = """
        const out = [];
        for (const content of given.contents) {
            const one = new age.Encrypter();
            for (const to of given.to) one.addRecipient(to);
            out.push(b64(await one.encrypt(bytes(content))));
        }
        return out;
    """
    for content, sealed in zip(contents, run_node(script, given), strict=True):
        for identity in (IDENTITY, OTHER):
            assert b64.encode(age.open_(b64.decode(sealed), [identity])) == content


def test_typage_opens_files_made_here():
    contents = [b64.encode(random.Random(size).randbytes(size)) for size in SIZES]
    to = [age.recipient_of(age.new_identity()), RECIPIENT]
    given = {"identity": IDENTITY, "files": [b64.encode(age.seal(b64.decode(one), to)) for one in contents]}
    script = """
        const out = [];
        for (const file of given.files) {
            const one = new age.Decrypter();
            one.addIdentity(given.identity);
            out.push(b64(await one.decrypt(bytes(file))));
        }
        return out;
    """
    assert run_node(script, given) == contents


def test_typage_files_that_mix_kinds_are_refused():
    script = """
        const one = new age.Encrypter();
        one.addRecipient(given);
        one.addRecipient(await age.identityToRecipient(await age.generateX25519Identity()));
        return b64(await one.encrypt("x"));
    """
    mixed = b64.decode(run_node(script, RECIPIENT))
    with pytest.raises(SealingError, match="not allowed"):
        age.open_(mixed, [IDENTITY])


def _cut(data: bytes, size: int):
    for start in range(0, len(data), size):
        yield data[start : start + size]
