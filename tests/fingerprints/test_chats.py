"""WhatsApp exports in both forms and several languages; and texts that are nothing of the kind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upstander.fingerprints.chats import attachments, is_chat


@pytest.mark.parametrize(
    ("line", "file", "sender", "when"),
    [
        ("[23/11/2026, 21:04:09] Jo: <attached: a.jpg>", "a.jpg", "Jo", "23/11/2026, 21:04:09"),
        (
            "\u200e[11/23/26, 9:04:09\u202fPM] Jo P: \u200e<attached: a b.jpg>",
            "a b.jpg",
            "Jo P",
            "11/23/26, 9:04:09\u202fPM",
        ),
        ("[23.11.26, 21:04:09] Jo: \u200e<Anhang: a.jpg>", "a.jpg", "Jo", "23.11.26, 21:04:09"),
        (
            "23/11/2026, 21:04 - +44 7700 900123: IMG-20261123-WA0001.jpg (file attached)",
            "IMG-20261123-WA0001.jpg",
            "+44 7700 900123",
            "23/11/2026, 21:04",
        ),
        (
            "23.11.26, 21:04 - Jo: \u200eIMG-1.jpg (Datei angeh\u00e4ngt)",
            "IMG-1.jpg",
            "Jo",
            "23.11.26, 21:04",
        ),
        ("1/2/26, 9:04 p.m. - Jo: v.mp4 (ffeil wedi'i hatodi)", "v.mp4", "Jo", "1/2/26, 9:04 p.m."),
    ],
)
def test_who_and_when(line: str, file: str, sender: str, when: str) -> None:
    found = attachments(f"{line}\r\n".encode(), "_chat.txt")
    assert [(name, one.sender, one.when, one.chat) for name, one in found.items()] == [
        (file, sender, when, "_chat.txt")
    ]


def test_words_that_look_like_an_attachment_are_not() -> None:
    text = "[23/11/2026, 21:04:09] Jo: see <this> a.jpg\n23/11/2026, 21:04 - Jo: what a day (at last)\nx: <attached: b.jpg>\n"
    assert attachments(text.encode(), "c") == {}


def test_the_first_sender_counts() -> None:
    text = "".join(f"[0{n}/11/2026, 21:04:09] {who}: <attached: a.jpg>\n" for n, who in ((1, "A"), (2, "B")))
    assert attachments(text.encode(), "c")["a.jpg"].sender == "A"


def test_names_of_chats() -> None:
    assert all(
        map(
            is_chat,
            ("_chat.txt", "WhatsApp Chat with X.txt", "WhatsApp Chat - X.txt", "Chat de WhatsApp con X.txt"),
        )
    )
    assert not any(map(is_chat, ("notes.txt", "_chat.jpg", "x" * 300 + "WhatsApp.txt")))


@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    assert isinstance(attachments(data, "c"), dict)


@given(st.text(alphabet="[]0123456789/.:,- <>()ab\n\u200e", max_size=300))
def test_any_text_of_the_kind(text: str) -> None:
    for name, sent in attachments(text.encode(), "c").items():
        assert name in text
        assert sent.sender
        assert sent.sender in text


def test_a_long_line_costs_little() -> None:
    line = "[23/11/2026, 21:04:09] " + "a: " * 100_000
    hard = "\n".join("[1/1/26, 1:11] " + ":" * 300 + "<" * 300 for _ in range(2_000))
    assert attachments(f"{line}\n{hard}".encode(), "c") == {}
