"""What a pack holds, as plain values. Field by field as in docs/reference/pack.md."""

from dataclasses import dataclass, field

from upstander.policy.errors import Place
from upstander.policy.law import Law
from upstander.policy.working_days import Calendar

START = Place("", 1)


@dataclass(frozen=True)
class Condition:
    """When something applies: `all`, `any`, `not`, `answered`, `set` or `path`, one of them."""

    kind: str
    parts: "tuple[Condition, ...]" = ()
    question: str = ""
    option: str = ""
    path: str = ""
    place: Place = field(default=START, compare=False, repr=False)


@dataclass(frozen=True)
class Option:
    """One answer to choose. `then` names a page shown next, before the path goes on."""

    id: str
    label: str
    hint: str = ""
    apart: bool = False
    then: str = ""
    place: Place = field(default=START, compare=False, repr=False)


@dataclass(frozen=True)
class Field:
    """One box of a form; `kind` is line, text or one."""

    id: str
    label: str
    hint: str = ""
    kind: str = "line"
    options: tuple[Option, ...] = ()
    place: Place = field(default=START, compare=False, repr=False)


@dataclass(frozen=True)
class Note:
    """Words shown with a question when a condition holds."""

    when: Condition
    text: str
    place: Place = field(default=START, compare=False, repr=False)


@dataclass(frozen=True)
class Question:
    """One page of the questionnaire."""

    id: str
    part: str
    kind: str
    title: str
    hint: str = ""
    body: str = ""
    travels: str = "no"
    marks: bool = False
    options: tuple[Option, ...] = ()
    fields: tuple[Field, ...] = ()
    when: Condition | None = None
    notes: tuple[Note, ...] = ()
    lines: tuple[str, ...] = ()  # ids of support lines to show on the page
    add: str = ""
    leave: bool = False
    place: Place = field(default=START, compare=False, repr=False)


@dataclass(frozen=True)
class PathBy:
    """The question whose answer picks the path, and which answer picks which."""

    question: str
    map: dict[str, str]
    default: str


@dataclass(frozen=True)
class SupportLine:
    """A service to ring or visit. `checked`: the day the number was seen on its own page, or empty."""

    id: str
    name: str
    about: str  # `for` in the compiled pack
    phone: str
    text: str
    address: str
    hours: str
    free: str
    bill: str
    insider: str
    keeps: str
    note: str
    areas: tuple[str, ...]
    checked: str
    place: Place = field(default=START, compare=False, repr=False)


@dataclass(frozen=True)
class Step:
    """A step a case can take. `visible` is now, never or after:<step>."""

    id: str
    label: str
    visible: str
    terminal: bool = False
    needs: tuple[str, ...] = ()
    on: str = "desk"
    during: tuple[str, ...] = ("open",)  # `while` in the compiled pack: states in which it may be taken
    to: str = ""  # the state it leads to, or empty
    after: tuple[str, ...] = ()  # steps of which at least one has to come first
    once: bool = False
    place: Place = field(default=START, compare=False, repr=False)


@dataclass(frozen=True)
class Outcome:
    """How a case can end, in words for the reporter. `small`: a small matter can end so on one page.

    `after`: moves of which one has to be recorded about every allegation before a case ends so.
    """

    id: str
    label: str
    help: str
    after: tuple[str, ...] = ()
    small: bool = False


@dataclass(frozen=True)
class Category:
    """What handlers code a case with; reporters are never asked for it."""

    id: str
    label: str
    strand: str
    vawg: bool
    code: str
    standards: tuple[str, ...] = ()  # which it would breach, to begin with: codes of the list "standards"
    means: tuple[str, ...] = ()  # facts it says by itself: it is not coded without them


@dataclass(frozen=True)
class Clocks:
    """Days the receipt speaks of, counted from the day a report arrives."""

    open_days: int
    write_days: int
    look_back_days: int


@dataclass(frozen=True)
class Limit:
    """A time limit, counted from steps. `basis` is law or guidance (legal clocks) or house (an aim of ours).

    `unit` is "days", "working days" or "months". Ids in `starts` and the like are those of steps.
    """

    id: str
    label: str
    basis: str
    source: str
    unit: str
    count: int
    starts: tuple[str, ...]
    ends: tuple[str, ...]
    again: tuple[str, ...] = ()
    pauses: tuple[str, ...] = ()
    resumes: tuple[str, ...] = ()
    unchecked: bool = False  # the value is from memory: shown as such until somebody has read the source
    then: int = 0  # the count of a run that `again` began, where it differs from the first
    first: str = "day after"  # the day a period begins with: "day after" the step, or its "same day"
    tells: tuple[str, ...] = ("handler", "decider", "overseer")  # who sees its last day
    extends: tuple[str, ...] = ()  # roles that may extend it, with reasons
    since: tuple[str, ...] = ()  # counted from the first of these steps, though it starts with another
    after: tuple[str, ...] = ()  # runs only where one of these steps came before
    anchored: bool = False  # each next period begins where the last one ended, not with the step
    least: int = 0  # may not be met earlier than on the last of this many days after its start
    per: str = "case"  # what it is counted for: "case", "allegation", "track" of one, "subject" or "harmed"
    tracks: tuple[str, ...] = ()  # counted on these tracks alone (empty: on any)
    binds: str = "team"  # whose it is to do: of anybody else it is a right, which ends and is never overdue
    given: str = ""  # the need of the step that says an earlier last day
    unless: tuple[tuple[str, tuple[str, ...]], ...] = ()  # not where this fact or need has one of these codes
    ahead: int = -1  # met as well by a step of `ends` so many days before its start (-1: by none)


@dataclass(frozen=True)
class Pack:
    """A whole pack, checked."""

    id: str
    version: str
    language: str
    tried_with_users: bool
    texts: dict[str, str]
    parts: tuple[tuple[str, str], ...]
    paths: dict[str, tuple[str, ...]]
    finish: tuple[str, ...]
    path_by: PathBy
    questions: dict[str, Question]
    support: tuple[SupportLine, ...]
    steps: tuple[Step, ...]
    outcomes: tuple[Outcome, ...]
    categories: tuple[Category, ...]
    clocks: Clocks
    kinds: tuple[str, ...]
    limits: tuple[Limit, ...]
    calendar: Calendar
    translations: dict[str, dict[str, str]]  # language -> the pack's words -> that language's
    law: Law
