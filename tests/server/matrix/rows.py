"""Every route of the server, and who is let in to it. The routes themselves come from the URL configuration."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from tests import people
from tests.server.casework import coded
from tests.server.casework.desk import Desk
from tests.server.linked import test_marks as marks
from tests.server.matrix.world import SIGNED_OUT, World, shares
from tests.server.tools import test_briefs as briefs
from upstander.formats import b64, ids
from upstander.sealing import age
from upstander.server.accounts.session import active_key
from upstander.server.institutions.models import Custodian
from upstander.server.urls import api

HOLDERS = frozenset({"handler", "fellow handler"})
ON_CHANNEL = HOLDERS | {
    "shut out by the reporter",
    "subject",
    "recused",
    "key taken away",
}  # of the case, still
OUTSIDE = frozenset({"on another channel", "guardian", "investigator"})  # on the outside channel
ADMINISTRATORS = frozenset({"administrator", "administrator elsewhere"})
OVERSEERS = frozenset({"overseer", "overseer elsewhere"})
KEYED = ON_CHANNEL | OUTSIDE | ADMINISTRATORS | OVERSEERS | {"left the team", "handler elsewhere"}
STAFF = KEYED | {"without a key"}
REPORTER = frozenset({"reporter"})
EVERYBODY = STAFF | {SIGNED_OUT, "reporter"}
KNOW = HOLDERS | {"investigator", "overseer"}  # may be shown the case's number


@dataclass(frozen=True)
class Row:
    """Who is let in, and what her browser sends. `whole`: it does what it asks for, with 200 or 204."""

    to: frozenset[str]
    body: Callable[[World], dict[str, Any]] | None = None
    headers: Callable[[World], dict[str, str]] | None = None
    whole: bool = False
    never: bool = False  # what is asked for is not there, so that she gets what an absent one gets


def act(**said: Any) -> dict[str, Any]:
    """The frame of an act, by its form only."""
    return {"act": ids.new_id(), "number": 1, "label": "0" * 32, "salt": b64.encode(bytes(32)), **said}


def _hold(world: World) -> dict[str, Any]:
    return {**world.desk().act(), "rule": "claim", "set": True, "reasons": ids.new_id()}


def _guardian(world: World) -> dict[str, Any]:
    sealed = age.seal(b"a name".ljust(4096, b"\0"), [world.force.second_overseer.key.seal])
    to = world.force.second_overseer.key.id
    return {"id": ids.new_id(), "to": to, "sealed": b64.encode(sealed)}


def _copy(world: World) -> dict[str, Any]:
    """The redacted copy that the overseer waits for."""
    key = active_key(world.asked.sample.person)
    assert key is not None
    sealed = age.seal(b"a copy".ljust(4096, b"\0"), [key.seal])
    return {"drawn": world.asked.id, "to": key.id, "sealed": b64.encode(sealed)}


def _comment(world: World) -> dict[str, Any]:
    """What the overseer writes to those who hold the case."""
    sealed = age.seal(b"a comment".ljust(4096, b"\0"), [world.force.handler.key.seal])
    return {"id": ids.new_id(), "to": [world.force.handler.key.id], "sealed": b64.encode(sealed)}


def _mark(world: World) -> dict[str, Any]:
    said = {"act": ids.new_id(), "code": "not-subject", "group": ids.new_id(), "reports": 2}
    return {**said, "sealed": marks.sealed(world.force)}


def _custodian(world: World) -> dict[str, Any]:
    return {"custodian": Custodian.objects.get(channel=world.force.inside, retired=False).key}


def _batch(world: World) -> dict[str, Any]:
    desk = world.desk()
    return {"cases": [{**desk.letting_in(world.force.second_overseer), "case": world.case}], "reason": "left"}


def _regrant(world: World) -> dict[str, Any]:
    """To one key: that nobody else's case is sealed again is another test."""
    desk = world.desk()
    return {"cases": [{**desk.letting_in(world.force.colleague), "case": world.case}]}


