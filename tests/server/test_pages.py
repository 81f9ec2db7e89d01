"""The reporter's page and the built files; the start page; errors of the interface."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests import people
from upstander.pages import built
from upstander.server.installation import load

pytestmark = [pytest.mark.django_db, pytest.mark.db]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "assets" / "fonts").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("no")
    monkeypatch.setattr(built, "FOLDER", tmp_path)
    return tmp_path


def test_the_page_carries_installation_and_key(force: people.Force, folder: Path) -> None:
    assert Client().get(f"/{force.slug}/").status_code == 503
    (folder / "report.html").write_text(
        '<meta content="{{installation}}"><meta content="{{key}}"><meta content="{{roster}}">'
    )
    page = Client().get(f"/{force.slug}/")
    assert (
        page.content.decode()
        == f'<meta content="{load().id}"><meta content="{load().sign}"><meta content="">'
    )


def test_one_institution_is_the_start_and_two_are_a_list(force: people.Force) -> None:
    assert Client().get("/").headers["Location"] == f"/{force.slug}/"
    people.found_force("wexhollow", "Wexhollow <Police>")
    page = Client().get("/").content.decode()
    assert 'href="/marlshire/"' in page and "Wexhollow &lt;Police&gt;" in page


def test_assets_have_the_right_types(folder: Path) -> None:
    for name, kind in (
        ("a.js", "text/javascript; charset=utf-8"),
        ("a.css", "text/css; charset=utf-8"),
        ("icon.svg", "image/svg+xml"),
        ("fonts/a.woff2", "font/woff2"),
        ("a.bin", "application/octet-stream"),
    ):
        (folder / "assets" / name).write_bytes(b"x")
        response = Client().get(f"/assets/{name}")
        assert (response.status_code, response.headers["Content-Type"], response.content) == (200, kind, b"x")


def test_a_rebuilt_asset_is_noticed(folder: Path) -> None:
    path = folder / "assets" / "a.js"
    path.write_text("1")
    first = Client().get("/assets/a.js")
    path.write_text("2")
    os.utime(path, (1, 1))
    second = Client().get("/assets/a.js")
    assert second.content == b"2" and first["ETag"] != second["ETag"]


@pytest.mark.parametrize(
    "name", ["../secret.txt", "..%2fsecret.txt", "fonts/../../secret.txt", "", "fonts", "//etc/passwd"]
)
def test_no_way_out_of_the_folder(folder: Path, name: str) -> None:
    response = Client().get(f"/assets/{name}")
    assert response.status_code == 404 and response.content != b"no"


def test_a_link_out_of_the_folder_is_not_followed(folder: Path) -> None:
    (folder / "assets" / "link.js").symlink_to(folder / "secret.txt")
    assert Client().get("/assets/link.js").status_code == 404


def problem(response: Any, status: int, type_: str) -> dict[str, Any]:
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body.keys() >= {"type", "title", "status", "detail", "where"}
    assert (body["type"], body["status"]) == (type_, status)
    return body


def test_errors_of_the_interface_have_one_shape(force: people.Force) -> None:
    path = f"/api/v1/i/{force.slug}"
    post = lambda data, kind="application/json": Client().post(f"{path}/reports", data, content_type=kind)  # noqa: E731
    problem(Client().get(f"{path}/nothing"), 404, "not-found")
    problem(Client().get("/api/v1/i/nowhere/card"), 404, "not-found")
    problem(Client().get("/api/v1/packs/" + "0" * 64), 404, "not-found")
    wrong = Client().get(f"{path}/reports")
    problem(wrong, 405, "refused")
    assert wrong.headers["Allow"] == "POST"
    for data in ("", "{", "[]", "null", '"x"', "NaN", '{"a":NaN}', "[" * 100_000, b"\xff\xfe", b"\0"):
        answer = post(data)
        assert answer.status_code in {400, 422}, data
        problem(answer, answer.status_code, "malformed")
    problem(post("{}", "text/html"), 422, "malformed")
    problem(
        post('{"act":"\\ud800"}'), 422 if post('{"act":"\\ud800"}').status_code == 422 else 400, "malformed"
    )


def test_a_body_that_is_too_long_is_said_to_be(force: people.Force) -> None:
    answer = Client().post(
        f"/api/v1/i/{force.slug}/reports", b" " * (16 * 1024 * 1024 + 1), content_type="application/json"
    )
    problem(answer, 413, "too-large")


def test_a_fault_of_ours_tells_nothing(
    force: people.Force, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from upstander.server.institutions import cards

    def broken(slug: str) -> str:
        raise RuntimeError(f"secret of {slug}")

    monkeypatch.setattr(cards, "shown", broken)
    answer = Client(raise_request_exception=False).get(f"/api/v1/i/{force.slug}/card")
    body = problem(answer, 500, "busy")
    assert "secret" not in answer.content.decode() and body["detail"] == ""


def test_the_host_is_checked(force: people.Force) -> None:
    assert Client(headers={"host": "evil.example"}).get(f"/{force.slug}/").status_code == 400
