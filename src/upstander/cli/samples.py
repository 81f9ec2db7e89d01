"""Sample cases in different states, sent and handled the way browsers do it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from upstander.cli import sample_stories as stories
from upstander.cli import sample_work
from upstander.cli.demonstration import INSIDE, OUTSIDE, Mailbox
from upstander.cli.sample_case import SampleCase
from upstander.cli.sample_stories import Story
from upstander.formats import ids

if TYPE_CHECKING:
    from upstander.cli.populate import Colleague
    from upstander.server.institutions.models import Channel, Institution


@dataclass(frozen=True)
class Cast:
    """Everybody and everything a sample needs."""

    institution: Institution
    channels: Mapping[str, Channel]
    colleagues: Mapping[str, Colleague]
    pack: Mapping[str, Any]  # compiled

    def reported(
        self, story: Story, channels: Sequence[str], excluded: Sequence[str] = (), *, urgent: bool = False
    ) -> SampleCase:
        """A new case from this story, sent to channels (names) without certain people (user names)."""
        case = SampleCase(self.institution)
        case.send(
            answers=self.answers(story, "report"),
            sheet=self.answers(story, "sheet"),
            channels=[self.channels[name].id for name in channels],
            excluded=[self.colleagues[name].key.id for name in excluded],
            urgent=urgent,
        )
        return case

    def answers(self, story: Story, travels: str) -> list[dict[str, Any]]:
        """The answers of a story that travel in the report or in the source sheet, with the wording asked."""
        questions = self.pack["questions"]
        return [
            {
                "id": name,
                "question": questions[name]["title"].replace("{institution}", self.institution.name),
                "value": value,
                "text": reads(questions[name], value).replace("{institution}", self.institution.name),
                "ask_first": name in story.ask_first,
            }
            for name, value in story.said.items()
            if questions[name]["travels"] == travels
        ]


def reads(question: Mapping[str, Any], value: Any) -> str:
    """An answer as it reads, as the reporter's page would write it."""
    labels = {option["id"]: option["label"] for option in question["options"]}
    if isinstance(value, str):
        return str(labels.get(value, value))
    if isinstance(value, dict):
        return form(question["fields"], value)
    if question["kind"] == "dates":
        return "\n".join(when(one, labels) for one in value)
    if question["kind"] == "people":
        people = (form(question["fields"], one) for one in value)
        return "\n".join(f"Person {number}: {text}" for number, text in enumerate(people, start=1))
    return "; ".join(str(labels.get(one, one)) for one in value)


def form(fields: Sequence[Mapping[str, Any]], value: Mapping[str, str]) -> str:
    """The filled fields of one form."""
    said = []
    for entry in fields:
        text = value.get(entry["id"], "")
        labels = {option["id"]: option["label"] for option in entry.get("options", ())}
        said += [f"{entry['label']}: {labels.get(text, text)}"] if text else []
    return "; ".join(said)


def when(one: Mapping[str, str], labels: Mapping[str, str]) -> str:
    """One loose date."""
    span = f"from {one['from']} to {one['to']}" if one["to"] else one["from"]
    return ", ".join(part for part in (labels.get(one["how"], ""), span, one["words"]) if part)


def send_all(
    institution: Institution, channels: Mapping[str, Channel], colleagues: Mapping[str, Colleague]
) -> list[Mailbox]:
    """Sends every sample and handles it. Returns how their reporters come back."""
    from upstander.server.institutions import packs

    pack = packs.compiled(packs.keep(institution.pack)["sha256"])
    cast = Cast(institution, channels, colleagues, pack)
    made = [
        ("Sent today, not opened yet. Inspector Holt is shut out.", unopened(cast)),
        ("A handler asked a question, the reporter answered.", conversation(cast)),
        ("Sent only to the outside body, which has read it.", outside(cast)),
        ("Closed with reasons.", closed(cast)),
        ("A finding against a sergeant, outcome open.", sample_work.found_before(cast, stories.NIGHT_SHIFT)),
        ("Another finding against the same sergeant.", sample_work.found_before(cast, stories.CHAT_GROUP)),
        ("Domestic abuse by an officer; a referral is due.", sample_work.domestic(cast)),
        ("A small matter, put right and closed.", sample_work.small(cast)),
        ("A private record that nobody else can open.", private(cast)),
    ]
    return [Mailbox(about, str(case.words)) for about, case in made]


def unopened(cast: Cast) -> SampleCase:
    """An urgent report to both channels, one inside handler shut out."""
    return cast.reported(stories.NIGHT_SHIFT, [INSIDE.name, OUTSIDE.name], ["holt"], urgent=True)


def conversation(cast: Cast) -> SampleCase:
    """Opened, acknowledged, a question and its answer."""
    marian = cast.colleagues["marian"]
    case = cast.reported(stories.RECORDS, [INSIDE.name], ["holt"])
    case.declare(marian)
    case.step(marian, "opened")
    case.step(marian, "acknowledged")
    case.handler_writes(
        marian,
        "Thank you for writing. I have read all of it, and so has Devi, who checks my work.\n\n"
        "You wrote that the same address came up many times. Do you remember roughly when you saw that "
        "screen? A month is enough. You do not have to answer.",
    )
    case.handler_writes(
        marian, "Search logs are kept for 90 days: ask for a copy before anybody is spoken to.", "note"
    )
    case.reporter_writes("It was in the second half of September, on a late shift. I am sure of the month.")
    return case


def outside(cast: Cast) -> SampleCase:
    """Only Fellmoor has it."""
    aled = cast.colleagues["aled"]
    case = cast.reported(stories.SUPERVISOR, [OUTSIDE.name])
    case.declare(aled)
    case.step(aled, "opened")
    case.step(aled, "acknowledged")
    case.handler_writes(aled, "The move to nights may be retaliation: look at that first.", "note")
    return case


def closed(cast: Cast) -> SampleCase:
    """Looked into, and closed with reasons the reporter can read."""
    devi = cast.colleagues["devi"]
    case = cast.reported(stories.CHAT_GROUP, [INSIDE.name])
    case.declare(devi)
    case.step(devi, "opened")
    case.step(devi, "acknowledged")
    case.handler_writes(devi, "Thank you. I have asked for the group's messages to be kept.")
    written = [{"kind": "met", "item": ids.new_id(), "what": what} for what in stories.WRITTEN_UP]
    texts = {str(one["item"]): stories.WRITTEN_UP[one["what"]] for one in written}
    case.work(devi, *written, words=texts)
    case.step(
        devi,
        "closed",
        "found-in-part",
        "The messages were found and read. Two people had posted the jokes, and that was wrong: both have "
        "a finding against them. The supervisor saw them and did nothing, which was wrong too. We could "
        "not find the picture. The recruit was told what was found and was offered help. If you remember "
        "more about the picture, write here, and we will open this again.",
    )
    return case


def private(cast: Cast) -> SampleCase:
    """Kept, not sent."""
    case = SampleCase(cast.institution)
    case.keep(cast.answers(stories.NOT_YET, "report"))
    return case
