"""What a witness decides, status by status (C2SP tlog-witness), and that no request breaks it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ledger.logs import TestLog, entries
from tests.vectors import log_scene as scene
from upstander.ledger.checkpoint import Checkpoint, sign_checkpoint
from upstander.ledger.notes import b64std
from upstander.ledger.witness import Refusal, Request, decide, origin_in, parse_request

KEYS = (scene.OLD.verifier,)


@pytest.fixture(name="log")
def a_log():
    log = TestLog()
    log.append(entries(0, 5))
    return log


def status(request, last, keys=KEYS):
    with pytest.raises(Refusal) as refused:
        decide(request, keys, last)
    return refused.value.status


def test_a_log_is_followed_as_it_grows(log):
    last = None
    for size in (5, 5, 12, 300):
        if size > log.head.size:
            log.append(entries(log.head.size, size))
        request = log.request(last.size if last else 0)
        assert parse_request(str(request)) == request
        last, _ = decide(request, KEYS, last)
        assert last == log.head


def test_the_specification_s_request_is_read():
    # tlog-witness, "add-checkpoint", example request body (one of its two signatures)
    text = """old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
"""
    request = parse_request(text)
    assert (request.old, len(request.path), origin_in(request)) == (
        20852014,
        4,
        "example.com/behind-the-sofa",
    )
    assert str(request) == text
    assert status(request, None, ()) == 404


def test_each_refusal_has_its_status(log):
    first = log.head
    request = log.request(0)
    assert status(request, None, ()) == 404
    assert status(Request(0, (), request.note.replace("\n5\n", "\n6\n")), None) == 403
    assert status(Request(0, (), sign_checkpoint(log.head, log.key).replace("— u", "— x")), None) == 403
    assert status(Request(6, (), request.note), None) == 400
    assert status(request, first) == 409
    assert status(Request(0, (bytes(32),), request.note), None) == 422
    log.append(entries(5, 9))
    good = log.request(5)
    assert status(Request(5, good.path[:-1], good.note), first) == 422
    assert status(good, Checkpoint(first.origin, 5, bytes(32))) == 422
    wrong_empty = sign_checkpoint(Checkpoint(first.origin, 0, bytes(32)), log.key)
    assert status(parse_request(f"old 0\n\n{wrong_empty}"), None) == 422
    empty = sign_checkpoint(Checkpoint(first.origin, 0, scene.merkle.EMPTY_ROOT), log.key)
    assert decide(parse_request(f"old 0\n\n{empty}"), KEYS, None)[0].size == 0


def test_it_says_how_much_it_has_seen(log):
    with pytest.raises(Refusal) as refused:
        decide(log.request(0), KEYS, Checkpoint(log.head.origin, 77, bytes(32)))
    assert (refused.value.status, refused.value.size) == (409, 77)


def test_a_rewound_log_finds_no_witness(log):
    log.append(entries(5, 9))
    seen = log.head
    rewound = TestLog()
    rewound.append(entries(0, 7))
    assert status(rewound.request(0), seen) == 409
    assert status(Request(9, (), rewound.note()), seen) == 400


def test_a_forked_log_finds_no_witness(log):
    seen = log.head
    forked = TestLog()
    forked.append([*entries(0, 4), *entries(4, 9, " changed")])
    assert status(forked.request(5), seen) == 422
    same_size = TestLog()
    same_size.append(entries(0, 5, " changed"))
    with pytest.raises(Refusal) as refused:
        decide(same_size.request(5), KEYS, seen)
    assert (refused.value.status, refused.value.fork) == (422, True)


def test_entries_that_were_swapped_find_no_witness(log):
    swapped = TestLog()
    first, second, *rest = entries(0, 5)
    swapped.append([second, first, *rest, *entries(5, 8)])
    assert status(swapped.request(5), log.head) == 422


@pytest.mark.parametrize(
    "text",
    [
        "",
        "old 0",
        "old 0\n",
        "old 0\n\n",
        "old 00\n\n{}",
        "old -1\n\n{}",
        "old\n\n{}",
        "size 0\n\n{}",
        "old 0\nAAAA\n\n{}",
        "old 0\n" + (b64std(bytes(32)) + "\n") * 64 + "\n{}",
        "old 0\n\n{}x",
        "old 0\n\nnot\na\ncheckpoint\n\n— a AAAAAAA=\n",
        "old 0\n\n" + "x" * 100_000 + "{}",
    ],
)
def test_another_form_of_request_is_malformed(log, text):
    with pytest.raises(Refusal) as refused:
        parse_request(text.replace("{}", log.note()))
    assert refused.value.status == 400


@given(st.text(max_size=200) | st.tuples(st.integers(0, 500), st.text(max_size=3)))
def test_a_request_of_any_kind_is_answered_or_refused(made):
    log = TestLog()
    log.append(entries(0, 3))
    right = str(log.request(0))
    text = made if isinstance(made, str) else right[: made[0]] + made[1] + right[made[0] + len(made[1]) :]
    try:
        head, _ = decide(parse_request(text), KEYS, None)
    except Refusal:
        return
    assert head == log.head
