"""One person written in many ways is one identifier; two people stay two. The examples are shared with TypeScript."""

import json
import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.node import ROOT
from tests.vectors.make_keepers import FOLDER
from upstander.formats.errors import FormatError
from upstander.keepers import identifiers
from upstander.keepers.identifiers import KINDS, IdentifierError, identifier

EXAMPLES = json.loads((FOLDER / "identifiers.json").read_text("utf-8"))
SAME = [(one["kind"], typed, one["written"]) for one in EXAMPLES["same"] for typed in one["typed"]]
READABLE = set(string.ascii_lowercase + string.digits + " \n" + ".!#$%&'*/=?^_`{|}~@+-")


@pytest.mark.parametrize(("kind", "typed", "written"), SAME, ids=ascii)
def test_it_is_written_one_way(kind, typed, written):
    assert identifier(kind, **typed) == f"{kind}\n{written}"


@pytest.mark.parametrize("pair", EXAMPLES["different"])
def test_two_people_stay_two(pair):
    one, two = (identifier(each["kind"], **each["fields"]) for each in pair)
    assert one != two


@pytest.mark.parametrize("bad", EXAMPLES["refused"], ids=lambda bad: ascii(bad["fields"]))
def test_what_cannot_be_read_is_refused_and_says_where(bad):
    with pytest.raises(IdentifierError) as refused:
        identifier(bad["kind"], **bad["fields"])
    assert refused.value.field == bad["field"]


def test_other_kinds_and_fields_are_refused():
    for kind, fields in (("shoe", {}), ("warrant", {}), ("warrant", {"number": "1"})):
        with pytest.raises(FormatError):
            identifier(kind, **fields)


@given(st.sampled_from(sorted(KINDS)), st.lists(st.text(max_size=40), min_size=4, max_size=4))
@example("warrant", ["\ud800 1", "", "", ""])
def test_anything_typed_is_written_in_ascii_or_refused(kind, texts):
    fields = dict(zip(KINDS[kind][0], texts, strict=False))
    try:
        written = identifier(kind, **fields)
    except IdentifierError as refused:
        assert refused.field in fields
        return
    assert set(written) <= READABLE
    assert written.count("\n") == len(fields)


WRITTEN_AGAIN = [one for one in SAME if one[0] in ("warrant", "email", "handle", "name")]


@pytest.mark.parametrize(("kind", "typed", "written"), WRITTEN_AGAIN, ids=ascii)
def test_what_is_written_is_written_the_same_again(kind, typed, written):
    fields = dict(zip(KINDS[kind][0], written.split("\n"), strict=True))
    assert identifier(kind, **fields) == f"{kind}\n{written}"


def test_kind_and_version_keep_inputs_apart():
    written = identifier("warrant", number="PW1234", force="Met")
    assert identifiers.oprf_input(written) == b"upstander/identifier/v2\nwarrant\n1234pw\nmetropolitan"
    for kind, old in (("warrant", "1234pw"), ("collar", "1\nmetropolitan\ns"), ("phone", "+447700900123")):
        assert identifiers.oprf_input(f"{kind}\n{old}") == f"upstander/identifier/v1\n{kind}\n{old}".encode()


def test_the_page_about_it_shows_every_example_it_promises():
    page = (ROOT / "docs/reference/identifiers.md").read_text("utf-8")
    for one in EXAMPLES["same"]:
        assert "`" + one["written"].replace("\n", " / ") + "`" in page, one["written"]
    for kind, (names, _) in KINDS.items():
        assert f"`{kind}`" in page
        assert all(f"`{name}`" in page for name in names)
