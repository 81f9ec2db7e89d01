"""ristretto255: multiples of the generator, hashing, and everything that must be refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upstander.keepers import group
from upstander.keepers.errors import GroupError

P = 2**255 - 19
SCALARS = st.integers(1, group.ORDER - 1).map(lambda n: n.to_bytes(32, "little"))

# RFC 9496 appendix A.1: the generator times 1, 2, 3, 15.
MULTIPLES = {
    1: "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76",
    2: "6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919",
    3: "94741f5d5d52755ece4f23f044ee27d5d1ea1e2bd196b462166b16152a9d0259",
    15: "e0c418f7c8d9c4cdd7395b93ea124f3ad99021bb681dfc3302a9d99a2e53e64e",
}
# RFC 9496 appendix A.2: what no decoder takes.
BAD = [
    # not canonical
    "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    # negative
    "0100000000000000000000000000000000000000000000000000000000000000",
    "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20",
    # no square
    "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
    "4eac077a713c57b4f4397629a4145982c661f48044dd3f96427d40b147d9742f",
    # negative xy
    "3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e",
    # s = -1
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
]


@pytest.mark.parametrize("number", MULTIPLES)
def test_multiples_of_the_generator(number):
    assert group.base_times(group.scalar(number)).encode().hex() == MULTIPLES[number]


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_element_is_refused(text):
    with pytest.raises(GroupError):
        group.decode(bytes.fromhex(text))


def test_the_identity_is_refused_wherever_it_could_come_from():
    g = group.base_times(group.scalar(1))
    for make in (
        lambda: group.decode(bytes(32)),
        lambda: group.base_times(bytes(32)),
        lambda: bytes(32) * g,
        lambda: group.invert(bytes(32)),
        lambda: group.scalar(1) * (g + group.scalar(-1) * g),
    ):
        with pytest.raises(GroupError):
            make()


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_wrong_lengths_are_refused(length):
    for read in (group.decode, group.decode_scalar):
        with pytest.raises(GroupError):
            read(b"\2" * length)


def test_scalars_are_below_the_order():
    assert group.decode_scalar(group.scalar(group.ORDER - 1)) == group.scalar(-1)
    for number in (group.ORDER, group.ORDER + 1, 2**256 - 1):
        with pytest.raises(GroupError):
            group.decode_scalar(number.to_bytes(32, "little"))


@settings(max_examples=60)
@given(SCALARS, SCALARS)
def test_it_is_a_group_and_encoding_is_one_to_one(a, b):
    one, two = group.base_times(a), group.base_times(b)
    assert one + two == two + one
    assert group.decode(one.encode()) == one
    assert b * one == a * two == group.base_times(group.times(a, b))
    assert group.invert(a) * (a * two) == two
    total = group.plus(a, b)
    if total != bytes(32):
        assert one + two == group.base_times(total)
    assert group.minus(total, b) == a


@settings(max_examples=200)
@given(st.binary(min_size=32, max_size=32))
def test_any_32_bytes_are_refused_or_come_back_the_same(data):
    try:
        element = group.decode(data)
    except GroupError:
        return
    assert element.encode() == data
    assert group.scalar(group.ORDER - 1) * element + element == group.Element(b"\1" + bytes(31))


@settings(max_examples=25)
@given(st.binary(max_size=200))
def test_hashing_to_the_group_gives_elements(message):
    element = group.hash_to_group(message, b"a test")
    assert group.decode(element.encode()) == element
    assert element != group.hash_to_group(message, b"another test")


def test_the_one_way_map_of_the_rfc():
    # RFC 9496 appendix A.3, first vector: SHA-512("Ristretto is traditionally a short shot of espresso coffee")
    halves = bytes.fromhex(
        "5d1be09e3d0c82fc538112490e35701979d99e06ca3e2b5b54bffe8b4dc772c1"
        "4d98b696a1bbfb5ca32c436cc61c16563790306c79eaca7705668b47dffe5bb6"
    )
    parts = [group._map(int.from_bytes(half, "little") % 2**255 % P) for half in (halves[:32], halves[32:])]
    total = group._of_prime_order((group.Element(parts[0]) + group.Element(parts[1])).point)
    assert total.encode().hex() == "3066f82a1a747d45120d1740f14358531a8f04bbffe6a819f86dfe50f44a0a46"
