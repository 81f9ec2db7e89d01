"""The oblivious function against RFC 9497, and against who cheats with proofs."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.published import published
from upstander.keepers import group, oprf
from upstander.keepers.errors import GroupError, ProofError

# RFC 9497 appendix A.1.2, VOPRF, ristretto255-SHA512, test vector 1.
SEED, INFO = bytes([0xA3] * 32), b"test key"
SECRET = "e6f73f344b79b379f1a0dd37e07ff62e38d9f71345ce62ae3a9bc60b04ccd909"
PUBLIC = "c803e2cc6b05fc15064549b5920659ca4a77b2cca6f04f6b357009335476ad4e"
BLIND = "64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706"
SENT = "863f330cc1a1259ed5a5998a23acfd37fb4351a793a5b3c090b642ddc439b945"
BACK = "aa8fa048764d5623868679402ff6108d2521884fa138cd7f9c7669a9a014267e"
PROOF = (
    "ddef93772692e535d1a53903db24367355cc2cc78de93b3be5a8ffcc6985dd06"
    "6d4346421d17bf5117a2a1ff0fcb2a759f58a539dfbe857a40bce4cf49ec600d"
)
NONCE = "222a5e897cf59db8145db8d16e597e8facb80ae7d4e26d9881aa6f61d645fc0e"
OUTPUT = (
    "b58cfbe118e0cb94d79b5fd6a6dafb98764dff49c14e1770b566e42402da1a7d"
    "a4d8527693914139caee5bd03903af43a491351d23b430948dd50cde10d32b3c"
)


def hexes(text: str) -> list[bytes]:
    return [bytes.fromhex(one) for one in text.split(",")]


def run(suite: dict, vector: dict) -> None:
    """One vector of the RFC, from the client's blind to its output."""
    mode = suite["mode"]
    key, public = oprf.derive_key(bytes.fromhex(suite["seed"]), bytes.fromhex(suite["keyInfo"]), mode)
    assert key.hex() == suite["skSm"]
    inputs, blinds = hexes(vector["Input"]), hexes(vector["Blind"])
    blinded = [oprf.blind(one, mode, b) for one, b in zip(inputs, blinds, strict=True)]
    sent = [one.element for one in blinded]
    assert sent == hexes(vector["BlindedElement"])
    elements = [group.decode(one) for one in sent]
    evaluated = oprf.evaluate(key, elements)
    back = [one.encode() for one in evaluated]
    assert back == hexes(vector["EvaluationElement"])
    if mode == 1:
        assert public.hex() == suite["pkSm"]
        nonce = bytes.fromhex(vector["Proof"]["r"])
        proof = oprf.prove(key, public, sent, back, elements, nonce=nonce)
        assert proof.hex() == vector["Proof"]["proof"]
        assert oprf.check_proof(public, sent, back, proof) == evaluated
    outputs = [oprf.finalize(one, e) for one, e in zip(blinded, evaluated, strict=True)]
    assert outputs == hexes(vector["Output"])
    assert outputs == [oprf.evaluate_whole(key, one, mode) for one in inputs]


def test_all_published_vectors():
    path = published("rfc9497-vectors.json")
    if path is None:
        pytest.skip("The RFC's vectors are not beside the project: only the cited one was tried.")
    suites = [one for one in json.loads(path.read_text()) if one["identifier"] == "ristretto255-SHA512"]
    tried = [run(suite, vector) for suite in suites if suite["mode"] < 2 for vector in suite["vectors"]]
    assert len(tried) == 5


def test_the_cited_vector():
    vector = {
        **{"Input": "00", "Blind": BLIND, "BlindedElement": SENT, "EvaluationElement": BACK},
        **{"Proof": {"proof": PROOF, "r": NONCE}, "Output": OUTPUT},
    }
    run({"mode": 1, "seed": SEED.hex(), "keyInfo": INFO.hex(), "skSm": SECRET, "pkSm": PUBLIC}, vector)


@pytest.mark.parametrize("place", range(0, 64, 7))
def test_a_proof_with_one_wrong_bit_is_refused(place):
    wrong = bytearray(bytes.fromhex(PROOF))
    wrong[place] ^= 1
    with pytest.raises((ProofError, GroupError)):
        oprf.check_proof(bytes.fromhex(PUBLIC), hexes(SENT), hexes(BACK), bytes(wrong))


def test_a_proof_holds_for_nothing_else():
    public, proof = bytes.fromhex(PUBLIC), bytes.fromhex(PROOF)
    other = group.base_times(group.scalar(7)).encode()
    sent, back = hexes(SENT), hexes(BACK)
    for wrong in (
        (other, sent, back, proof),
        (public, [other], back, proof),
        (public, sent, [other], proof),
        (public, sent * 2, back * 2, proof),
        (public, sent, back * 2, proof),
        (public, [], [], proof),
        (public, sent, back, proof[:-1]),
        (public, sent, back, bytes(64)),
        (bytes(32), sent, back, proof),
    ):
        with pytest.raises((ProofError, GroupError)):
            oprf.check_proof(*wrong)


def test_two_answers_of_one_batch_cannot_change_places():
    key, public = oprf.derive_key(SEED, INFO)
    sent = [oprf.blind(one).element for one in (b"a", b"b")]
    elements = [group.decode(one) for one in sent]
    back = [one.encode() for one in oprf.evaluate(key, elements)]
    proof = oprf.prove(key, public, sent, back, elements)
    oprf.check_proof(public, sent, back, proof)
    with pytest.raises(ProofError):
        oprf.check_proof(public, sent, back[::-1], proof)


def test_a_blinded_input_tells_nothing_twice():
    assert len({oprf.blind(b"PW1234").element for _ in range(20)}) == 20


@settings(max_examples=150)
@given(st.binary(min_size=60, max_size=68), st.binary(max_size=40), st.binary(max_size=40))
def test_nonsense_is_refused_in_words(proof, sent, back):
    with pytest.raises((ProofError, GroupError)):
        oprf.check_proof(bytes.fromhex(PUBLIC), [sent], [back], proof)
