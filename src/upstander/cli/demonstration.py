"""The demonstration's cast, all made up, and the sheet that says how to enter it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from upstander.cli.environment import StopError
from upstander.cli.founding import ChannelPlan, Plan

FILE = "demonstration.json"  # in the data folder: what the sheet is made from
SHEET = "demonstration.txt"

INSIDE = ChannelPlan(
    name="Professional Standards: reporting team",
    inside=True,
    about="People of the professional standards department of Marlshire Police, in a building of their own. "
    "They read reports on weekdays from 8 to 6. They can look into what an officer or member of staff did.",
    on_call="on-call@marlshire.example",
)
OUTSIDE = ChannelPlan(
    name="Fellmoor Oversight",
    inside=False,
    prescribed=True,
    about="An independent body outside the police. It reads reports on weekdays from 9 to 5. It can ask "
    "Marlshire Police for answers, or look into a matter itself. Nobody in it works for Marlshire Police.",
)
PLAN = Plan(
    name="Marlshire Police",
    slug="marlshire",
    pack="uk-police",
    channels=(INSIDE, OUTSIDE),
    custodians=3,
    needs=2,
    administrator="admin",
)


@dataclass(frozen=True)
class Handler:
    """A made-up handler. `sheet`: gets source sheets, who a reporter may be. `decides`: may decide."""

    username: str
    name: str
    label: str
    channel: str
    sheet: bool = False
    decides: bool = False


HANDLERS = (
    Handler("marian", "Marian Hale", "Marian, reporting team", INSIDE.name, sheet=True),
    Handler("devi", "Devi Ranasinghe", "Devi, reporting team", INSIDE.name, decides=True),
    Handler("holt", "Inspector Holt", "Inspector Holt, reporting team", INSIDE.name),
    Handler("aled", "Aled Pryce", "Aled, Fellmoor Oversight", OUTSIDE.name, sheet=True),
    Handler("sioned", "Sioned Vaughan", "Sioned, Fellmoor Oversight", OUTSIDE.name),
)


@dataclass(frozen=True)
class Door:
    """How one handler comes in: a sign-in link that stays good, and unlock words."""

    username: str
    label: str
    invite: str
    words: str


@dataclass(frozen=True)
class Mailbox:
    """A sample case and the seven words of its made-up reporter."""

    about: str
    words: str


@dataclass(frozen=True)
class Demonstration:
    """Everything that is printed."""

    slug: str
    administrator: Door
    doors: list[Door] = field(default_factory=list)
    mailboxes: list[Mailbox] = field(default_factory=list)
    shares: dict[str, list[str]] = field(default_factory=dict)  # channel -> custodians' shares
    codes: list[str] = field(default_factory=list)  # for passes of the staff survey


def save(data: Path, made: Demonstration) -> None:
    """Keeps what is needed to print the sheet again."""
    (data / FILE).write_text(json.dumps(asdict(made), indent=1, ensure_ascii=False), "utf-8")


def load(data: Path) -> Demonstration | None:
    """The demonstration of a data folder, or None where there is none."""
    try:
        saved = json.loads((data / FILE).read_text("utf-8"))
        doors = [Door(**door) for door in saved.pop("doors")]
        mailboxes = [Mailbox(**mailbox) for mailbox in saved.pop("mailboxes")]
        administrator = Door(**saved.pop("administrator"))
        return Demonstration(**saved, administrator=administrator, doors=doors, mailboxes=mailboxes)
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError) as error:
        raise StopError(
            f"{data / FILE} cannot be read ({error}). Delete the folder to begin again."
        ) from error


def sheet(made: Demonstration, origin: str) -> str:
    """What to open and how to sign in."""
    lines = [
        "This is a demonstration. Every force, body, person and case in it is made up, and its keys are",
        "printed here: do not use it for a real report.",
        "",
        f"A reporter opens      {origin}/{made.slug}/",
        f"A handler opens       {origin}/desk/sign-in/",
        *passkey_address(origin),
        f"Anybody looks at      {origin}/log/  (the public log; three witnesses run beside it)",
        f"                      {origin}/public/  (figures of the last survey, a minute after the first",
        "                      start, where `make analytics` has put in what they need)",
        "",
        "Three keepers run beside it too; two are enough. A report held with them opens at once when two",
        "people named the same person: a real keeper waits one to four days more. Their key was dealt from",
        "one hand, which is for looking around only.",
        "",
        "Handlers: sign in with user name and words, which also unlock; or open the link, and unlock with",
        "the words.",
    ]
    for door in made.doors:
        lines += ["", f"  {door.label}", *way_in(door, origin)]
    lines += ["", "Administrator (runs people and keys, reads nothing):", *way_in(made.administrator, origin)]
    lines += ["", "Sample reporters: on the reporter's page choose to come back, and enter seven words."]
    for box in made.mailboxes:
        lines += ["", f"  {box.about}", f"    words  {box.words}"]
    if made.codes:
        lines += [
            "",
            "The staff survey: open the page and choose that you have no pass yet. Each code is good for one",
            f"pass, from a body that runs beside the server.    {origin}/{made.slug}/survey/",
            *(f"    code   {code}" for code in made.codes),
        ]
    for channel, shares in made.shares.items():
        lines += ["", f"Custodians of {channel}", f"  any 2 of these 3 shares, at {origin}/desk/recover/"]
        lines += [f"    {share}" for share in shares]
    return "\n".join(lines) + "\n"


def passkey_address(origin: str) -> list[str]:
    """Where passkeys work: browsers make them for names, never for numbers. The server answers to both."""
    named = origin.replace("//127.0.0.1", "//localhost")
    return [] if named == origin else [f"  to try a passkey    {named}/desk/sign-in/"]


def way_in(door: Door, origin: str) -> list[str]:
    """The lines that say how one person comes in."""
    return [
        f"    user   {door.username}",
        f"    words  {door.words}",
        f"    link   {origin}/desk/welcome/{door.invite}/",
    ]