def _written(world: World) -> dict[str, Any]:
    """A sealed envelope, by its form only."""
    return dict(world.desk().envelope("x"))


def _pledge(world: World) -> dict[str, Any]:
    return {**_slip(world), "id": ids.new_id(), "notes": {"a": _bytes()}, "parcel": _bytes()}


def _slip(world: World) -> dict[str, Any]:
    return {key: value for key, value in act(slip=_bytes()).items() if key != "number"}


def _bytes() -> str:
    return b64.encode(bytes(2048))


def _words(body: Callable[[World], dict[str, Any]]) -> Row:
    return Row(REPORTER, body=body)


def _case(body: Callable[[Desk], dict[str, Any]]) -> Row:
    return Row(HOLDERS, body=lambda world: body(world.desk()))


CASE = Row(HOLDERS, whole=True)
PAGE = Row(KEYED)
NOBODY = Row(frozenset())
WORDS = Row(REPORTER)
NEW_KEY = {"seal": "x", "sign": "x", "wrapped": [{}], "words_key": "x"}
WELSH = {
    "get": ("releases/", "news/", "news/confirm/<token>/", "news/stop/<token>/", "hearings/",
            "hearings/feed.atom", "hearings/feed.json", "hearings/<slug>/", "hearings/<slug>/feed.atom",
            "hearings/<slug>/feed.json", "i/<slug>/review/", "i/<slug>/review/<path>", "", "<path>"),
    "post": ("news/", "news/confirm/<token>/", "news/stop/<token>/"),
}  # fmt: skip
ROWS: dict[str, Row] = {
    **{f"{method} public/cy/{path}": Row(EVERYBODY) for method, paths in WELSH.items() for path in paths},
    # for everybody
    **{
        f"get {path}": Row(EVERYBODY)
        for path in (
            "",
            "robots.txt",
            "favicon.ico",
            "assets/<name>",
            "log/",
            "log/cy/",
            "log/<generation>/checkpoint",
            "log/<generation>/tile/<rest>",
            "public/releases/",
            "public/releases/<identity>/",
            "public/releases/<identity>/<path>",
            "public/news/",
            "public/news/confirm/<token>/",
            "public/news/stop/<token>/",
            "public/hearings/",
            "public/hearings/feed.atom",
            "public/hearings/feed.json",
            "public/hearings/<slug>/",
            "public/hearings/<slug>/feed.atom",
            "public/hearings/<slug>/feed.json",
            "public/i/<slug>/review/",
            "public/i/<slug>/review/<path>",
            "public/",
            "public/<path>",
            "<slug>/",
            "<slug>/survey/",
            "<slug>/pass/",
            "desk/sign-in/",
            "desk/welcome/<token>/",
            "desk/account/inactive/",
            "desk/account/2fa/authenticate/",
            "desk/account/2fa/webauthn/login/",
            "api/v1/openapi.json",
            "api/v1/i/<slug>/card",
            "api/v1/packs/<sha256>",
            "api/v1/i/<slug>/uploads/<upload>",
            "api/v1/log",
            "api/v1/keepers",
            "api/v1/keepers/counts",
            "api/v1/keepers/passes",
            "api/v1/i/<slug>/survey",
            "api/v1/public/publications",
            "api/v1/public/institutions",
            "api/v1/public/institutions/<slug>/tables/<name>",
            "api/v1/public/hearings",
            "api/v1/",
        )
    },
    **{
        f"post {path}": Row(EVERYBODY)
        for path in (
            "public/news/",
            "public/news/confirm/<token>/",
            "public/news/stop/<token>/",
            "desk/sign-out/",
            "desk/welcome/<token>/",
            "desk/account/inactive/",
            "desk/account/2fa/authenticate/",
            "desk/account/2fa/webauthn/login/",
            "api/v1/i/<slug>/reports",
            "api/v1/i/<slug>/records",
            "api/v1/i/<slug>/mailbox/challenge",
            "api/v1/i/<slug>/mailbox/open",
            "api/v1/log/consistency",
            "api/v1/log/watch",
            "api/v1/keepers/evaluate",
            "api/v1/keepers/claims",
            "api/v1/i/<slug>/survey/answers",
            "api/v1/desk/sign-in/challenge",
            "api/v1/desk/sign-in",
        )
    },
    "put api/v1/i/<slug>/uploads/<upload>": Row(EVERYBODY),
    "put api/v1/i/<slug>/uploads/<upload>/parts/<number>": Row(EVERYBODY),
    # for who has the seven words
    "get api/v1/i/<slug>/mailbox": WORDS,
    "post api/v1/i/<slug>/mailbox/messages": _words(lambda world: act(envelope=_written(world), uploads=[])),
    "put api/v1/i/<slug>/mailbox/record": _words(
        lambda world: act(envelope=_written(world), expires="2030-01-01")
    ),
    "delete api/v1/i/<slug>/mailbox/record": _words(lambda _: act(statement="x")),
    "post api/v1/i/<slug>/mailbox/take-back": _words(
        lambda _: act(upload=ids.new_id(), sealed="0" * 64, statement="x")
    ),
    "post api/v1/i/<slug>/mailbox/send": _words(
        lambda world: people.submission(world.force, people.reporter())
    ),
    "get api/v1/i/<slug>/mailbox/pledges": WORDS,
    "post api/v1/i/<slug>/mailbox/pledges": _words(_pledge),
    "put api/v1/i/<slug>/mailbox/pledges/<pledge>": Row(REPORTER, body=_slip, never=True),
    "get api/v1/i/<slug>/mailbox/pledges/<pledge>/parcel": Row(REPORTER, never=True),
    "post api/v1/i/<slug>/mailbox/pledges/<pledge>/keepers": Row(
        REPORTER, body=lambda _: {"notes": {}, "parcel": False}, never=True
    ),
    # for who works here, about herself
    "get desk/again/": Row(STAFF),
    "get desk/keys/new/": Row(STAFF),
    "get desk/account/2fa/webauthn/reauthenticate/": Row(STAFF),
    "post desk/account/2fa/webauthn/reauthenticate/": Row(STAFF),
    "post api/v1/desk/again": Row(STAFF, body=lambda _: {"statement": "x"}),
    "get api/v1/desk/me": Row(STAFF, whole=True),
    "post api/v1/desk/keys": Row(STAFF, body=lambda _: NEW_KEY),
    **{
        f"{method} desk/account/2fa/{path}": PAGE
        for path in (
            "totp/activate/",
            "webauthn/add/",
            "recovery-codes/generate/",
        )
        for method in ("get", "post")
    },
    "get desk/account/2fa/recovery-codes/": Row(KEYED, never=True),
    "get desk/account/2fa/totp/deactivate/": Row(KEYED, never=True),  # nobody here has a second step
    "post desk/account/2fa/totp/deactivate/": Row(KEYED, never=True),
    **{
        f"get desk/{path}": PAGE
        for path in (
            "",
            "keys/",
            "keys/passkey/",
            "keys/words/",
            "keys/change/",
            "recover/",
            "account/2fa/",
            "account/2fa/reauthenticate/",
            "account/2fa/webauthn/",
            "figures/",
            "queue/",
            "briefs/",
            "search/",
            "wording/",
            "guardian/",
        )
    },
    "post api/v1/desk/words": Row(KEYED, body=lambda _: {"words_key": "x", "wrapped": [{}]}),
    "post api/v1/desk/word-counts": Row(KEYED, body=lambda _: {"rules": []}, whole=True),
    "get api/v1/desk/pack": PAGE,
    "get api/v1/desk/openable": PAGE,
    "get api/v1/desk/guardian": PAGE,
    "get api/v1/desk/regrant": PAGE,
    "post api/v1/desk/regrant": Row(KEYED, body=_regrant),
    "get desk/account/2fa/webauthn/keys/<pk>/remove/": NOBODY,  # there is no such passkey
    "post desk/account/2fa/webauthn/keys/<pk>/remove/": NOBODY,
    "post api/v1/desk/keys/<key_id>/wrapped": Row(frozenset({"handler"}), body=lambda _: {"wrapped": {}}),
    # for administrators
    "get desk/people/": Row(ADMINISTRATORS),
    "post desk/people/": Row(ADMINISTRATORS),
    **{
        f"{method} desk/people/<username>/{what}/": Row(frozenset({"administrator"}))
        for what in ("invite", "lost", "end", "duties")
        for method in ("get", "post")
    },
    "post desk/channel/<channel_id>/first/<key_id>/": NOBODY,  # somebody is on it already
    "get desk/duties/<token>/": Row(frozenset({"overseer"}), whole=True),
    "post desk/duties/<token>/": Row(frozenset({"overseer"}), whole=True),
    # for who is on the channel
    "get desk/channel/<channel_id>/": Row(ON_CHANNEL | {"administrator"}, whole=True),
    "get api/v1/desk/channels/<channel_id>/waiting": Row(ON_CHANNEL | {"administrator"}, whole=True),
    "post api/v1/desk/channels/<channel_id>/members": Row(
        ON_CHANNEL | {"administrator"}, body=lambda _: {"key": "a" * 26, "enrol": "x"}, never=True
    ),
    "get desk/channel/<channel_id>/leave/<key_id>/": Row(ON_CHANNEL | {"administrator"}),
    "post desk/channel/<channel_id>/leave/<key_id>/": Row(ON_CHANNEL | {"administrator"}),
    "post api/v1/desk/channels/<channel_id>/leavers": Row(
        ON_CHANNEL | {"administrator"}, body=lambda world: {"key": world.force.handler.key.id}
    ),
    "get desk/recover/<channel_id>/": Row(ON_CHANNEL, whole=True),
    "post api/v1/desk/recover/<channel_id>/proof": Row(ON_CHANNEL, body=_custodian, whole=True),
    "get api/v1/desk/recover/<channel_id>": Row(frozenset({"handler"}), headers=shares, whole=True),
    "post api/v1/desk/recover/<channel_id>": Row(frozenset({"handler"}), body=_batch, headers=shares),
    "get desk/channels/<channel_id>/linked/": Row(ON_CHANNEL, whole=True),
    "get api/v1/desk/channels/<channel_id>/marks": Row(ON_CHANNEL),  # of a group that she can name
    "post api/v1/desk/channels/<channel_id>/marks": Row(ON_CHANNEL, body=_mark),
    # for who holds the case
    **{
        f"get {path}": CASE
        for path in (
            "desk/cases/<case_id>/",
            "api/v1/desk/cases/<case_id>/free",
            "desk/cases/<case_id>/file/",
            "desk/cases/<case_id>/file/decisions/",
            "desk/cases/<case_id>/file/short/",
            "api/v1/desk/cases/<case_id>",
            "api/v1/desk/cases/<case_id>/uploads/<upload_id>",
            "api/v1/desk/cases/<case_id>/standing",
            "api/v1/desk/cases/<case_id>/holds",
        )
    },
    "post api/v1/desk/cases/<case_id>/envelopes": _case(lambda desk: desk.writing("x")),
    "post api/v1/desk/cases/<case_id>/steps": _case(lambda desk: desk.stepping("opened")),
    "post api/v1/desk/cases/<case_id>/facts": _case(lambda desk: desk.working(coded.declaration())),
    "post api/v1/desk/cases/<case_id>/bank": _case(lambda desk: desk.using("authorised", "a" * 64, "a" * 64)),
    "post api/v1/desk/cases/<case_id>/grants": _case(
        lambda desk: desk.letting_in(desk.force.second_overseer)
    ),
    "post api/v1/desk/cases/<case_id>/epochs": _case(
        lambda desk: desk.taking_away(desk.force.colleague, also=desk.departed())
    ),
    "post api/v1/desk/cases/<case_id>/holds": Row(HOLDERS, body=_hold),
    "post api/v1/desk/cases/<case_id>/brief": _case(briefs.beginning),
    "post api/v1/desk/cases/<case_id>/brief/envelopes": _case(lambda desk: desk.writing("x", "brief")),
    "post api/v1/desk/cases/<case_id>/brief/names": _case(lambda desk: desk.writing("x", "work")),
    "post api/v1/desk/cases/<case_id>/brief/grants": _case(
        lambda desk: desk.letting_in(desk.force.second_overseer, scopes=("brief",))
    ),
    "post api/v1/desk/cases/<case_id>/guardian": Row(HOLDERS, body=_guardian),
    # for who has a key to the investigator's version
    "get desk/briefs/<case_id>/": Row(HOLDERS | {"investigator"}, whole=True),
    "get api/v1/desk/briefs/<case_id>": Row(HOLDERS | {"investigator"}, whole=True),
    "post api/v1/desk/briefs/<case_id>/declaration": Row(
        HOLDERS | {"investigator"}, body=lambda world: world.brief.working(coded.declaration())
    ),
    "post api/v1/desk/briefs/<case_id>/envelopes": Row(
        HOLDERS | {"investigator"}, body=lambda world: world.brief.writing("x", "work")
    ),
    # for guardians, overseers, who signs for figures
    "post api/v1/desk/guardian/<watched_id>/drop": Row(frozenset({"guardian"}), whole=True),
    "get desk/oversight/": Row(OVERSEERS, whole=True),
    "get desk/oversight/list/<name>/": Row(OVERSEERS, whole=True),
    "get desk/oversight/cases/<case_id>/": Row(frozenset({"overseer"}), whole=True),
    "post desk/oversight/cases/<case_id>/": Row(frozenset({"overseer"})),
    "post desk/oversight/sample/": Row(OVERSEERS),
    "get desk/oversight/sample/<sample_id>/": Row(frozenset({"overseer"}), whole=True),
    "get desk/oversight/sample/<sample_id>/list.json": Row(frozenset({"overseer"}), whole=True),
    "post api/v1/desk/oversight/copies/<drawn_id>/open": Row(frozenset({"overseer"}), whole=True),
    "get api/v1/desk/cases/<case_id>/copies": CASE,
    "post api/v1/desk/cases/<case_id>/copies": Row(HOLDERS, body=_copy, whole=True),
    "get api/v1/desk/oversight/cases/<case_id>/readers": Row(frozenset({"overseer"}), whole=True),
    "post api/v1/desk/oversight/cases/<case_id>/comments": Row(
        frozenset({"overseer"}), body=_comment, whole=True
    ),
    "get api/v1/desk/cases/<case_id>/comments": CASE,
    "get desk/figures/<identity>/": Row(OUTSIDE, whole=True),
    "post desk/figures/<identity>/": Row(OUTSIDE),
    "get desk/figures/<identity>/look/": Row(OUTSIDE, whole=True),
    "get desk/figures/<identity>/look/<path>": Row(OUTSIDE, whole=True),
}


def walk(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address of the URL configuration, as it is written there, without the kinds of its parts."""
    for one in patterns:
        here = before + re.sub(r"<\w+:(\w+)>", r"<\1>", str(one.pattern))
        if isinstance(one, URLResolver):
            yield from walk(one.url_patterns, here)
        else:
            yield here, one


def addresses() -> set[str]:
    """All addresses there are."""
    return {address for address, _ in walk(get_resolver().url_patterns)}


def operations() -> set[str]:
    """All operations of the interface, each with its method."""
    return {
        f"{method} {path.removeprefix('/').replace('{', '<').replace('}', '>')}"
        for path, found in api.get_openapi_schema()["paths"].items()
        for method in found
    }
