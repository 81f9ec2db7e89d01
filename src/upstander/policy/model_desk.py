"""What a pack holds for the desk alone, as plain values. Reporters' pages never load it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """Public guidance a rule rests on. `address` begins with https; it is shown as text, never fetched."""

    id: str
    title: str
    address: str


@dataclass(frozen=True)
class WordingRule:
    """Words that lean on a myth. `says` and `unless` are patterns, as `wording.toml` explains them."""

    id: str
    about: str
    why: str
    ask: str
    source: str
    says: tuple[str, ...]
    unless: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wording:
    """All rules about words; `words` are phrases by the name that patterns use in braces."""

    rules: tuple[WordingRule, ...]
    sources: tuple[Source, ...]
    words: dict[str, tuple[str, ...]]
    clear: tuple[str, ...]
    reported: tuple[str, ...]


@dataclass(frozen=True)
class LetterField:
    """One blank of a letter; `kind` is text, line or one.

    `options` are those of `one`, each a label and the words that go into the letter.
    """

    id: str
    label: str
    hint: str = ""
    kind: str = "text"
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Letter:
    """A letter with names in braces. `note` stands beside the form and never in the letter.

    `to`: the reporter, a person harmed who did not report, or a body outside. `tells`: what of the list
    "tellings" it says to somebody harmed; empty for any other.
    """

    id: str
    name: str
    use: str
    note: str
    body: str
    fields: tuple[LetterField, ...]
    to: str = "reporter"
    tells: str = ""


@dataclass(frozen=True)
class After:
    """A check-in so many days after a step."""

    step: str
    days: int


@dataclass(frozen=True)
class WatchQuestion:
    """A question with few answers: pairs of id and label."""

    id: str
    title: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class AdverseAct:
    """A kind of act by the words lists use for it. `counter`: it is an allegation against who reported."""

    id: str
    label: str
    words: tuple[str, ...]
    counter: bool


@dataclass(frozen=True)
class Claim:
    """A time limit for a claim: so many months less a day from the act, for acts from this day on."""

    id: str
    label: str
    months: int
    source: str
    since: str
    unchecked: bool


@dataclass(frozen=True)
class Watch:
    """When and what is asked, which acts are looked at, and until when somebody can claim."""

    title: str
    why: str
    thanks: str
    weeks: tuple[int, ...]
    quiet_days: int
    second_look_months: int
    after: tuple[After, ...]
    questions: tuple[WatchQuestion, ...]
    acts: tuple[AdverseAct, ...]
    claims: tuple[Claim, ...]
