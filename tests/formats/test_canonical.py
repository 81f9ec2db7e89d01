"""Canonical JSON: one text for one value."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upstander.formats import canonical
from upstander.formats.errors import FormatError

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
keys = st.text(st.characters(max_codepoint=127), max_size=5)
whole = st.integers(-canonical.LARGEST, canonical.LARGEST)
values = st.recursive(
    st.none() | st.booleans() | whole | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=20,
)


@given(values)
def test_every_value_comes_back_from_its_one_text(value):
    encoded = canonical.encode(value)
    assert canonical.decode(encoded) == value
    assert canonical.encode(canonical.decode(encoded)) == encoded


@given(values, st.sampled_from([{"indent": 1}, {"separators": (", ", ": ")}, {"ensure_ascii": True}]))
def test_every_other_spelling_is_refused(value, style):
    other = json.dumps(value, **style).encode("utf-8", "surrogatepass")
    if other == canonical.encode(value):
        return
    with pytest.raises(FormatError):
        canonical.decode(other)


@given(st.binary(max_size=40))
def test_what_decodes_is_what_encodes(data):
    try:
        value = canonical.decode(data)
    except FormatError:
        return
    assert canonical.encode(value) == data


def test_keys_are_sorted_by_byte():
    assert canonical.encode({"b": 1, "a": 2, "B": 3, "": 4}) == b'{"":4,"B":3,"a":2,"b":1}'


def test_only_what_must_be_is_escaped():
    text = '\b\t\n\f\r\0\x1f"\\/\x7f\u2028é\U0001f54a'
    wanted = '"\\b\\t\\n\\f\\r\\u0000\\u001f\\"\\\\/\x7f\u2028é\U0001f54a"'
    assert canonical.encode(text) == wanted.encode()


@pytest.mark.parametrize(
    "value", [1.0, 2**53, -(2**53), "\ud800", {"é": 1}, {1: 2}, {"a": {3}}, b"x", float("nan")]
)
def test_what_has_no_canonical_form_is_refused(value):
    with pytest.raises(FormatError):
        canonical.encode(value)


@pytest.mark.parametrize("depth", [66, 5000, 200_000])
def test_deep_nesting_is_refused_and_does_not_exhaust_the_stack(depth):
    with pytest.raises(FormatError):
        canonical.decode(b"[" * depth + b"]" * depth)


def test_a_number_of_many_digits_is_refused():
    with pytest.raises(FormatError):
        canonical.decode(b"9" * 10_000)


def test_an_object_is_asked_for():
    assert canonical.decode_object(b'{"a":1}') == {"a": 1}
    with pytest.raises(FormatError):
        canonical.decode_object(b"[]")
