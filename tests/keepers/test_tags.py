"""Tags: equal names, equal tags; nobody signs for a name she did not ask about."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from upstander.formats import b64, statements
from upstander.formats.errors import FormatError
from upstander.keepers import tags

ONE, TWO = bytes(range(64)), bytes(range(1, 65))


def signed(keys, message=b"entry"):
    made = tags.sign_tags(keys, message)
    return list(made), list(made.values())


def test_equal_names_give_equal_tags_and_others_do_not():
    assert statements.public_of(tags.tag_key(ONE)) == statements.public_of(tags.tag_key(bytes(range(64))))
    assert statements.public_of(tags.tag_key(ONE)) != statements.public_of(tags.tag_key(TWO))
    for wrong in (b"", ONE[:-1], ONE + b"\0"):
        with pytest.raises(FormatError):
            tags.tag_key(wrong)


@pytest.mark.parametrize("names", [1, 3, 8])
def test_an_entry_always_carries_the_same_number(names):
    outputs = [bytes((i,)) * 64 for i in range(names)]
    carried, signatures = signed(tags.filled(outputs))
    assert len(carried) == tags.CARRIED
    assert {statements.public_of(tags.tag_key(one)) for one in outputs} <= set(carried)
    tags.check_tags(carried, signatures, b"entry")


def test_the_same_name_twice_counts_once_and_too_many_are_refused():
    assert len({statements.public_of(key) for key in tags.filled([ONE, ONE])}) == tags.CARRIED
    for outputs in ([], [bytes((i,)) * 64 for i in range(9)]):
        with pytest.raises(FormatError):
            tags.filled(outputs)


def test_what_fills_up_is_fresh_each_time():
    one, two = (set(signed(tags.filled([ONE]))[0]) for _ in range(2))
    assert one & two == {statements.public_of(tags.tag_key(ONE))}


def test_copied_moved_missing_and_doubled_tags_are_refused():
    keys = tags.filled([ONE, TWO])
    carried, signatures = signed(keys)
    stranger = Ed25519PrivateKey.generate()
    copied = sorted([statements.public_of(stranger), *carried[1:]])
    for wrong in (
        (carried, signatures, b"another entry"),
        (carried[::-1], signatures[::-1], b"entry"),
        (carried, signatures[::-1], b"entry"),
        (carried[1:], signatures[1:], b"entry"),
        ([carried[0], *carried[:-1]], [signatures[0], *signatures[:-1]], b"entry"),
        (copied, signatures, b"entry"),
        (carried, [b64.encode(bytes(64)), *signatures[1:]], b"entry"),
        (carried, ["", *signatures[1:]], b"entry"),
        (carried, [], b"entry"),
        ([], [], b"entry"),
    ):
        with pytest.raises(tags.TagError):
            tags.check_tags(*wrong)
