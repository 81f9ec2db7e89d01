"""A broken pack is refused with the file, the line, what was expected and what was found."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.policy.packs import change, copy_of_pack
from upstander.policy.load import PackError, load_pack


@dataclass(frozen=True)
class Broken:
    """One way to break the bundled pack. The error names the changed line, or the one where `at` stands."""

    name: str
    file: str
    old: str
    new: str
    expected: str
    found: str
    at: str = ""


BROKEN = [
    Broken(
        "missing key in the head",
        "pack.toml",
        old='id = "uk-police"\n',
        new="",
        expected='the key "id"',
        found="no such key",
        at="# uk-police",
    ),
    Broken(
        "wrong type in the head",
        "pack.toml",
        old="open_days = 5",
        new='open_days = "5"',
        expected="a whole number",
        found='"5"',
    ),
    Broken(
        "number out of bounds",
        "pack.toml",
        old="write_days = 28",
        new="write_days = 0",
        expected="a number from 1 to 366",
        found="0",
    ),
    Broken(
        "not a media type",
        "pack.toml",
        old='"image/png"',
        new='"png"',
        expected="a media type",
        found='"png"',
    ),
    Broken(
        "unknown language",
        "pack.toml",
        old='language = "en"',
        new='language = "fr"',
        expected="one of en, cy",
        found='"fr"',
    ),
    Broken(
        "slip in a key",
        "questionnaire.toml",
        old='title = "Is anyone',
        new='tilte = "Is anyone',
        expected="one of the keys",
        found='"tilte"',
    ),
    Broken(
        "missing title",
        "questionnaire.toml",
        old='title = "Is anyone in danger right now?"\n',
        new="",
        expected='the key "title"',
        found="no such key",
        at='[[question]]\nid = "danger"',
    ),
    Broken(
        "blank title",
        "questionnaire.toml",
        old='title = "Is anyone in danger right now?"',
        new='title = " "',
        expected='words for "title"',
        found="nothing",
    ),
    Broken(
        "unknown kind",
        "questionnaire.toml",
        old='id = "device"\npart = "safe"\nkind = "one"',
        new='id = "device"\npart = "safe"\nkind = "radio"',
        expected="one of one, many, text",
        found='"radio"',
        at='kind = "radio"',
    ),
    Broken(
        "wrong type of a flag",
        "questionnaire.toml",
        old="leave = true",
        new='leave = "yes"',
        expected='true or false for "leave"',
        found='"yes"',
    ),
    Broken(
        "option leads nowhere",
        "questionnaire.toml",
        old='label = "Maybe soon", then = "danger-help"',
        new='label = "Maybe soon", then = "danger-halp"',
        expected='the id of a question after "then"',
        found='"danger-halp"',
    ),
    Broken(
        "option without a label",
        "questionnaire.toml",
        old='{ id = "only-me", label = "Only me" }',
        new='{ id = "only-me" }',
        expected='the key "label"',
        found="no such key",
    ),
    Broken(
        "two options with one id",
        "questionnaire.toml",
        old='{ id = "soon", label',
        new='{ id = "yes", label',
        expected='an id that no other option of "danger" has',
        found='"yes"',
    ),
    Broken(
        "two questions with one id",
        "questionnaire.toml",
        old='[[question]]\nid = "where"',
        new='[[question]]\nid = "when"',
        expected="an id that no other question has",
        found='"when"',
        at='[[question]]\nid = "when"\npart = "facts"\nkind = "many"',
    ),
    Broken(
        "an id with capitals",
        "questionnaire.toml",
        old='id = "wish"',
        new='id = "Wish"',
        expected="small letters, digits and hyphens",
        found='"Wish"',
    ),
    Broken(
        "condition of no kind",
        "questionnaire.toml",
        old="when = { not = { set",
        new="when = { unless = { set",
        expected='exactly one of "all", "any", "not"',
        found='"unless"',
    ),
    Broken(
        "condition on a question that is not there",
        "questionnaire.toml",
        old='when = { answered = ["part-of-it", "pictures"] }',
        new='when = { answered = ["part-of", "pictures"] }',
        expected="the id of a question",
        found='"part-of"',
    ),
    Broken(
        "condition on an option that is not there",
        "questionnaire.toml",
        old='when = { answered = ["part-of-it", "pictures"] }',
        new='when = { answered = ["part-of-it", "picture"] }',
        expected='an option of "part-of-it"',
        found='"picture"',
    ),
    Broken(
        "condition with one name",
        "questionnaire.toml",
        old='when = { answered = ["part-of-it", "pictures"] }',
        new='when = { answered = ["part-of-it"] }',
        expected="a question and an option",
        found="1 names",
    ),
    Broken(
        "condition on a path that is not there",
        "questionnaire.toml",
        old='when = { path = "H" }',
        new='when = { path = "X" }',
        expected="the name of a path",
        found='"X"',
    ),
    Broken(
        "condition that looks ahead",
        "questionnaire.toml",
        old='when = { answered = ["part-of-it", "pictures"] }',
        new='when = { answered = ["wish", "stop"] }',
        expected='a question that comes before "pictures" on the path',
        found='"wish"',
    ),
    Broken(
        "path with a question that is not there",
        "questionnaire.toml",
        old='"proof", "file"',
        new='"prof", "file"',
        expected="the id of a question",
        found='"prof"',
    ),
    Broken(
        "path that asks twice",
        "questionnaire.toml",
        old='"proof", "file"',
        new='"who", "file"',
        expected="each question once in a path",
        found='"who" again',
    ),
    Broken(
        "path that does not end with checking",
        "questionnaire.toml",
        old='"tell", "enough", "name", "bodies", "check"]',
        new='"tell", "enough", "name", "bodies"]',
        expected='a path that ends with a question of kind "check"',
        found='"bodies" at the end',
    ),
    Broken(
        "choice of a path that is not there",
        "questionnaire.toml",
        old='told = "T"',
        new='told = "Z"',
        expected="the name of a path",
        found='"Z"',
    ),
    Broken(
        "question nothing leads to",
        "questionnaire.toml",
        old=', then = "sure-mixed"',
        new="",
        expected="a question that a path or an option leads to",
        found='"sure-mixed" alone',
        at='[[question]]\nid = "sure-mixed"',
    ),
    Broken(
        "marks on what is not in the report",
        "questionnaire.toml",
        old='title = "Are you 18 or over?"',
        new='marks = true\ntitle = "Are you 18 or over?"',
        expected='"marks" only where travels is "report"',
        found='travels "sheet"',
    ),
    Broken(
        "options where none belong",
        "questionnaire.toml",
        old='kind = "line"\ntitle = "Which one',
        new='kind = "line"\noptions = [{ id = "a", label = "b" }]\ntitle = "Which one',
        expected='no options for a question of kind "line"',
        found="options",
        at='options = [{ id = "a"',
    ),
    Broken(
        "no options where some belong",
        "questionnaire.toml",
        old='kind = "form"\ntitle = "Your name"',
        new='kind = "many"\ntitle = "Your name"',
        expected='the key "options"',
        found="no such key",
        at='[[question]]\nid = "name-details"',
    ),
    Broken(
        "support line that is not there",
        "questionnaire.toml",
        old='lines = ["protect", "emergency"]',
        new='lines = ["protekt"]',
        expected="the id of a line in support.toml",
        found='"protekt"',
    ),
    Broken(
        "mark the page cannot fill in",
        "questionnaire.toml",
        old='hint = "Tick any."',
        new='hint = "Tick {all}."',
        expected="in braces",
        found='"{all}"',
    ),
    Broken(
        "TOML that does not parse",
        "questionnaire.toml",
        old='id = "danger"',
        new="id = danger",
        expected="valid TOML",
        found="Invalid value",
    ),
    Broken(
        "bad day",
        "support.toml",
        old='checked = "2026-11-22"',
        new='checked = "22 November"',
        expected="a day such as",
        found='"22 November"',
    ),
    Broken(
        "a day that is none",
        "support.toml",
        old='checked = "2026-11-22"',
        new='checked = "2026-13-01"',
        expected="a day such as",
        found='"2026-13-01"',
    ),
    Broken(
        "a bare TOML date",
        "support.toml",
        old='checked = "2026-11-22"',
        new="checked = 2026-11-22",
        expected="a day such as",
        found="2026-11-22",
    ),
    Broken(
        "neither yes nor no",
        "support.toml",
        old='free = "yes"',
        new='free = "maybe"',
        expected="one of yes, no, unknown",
        found='"maybe"',
    ),
    Broken(
        "areas not a list",
        "support.toml",
        old='areas = ["England"]',
        new='areas = "England"',
        expected='a list for "areas"',
        found='"England"',
    ),
    Broken(
        "a number among areas",
        "support.toml",
        old='areas = ["England"]',
        new="areas = [1]",
        expected="text",
        found="1",
    ),
    Broken(
        "two lines with one id",
        "support.toml",
        old='id = "stalking"',
        new='id = "galop"',
        expected="an id that no other line has",
        found='"galop"',
    ),
    Broken(
        "visible at no time",
        "steps.toml",
        old='visible = "never"',
        new='visible = "later"',
        expected='"now", "never" or "after:<step>"',
        found='"later"',
    ),
    Broken(
        "visible after no step",
        "steps.toml",
        old='visible = "never"',
        new='visible = "after:x"',
        expected="the id of a step",
        found='"x"',
    ),
    Broken(
        "unknown state",
        "steps.toml",
        old='while = ["private"]',
        new='while = ["asleep"]',
        expected="one of private, open, closed",
        found='"asleep"',
    ),
    Broken(
        "unknown need",
        "steps.toml",
        old='needs = ["upload"]',
        new='needs = ["luck"]',
        expected="outcome, reasons, subject or upload",
        found='"luck"',
    ),
    Broken(
        "outcome without words",
        "outcomes.toml",
        old='help = "Say what showed it."\n',
        new="",
        expected='the key "help"',
        found="no such key",
        at='[[outcome]]\nid = "found-otherwise"',
    ),
    Broken(
        "unknown strand",
        "categories.toml",
        old='strand = "vawg"',
        new='strand = "women"',
        expected="one of conduct, corruption",
        found='"women"',
    ),
    Broken(
        "unknown rule",
        "categories.toml",
        old='rule = "serious_assault"',
        new='rule = "serious"',
        expected="a function of rules.py",
        found='"serious"',
    ),
    Broken(
        "rule without a source",
        "rules.py",
        old="    Source: Police (Comp",
        new="    See: Police (Comp",
        expected='"Source: ..."',
        found="none in serious_assault",
        at="def serious_assault(",
    ),
    Broken(
        "rules that are not Python",
        "rules.py",
        old="def serious_assault(",
        new="def serious assault(",
        expected="Python",
        found="expected",
    ),
    Broken(
        "text with no key",
        "texts/1-start.md",
        old="## before: Three",
        new="## Before: Three",
        expected='"## key" or "## key: Title"',
        found='"## Before',
    ),
    Broken(
        "text given twice",
        "texts/2-sending.md",
        old="## finish: Finish",
        new="## before: Finish",
        expected="a key that no other text has",
        found='"before.title"',
    ),
    Broken(
        "text with nothing in it",
        "texts/1-start.md",
        old="## support.yes\nYes",
        new="## support.yes\n",
        expected='words under "## support.yes"',
        found="nothing",
    ),
    Broken(
        "text with an unknown mark",
        "texts/2-sending.md",
        old="It reached {team}",
        new="It reached {squad}",
        expected="in braces",
        found='"{squad}"',
    ),
    Broken(
        "text with an unknown address",
        "texts/1-start.md",
        old="(#support)",
        new="(#helpers)",
        expected="an address out of",
        found='"#helpers"',
    ),
]


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.name)
def test_a_broken_pack_says_where_and_what(tmp_path: Path, broken: Broken) -> None:
    pack = copy_of_pack(tmp_path)
    line = change(pack, broken.file, broken.old, broken.new)
    if broken.at:
        text = (pack / broken.file).read_text(encoding="utf-8")
        line = text.count("\n", 0, text.index(broken.at)) + 1
    with pytest.raises(PackError) as caught:
        load_pack(pack)
    error = caught.value
    assert (error.place.file, error.place.line) == (broken.file, line)
    assert broken.expected in error.expected
    assert broken.found in error.found
    assert str(error).startswith(f"{broken.file}, line {line}: expected ")


def test_bytes_that_are_not_utf8_are_named_with_their_line(tmp_path: Path) -> None:
    pack = copy_of_pack(tmp_path)
    path = pack / "questionnaire.toml"
    data = path.read_bytes()
    at = data.index(b"Only me")
    path.write_bytes(data[:at] + b"\xff\xfe" + data[at:])
    with pytest.raises(PackError) as caught:
        load_pack(pack)
    assert caught.value.place.line == data.count(b"\n", 0, at) + 1
    assert caught.value.expected == "UTF-8 text"
    assert "0xff" in caught.value.found


@pytest.mark.parametrize("file", ["pack.toml", "support.toml", "rules.py", "steps.toml"])
def test_a_missing_file_is_named(tmp_path: Path, file: str) -> None:
    pack = copy_of_pack(tmp_path)
    (pack / file).unlink()
    with pytest.raises(PackError) as caught:
        load_pack(pack)
    assert (caught.value.place.file, caught.value.found) == (file, "no such file")


def test_a_missing_text_is_named(tmp_path: Path) -> None:
    pack = copy_of_pack(tmp_path)
    change(pack, "texts/2-sending.md", "## receipt.proof: ", "## receipt.prove: ")
    with pytest.raises(PackError) as caught:
        load_pack(pack)
    assert "## receipt.proof" in caught.value.expected
