"""Whatever somebody sends or hands over, it is read or refused in words: no other error, and nothing half done."""

import contextlib
import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.keeper.town import Town
from tests.keepers import scene
from upstander.formats import canonical
from upstander.formats.errors import FormatError
from upstander.keepers import codes, handed, linked, passes
from upstander.keepers.errors import RefusalError
from upstander.keepers.shares import Opened
from upstander.keepers.unlocked import unlock
from upstander.sealing import padding
from upstander.sealing.errors import SealingError

REFUSED = (FormatError, RefusalError, SealingError)
RELEASE = {
    "kind": "match",
    "links": [],
    "pledge": scene.Reporter("anna", [scene.warrant("1")]).pledge.body(),
    "released": scene.DAY,
    "share": "",
    "wish": "",
}
PIECES = st.sampled_from(
    ["", "x", "\ud800", scene.DAY, "2026-11", "a" * 43, "a" * 64, "match", "case", "upstander/linked/v1"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 2**70) | st.floats() | PIECES | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(PIECES | st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)
KEYS = st.sampled_from(
    [
        *RELEASE,
        "format",
        "cases",
        "groups",
        "mac",
        "month",
        "nonce",
        "case",
        "reporter",
        "epochs",
        "recipients",
        "envelopes",
        "named",
        "code",
        "elements",
        "seal",
        "token",
        "statement",
        "parcel",
        "renewal",
        "pass",
        "epoch",
    ]
)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=8)
MORE = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(OBJECTS | VALUES)
@MORE
def test_what_a_keeper_hands_over(value):
    for answer in ({"releases": [value]}, {"releases": value}):
        with contextlib.suppress(*REFUSED):
            handed.read_handed("union", answer, scene.ROSTER)
    if isinstance(value, dict):
        with contextlib.suppress(*REFUSED):
            handed.read_handed("union", {"releases": [{**RELEASE, **value}]}, scene.ROSTER)


@given(OBJECTS, VALUES)
@MORE
def test_what_a_report_and_a_token_say(report, value):
    linked.kinds_in(value)
    with contextlib.suppress(*REFUSED):
        passes.read_shown(value)
    with contextlib.suppress(*REFUSED):
        unlock(Opened(report, [], ()), scene.Reporter("anna", [scene.warrant("1")]).pledge, [], [])


@given(OBJECTS | VALUES, st.binary(max_size=60))
@MORE
def test_files_that_are_carried(value, data):
    texts = [data.decode("latin-1")]
    with contextlib.suppress(FormatError):
        texts.append(canonical.encode(value).decode())
    for text in texts:
        with contextlib.suppress(*REFUSED):
            codes.decode(text)
        with contextlib.suppress(*REFUSED):
            codes.read_code(text)
        with contextlib.suppress(*REFUSED):
            linked.decode(padding.pad(text.encode() + b"\n"))


def test_requests_of_all_kinds(tmp_path):
    town = Town(tmp_path)
    paths = ("claims", "challenges", "renewals", "releases", "parcels", "evaluate")

    @given(OBJECTS, st.sampled_from(paths))
    @MORE
    def sent(body, path):
        try:
            json.dumps(body).encode()
        except (ValueError, UnicodeEncodeError):
            return
        answer = town.post("union", f"/v1/{path}", **body)
        assert answer.status in (200, 400, 409, 429)
        assert answer.body

    sent()
