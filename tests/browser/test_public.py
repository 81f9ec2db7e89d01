"""The published site in Chromium: three widths, light and dark and on paper, held to axe, with its pictures kept."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.pages import PICTURES, Visitor, axe
from tests.publishing.conftest import ASSETS, Published, published  # noqa: F401  (the fixture)
from upstander.publishing.files import write

pytestmark = pytest.mark.browser
WIDTHS = (1280, 768, 320)
LOOKED = {"light": (1280, 320), "dark": (1280,)}  # where axe looks: in the dark only colours differ
PAGES = (
    "",
    "i/marlshire/",
    "i/marlshire/reports/",
    "i/marlshire/handling/",
    "i/marlshire/candour/",
    "i/marlshire/staff/",
    "i/marlshire/fairness/",
    "i/marlshire/change/",
    "i/marlshire/areas/wexhollow/",
    "i/marlshire/data/",
    "i/marlshire/releases/",
    "check/",
    "how/",
    "cy/",
    "cy/i/marlshire/",
    "cy/i/marlshire/handling/",
    "cy/i/marlshire/fairness/",
)


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves a folder and says nothing."""

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def site(published: Published, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:  # noqa: F811
    """The site as plain files on some host."""
    if not (ASSETS / "public.css").is_file():
        pytest.skip("!! The pages are not built, so the public site was not looked at. Run: npm run build")
    folder = tmp_path_factory.mktemp("site") / "public"
    write(folder, published.files)
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()


def name(path: str) -> str:
    """What a page's picture is called: its path, without that of the one institution."""
    short = path.replace("i/marlshire/", "" if path.count("/") - path.count("cy/") > 2 else "institution/")
    return short.strip("/").replace("/", "-") or "front"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_at_three_widths(chromium: Browser, site: str, scheme: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    context = chromium.new_context(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    strangers: list[str] = []
    context.on("request", lambda one: strangers.append(one.url) if not one.url.startswith(site) else None)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    for path in PAGES:
        for width in LOOKED[scheme][-1:] if path.startswith("cy/") else WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(site + path)
            if width in LOOKED[scheme]:
                assert axe(page) == [], (path, width, scheme)
            wider = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert wider <= 0, (path, width)
            drawn = PICTURES / f"public-{name(path)}-{width}-{scheme}.png"
            page.screenshot(path=drawn, full_page=True, animations="disabled")
            assert drawn.stat().st_size > 10_000, f"nothing to be seen on {drawn.name}"
    assert page.locator("h1").count() == 1
    assert strangers == []
    assert said == []
    context.close()


def test_it_reads_with_scripts_switched_off(chromium: Browser, site: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site)
    page.get_by_role("link", name="Marlshire Police", exact=True).click()
    page.get_by_role("link", name="How fast, and how it ended").click()
    expect(page.locator("h1")).to_have_text("How fast, and how it ended")
    page.get_by_text("The figures as a table").first.click()
    expect(page.locator("table").first).to_be_visible()
    context.close()


def test_labels_and_numbers_of_a_chart_do_not_meet(chromium: Browser, site: str) -> None:
    """On each drawing no two texts lie over each other: they are direct labels, there is no second place to look."""
    context = chromium.new_context()
    page = context.new_page()
    for width in (1280, 350):
        page.set_viewport_size({"width": width, "height": 900})
        for path in (one for one in PAGES if one.count("/") > 2):
            page.goto(site + path)
            met = page.evaluate(
                """() => [...document.querySelectorAll('.chart svg')].flatMap(svg => {
                    if (!svg.getBoundingClientRect().width) return [];
                    const all = [...svg.querySelectorAll('text')].map(one => [one.textContent, one.getBoundingClientRect()]);
                    return all.flatMap(([a, r], i) => all.slice(i + 1).filter(([b, s]) =>
                        r.left < s.right - 1 && s.left < r.right - 1 && r.top < s.bottom - 4 && s.top < r.bottom - 4
                    ).map(([b]) => a + ' | ' + b));
                })"""
            )
            assert met == [], (path, width)
    context.close()


def test_on_paper_charts_are_whole_and_black(chromium: Browser, site: str) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(site + "i/marlshire/handling/")
    page.emulate_media(media="print")
    shown = page.evaluate(
        "[...document.querySelectorAll('.chart svg.wide, .chart svg.thin')].map(one => [one.classList[0], getComputedStyle(one).display])"
    )
    assert {tuple(one) for one in shown} == {("wide", "block"), ("thin", "none")}
    assert page.evaluate("getComputedStyle(document.querySelector('svg .hi .pt')).fill") == "rgb(0, 0, 0)"
    page.screenshot(path=PICTURES / "public-handling-print.png", full_page=True)
    context.close()


def test_pages_of_the_server(visitor: Callable[..., Visitor]) -> None:
    """News, hearings and releases as they look; axe itself needs scripts, so they are on here."""
    one = visitor("reader")
    for path, label in (
        ("/public/", "public nothing yet"),
        ("/public/hearings/", "public hearings"),
        ("/public/releases/", "public releases"),
        ("/public/news/", "public news"),
    ):
        one.go(path)
        one.look(label)


def test_news_without_scripts(visitor: Callable[..., Visitor]) -> None:
    """A wrong address is told and nothing is lost; there is no cookie."""
    one = visitor("reader without scripts", java_script_enabled=False)
    one.go("/public/news/")
    one.page.get_by_label("Marlshire Police").check()
    one.page.get_by_label("Your e-mail address").fill("not an address")
    one.page.get_by_role("button", name="Send me the link").click()
    expect(one.page.get_by_role("alert")).to_contain_text("name@example.org")
    expect(one.page.get_by_label("Marlshire Police")).to_be_checked()
    one.page.get_by_label("Your e-mail address").fill("reader@example.org")
    one.page.get_by_role("button", name="Send me the link").click()
    expect(one.page.locator("h1")).to_have_text("Look into your mailbox")
    assert one.context.cookies() == []
