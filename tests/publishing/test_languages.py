"""Everything public is there in Welsh too: no string missing, no number changed, each language marked as what it is."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.publishing.conftest import Published
from upstander.measure.disclosure import opened
from upstander.measure.disclosure.published import MARKS
from upstander.publishing import (
    beside,
    labels,
    language,
    page,
    pages,
    pages_check,
    register,
    review,
    review_pdf,
    rows,
    shared,
)
from upstander.publishing.errors import PublishError
from upstander.publishing.figures import TOPICS, notes_of
from upstander.publishing.language import ENGLISH, WELSH, knows, say, speaking, told
from upstander.publishing.review import Review, rows_of
from upstander.publishing.review_pages import build as build_review
from upstander.server import errors, views
from upstander.server.transparency import actions, calendar, news
from upstander.server.transparency.models import Hearing

SOURCE = Path(language.__file__).parents[1]
SAYING = (
    SOURCE / "publishing",
    SOURCE / "server/transparency",
    SOURCE / "server/log",
)  # where words for everybody stand
PAGES = SOURCE / "server/templates/public"
# Names, numbers and commands, which are the same in both languages.
SAME = re.compile(
    r"[\W\d_]*|Upstander|Cymraeg|English|\(?Marlshire Police\)?|Wexhollow(?:: Marlshire Police - Upstander)?|Oldmarket and the river(?:: Marlshire Police - Upstander)?|Fellmoor Oversight"
    r"|CSV|Parquet|JSON Feed|Data(?:: Marlshire Police - Upstander)?|\[[cluxz]\]|[0-9a-f]{64}|upstander (?:verify publication https?://\S+|/.*)|PDF"
)
CONSTANTS = (
    *labels.WORDS.values(),
    *labels.COLUMNS.values(),
    *labels.MONTHS,
    *labels.QUARTERS,
    *TOPICS.values(),
    *(name for name, _ in page.LINKS),
    *(text for key in page.KEYS.values() for _, text in key),
    *MARKS.values(),
    *rows.HIDDEN.values(),
    *register.PROGRESS,
    *review.METHOD,
    *review.LIMITS,
    *review.HEAD,
    *review_pdf.HEADINGS.values(),
    *(text for head in review_pdf.HEADS.values() for text in head),
    *calendar.STANDARDS,
    *actions.OUTCOMES,
    news.NOTHING,
    *(errors.TITLES[status][1] for status in views.SPOKEN),
    *Hearing.Kind.values,
    *Hearing.Access.values,
    shared.LEAD,
    shared.NOT_SHOWN,
    pages.FRONT,
    pages_check.NOT_DUE,
    beside.NOT_COMPARED,
    *pages_check.NEWEST.values(),
)


def said() -> set[str]:
    """Every string that the code hands to `say` as it stands, and those it takes from its lists."""
    found = set(CONSTANTS)
    for path in (one for folder in SAYING for one in folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say":
                first = node.args[0]
                texts = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
                found |= {str(one.value) for one in texts if isinstance(one, ast.Constant)}
    for template in (*PAGES.glob("*.html"), PAGES.parent / "log.html"):
        found |= set(re.findall(r'{% say "([^"]+)"', template.read_text("utf-8")))
    return found


def test_everything_that_is_said_is_said_in_welsh_and_nothing_else() -> None:
    body = tomllib.loads((SOURCE / "publishing/cy.toml").read_text("utf-8"))
    welsh, more = ({one["en"] for one in body[part]} for part in ("say", "told"))
    wanted = said()
    assert len(wanted) > 350, "the test finds strings"
    assert wanted - welsh - more == set(), "not translated"
    assert welsh - wanted == set(), "translated, and said nowhere"
    language.catalogue()  # raises where braces differ or words stand there twice


def test_what_measure_says_is_known_again(published: Published) -> None:
    """Titles, notes, columns, rows and intervals in words of every table there is."""
    unknown = set()
    for safe in published.made.release.publishable():
        table = opened(safe)
        head, body = rows_of(safe)
        with speaking(WELSH):
            unknown |= {text for text in (table.title, *notes_of(safe)) if not knows(text)}
            welsh_head, welsh_body = rows_of(safe)
        for row, own in zip((head, *body), (welsh_head, *welsh_body), strict=True):
            unknown |= {
                text
                for text, other in zip(row, own, strict=True)
                if text == other and not SAME.fullmatch(text)
            }
    assert unknown == set()


@pytest.mark.parametrize(
    ("english", "welsh"),
    [
        ("About 33 in 100, likely between 29 and 37.", "Tua 33 o bob 100, yn debygol rhwng 29 a 37."),
        (
            "About 1.3 times as often, likely 1 times with no upper limit. Take this with care: the range is wide.",
            "Tua 1.3 gwaith mor aml, yn debygol o leiaf 1 gwaith, heb derfyn uchaf. "
            "Byddwch yn ofalus â hyn: mae'r ystod yn llydan.",
        ),
        ("We cannot tell: there are no cases.", "Ni allwn ddweud: nid oes achosion."),
        (
            "registered on 2020-12-02, before the data were cut; plan 0a1b in log.example.org/1; "
            "witnesses had seen it by 2020-12-03",
            "wedi'i gofrestru ar 2020-12-02, cyn torri'r data; cynllun 0a1b yn log.example.org/1; "
            "roedd tystion wedi'i weld erbyn 2020-12-03",
        ),
        ("Something that nobody has said before.", "Something that nobody has said before."),
    ],
)
def test_finished_english_is_known_by_its_pattern(english: str, welsh: str) -> None:
    with speaking(WELSH):
        assert told(english) == welsh
    assert told(english) == english


def test_no_number_is_lost_or_changed_between_the_languages(published: Published) -> None:
    """In each finding, row and interval, and in what stands in place of numbers."""
    release = published.made.release
    english = release.figures()
    with speaking(WELSH):
        welsh = release.spoken().figures()
    assert [one.name for one in english] == [one.name for one in welsh]
    for one, other in zip(english, welsh, strict=True):
        pairs = [(one.finding, other.finding), (one.sub, other.sub), (one.head_says, other.head_says)]
        for panel, own in zip(one.panels, other.panels, strict=True):
            for mark, its in zip(panel.marks, own.marks, strict=True):
                pairs += [(mark.said, its.said), (mark.more, its.more), (mark.label, its.label)]
                assert (mark.value, mark.low, mark.high) == (its.value, its.low, its.high)
        for text, its in pairs:
            assert numbers(text) == numbers(its), (text, its)


def numbers(text: str) -> list[str]:
    """Numbers, smallest first; `in 100` and `out of every 100` are the same."""
    return sorted(re.findall(r"−?\d+(?:[.,]\d+)*", text))


class Texts(HTMLParser):
    """What is read of a page: texts, labels and links, without what says that it is in the other language."""

    def __init__(self, own: str) -> None:
        super().__init__()
        self.own, self.open, self.texts = own, [own], set[str]()
        self.switch: list[str] = []
        self.alternate: list[str] = []
        self.root = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "html":
            self.root = given.get("lang") or ""
        if tag == "link" and given.get("hreflang"):
            self.alternate = [str(given["hreflang"]), str(given["href"])]
        if tag == "a" and given.get("hreflang") and given.get("lang"):
            self.switch = [str(given["hreflang"]), str(given["lang"]), str(given["href"])]
        if tag not in ("meta", "link", "br"):
            self.open.append(given.get("lang") or self.open[-1])
        if self.open[-1] == self.own:
            self.texts |= {str(given[name]) for name in ("aria-label", "alt", "title") if given.get(name)}

    def handle_endtag(self, tag: str) -> None:
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and self.open[-1] == self.own:
            self.texts.add(data.strip())


def read(data: bytes, own: str) -> Texts:
    texts = Texts(own)
    texts.feed(re.sub(r"<(\w+)([^>]*)/>", r"<\1\2></\1>", data.decode()))
    return texts


@pytest.fixture(scope="module")
def review_files(published: Published) -> dict[str, bytes]:
    release = published.made.release
    one = Review(release, date(2020, 1, 1), tuple(release.figures()), published.check)
    return build_review(one, published.site.look, {}, demonstration=True)


@pytest.mark.parametrize("which", ["site", "review"])
def test_every_page_has_its_twin_and_no_word_of_the_other_language(
    published: Published, review_files: dict[str, bytes], which: str
) -> None:
    files = published.files if which == "site" else review_files
    names = {name for name in files if name.endswith("index.html")}
    english = {name for name in names if not name.startswith("cy/")}
    assert {f"cy/{name}" for name in english} == names - english
    assert len(english) > 10
    for name in english:
        one, other = read(files[name], ENGLISH), read(files[f"cy/{name}"], WELSH)
        assert (one.root, other.root) == (ENGLISH, WELSH)
        for texts, theirs, target in ((one, WELSH, f"cy/{name}"), (other, ENGLISH, name)):
            own = name if texts is one else f"cy/{name}"
            assert texts.switch[:2] == [theirs, theirs]
            assert texts.alternate == [theirs, texts.switch[2]]
            folder = Path(own).parent
            assert (Path("/") / folder / texts.switch[2]).resolve() == (Path("/") / target).parent.resolve()
        both = {text for text in one.texts & other.texts if not SAME.fullmatch(text)}
        assert both == set(), name
        assert "Nid yw siaradwr Cymraeg wedi gwirio geiriau'r dudalen hon eto." in other.texts
        assert not [text for text in other.texts if re.search(r"\{\w+\}", text)], name


def test_what_others_wrote_says_that_it_is_english_until_there_is_welsh(published: Published) -> None:
    from dataclasses import replace

    from upstander.publishing.site import Revision, build

    page_ = published.files["cy/i/marlshire/releases/index.html"].decode()
    assert '<span lang="en-GB">Two reports were counted twice' in page_
    feed = published.files["cy/i/marlshire/feed.atom"].decode()
    assert 'xml:lang="cy"' in feed
    assert '<entry xml:lang="en-GB"><title>What reporters want' in feed
    release = replace(
        published.made.release,
        welsh="Heddlu Marlshire",
        revisions=(Revision(date(2021, 9, 1), "Wrong.", welsh="Yn anghywir."),),
        areas=(replace(published.made.release.areas[1], welsh="Wecsholo"),),
        news=(replace(published.made.release.news[0], welsh=("Teitl", "Testun")),),
    )
    made = build(replace(published.site, releases=(release,)))
    front = made["cy/i/marlshire/index.html"].decode()
    assert "Heddlu Marlshire" in front
    assert "Marlshire Police" not in front
    assert ">Wecsholo</a>" in front
    area = made["cy/i/marlshire/areas/wexhollow/index.html"].decode()
    assert re.search(r"<td class=\"num\">\d+</td>", area), "its numbers are found under its English name"
    assert "Yn anghywir." in made["cy/i/marlshire/releases/index.html"].decode()
    items = json.loads(made["cy/i/marlshire/feed.json"])["items"]
    assert {"Teitl", "Heddlu Marlshire: ffigurau wedi'u cywiro"} <= {one["title"] for one in items}
    assert not [one for one in items if "language" in one]


def test_days_are_written_in_the_language() -> None:
    with speaking(WELSH):
        assert labels.long_day(date(2026, 11, 18)) == "18 Tachwedd 2026"
        assert labels.quarter("2026 Q3") == "Gorffennaf i Fedi 2026"
    assert labels.long_day(date(2026, 11, 18)) == "18 November 2026"


def test_words_without_welsh_make_no_page_and_no_language_is_left_behind() -> None:
    with speaking(WELSH), pytest.raises(PublishError, match="no Welsh for 'Nobody says this"):
        say("Nobody says this.")
    assert language.current() == ENGLISH
    with pytest.raises(PublishError, match="no pages in 'fr'"), speaking("fr"):
        pass


def test_the_reviews_own_welsh_paper(review_files: dict[str, bytes]) -> None:
    from tests.publishing.test_review import streams

    data = streams(review_files["cy/review.pdf"])
    assert re.search(rb"/Lang ?\(cy\)", data)
    kept = json.loads(review_files["review.json"])
    assert all(one["cy"] != one["finding"] for one in kept["findings"])
