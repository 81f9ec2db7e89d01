"""Every header, byte for byte. Whoever changes one changes it here too, and knows why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings

from tests import people
from upstander.pages import built
from upstander.server.log import actions as log_actions
from upstander.server.log import generations
from upstander.server.log.models import Log

pytestmark = [pytest.mark.django_db, pytest.mark.db]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types upstander-worker"
)
WORKER_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types upstander-worker"
)
PERMISSIONS = (
    "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), "
    "compute-pressure=(), display-capture=(), encrypted-media=(), gamepad=(), geolocation=(), gyroscope=(), hid=(), "
    "identity-credentials-get=(), idle-detection=(), keyboard-map=(), local-fonts=(), magnetometer=(), "
    "microphone=(), midi=(), otp-credentials=(), payment=(), picture-in-picture=(), screen-wake-lock=(), serial=(), "
    "storage-access=(), usb=(), window-management=(), xr-spatial-tracking=(), clipboard-write=(self), "
    "fullscreen=(self), publickey-credentials-create=(self), publickey-credentials-get=(self)"
)
COMMON = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": PERMISSIONS,
    "Server": "upstander",
    "Cache-Control": "no-store",
}
HTML = {"Content-Type": "text/html; charset=utf-8"}
PROBLEM = {"Content-Type": "application/problem+json", "X-Robots-Tag": "noindex"}


@pytest.fixture(autouse=True)
def _page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A built page and assets, whatever was built here."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "report.html").write_text("<p>{{installation}} {{key}} {{roster}}</p>")
    (tmp_path / "assets" / "report.js").write_text("1")
    (tmp_path / "assets" / "derive.worker.js").write_text("2")
    (tmp_path / "assets" / "other.worker.js").write_text("2")
    monkeypatch.setattr(built, "FOLDER", tmp_path)


def headers(response: Any) -> dict[str, str]:
    return {k: v for k, v in response.headers.items() if k not in {"Content-Length", "ETag"}}


def test_the_reporters_page(force: people.Force) -> None:
    assert headers(Client().get(f"/{force.slug}/")) == {**COMMON, **HTML}


def test_a_page_that_is_not_there(force: people.Force) -> None:
    for path in ("/nowhere/", "/assets/nothing.js"):
        response = Client().get(path)
        assert response.status_code == 404
        assert headers(response) == {**COMMON, **HTML}


def test_the_log_may_be_kept_where_it_never_changes(force: people.Force) -> None:
    log_actions.beat()
    size = generations.newest().published
    octets = {"Content-Type": "application/octet-stream"}
    plain = {"Content-Type": "text/plain; charset=utf-8"}
    for path, expected in (
        ("/log/", HTML),
        ("/log/1/checkpoint", {**plain, "Cache-Control": "no-cache"}),
        (f"/log/1/tile/0/000.p/{size}", {**octets, "Cache-Control": "public, max-age=3600"}),
        (f"/log/1/tile/entries/000.p/{size}", {**octets, "Cache-Control": "public, max-age=3600"}),
        (f"/log/1/tile/0/000.p/{size + 1}", HTML),
        ("/log/2/checkpoint", HTML),
    ):
        assert headers(Client().get(path)) == {**COMMON, **expected}, path
    Log.objects.update(published=256)  # as if there were so many
    kept = "public, max-age=31536000, immutable"
    assert Client().get("/log/1/tile/0/000")["Cache-Control"] == kept


def test_assets_are_kept_but_asked_after(force: people.Force) -> None:
    response = Client().get("/assets/report.js")
    expected = {**COMMON, "Cache-Control": "no-cache", "Content-Type": "text/javascript; charset=utf-8"}
    assert headers(response) == expected
    again = Client(headers={"If-None-Match": response["ETag"]}).get("/assets/report.js")
    assert (again.status_code, again.content) == (304, b"")


def test_a_tag_that_a_proxy_made_weak_still_holds(force: people.Force) -> None:
    tag = Client().get("/assets/report.js")["ETag"]
    for named, status in ((f"W/{tag}", 304), (f'"other", W/{tag}', 304), ("*", 304), ('W/"other"', 200)):
        answer = Client(headers={"If-None-Match": named}).get("/assets/report.js")
        assert answer.status_code == status, named


def test_webassembly_only_in_the_one_worker(force: people.Force) -> None:
    assert Client().get("/assets/derive.worker.js")["Content-Security-Policy"] == WORKER_POLICY
    assert Client().get("/assets/other.worker.js")["Content-Security-Policy"] == POLICY


def test_the_interface(force: people.Force) -> None:
    json = {"Content-Type": "application/json", "X-Robots-Tag": "noindex"}
    assert headers(Client().get(f"/api/v1/i/{force.slug}/card")) == {**COMMON, **json}
    assert headers(Client().get(f"/api/v1/i/{force.slug}/mailbox")) == {**COMMON, **PROBLEM}
    assert headers(Client().get("/api/v1/nothing")) == {**COMMON, **PROBLEM}
    pack = force.card().pack.sha256
    cached = {"Cache-Control": "public, max-age=31536000, immutable"}
    assert headers(Client().get(f"/api/v1/packs/{pack}")) == {**COMMON, **json, **cached}


def test_the_desk_is_private(force: people.Force) -> None:
    response = force.handler.client().get("/desk/")
    found = headers(response)
    assert {name: found.get(name) for name in COMMON} == COMMON
    assert found["X-Robots-Tag"] == "noindex"


def test_reporters_get_no_cookie(force: people.Force) -> None:
    for path in ("/", f"/{force.slug}/", f"/api/v1/i/{force.slug}/card", "/assets/report.js", "/nowhere/"):
        response = Client().get(path)
        assert not response.cookies
        assert "Vary" not in response.headers or "Cookie" not in response.headers["Vary"]


def test_https_is_remembered_where_there_is_https(force: people.Force) -> None:
    with override_settings(SECURE=True):
        assert Client().get(f"/{force.slug}/")["Strict-Transport-Security"] == "max-age=63072000"


def test_every_visitor_gets_the_same_bytes(force: people.Force, other_force: people.Force) -> None:
    first = Client(headers={"Accept-Language": "cy", "User-Agent": "a"}).get(f"/{force.slug}/")
    second = force.handler.client(**{"Accept-Encoding": "gzip"}).get(f"/{other_force.slug}/")
    assert first.content == second.content
    assert headers(first) == headers(second)
